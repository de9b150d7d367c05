"""Moving an entry to the section of another year, where the list goes by years of venues."""

from __future__ import annotations

from dataclasses import dataclass

from medvl_watch.lists.editing.contents import contents_piece
from medvl_watch.lists.editing.patching import Patch
from medvl_watch.lists.editing.placing import CannotPlace, into_new_section, into_section
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.document import Document, find_section, split_lines
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.pieces import Piece, blank_before
from medvl_watch.lists.style.samples import ListSamples
from medvl_watch.lists.style.sections import opening_of
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.section_titles import year_of_title
from medvl_watch.records import Headings

AGREE = 0.8
"""The share of published entries under their own year that makes years the list's scheme."""


@dataclass(frozen=True, slots=True)
class Move:
    """An entry's way to the section `path`, where `piece` would put a paper like it; a section
    that is opened for it may get a line in the `contents`."""

    entry: Entry
    path: Headings
    piece: Piece
    contents: tuple[Piece, ...] = ()

    def patches(self, document: Document, text: str) -> list[Patch]:
        """Take the entry with its blank lines out, and put `text` in at the new place."""
        entry = self.entry
        below = entry.end
        while below < len(document.lines) and not document.lines[below].strip():
            below += 1
        above = entry.start - len(blank_before(document, entry.start, 0).split("\n")) + 1
        is_between = below < len(document.lines) and any(
            other.start == below and other.section == entry.section for other in document.entries
        )
        gone = (entry.start, below) if is_between else (above, entry.end)
        [new] = self.piece.entries
        rows = split_lines(self.piece.text)
        lead, tail = rows[: new.offset], rows[new.offset + len(new.lines) :]
        put = "".join(lead) + text + document.newline + "".join(tail)
        contents = [Patch(each.line, each.line, each.text, each.rank) for each in self.contents]
        return [Patch(*gone, "", 1), Patch(self.piece.line, self.piece.line, put, 0), *contents]


def move_to_year(list_samples: ListSamples, entry: Entry, facts: Facts) -> Move | None:
    """Where the entry moves when its year is the paper's; None if it stays."""
    document = list_samples.document
    path = document.path_of(entry)
    year = year_of_title(path[-1]) if path else None
    if year is None or year == facts.year or entry.unit.is_numbered:
        return None
    if len(document.entries_of(document.sections[entry.section])) < 2:
        return None  # a heading with nothing below it is worse than an early year
    if not _years_are_the_scheme(list_samples):
        return None
    target = (*path[:-1], str(facts.year))
    section = find_section(document, target)
    contents: list[Piece] = []
    existing = {facts.id: document.text(entry)}
    try:
        if section is not None:
            placing = into_section(list_samples, section, [facts], existing)
            target = section.path
        else:
            opening = opening_of(document, target)
            if isinstance(opening, str):
                return None
            placing = into_new_section(list_samples, opening, [facts], existing)
            contents = contents_piece(document, opening)
    except CannotPlace:
        return None
    [piece] = placing.pieces
    return None if piece.raised else Move(entry, target, piece, tuple(contents))


def _years_are_the_scheme(list_samples: ListSamples) -> bool:
    """Whether published papers stand under the year of their venue."""
    document = list_samples.document
    agree = []
    for entry in document.entries:
        path = document.path_of(entry)
        heading = year_of_title(path[-1]) if path else None
        fields = list_samples.fields_of(entry)
        venue, year = fields.first(Slot.VENUE), fields.first(Slot.YEAR)
        if heading and venue and year and not is_preprint_name(venue):
            agree.append(int(year) % 100 == heading % 100)
    return bool(agree) and sum(agree) >= AGREE * len(agree)
