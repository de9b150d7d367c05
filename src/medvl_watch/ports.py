"""The interfaces to the outside world, on one page.

An implementation is one module that satisfies a Protocol and one line in the register of
its folder (`sources/register.py`, `classify/register.py`, `publish/register.py`). The dry
run, the local forge and the fakes of the tests are implementations, not special cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from medvl_watch.changes import (
    Change,
    Comment,
    FoundIssue,
    Issue,
    Published,
    PullRequest,
    Remark,
    Snapshot,
    Target,
)
from medvl_watch.records import LinkDecision, Outcome, Paper, Poll, Receipt, Record, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that a poll covers. Both ends have a time zone. Windows should overlap earlier
    ones, since papers are announced days after their submission."""

    since: datetime
    until: datetime
    memory: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The `Poll.memory` of the source's last complete poll."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET on behalf of a source. `page` counts from 0 within one poll.

    `url` is built from the configuration and from validated identifiers, never from the
    content of a feed.
    """

    source: str
    url: str
    page: int = 0
    accept: str = "*/*"
    etag: str = ""
    modified: str = ""
    """`etag` and `modified` are those of an earlier answer: the server need not send it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer to a request, and when it came. `content_type` is lower-case."""

    body: bytes
    fetched_at: datetime
    content_type: str = ""
    address: str = ""
    etag: str = ""
    modified: str = ""
    is_unchanged: bool = False
    """The server has nothing newer than the answer whose `etag` or `modified` were sent (304)."""
    status: int | None = None
    """The HTTP status; None for an answer from a recording, which does not keep it."""


class Fetcher(Protocol):
    """Fetches bytes from the network or from recordings."""

    def get(self, request: Request) -> Response:
        """Raises SourceError (SourceLimited where the service asks us to wait)."""
        ...


class Source(Protocol):
    """A place where papers are announced."""

    @property
    def name(self) -> str: ...

    def poll(self, window: Window) -> Poll:
        """Return every record of the window. Raises SourceError rather than return some of them."""
        ...

    def lookup(self, identifier: str) -> Record | None:
        """The record with this normalised arXiv id or DOI, or None if the source has none."""
        ...


class Classifier(Protocol):
    """Judges papers. Every paper gets a verdict, in the order of the input."""

    @property
    def name(self) -> str: ...

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]: ...


class Forge(Protocol):
    """Where the lists are, and where pull requests and issues go.

    `ensure_…` is idempotent: it changes only what differs, and returns what it did. Every
    method raises ForgeError, ForgeDenied or ForgeLimited.
    """

    @property
    def name(self) -> str: ...

    def read(self, target: Target) -> Snapshot:
        """The list on its base branch. Raises ListError if the file does not exist."""
        ...

    def pull_requests(self, target: Target) -> Sequence[PullRequest]:
        """All pull requests of ours on this list, open and closed, oldest first."""
        ...

    def ensure_pull_request(self, change: Change) -> Published: ...

    def close_pull_request(self, target: Target, pull: PullRequest, body: str) -> Published:
        """Close our pull request under this description, unless it is closed already. Raises
        ForgeError if it is no longer what `pull` says."""
        ...

    def proposed_list(self, target: Target, pull: PullRequest) -> bytes | None:
        """The list as a pull request of ours would make it, or would have made it."""
        ...

    def delete_branch(self, target: Target, pull: PullRequest) -> None:
        """Delete the branch of an ended pull request of ours, if it still stands on its head."""
        ...

    def ensure_comment(self, target: Target, comment: Comment) -> Published: ...

    def acknowledge(self, target: Target, remark: Remark, *, is_understood: bool) -> None:
        """Show with a reaction that a comment was read, once."""
        ...

    def ensure_issue(self, issue: Issue) -> Published: ...

    def issues(self, prefix: str) -> Sequence[FoundIssue]:
        """Our latest issues whose keys begin so, oldest first; none where issues have no place."""
        ...


@runtime_checkable
class Workbench(Protocol):
    """What a forge on this machine can do in addition: show, merge and close pull requests."""

    def diff(self, target: Target, number: int) -> str: ...

    def merge(self, target: Target, number: int) -> PullRequest: ...

    def close(self, target: Target, number: int) -> PullRequest: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """A source's latest poll: `problem` is empty if it succeeded; `last_good` is the time of
    the last success (None if there was none)."""

    receipt: Receipt
    problem: str
    last_good: datetime | None
    # When it last brought a paper that was not known; if it never did, when it was first polled.
    last_news: datetime | None = None
    memory: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRhythm:
    """How a source is polled and what is usual for it.

    `slice_days` is the length of the windows in which a long outage is caught up; None for a
    source that has only what it shows now. `quiet_days` are the most days that pass without a
    new paper while all is well; None where that is not known. `announcements` names the
    schedule by which it announces papers, if there is one.
    """

    slice_days: int | None = None
    quiet_days: int | None = None
    announcements: str = ""


class Ledger(Protocol):
    """The papers that were seen and what was decided. Each method is one transaction; saving a
    value that is already stored changes nothing."""

    def paper_ids(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The id of the paper for each of these identity keys (`papers.identifiers`) that is
        stored."""
        ...

    def papers(self, ids: Iterable[str] | None = None) -> Sequence[Paper]: ...

    def first_seen(self, since: datetime, until: datetime) -> Sequence[tuple[Paper, datetime]]:
        """The papers that we first saw in [since, until), oldest first."""
        ...

    def unjudged(self) -> Sequence[Paper]:
        """The papers without a verdict, which an interrupted run left."""
        ...

    def save_papers(self, papers: Sequence[Paper], now: datetime) -> None: ...

    def similar_papers(self, blocks: Iterable[int]) -> Collection[str]:
        """The ids of the papers in these blocks (`papers.blocking`), which may be the same as a
        record in them."""
        ...

    def link_decisions(self) -> Sequence[LinkDecision]:
        """What people decided about pairs of records, oldest first."""
        ...

    def decide_links(
        self,
        decisions: Sequence[LinkDecision],
        papers: Sequence[Paper],
        outcomes: Iterable[Outcome],
        now: datetime,
        *,
        without_keys: Iterable[str] = (),
    ) -> None:
        """Save a person's decisions together with the papers between which they moved records,
        and what follows. Identity keys that two of the papers have go to the first one. The
        papers `without_keys` became part of another one, and are no longer found."""
        ...

    def verdicts(self, paper_ids: Iterable[str]) -> Mapping[str, Verdict]:
        """The latest verdict of each of these papers that has one."""
        ...

    def save_verdicts(
        self,
        verdicts: Sequence[Verdict],
        now: datetime,
        *,
        papers: Sequence[Paper] = (),
        outcomes: Iterable[Outcome] = (),
    ) -> None:
        """Save verdicts, the papers as they were judged, and the outcomes, in one transaction."""
        ...

    def outcomes(self, paper_id: str) -> Sequence[Outcome]:
        """The paper's whole history, oldest first."""
        ...

    def history(
        self, *, list_id: str | None = None, states: Iterable[State] = tuple(State)
    ) -> Sequence[Outcome]:
        """Every outcome in these states, including those that are no longer the latest, oldest
        first."""
        ...

    def latest_outcomes(
        self,
        *,
        list_id: str | None = None,
        states: Iterable[State] = tuple(State),
        papers: Iterable[str] | None = None,
    ) -> Sequence[Outcome]:
        """The latest outcome for each paper and list, of all papers or of those with these
        ids, in the order in which they were recorded."""
        ...

    def record(self, outcomes: Iterable[Outcome]) -> int:
        """Append the outcomes that differ from the latest one; returns how many there were."""
        ...

    def save_receipt(
        self, receipt: Receipt, problem: str = "", memory: Mapping[str, str] | None = None
    ) -> None:
        """Save how a poll went, as the source's latest and in its history. Without a `problem`
        the window counts as read, and `memory` replaces the one before."""
        ...

    def receipt_history(self, source: str, limit: int = 10) -> Sequence[tuple[Receipt, str]]:
        """The latest polls of a source, newest first, each with its problem."""
        ...

    def receipts(self) -> Sequence[SourceHealth]:
        """The latest poll of each source, sorted by source."""
        ...


class WorkLocks(Protocol):
    """Which work (`pipeline/workers.py`) one worker does at a time of those that share a ledger."""

    are_shared: ClassVar[bool]  # whether others may write to the ledger meanwhile

    def hold(self, work: str, *, wait: float = 0) -> AbstractContextManager[bool]:
        """Take this work for the block, unless others have it for `wait` seconds more; whether it
        was taken. It is free after the block, and when the process ends."""
        ...


class RequestTurns(Protocol):
    def turn(self, service: str, gap: float, *, wait: float) -> AbstractContextManager[None]:
        """Wait until `gap` seconds have passed since the last request to this service, and make
        one within; no other process makes one meanwhile. Raises Busy after `wait` seconds."""
        ...
