"""The plug points, on one page: what the pipeline needs of the outside world.

An implementation is one module that satisfies a Protocol and one line in the register of
its folder (`sources/register.py`, `classify/register.py`, `publish/register.py`). The dry
run, the local forge and the fakes of the tests are implementations, not special cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from medvl_watch.changes import Change, Issue, Published, PullRequest, Snapshot, Target
from medvl_watch.records import Outcome, Paper, Poll, Receipt, Record, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that a poll covers. Both ends are aware; overlap with earlier polls is
    wanted, since announcements come days after submission."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET on behalf of a source. `page` counts from 0 within one poll.

    `url` comes from the configuration and from identifiers that were checked, never from
    a feed's content.
    """

    source: str
    url: str
    page: int = 0
    accept: str = "*/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The bytes that answered a request, and when. `content_type` is lower-case."""

    body: bytes
    fetched_at: datetime
    content_type: str = ""
    address: str = ""


class Fetcher(Protocol):
    """Gets bytes: from the network, or from recordings."""

    def get(self, request: Request) -> Response:
        """Raises SourceError (SourceLimited where the service asks us to wait)."""
        ...


class Source(Protocol):
    """A place where papers are announced."""

    @property
    def name(self) -> str: ...

    def poll(self, window: Window) -> Poll:
        """Every record of the window. Raises SourceError rather than give a part of it."""
        ...

    def lookup(self, identifier: str) -> Record | None:
        """The record with this normalised arXiv id or DOI, or None if it has none."""
        ...


class Classifier(Protocol):
    """Judges papers. Every paper gets a verdict, in the order of the input."""

    @property
    def name(self) -> str: ...

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]: ...


class Forge(Protocol):
    """Where lists live and where pull requests and issues go.

    `ensure_…` is idempotent: it makes the world as wanted and says what that took. Every
    method raises ForgeError, ForgeDenied or ForgeLimited.
    """

    @property
    def name(self) -> str: ...

    def read(self, target: Target) -> Snapshot:
        """The list at its base branch. Raises ListError if the file is not there."""
        ...

    def pull_requests(self, target: Target) -> Sequence[PullRequest]:
        """All pull requests of ours on this list, open and closed, oldest first."""
        ...

    def ensure_pull_request(self, change: Change) -> Published: ...

    def close_pull_request(self, target: Target, pull: PullRequest, body: str) -> Published:
        """Close our pull request under this description, unless it is closed already. Raises
        ForgeError if it is no longer what `pull` says."""
        ...

    def ensure_issue(self, issue: Issue) -> Published: ...


@runtime_checkable
class Workbench(Protocol):
    """What a forge on this machine can do beside: look at, merge and close by hand."""

    def diff(self, target: Target, number: int) -> str: ...

    def merge(self, target: Target, number: int) -> PullRequest: ...

    def close(self, target: Target, number: int) -> PullRequest: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """A source's latest poll: `problem` is empty if it went well; `last_good` is when it
    last did (None if never)."""

    receipt: Receipt
    problem: str
    last_good: datetime | None


class Ledger(Protocol):
    """What was seen and decided. Each method is one transaction; writing what is already
    there changes nothing."""

    def paper_ids(self, keys: Iterable[str]) -> Mapping[str, str]:
        """For each identity key (`papers.identifiers`) that is known: the paper's id."""
        ...

    def papers(self, ids: Iterable[str] | None = None) -> Sequence[Paper]: ...

    def first_seen(self, since: datetime, until: datetime) -> Sequence[tuple[Paper, datetime]]:
        """The papers that we first saw in [since, until), oldest first."""
        ...

    def unjudged(self) -> Sequence[Paper]:
        """The papers without a verdict: what an interrupted run left."""
        ...

    def save_papers(self, papers: Sequence[Paper], now: datetime) -> None: ...

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
        """Keep verdicts together with the papers as they were judged and what follows."""
        ...

    def outcomes(self, paper_id: str) -> Sequence[Outcome]:
        """The paper's whole history, oldest first."""
        ...

    def history(
        self, *, list_id: str | None = None, states: Iterable[State] = tuple(State)
    ) -> Sequence[Outcome]:
        """Every outcome in these states, also those that others followed, oldest first."""
        ...

    def standing(
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
        """Append those that say something new; returns how many did."""
        ...

    def save_receipt(self, receipt: Receipt, problem: str = "") -> None: ...

    def receipts(self) -> Sequence[SourceHealth]:
        """How each source's latest poll went, by source."""
        ...
