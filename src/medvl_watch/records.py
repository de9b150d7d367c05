"""The vocabulary of medvl-watch: the values that pass between its stages.

A *record* is one source's description of a work; a *paper* is the work itself, linked from one
or more records; a *verdict* is a classifier's judgement of it; an *outcome* is what was done
with it, on one list or on all of them. There is no logic here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Headings: TypeAlias = tuple[str, ...]
"""A section's path: its headings from the outermost to the innermost, as a reader sees them."""

# --- records from sources -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where and when a record was read.

    `raw_ids` are the identifiers exactly as the source wrote them (with version, prefix
    or resolver), for the audit; the normalised ones are in the record itself.
    """

    source: str
    fetched_at: datetime
    raw_ids: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One source's description of one work: the interchange format of medvl-watch.

    `arxiv_id` has no version and no prefix (`2403.17834`, `cs/9901001`); `version` has it.
    `doi` is bare and lower-case. `published` and `updated` are ISO 8601 texts that may be
    only a year or a month (`2021`, `2021-03`, `2024-03-26`, `2024-03-26T17:16:04Z`).
    `venue` is a name with its year (`MICCAI 2024`), or `arXiv`, or None where unknown.
    `extra` has the keys that we do not know, unchanged.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    arxiv_id: str | None = None
    version: int | None = None
    doi: str | None = None
    published: str | None = None
    updated: str | None = None
    venue: str | None = None
    comment: str | None = None
    journal_ref: str | None = None
    url: str | None = None
    code_urls: tuple[str, ...] = ()
    origin: Origin | None = None
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The result of one poll of one source: the proof behind "nothing new".

    `claimed` is the total that the service itself announced (None if it announces none);
    `received` is how many different papers were read. `incomplete` says what is missing, where
    only a part could be read: that part is used, and the window is read again. `since` and
    `until` are the window, where the source can be asked for one. `new` counts the papers that
    were not known before, and `repeats`, `notices` and `unusable` (with reasons) the entries that
    are not records. `status` is the HTTP status of the last answer, None where no server answered.
    `silence` is a sentence on why nothing is new, `alarm` one on why that cannot
    be right.
    """

    source: str
    fetched_at: datetime
    received: int
    claimed: int | None = None
    pages: int = 1
    detail: str = ""
    incomplete: str = ""
    since: datetime | None = None
    until: datetime | None = None
    new: int | None = None
    repeats: int = 0
    notices: int = 0
    unusable: tuple[tuple[str, int], ...] = ()
    bytes: int = 0
    status: int | None = None
    seconds: float | None = None
    silence: str = ""
    alarm: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything in the window was read; what was unusable counts, too."""
        entries = self.received + sum(count for _, count in self.unusable)
        return not self.incomplete and (self.claimed is None or entries >= self.claimed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The records of one source in one window, with their receipt. `notices` describe corrections
    and retractions of other papers. `memory` is what the source wants to know at its next poll,
    once these records are kept."""

    records: tuple[Record, ...]
    receipt: Receipt
    notices: tuple[Record, ...] = ()
    memory: Mapping[str, str] = field(default_factory=dict, hash=False)


# --- papers ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Why a record belongs to a paper: one line of the merge log."""

    paper_id: str
    record_id: str
    source: str
    proof: str
    """The scheme of the key that both have (`arxiv_id`, `doi`, `openreview`, …), or what agreed
    without one (`title+author+year`, `authors+abstract`, …), or `joined by a person`, or
    `first record`."""
    evidence: tuple[str, ...] = ()
    """What agrees and how well, in clauses (`same title`, `3 of 3 authors agree`), and with which
    record. Empty for the first record, and for links of versions that did not note it."""


class EventKind(StrEnum):
    """What happened to a paper that was known already."""

    PUBLISHED = "published"
    CODE_RELEASED = "code released"
    RENAMED = "renamed"
    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    """By a correction, an erratum or an addendum."""
    CONCERN = "expression of concern"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEvent:
    """Something that happened to a paper, and when we read of it.

    `was` and `now` are its titles where it was renamed; `now` is the venue where it was published
    and the address where its code was released. `address` is that of the notice, if one says so.
    """

    kind: EventKind
    at: datetime
    was: str = ""
    now: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One work. `facts` merges what its records say; `id` never changes once given.

    `id` is `arxiv:2403.17834`, `doi:10.1007/...` or `title:<16 hex digits>`, from the
    strongest identifier that the first record carried. `facts.id == id`.
    """

    id: str
    facts: Record
    records: tuple[Record, ...] = ()
    links: tuple[Link, ...] = ()
    withdrawn: bool = False
    events: tuple[PaperEvent, ...] = ()


class LinkChoice(StrEnum):
    """What a person decided about two records."""

    APART = "apart"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDecision:
    """A person's decision about two records, named by their
    strongest identifiers."""

    one: str
    other: str
    choice: LinkChoice
    at: datetime


# --- verdicts of classifiers ----------------------------------------------------------


class Decision(StrEnum):
    """What to do with a paper: propose it, ask a person, or drop it."""

    PROPOSE = "propose"
    REFER = "refer"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A piece of the paper's own text that counted for or against it.

    `quote` occurs in the field named (`title`, `abstract`, `comment`); `speaks_for` is a
    taxonomy node's id, or the relevance facet it counts for, or `RELEVANCE`, or `SET_ASIDE`;
    `weight` may be negative.
    """

    quote: str
    field: str
    speaks_for: str
    weight: float


RELEVANCE = "relevance"
"""The `speaks_for` of a quote that counts for the relevance of the paper as a whole."""
SET_ASIDE = "suspicious"
"""The `speaks_for` of a quote that seems to address a machine: it counted for nothing, and a
person should see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionScore:
    """How well a section fits: 0..1. `node` is a taxonomy node's id, `path` its titles; for a
    list's own section `node` is empty."""

    node: str
    path: Headings
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSection:
    """A section of one list that a language model chose for a paper, with its probability
    `score` (0..1). `path` has `{year}` and `{venue}` for such levels; it is empty if the model
    says that no section fits. `trust` (0..1) is the share of the model's opinion beside what
    the list's own entries show."""

    list_id: str
    path: Headings
    score: float
    trust: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedField:
    """A language model's words for one field of an entry: `task`, `modality` or `summary`.
    `quote` occurs in the paper and supports the text."""

    field: str
    text: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A classifier's answer for one paper. `sections` are best first and may be empty.

    `list_sections` and `descriptions` come from a language model and are empty without one.
    """

    paper_id: str
    relevance: float
    decision: Decision
    sections: tuple[SectionScore, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    classifier: str = ""
    version: str = ""
    flags: tuple[str, ...] = ()
    reason: str = ""
    list_sections: tuple[ListSection, ...] = ()
    descriptions: tuple[DescribedField, ...] = ()


# --- outcomes -------------------------------------------------------------------------


class State(StrEnum):
    """The state of a paper. Every fetched paper ends in one of these, with a reason."""

    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    REFERRED = "referred"
    DEFERRED = "deferred"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done with a paper at time `at`; `list_id` is empty if it applies to every list.

    `section` is the list's own path, `pull_request` its number, `line` 1-based; each is
    None if it has no meaning for the state.
    """

    paper_id: str
    list_id: str
    state: State
    reason: str
    at: datetime
    section: Headings | None = None
    line: int | None = None
    pull_request: int | None = None
