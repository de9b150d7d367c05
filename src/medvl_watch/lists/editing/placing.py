"""Where new entries go, and the pieces that put them there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from medvl_watch.lists.editing.numbering import falls, numbering_at, with_number
from medvl_watch.lists.parsing.blocks import with_empty_box
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Entry, has_link
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.parsing.tables import columns_of, is_delimiter
from medvl_watch.lists.shapes.configured import plain_values
from medvl_watch.lists.shapes.neighbours import near_entries
from medvl_watch.lists.shapes.style import WritingStyle, style_of
from medvl_watch.lists.shapes.writer import NotWritten, Writer
from medvl_watch.lists.style.facts import Facts
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


@dataclass(frozen=True, slots=True)
class Placing:
    """Pieces that put papers into a section, and the papers whose entries were not written."""

    pieces: tuple[Piece, ...]
    not_written: tuple[NotWritten, ...] = ()


def into_section(
    habits: ListSamples,
    section: Section,
    papers: Sequence[Facts],
    given: Mapping[str, str] = MappingProxyType({}),
) -> Placing:
    """What puts these papers into an existing section. `given` are entries that stand already
    elsewhere, by their papers' ids: they are not written anew."""
    document = habits.document
    papers = [filed_under(paper, section.path) for paper in papers]
    entries = main_entries(document, section)
    if not entries:
        return _into_empty(habits, section, papers, given)
    own = [sight_of(habits.fields_of(entry)) for entry in entries]
    elsewhere = elsewhere_of(habits, section)
    order = order_of(own, elsewhere)
    at_top = falls(document, entries) or newest_first(own, elsewhere, years_of_headings(document))
    gap = separator_of(document, entries, _alike(document, entries[0]))
    groups: dict[int, list[Facts]] = {}
    for paper in papers:
        groups.setdefault(spot_for(own, paper, order, at_top=at_top), []).append(paper)
    pieces = []
    drafts: list[NotWritten] = []
    before = 0
    for spot, group in sorted(groups.items()):
        line = entries[spot - 1].end if spot else entries[0].start
        neighbour = entries[max(0, spot - 1)]
        found = _texts(_Place(habits, section, line, neighbour), _sorted(group, order), given)
        drafts += found.drafts
        texts = list(found.written)
        if not texts:
            continue
        numbering = numbering_at(document, entries, spot, len(texts), above=before)
        if numbering:
            texts = [
                (paper_id, with_number(text, numbering.of(place)))
                for place, (paper_id, text) in enumerate(texts)
            ]
        frame = Frame(lead=gap, gap=gap) if spot else Frame(gap=gap, tail=gap)
        piece = assemble(document.newline, line, texts, frame)
        pieces.append(replace(piece, raised=numbering.raised if numbering else ()))
        before += len(texts)
    return Placing(tuple(pieces), tuple(drafts))


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


@dataclass(frozen=True, slots=True)
class Texts:
    """New entries, each a paper's id with its text, and the drafts of those not written."""

    written: tuple[tuple[str, str], ...]
    drafts: tuple[NotWritten, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where entries are written: before a line of a section, beside the entry `like`."""

    habits: ListSamples
    section: Section
    line: int
    like: Entry | None


def _texts(place: _Place, papers: Sequence[Facts], given: Mapping[str, str]) -> Texts:
    """The papers' entries, as the list writes entries at this place."""
    if all(paper.id in given for paper in papers):
        return Texts(tuple((paper.id, given[paper.id]) for paper in papers))
    habits, section = place.habits, place.section
    samples = near_entries(habits, section, place.line, place.like)
    style = style_of(samples, habits.samples(section, place.line))
    override = habits.overrides.of(section.path)
    if override is not None:
        texts = [(p.id, _overridden(override, style, samples, p, place.like)) for p in papers]
        return Texts(tuple(texts))
    writer = Writer(habits.document, samples, style)
    written: list[tuple[str, str]] = []
    drafts: list[NotWritten] = []
    for paper in papers:
        result = writer.write(paper, place.like, len(written) + 1)
        if isinstance(result, NotWritten):
            drafts.append(result)
        else:
            written.append((paper.id, with_empty_box(result)))
    return Texts(tuple(written), tuple(drafts))


def _overridden(
    source: str, style: WritingStyle, samples: Sequence[Sample], paper: Facts, like: Entry | None
) -> str:
    try:
        return render_override(source, plain_values(style, samples, paper, like))
    except CannotRender as problem:
        raise CannotPlace(str(problem)) from problem


def _into_empty(
    habits: ListSamples, section: Section, papers: Sequence[Facts], given: Mapping[str, str]
) -> Placing:
    """The first entries of a section: after its heading and what is written below it."""
    document = habits.document
    line = content_end(document, section.body, section.end)
    columns = _table_columns(document, section)
    if columns:
        like = next((e for e in document.entries if e.table and e.table.columns == columns), None)
        if like is None:
            raise CannotPlace("its table has no row to learn from")
        texts = _texts(_Place(habits, section, line, like), papers, given)
        return _placed(habits, texts, line, Frame())
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
    return _placed(
        habits, _texts(_Place(habits, section, section.body, like), papers, given), line, frame
    )


def _placed(
    habits: ListSamples, texts: Texts, line: int, frame: Frame, rank: int = -9999
) -> Placing:
    if not texts.written:
        return Placing((), texts.drafts)
    piece = assemble(habits.document.newline, line, texts.written, frame, rank)
    return Placing((piece,), texts.drafts)


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


def into_new_section(
    habits: ListSamples,
    opening: NewSection,
    papers: Sequence[Facts],
    given: Mapping[str, str] = MappingProxyType({}),
) -> Placing:
    """A section that is opened, with these papers in it; `given` as for `into_section`."""
    document = habits.document
    own = main_entries(document, opening.sibling)
    samples = habits.samples(opening.sibling, opening.line)
    if not samples:
        raise CannotPlace("the list has no entry to learn from")
    like = own[0] if own else samples[0].entry
    table = like.table
    head = "".join(document.lines[table.header : table.body]) if table else ""
    papers = [filed_under(paper, opening.path) for paper in papers]
    texts = _texts(_Place(habits, opening.sibling, opening.line, like), papers, given)
    gap = separator_of(document, own, _alike(document, like))
    if opening.after:
        lead = opening.gap + opening.heading + head
        frame = Frame(lead=lead, gap=gap, tail=opening.footer)
    else:
        tail = opening.footer + opening.gap
        frame = Frame(lead=opening.heading + head, gap=gap, tail=tail)
    return _placed(habits, texts, opening.line, frame, opening.rank)
