"""New entries for one place of a list: learned, written and tested."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.lists.fields.dates_and_venues import ET_AL, is_authors
from medvl_watch.lists.parsing import units
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.shapes.choosing import Draft, Written, write_entry
from medvl_watch.lists.shapes.layout import align_with, highest_number, pad_cells
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
        result = write_entry(self._shapes, paper, self._style, running)
        if result is None:
            return NotWritten(paper.id, "no entry of the list shows where a title goes")
        if isinstance(result, Draft):
            return self._not_written(paper, result)
        sample = result.shape.sample
        text = result.text
        if sample.entry.unit.has_cells:
            text = pad_cells(self._document, text, sample.entry)
        text = align_with(self._document, text, sample.entry, neighbour)
        flaw = self._flaw(text, result, paper)
        return NotWritten(paper.id, flaw, draft=text) if flaw else text

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

    def _flaw(self, text: str, written: Written, paper: Facts) -> str:
        own = [paper.title, paper.name, *written.values]
        bare = [value.strip('"\u201c\u201d.') for value in own]
        looks = {look for sample in self._samples for look in masked_forms(sample.fields)}
        found = {mask(text), mask(text, own), mask(text, bare)}
        if written.shape.is_derived:  # an entry's own look, but for the link
            example = "".join(part.text for part in written.shape.parts)
            values = [p.text for p in written.shape.parts if p.slot and p.slot not in LINK_SLOTS]
            looks |= {mask(example), mask(example, values)}
        if written.by_cells:
            cells = {cell for look in looks for cell in enumerate(look.split("|"))}
            attested = any(cells.issuperset(enumerate(look.split("|"))) for look in found)
        else:
            attested = bool(found & looks)
        if not attested:
            return "the new entry would not look like any other entry of the list"
        near = [each for shape in self._shapes for each in shape.examples]
        words = foreign_words(written.shape.parts, written.shape, paper, near)
        if words:
            shown = ", ".join(dict.fromkeys(words))
            return f"the new entry would have words that are not the paper's: {shown}"
        return ""


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
