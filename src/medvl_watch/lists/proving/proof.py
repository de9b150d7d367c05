"""The one proof of an edit: what was there is there, and what is new is seen as it is meant.

An edit is judged three times. By its lines: outside of its hunks they are the old ones, byte for
byte and in order. By our own reading (`parsing/`): every entry that it does not touch is read as
before, in its section. And as it renders (`comparison.py`, `entries.py`): every block that it
does not touch is shown as before, in order, a replaced line as the same kind of block, and each
new entry as its siblings are, with the paper's title and address in it. Our reading knows what
lists mean, the renderer what a reader sees; an edit must satisfy both.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from medvl_watch.changes import AlreadyListed
from medvl_watch.lists.paper_matching import identify_entry, match_paper
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry, Unit
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.lists.proving.comparison import compare
from medvl_watch.lists.proving.entries import misrendered, rendered_entry
from medvl_watch.lists.proving.hunks import (
    Hunk,
    TouchedLines,
    is_untouched_elsewhere,
    new_place,
    new_side,
    old_side,
)
from medvl_watch.lists.proving.paper import shown_paper
from medvl_watch.lists.proving.rendering import Rendering, render
from medvl_watch.records import Headings, Record

_MOST_SIBLINGS = 12
"""Entries around a new one that show what is the list's way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryClaim:
    """An entry that an edit wrote, as it is meant: a paper in a section, from line `start` on
    (0-based, in the new text), of so many lines. `was` is the entry that it replaces."""

    paper: Record
    section: Headings
    start: int
    count: int
    was: Entry | None = None

    @property
    def end(self) -> int:
        return self.start + self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedEdit:
    """An edit to be proved: the list before and after, where its lines were changed (in order),
    and the entries that were written."""

    before: Document
    after: Document
    hunks: Sequence[Hunk]
    claims: Sequence[EntryClaim] = ()


@dataclass(frozen=True, slots=True)
class EditError:
    """What is wrong with an edit, in one clause, and the paper it comes from, if it is one."""

    reason: str
    paper_id: str = ""


def prove(edit: ProposedEdit) -> EditError | None:
    """None if the new text is what was meant, else what is wrong with it."""
    reasons = chain(_by_lines(edit), _by_reading(edit), _by_rendering(edit))
    return next(reasons, None)


def _by_lines(edit: ProposedEdit) -> Iterator[EditError]:
    if not is_untouched_elsewhere(edit.before.lines, edit.after.lines, edit.hunks):
        yield EditError("an old line would not survive")


# --- by our own reading ---------------------------------------------------------------


def _by_reading(edit: ProposedEdit) -> Iterator[EditError]:
    there = {entry.start: entry for entry in edit.after.entries}
    for claim in edit.claims:
        reason = _misread(edit.after, there.pop(claim.start, None), claim)
        if reason:
            yield EditError(reason, claim.paper.id)
    replaced = {claim.was for claim in edit.claims}
    ours = [entry for entry in edit.before.entries if entry not in replaced]
    old = _outline(edit.before, ours, old_side(edit.hunks, len(edit.before.lines)))
    new = _outline(edit.after, there.values(), new_side(edit.hunks, len(edit.after.lines)))
    if old != new:
        yield EditError("another entry would be read in another way")


def _outline(
    document: Document, entries: Iterable[Entry], lines: TouchedLines
) -> tuple[list[tuple[str, int]], list[tuple[Unit, int | None, range | None]]]:
    """How sections and entries are read, but for what only this side has: an entry by its unit,
    its section and, if it was not touched, its lines, which are the other side's."""
    sections = [s for s in document.sections if not lines.are_single(s.line, s.line + 1)]
    places = {section.index: place for place, section in enumerate(sections)}
    read = [
        (entry.unit, places.get(entry.section), lines.common(entry.start, entry.end))
        for entry in entries
        if not lines.are_single(entry.start, entry.end)
    ]
    return [(section.kind, section.level) for section in sections], read


def _misread(document: Document, entry: Entry | None, claim: EntryClaim) -> str:
    """How an entry would be read otherwise than it is meant; empty if it is not."""
    if entry is None or entry.end - entry.start != claim.count:
        line = document.lines[claim.start].rstrip("\r\n")
        return f"the entry would not be read back as one ({line[:60]!r})"
    if not isinstance(match_paper(claim.paper, [identify_entry(document, entry)]), AlreadyListed):
        return "the paper would not be known again in its entry"
    path = document.path_of(entry)
    if path_key(path) != path_key(claim.section):
        return f"the entry would be read in the section {' > '.join(path)}"
    return ""


# --- as it renders --------------------------------------------------------------------


def _by_rendering(edit: ProposedEdit) -> Iterator[EditError]:
    before, after = render(edit.before.lines), render(edit.after.lines)
    difference = compare(before, after, edit.hunks).difference()
    if difference:
        yield EditError(difference)
    for claim in edit.claims:
        entry = rendered_entry(after, claim.start, claim.end)
        siblings = [rendered_entry(before, s.start, s.end) for s in _siblings(edit, claim)]
        was = claim.was
        earlier = rendered_entry(before, was.start, was.end) if was else None
        reason = misrendered(entry, siblings, shown_paper(claim.paper), earlier)
        if not (reason or claim.was) and _stands_apart(edit, claim, after):
            reason = "it would not be in one list with the entries right beside it"
        if reason:
            yield EditError(reason, claim.paper.id)


def _stands_apart(edit: ProposedEdit, claim: EntryClaim, after: Rendering) -> bool:
    """Whether old entries stand right above or below a new one, with nothing but blank lines and
    other new entries between them, and none of them in the same list or table."""
    document = edit.after
    claimed = {each.start for each in edit.claims}
    new = {n for each in edit.claims for n in range(each.start, each.end)}
    own = rendered_entry(after, claim.start, claim.end).holder
    others = [entry for entry in document.entries if entry.start not in claimed]
    place = bisect_left([entry.start for entry in others], claim.start)
    beside = []
    for entry in others[max(0, place - 1) : place + 1]:
        is_above = entry.start < claim.start
        gap = range(entry.end, claim.start) if is_above else range(claim.end, entry.start)
        if all(n in new or not document.lines[n].strip() for n in gap):
            beside.append(rendered_entry(after, entry.start, entry.end).holder)
    return bool(beside) and own not in beside


def _siblings(edit: ProposedEdit, claim: EntryClaim) -> list[Entry]:
    """The nearest entries that stood there before the edit: of the same kind in the same section
    (and table), else of the same kind."""
    document = edit.before
    own = next(entry for entry in edit.after.entries if entry.start == claim.start)
    alike = [e for e in document.entries if e.unit is own.unit and e != claim.was]
    home = path_key(claim.section)
    sections = {s.index for s in document.sections if path_key(s.path) == home}
    near = [e for e in alike if e.section in sections and e.columns == own.columns]

    def distance(entry: Entry) -> int:
        return abs((new_place(entry.start, edit.hunks) or entry.start) - claim.start)

    return sorted(near or alike, key=distance)[:_MOST_SIBLINGS]
