"""New entries for one place of a list: learned, written and tested."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from medvl_watch.lists.fields.dates_and_venues import ET_AL, is_authors
from medvl_watch.lists.fields.reading import fields_of
from medvl_watch.lists.parsing import units
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.shapes.choosing import Draft, Written, draft_of, usable_of, ways_to_write
from medvl_watch.lists.shapes.layout import align_with, highest_number, next_number, pad_cells
from medvl_watch.lists.shapes.learning import Shape, shapes_of
from medvl_watch.lists.shapes.parts import LINK_SLOTS
from medvl_watch.lists.shapes.proof import foreign_words, mask, masked_forms
from medvl_watch.lists.shapes.style import WritingStyle
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.samples import Sample

_CELL = re.compile(r"^\W*\[[^\[\]]*\]\(|<br\b|<a\s|^\s*\||\|.*\|.*\|")


@dataclass(frozen=True, slots=True)
class NotWritten:
    """A paper whose entry was not written: why, in one clause; what its record `lacks`, in
    plain words; and the line as far as it is known, for a person to finish."""

    paper_id: str
    reason: str
    lacking: tuple[str, ...] = ()
    draft: str = ""


class Writer:
    """Writes entries for one place, from the entries near it (`samples`)."""

    def __init__(self, document: Document, samples: Sequence[Sample], style: WritingStyle) -> None:
        self._document = document
        self._samples = samples
        self._style = style
        self._shapes: tuple[Shape, ...] = shapes_of(samples)

    def write(self, paper: Facts, neighbour: Entry | None, number: int = 1) -> str | NotWritten:
        """The text of the `number`th new entry, without the end of its last line."""
        flaw = title_flaw(paper)
        if flaw:
            return NotWritten(paper.id, flaw, lacking=("title",))
        unit = self._samples[0].entry.unit if self._samples else units.BULLET
        running = None
        if unit.has_cells:
            running = highest_number(self._document, self._samples[0].entry) + number
        elif not unit.is_numbered:
            running = next_number(self._document, neighbour, number)
        if not usable_of(self._shapes):
            return NotWritten(paper.id, "no entry of the list shows where a title goes")
        tried: list[tuple[Written, str, str]] = []
        for written in ways_to_write(self._shapes, paper, self._style, running):
            text = self._in_place(written, neighbour)
            flaw = self._flaw(text, written, paper)
            if not flaw:
                return text
            tried.append((written, text, flaw))
        for written, text, flaw in tried:
            if not written.is_put_together:
                return NotWritten(paper.id, flaw, draft=text)
            if not self._flaw(text, written, paper, in_parts=True):
                return text
        return self._not_written(paper, draft_of(self._shapes, paper, self._style, running))

    def _in_place(self, written: Written, neighbour: Entry | None) -> str:
        """The text with the width of cells, the indent and the marker of what stands beside it."""
        entry = written.shape.sample.entry
        text = written.text
        if entry.unit.has_cells:
            text = pad_cells(self._document, text, entry)
        return align_with(self._document, text, entry, neighbour)

    def _not_written(self, paper: Facts, draft: Draft) -> NotWritten:
        if not draft.lacking:
            return NotWritten(
                paper.id,
                "the entries here are too different from each other to learn from",
                draft=draft.text,
            )
        missing = ", ".join(draft.lacking)
        reason = f"the entries here state what the record lacks: {missing}"
        return NotWritten(paper.id, reason, draft.lacking, draft.text)

    def _flaw(self, text: str, written: Written, paper: Facts, *, in_parts: bool = False) -> str:
        """Why the entry fails one of the two tests (see `proof`); empty if it fails none. If
        `in_parts`, an entry without the links that a paper lacks may look as no entry does, if
        one looks so but for these links; and a row, if each cell looks as one in its column."""
        own = [paper.title, paper.name, *written.values]
        bare = [value.strip('"\u201c\u201d.') for value in own]
        looks = {mask(text), mask(text, own), mask(text, bare)}
        if not (
            looks & self._looks_near
            or looks & self._looks_anywhere
            or (in_parts and self._is_alike_in_parts(looks, written))
        ):
            return "the new entry would not look like any other entry of the list"
        words = foreign_words(written.shape, paper, self._shapes)
        if words:
            shown = ", ".join(dict.fromkeys(words))
            return f"the new entry would have words that are not the paper's: {shown}"
        return ""

    def _is_alike_in_parts(self, looks: set[str], written: Written) -> bool:
        known = set(self._looks_near)
        if written.shape.is_derived:
            example = "".join(part.text for part in written.shape.parts)
            values = [p.text for p in written.shape.parts if p.slot and p.slot not in LINK_SLOTS]
            known |= {mask(example), mask(example, values)}
        if written.by_cells:
            cells = {cell for look in known for cell in enumerate(look.split("|"))}
            return any(cells.issuperset(enumerate(look.split("|"))) for look in looks)
        return bool(looks & known)

    @cached_property
    def _looks_near(self) -> set[str]:
        return {look for sample in self._samples for look in masked_forms(sample.fields)}

    @cached_property
    def _looks_anywhere(self) -> set[str]:
        """How the entries of the whole list look, of the unit of those near the place."""
        document = self._document
        unit = self._samples[0].entry.unit
        entries = (entry for entry in document.entries if entry.unit is unit)
        return {look for e in entries for look in masked_forms(fields_of(document, e))}


def title_flaw(paper: Facts) -> str:
    """Why a record's title cannot be written as one; empty if it can."""
    title = paper.title
    if not title:
        return "the record has no title"
    if ET_AL.search(title) and is_authors(title):
        return "the record has authors where its title should be"
    if title == ", ".join(paper.authors) or _CELL.search(title):
        return "the record's title is a piece of mark-up"
    return ""
