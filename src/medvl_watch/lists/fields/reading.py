"""What an entry says: title, name, venue, year, date, authors and links, as spans of its text.

What is not recognised stays literal; nothing is guessed that the text does not show.
"""

from __future__ import annotations

import re
from functools import lru_cache

from medvl_watch.lists.fields.labels import read_arxiv_id, read_badges, read_echoes, read_links
from medvl_watch.lists.fields.rows import read_cells, read_html_name, title_cell
from medvl_watch.lists.fields.searches import read_searches
from medvl_watch.lists.fields.slots import FieldReader, Fields, FieldSpan, Slot
from medvl_watch.lists.fields.titles import read_title, trim_title
from medvl_watch.lists.fields.venue_and_year import read_authors, read_imprints, read_name
from medvl_watch.lists.parsing.blocks import BOX
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry, Unit
from medvl_watch.lists.parsing.markup import TAG

__all__ = ["FieldSpan", "Fields", "Slot", "fields_of", "read_fields"]

_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_REFERENCE_NUMBER = re.compile(r"\[(\d{1,4})\]\.?[ \t]+(?=[^\s(])")
"""The number of an entry in a list that is written like a paper's references."""

_REMEMBERED = 20_000
"""Entries whose fields are kept in mind: each is asked for by the proof of every edit, too."""


def fields_of(document: Document, entry: Entry) -> Fields:
    """The fields of an entry of a list, in its text with the addresses in place of keys."""
    return read_fields(document.linked_text(entry), entry.unit, entry.columns)


@lru_cache(maxsize=_REMEMBERED)
def read_fields(text: str, unit: Unit, columns: tuple[str, ...] = ()) -> Fields:
    """Find an entry's fields. `columns` are the header's cells for a table's row."""
    reading = FieldReader(text, text)
    start = unit.marker.match(text)
    begin = start.end() if start else 0
    box = BOX.match(text, begin) if start else None
    if box:
        reading.hide(*box.span())
        begin = box.end()
    if start and unit.is_numbered and start["number"]:
        span = start.span("number")
        reading.claims.append(FieldSpan(*span, Slot.NUMBER, span))
    reference = None if unit.has_cells else _REFERENCE_NUMBER.match(text, begin)
    if reference:
        reading.claim(*reference.span(1), Slot.NUMBER, reference.span())
        reading.hide(*reference.span())
        begin = reference.end()
    for mark in _FOOTNOTE.finditer(text):  # what is said there is said of this one work
        reading.claim(*mark.span(), Slot.TEXT, mark.span())
        reading.hide(*mark.span())
    read_links(reading, title_cell(text, columns))
    read_badges(reading)
    read_arxiv_id(reading)
    for tag in TAG.finditer(text):
        reading.hide(*tag.span())
    if unit.has_cells:
        read_cells(reading, columns)
    if not reading.has(Slot.TITLE):
        read_title(reading, begin)
    trim_title(reading)
    read_authors(reading, begin)
    read_imprints(reading, begin)
    if unit.is_html:
        read_html_name(reading)
    read_name(reading, begin)
    read_echoes(reading)
    read_searches(reading)
    return Fields(text, tuple(sorted(reading.claims, key=lambda claim: claim.start)))
