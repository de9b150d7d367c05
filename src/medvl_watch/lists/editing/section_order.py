"""Where in a section a new entry goes, by the order that its entries can be seen to have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.shapes.layout import counts_up
from medvl_watch.lists.shapes.parts import Part, segment
from medvl_watch.lists.shapes.stamps import read_stamp, tie_dates
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.order import (
    EntryOrder,
    SortKeys,
    places_in,
    sort_keys_of,
    sort_keys_of_paper,
)
from medvl_watch.lists.style.samples import ListSamples
from medvl_watch.lists.style.sections import year_of_path
from medvl_watch.records import Headings

_MOST_WITNESSES = 300
"""Entries of other sections whose order is looked at: a list may be long."""


def main_entries(document: Document, section: Section) -> list[Entry]:
    """The entries of the unit (and table) that the section mostly consists of."""
    entries = document.entries_of(section)
    kinds = Counter((entry.unit, entry.table) for entry in entries)
    if len(kinds) < 2:
        return entries
    most = kinds.most_common(1)[0][0]
    return [entry for entry in entries if (entry.unit, entry.table) == most]


def with_section_year(paper: Facts, path: Headings) -> Facts:
    """A venue whose year we do not know has the year under which the paper is filed."""
    year = year_of_path(path)
    if year is None or paper.preprint or paper.year_is_sure or paper.venue is None:
        return paper
    if paper.year is not None and abs(paper.year - year) > 1:
        return paper
    return replace(paper, year=year)


def spot_in_table(list_samples: ListSamples, rows: Sequence[Entry]) -> int | None:
    """How many rows come before new ones in a table that says so by itself: those that are
    filled, where empty ones wait at its end, or all where a column counts them. None if neither,
    or if these are no rows of a table."""
    if rows[0].unit.is_numbered:
        return None
    fields = [list_samples.fields_of(row) for row in rows]
    filled = len(rows)
    while rows[0].unit.has_cells and filled and _is_empty(fields[filled - 1]):
        filled -= 1
    if filled < len(rows):
        return filled
    numbers = [each.first(Slot.NUMBER) or "" for each in fields]
    return len(rows) if counts_up(numbers) else None


def _is_empty(row: Fields) -> bool:
    return not row.title and not row.slots & {Slot.PAPER, Slot.CODE, Slot.PAGE}


def spot_for(
    sort_keys: Sequence[SortKeys], paper: Facts, orders: Sequence[EntryOrder], *, at_top: bool
) -> int:
    """How many old entries come before the paper. What the surest order leaves open, the next
    ones settle, and last where the list grows."""
    spots: Sequence[int] = range(len(sort_keys) + 1)
    own = sort_keys_of_paper(paper)
    for order in orders:
        if order.is_reliable and len(spots) > 1:
            spots = places_in(own, sort_keys, order, spots)
    return spots[0] if at_top else spots[-1]


def in_order(papers: list[Facts], order: EntryOrder | None) -> list[Facts]:
    """Papers for one spot in the list's order; as they were given where it shows none."""
    if order is None or not order.is_reliable:
        return papers
    keyed = [(getattr(sort_keys_of_paper(paper), order.key), paper) for paper in papers]
    if any(key is None for key, _ in keyed):
        return papers
    keyed.sort(key=lambda pair: pair[0], reverse=not order.rising)
    return [paper for _, paper in keyed]


def sort_keys_in(list_samples: ListSamples, entries: Sequence[Entry]) -> list[SortKeys]:
    """What entries of a section show of their places; also by dates whose form they prove
    together (`10/24`), with 0 for a year that these do not tell."""
    fields = [list_samples.fields_of(entry) for entry in entries]
    keys = [sort_keys_of(each) for each in fields]
    if any(each.date for each in keys):
        return keys
    dates = [_stamp_of(parts) for parts in tie_dates([segment(each) for each in fields])]
    return [replace(each, date=date) for each, date in zip(keys, dates, strict=True)]


def _stamp_of(parts: Sequence[Part]) -> tuple[int, ...] | None:
    stamp = next((part for part in parts if part.slot is Slot.STAMP), None)
    date = read_stamp(stamp.text, stamp.form) if stamp else None
    return (date if date[2] else date[:2]) if date else None


def sort_keys_elsewhere(list_samples: ListSamples, section: Section) -> list[list[SortKeys]]:
    """What other sections show, the nearest entries of a file that may be long."""
    others = [e for e in list_samples.document.entries if e.section != section.index]
    others.sort(key=lambda entry: abs(entry.start - section.body))
    by_section: dict[int, list[SortKeys]] = {}
    for entry in sorted(others[:_MOST_WITNESSES], key=lambda entry: entry.start):
        sort_keys = sort_keys_of(list_samples.fields_of(entry))
        by_section.setdefault(entry.section, []).append(sort_keys)
    return list(by_section.values())
