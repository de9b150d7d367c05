"""What becomes of a list and its forge: frozen values about edits, pull requests and issues.

An *addition* is a paper that is to go into a section; an *edit* is what came of it; a *change*
is the pull request that we want to exist, *published* what the forge made of it. Nothing here
does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from medvl_watch.records import Headings, Record

# --- lists ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One curated list: where it lives and what we call it.

    `repository` is `owner/name`; `path` the file inside it; `branch` its base branch, empty
    for the repository's default; `map_id` names its section map in taxonomy.yaml (where
    there is none, its own entries alone tell of its sections); `templates` are the configured
    templates of its entries (see `lists/style/overrides.py`).
    """

    id: str
    title: str
    repository: str
    path: str = "README.md"
    branch: str = ""
    map_id: str = ""
    templates: Mapping[str, str] = field(default_factory=dict, hash=False)
    completes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A list as the forge holds it now. `revision` is the base commit's id."""

    content: bytes
    revision: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A paper to put into a list, under a section path that may not exist yet. `opens` says
    that it was chosen so, and the section is to be opened whatever its siblings are."""

    paper: Record
    section: Headings
    opens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an addition went: `line` is 1-based in the new text, `lines` what was written
    (without line ends)."""

    paper_id: str
    section: Headings
    line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyListed:
    """An addition that the list holds already, at `line` of the old text, and how we know."""

    paper_id: str
    line: int
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An addition that was not made, and why, in one clause. Where the list's entries tell
    what the record does not, `lacking` names it in plain words; `draft` is the entry as far as
    it is known, or as it would have been, for a person to finish."""

    paper_id: str
    reason: str
    lacking: tuple[str, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The result of inserting into a list: `before` is untouched when nothing was placed."""

    before: str
    after: str
    placed: tuple[Placement, ...] = ()
    already_listed: tuple[AlreadyListed, ...] = ()
    refused: tuple[Refusal, ...] = ()


# --- pull requests and issues ---------------------------------------------------------


class PullState(StrEnum):
    """A pull request's state; `closed` means closed without a merge."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request of ours as the forge shows it now.

    `reviewed` is True while it is open and a person has reviewed what it holds now;
    `closed_at` is None while it is open, and where the forge does not know.
    """

    number: int
    title: str
    body: str
    branch: str
    state: PullState
    head: str
    address: str = ""
    reviewed: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A pull request that we want to exist: one file, one commit on top of `base`."""

    target: Target
    branch: str
    base: str
    content: bytes
    message: str
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue that we want to exist. `key` is written into the body as a marker and is
    how the issue is found again (`digest/2026-W47`)."""

    key: str
    title: str
    body: str
    labels: tuple[str, ...] = ()


class Action(StrEnum):
    """What a forge did; `none` means that everything was already as wanted."""

    CREATED = "created"
    UPDATED = "updated"
    CLOSED = "closed"
    NONE = "none"
    WOULD_CREATE = "would create"
    WOULD_UPDATE = "would update"
    WOULD_CLOSE = "would close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a forge did about a change or an issue, and where to look at it."""

    action: Action
    number: int | None
    address: str
    head: str = ""
