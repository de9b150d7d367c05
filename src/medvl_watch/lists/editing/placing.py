"""Where new entries go, and the pieces that put them there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.lists.editing.numbering import numbering_at, with_number
from medvl_watch.lists.parsing.blocks import with_empty_box
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Entry, has_link
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.parsing.tables import columns_of, is_delimiter
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.fidelity import fidelity_of
from medvl_watch.lists.style.order import (
    EntryOrder,
    SortKeys,
    newest_first,
    order_of,
    place,
    sight_of,
    sight_of_paper,
)
from medvl_watch.lists.style.overrides import CannotRender, render_override
from medvl_watch.lists.style.pieces import (
    Frame,
    Piece,
    assemble,
    blank_before,
    content_end,
    separator_of,
)
from medvl_watch.lists.style.rendering import EntryStyle, learn, plain_values, render
from medvl_watch.lists.style.samples import ListSamples, Sample
from medvl_watch.lists.style.sections import NewSection, year_of_path, years_of_headings
from medvl_watch.records import Headings

MOST_WITNESSES = 300
_QUOTED = re.compile(r" {0,3}>[ >]*(?:[-*+]|\d{1,4}[.)])[ \t]")
"""An item of a list within a block quote."""


class CannotPlace(Exception):
    """Why papers cannot be put into a section, in one clause."""


def main_entries(document: Document, section: Section) -> list[Entry]:
    """The entries of the unit (and table) that the section mostly consists of."""
    entries = document.entries_of(section)
    kinds = Counter((entry.unit, entry.table) for entry in entries)
    if len(kinds) < 2:
        return entries
    most = kinds.most_common(1)[0][0]
    return [entry for entry in entries if (entry.unit, entry.table) == most]


def into_section(habits: ListSamples, section: Section, papers: Sequence[Facts]) -> list[Piece]:
    """The pieces that put these papers into an existing section."""
    document = habits.document
    papers = [filed_under(paper, section.path) for paper in papers]
    entries = main_entries(document, section)
    if not entries:
        return [_into_empty(habits, section, papers)]
    own = [sight_of(habits.fields_of(entry)) for entry in entries]
    elsewhere = elsewhere_of(habits, section)
    order = order_of(own, elsewhere)
    at_top = newest_first(own, elsewhere, years_of_headings(document))
    gap = separator_of(document, entries, _alike(document, entries[0]))
    groups: dict[int, list[Facts]] = {}
    for paper in papers:
        groups.setdefault(spot_for(own, paper, order, at_top=at_top), []).append(paper)
    pieces = []
    before = 0
    for spot, group in sorted(groups.items()):
        line = entries[spot - 1].end if spot else entries[0].start
        neighbour = entries[max(0, spot - 1)]
        texts = _texts(habits, section, line, neighbour, _sorted(group, order))
        numbering = numbering_at(document, entries, spot, len(group), above=before)
        if numbering:
            texts = [
                (paper_id, with_number(text, numbering.of(place)))
                for place, (paper_id, text) in enumerate(texts)
            ]
        frame = Frame(lead=gap, gap=gap) if spot else Frame(gap=gap, tail=gap)
        piece = assemble(document.newline, line, texts, frame)
        pieces.append(replace(piece, raised=numbering.raised if numbering else ()))
        before += len(group)
    return pieces


def filed_under(paper: Facts, path: Headings) -> Facts:
    """A venue whose year we do not know has the year under which the paper is filed."""
    year = year_of_path(path)
    if year is None or paper.preprint or paper.year_is_sure or paper.venue is None:
        return paper
    if paper.year is not None and abs(paper.year - year) > 1:
        return paper
    return replace(paper, year=year)


def spot_for(
    sights: Sequence[SortKeys], paper: Facts, order: EntryOrder | None, *, at_top: bool
) -> int:
    """How many old entries come before the paper."""
    spot = None
    if order and order.is_seen:
        ties_last = order.rising if order.key == "title" else not at_top
        spot = place(sight_of_paper(paper), sights, order, ties_last=ties_last)
    return (0 if at_top else len(sights)) if spot is None else spot


def _sorted(papers: list[Facts], order: EntryOrder | None) -> list[Facts]:
    """Papers for one spot in the list's order; as they were given where it shows none."""
    if order is None or not order.is_seen:
        return papers
    keyed = [(getattr(sight_of_paper(paper), order.key), paper) for paper in papers]
    if any(key is None for key, _ in keyed):
        return papers
    keyed.sort(key=lambda pair: pair[0], reverse=not order.rising)
    return [paper for _, paper in keyed]


def elsewhere_of(habits: ListSamples, section: Section) -> list[list[SortKeys]]:
    """What other sections show, the nearest entries of a file that may be long."""
    others = [e for e in habits.document.entries if e.section != section.index]
    others.sort(key=lambda entry: abs(entry.start - section.body))
    by_section: dict[int, list[SortKeys]] = {}
    for entry in sorted(others[:MOST_WITNESSES], key=lambda entry: entry.start):
        sight = sight_of(habits.fields_of(entry))
        by_section.setdefault(entry.section, []).append(sight)
    return list(by_section.values())


def _alike(document: Document, entry: Entry) -> list[Entry]:
    return [other for other in document.entries if other.unit is entry.unit]


def _texts(
    habits: ListSamples, section: Section, line: int, like: Entry | None, papers: Sequence[Facts]
) -> list[tuple[str, str]]:
    """The papers' ids and entries, as the list writes entries at this place."""
    around = habits.samples(section, line)
    manner = learn(_of_kind(around, like), around)
    texts = []
    override = habits.overrides.of(section.path)
    proof = fidelity_of(manner.samples, manner.placeholder, until_sure=True)
    doubt = "" if override else proof.doubt
    if doubt:
        raise CannotPlace(f"{doubt}; a configured template would say how")
    for number, paper in enumerate(papers, start=1):
        if override is None:
            text = render(habits, manner, paper, like, number)
        else:
            text = _overridden(override, manner, paper, like)
        if text is None:
            raise CannotPlace("no entry of the list shows where a title goes")
        texts.append((paper.id, with_empty_box(text)))
    return texts


def _overridden(source: str, manner: EntryStyle, paper: Facts, like: Entry | None) -> str:
    try:
        return render_override(source, plain_values(manner, paper, like))
    except CannotRender as problem:
        raise CannotPlace(str(problem)) from problem


def samples_at(
    habits: ListSamples, section: Section, line: int, like: Entry | None
) -> list[Sample]:
    """The entries that a new one at this line of a section would be written after."""
    return _of_kind(habits.samples(section, line), like)


def _of_kind(samples: list[Sample], like: Entry | None) -> list[Sample]:
    """The samples of the unit (and for rows, the table) that is wanted."""
    if like is None:
        return samples
    if like.table:
        same = [s for s in samples if s.entry.table == like.table]
        return same or [s for s in samples if s.entry.unit is like.unit]
    return [s for s in samples if s.entry.unit is like.unit] or samples


def _into_empty(habits: ListSamples, section: Section, papers: Sequence[Facts]) -> Piece:
    """The first entries of a section: after its heading and what is written below it."""
    document = habits.document
    line = content_end(document, section.body, section.end)
    columns = _table_columns(document, section)
    if columns:
        like = next((e for e in document.entries if e.table and e.table.columns == columns), None)
        if like is None:
            raise CannotPlace("its table has no row to learn from")
        texts = _texts(habits, section, line, like, papers)
        return assemble(document.newline, line, texts, Frame())
    _refuse_what_is_not_read(document, section)
    samples = habits.samples(section, section.body)
    if not samples:
        raise CannotPlace("the list has no entry to learn from")
    like = samples[0].entry
    lead = _lead(document, like)
    if line > section.body:  # below what is written there
        lead = lead or document.newline
    followed = line < len(document.lines) and document.lines[line].strip()
    gap = separator_of(document, [], _alike(document, like))
    frame = Frame(lead=lead, gap=gap, tail=lead if followed else "")
    texts = _texts(habits, section, section.body, like, papers)
    return assemble(document.newline, line, texts, frame)


def _refuse_what_is_not_read(document: Document, section: Section) -> None:
    """Raises CannotPlace where the section has entries that are never written beside."""
    own = range(section.body, section.end)
    made = [n for n in own if document.regions[n] is Region.GENERATED]
    if made:
        lines = f"lines {made[0] + 1} to {made[-1] + 1}"
        raise CannotPlace(f"its entries are generated from data ({lines}); propose papers there")
    quoted = [n for n in own if _QUOTED.match(document.lines[n]) and has_link(document.lines[n])]
    if quoted:
        lines = f"lines {quoted[0] + 1} to {quoted[-1] + 1}"
        raise CannotPlace(f"its entries stand in a block quote ({lines}), which is not written to")


def _table_columns(document: Document, section: Section) -> tuple[str, ...] | None:
    """The header of a table in the section that has no rows yet."""
    for number in range(section.body, section.end - 1):
        if "|" in document.lines[number] and is_delimiter(document.lines[number + 1]):
            return columns_of(document.lines[number])
    return None


def _lead(document: Document, like: Entry) -> str:
    """The blank lines between a heading and its first entry, as the example's section has."""
    home = document.sections[like.section]
    return blank_before(document, document.entries_of(home)[0].start, home.body)


def into_new_section(habits: ListSamples, opening: NewSection, papers: Sequence[Facts]) -> Piece:
    """A section that is opened, with these papers in it."""
    document = habits.document
    own = main_entries(document, opening.sibling)
    samples = habits.samples(opening.sibling, opening.line)
    if not samples:
        raise CannotPlace("the list has no entry to learn from")
    like = own[0] if own else samples[0].entry
    table = like.table
    head = "".join(document.lines[table.header : table.body]) if table else ""
    papers = [filed_under(paper, opening.path) for paper in papers]
    texts = _texts(habits, opening.sibling, opening.line, like, papers)
    gap = separator_of(document, own, _alike(document, like))
    if opening.after:
        lead = opening.gap + opening.heading + head
        frame = Frame(lead=lead, gap=gap, tail=opening.footer)
    else:
        tail = opening.footer + opening.gap
        frame = Frame(lead=opening.heading + head, gap=gap, tail=tail)
    return assemble(document.newline, opening.line, texts, frame, opening.rank)
