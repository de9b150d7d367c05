"""Values about edits of a list, pull requests and issues.

An *addition* is a paper to be put into a section; an *edit* is the result; a *change* is a pull
request that we want to exist; *published* is what the forge did about it. There is no logic
here.
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
    """One curated list: where it is and what we call it.

    `repository` is `owner/name`; `path` the file inside it; `branch` its base branch, empty
    for the repository's default; `map_id` names its section map in taxonomy.yaml (without
    one, its sections are known from its own entries only); `templates` are the configured
    templates of its entries (see `lists/style/overrides.py`); `classifier` names who judges
    papers for it, empty for the classifier of all lists.
    """

    id: str
    title: str
    repository: str
    path: str = "README.md"
    branch: str = ""
    map_id: str = ""
    templates: Mapping[str, str] = field(default_factory=dict, hash=False)
    completes: bool = False
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    draft: bool = False
    fork: str = ""
    """`owner/name` of the fork that our branches are in, where we may not write to the list."""
    classifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A list as it is on the forge now. `revision` is the id of the base commit."""

    content: bytes
    revision: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A paper to put into a list, under a section path that may not exist yet. With `opens`, a
    person chose a new section: it is created whatever its siblings are."""

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
    """An addition that is already in the list, at `line` of the old text. `proof` says how we
    know."""

    paper_id: str
    line: int
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An addition that was not made, and why, in one clause. `lacking` names, in plain words, what
    the list's entries show and the record does not have; `draft` is the entry as far as it is
    known, for a person to finish."""

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
class Remark:
    """A comment that speaks to us, by a person who may decide. `is_answered` tells that a reaction
    of ours is on it."""

    id: int
    body: str
    is_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request of ours as the forge shows it now.

    `on_hold` says that a person has put the label `medvl-watch:hold` on it, `has_branch` that the
    branch of an ended one still stands on its head.
    `base` is the branch that it is to be merged into, or was, as the forge names it ("" where it
    does not). `own_commit` is the commit of ours that the head is by its own evidence, or that it
    brings up to date with the base without any other change; it is read only where the
    description does not name the head. `reviewed` is True while it is open and a person who may
    decide on it has reviewed a commit of ours, and `remarks` are what such people wrote to us in
    comments, oldest first. `closed_at` is None while it is open, and where the
    forge does not know.
    """

    number: int
    title: str
    body: str
    branch: str
    state: PullState
    head: str
    address: str = ""
    base: str = ""
    own_commit: str = ""
    reviewed: bool = False
    on_hold: bool = False
    has_branch: bool = False
    closed_at: datetime | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A pull request that we want to exist: one file, one commit on top of `base`, to be merged
    into the branch `into`.

    `number` is the open pull request to update; None stands for any of ours that no person has
    changed, or a new one.
    """

    target: Target
    base: str
    content: bytes
    message: str
    title: str
    body: str
    into: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue that we want to exist. `key` is written into the body as a marker and is
    how the issue is found again (`digest/2026-W47`)."""

    key: str
    title: str
    body: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundIssue:
    """An issue of ours as the forge shows it now; `number` is None where it has none."""

    number: int | None
    title: str
    body: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that we want to exist once on pull request `number`; `key` is its marker."""

    number: int
    key: str
    body: str


class Action(StrEnum):
    """What a forge did; `none` means that nothing had to change."""

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
