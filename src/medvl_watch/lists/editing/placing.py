"""The pieces of text that put new entries into a section, old or new."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from medvl_watch.lists.editing.numbering import falls, numbering_at, with_number
from medvl_watch.lists.editing.section_order import (
    in_order,
    main_entries,
    sort_keys_elsewhere,
    sort_keys_in,
    spot_for,
    spot_in_table,
    with_section_year,
)
from medvl_watch.lists.parsing.blocks import with_empty_box
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Entry, has_link, has_paper_link
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.parsing.tables import columns_of, is_delimiter
from medvl_watch.lists.shapes.configured import plain_values
from medvl_watch.lists.shapes.layout import running_numbers_fall
from medvl_watch.lists.shapes.neighbours import near_entries
from medvl_watch.lists.shapes.style import WritingStyle, style_of
from medvl_watch.lists.shapes.writer import NotWritten, Writer
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.order import newest_first, orders_of
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
from medvl_watch.lists.style.sections import NewSection, years_of_headings

_NONE: Mapping[str, str] = MappingProxyType({})
_QUOTED = re.compile(r" {0,3}>[ >]*(?:[-*+]|\d{1,4}[.)])[ \t]")
"""An item of a list within a block quote."""


class CannotPlace(Exception):
    """Why papers cannot be put into a section, in one clause."""


@dataclass(frozen=True, slots=True)
class SectionPieces:
    """Pieces that put papers into a section, and the papers whose entries were not written."""

    pieces: tuple[Piece, ...]
    not_written: tuple[NotWritten, ...] = ()


def into_section(
    list_samples: ListSamples,
    section: Section,
    papers: Sequence[Facts],
    existing: Mapping[str, str] = _NONE,
) -> SectionPieces:
    """What puts these papers into an existing section. `existing` are the texts of
    entries that are moved, by their papers' ids: they are not written anew."""
    document = list_samples.document
    papers = [with_section_year(paper, section.path) for paper in papers]
    entries = main_entries(document, section)
    if not entries:
        return _into_empty(list_samples, section, papers, existing)
    own = sort_keys_in(list_samples, entries)
    elsewhere = sort_keys_elsewhere(list_samples, section)
    orders = orders_of(own, elsewhere)
    order = orders[0] if orders else None
    at_top = falls(document, entries) or newest_first(own, elsewhere, years_of_headings(document))
    gap = separator_of(document, entries, _alike(document, entries[0]))
    fixed_spot = spot_in_table(list_samples, entries)
    groups: dict[int, list[Facts]] = {}
    for paper in papers:
        spot = fixed_spot
        if spot is None:
            spot = spot_for(own, paper, orders, at_top=at_top)
        groups.setdefault(spot, []).append(paper)
    pieces = []
    drafts: list[NotWritten] = []
    before = 0
    for spot, group in sorted(groups.items()):
        line = entries[spot - 1].end if spot else entries[0].start
        neighbour = entries[max(0, spot - 1)]
        point = _InsertionPoint(list_samples, section, line, neighbour)
        found = _texts(point, in_order(group, order), existing)
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
    return SectionPieces(tuple(pieces), tuple(drafts))


def _alike(document: Document, entry: Entry) -> list[Entry]:
    return [other for other in document.entries if other.unit is entry.unit]


@dataclass(frozen=True, slots=True)
class Texts:
    """New entries, each a paper's id with its text, and the drafts of those not written."""

    written: tuple[tuple[str, str], ...]
    drafts: tuple[NotWritten, ...] = ()


@dataclass(frozen=True, slots=True)
class _InsertionPoint:
    """Where entries are written: before a line of a section, beside the entry `like`."""

    list_samples: ListSamples
    section: Section
    line: int
    like: Entry | None


def _texts(place: _InsertionPoint, papers: Sequence[Facts], existing: Mapping[str, str]) -> Texts:
    """The papers' entries, as the list writes entries at this place."""
    if all(paper.id in existing for paper in papers):
        return Texts(tuple((paper.id, existing[paper.id]) for paper in papers))
    list_samples, section = place.list_samples, place.section
    samples = near_entries(list_samples, section, place.line, place.like)
    style = style_of(samples, list_samples.samples(section, place.line))
    override = list_samples.overrides.of(section.path)
    if override is not None:
        texts = [(p.id, _overridden(override, style, samples, p, place.like)) for p in papers]
        return Texts(tuple(texts))
    writer = Writer(list_samples.document, samples, style)
    written: list[tuple[str, str]] = []
    drafts: list[NotWritten] = []
    step = -1 if place.like and running_numbers_fall(list_samples.document, place.like) else 1
    for paper in papers[::step]:
        result = writer.write(paper, place.like, len(written) + 1)
        if isinstance(result, NotWritten):
            drafts.append(result)
        else:
            written.append((paper.id, with_empty_box(result)))
    return Texts(tuple(written[::step]), tuple(drafts[::step]))


def _overridden(
    source: str, style: WritingStyle, samples: Sequence[Sample], paper: Facts, like: Entry | None
) -> str:
    try:
        return render_override(source, plain_values(style, samples, paper, like))
    except CannotRender as problem:
        raise CannotPlace(str(problem)) from problem


def _into_empty(
    list_samples: ListSamples,
    section: Section,
    papers: Sequence[Facts],
    existing: Mapping[str, str],
) -> SectionPieces:
    """The first entries of a section: after its heading and what is written below it."""
    document = list_samples.document
    line = content_end(document, section.body, section.end)
    columns = _table_columns(document, section)
    if columns:
        like = next((e for e in document.entries if e.table and e.table.columns == columns), None)
        if like is None:
            raise CannotPlace("its table has no row to learn from")
        texts = _texts(_InsertionPoint(list_samples, section, line, like), papers, existing)
        return _placed(list_samples, texts, line, Frame())
    _refuse_what_is_not_read(document, section)
    samples = list_samples.samples(section, section.body)
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
        list_samples,
        _texts(_InsertionPoint(list_samples, section, section.body, like), papers, existing),
        line,
        frame,
    )


def _placed(
    list_samples: ListSamples, texts: Texts, line: int, frame: Frame, rank: int = -9999
) -> SectionPieces:
    if not texts.written:
        return SectionPieces((), texts.drafts)
    piece = assemble(list_samples.document.newline, line, texts.written, frame, rank)
    return SectionPieces((piece,), texts.drafts)


def _refuse_what_is_not_read(document: Document, section: Section) -> None:
    """Raises CannotPlace where the section has entries that are never written beside."""
    own = range(section.body, section.end)
    made = [n for n in own if document.regions[n] is Region.GENERATED]
    if made:
        lines = f"lines {made[0] + 1} to {made[-1] + 1}"
        raise CannotPlace(f"its entries are generated from data ({lines}); propose papers there")
    quoted = [n for n in own if _is_quoted_entry(document.lines[n])]
    if quoted:
        lines = f"lines {quoted[0] + 1} to {quoted[-1] + 1}"
        raise CannotPlace(
            f"its entries stand in a block quote ({lines}), which medvl-watch does not write to"
        )

    folded = [s for s in document.sections if s.kind == "summary" and s.path[:-1] == section.path]
    if folded and not any(document.entries_of(each) for each in folded):
        lines = f"lines {folded[0].line + 1} to {folded[-1].end}"
        raise CannotPlace(
            f"each of its entries is a folded block ({lines}), which medvl-watch does not write"
        )


def _is_quoted_entry(line: str) -> bool:
    """Whether a line of a block quote is an entry, or one of its lines."""
    is_quoted = line.lstrip(" ").startswith(">")
    return is_quoted and has_link(line) and (bool(_QUOTED.match(line)) or has_paper_link(line))


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
    list_samples: ListSamples,
    opening: NewSection,
    papers: Sequence[Facts],
    existing: Mapping[str, str] = _NONE,
) -> SectionPieces:
    """A section that is opened, with these papers in it; `existing` as for `into_section`."""
    document = list_samples.document
    own = main_entries(document, opening.sibling)
    samples = list_samples.samples(opening.sibling, opening.line)
    if not samples:
        raise CannotPlace("the list has no entry to learn from")
    like = own[0] if own else samples[0].entry
    table = like.table
    head = "".join(document.lines[table.header : table.body]) if table else ""
    papers = [with_section_year(paper, opening.path) for paper in papers]
    texts = _texts(
        _InsertionPoint(list_samples, opening.sibling, opening.line, like), papers, existing
    )
    gap = separator_of(document, own, _alike(document, like))
    if opening.after:
        lead = opening.gap + opening.heading + head
        frame = Frame(lead=lead, gap=gap, tail=opening.footer)
    else:
        tail = opening.footer + opening.gap
        frame = Frame(lead=opening.heading + head, gap=gap, tail=tail)
    return _placed(list_samples, texts, opening.line, frame, opening.rank)
