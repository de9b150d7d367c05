"""Where new entries go in a section, and the lines that they are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from medvl_watch.lists.document import Document, Section
from medvl_watch.lists.entries import BULLET, Entry, Unit
from medvl_watch.lists.facts import Facts
from medvl_watch.lists.habits import Habits, Sample
from medvl_watch.lists.order import Order, Sight, order_of, place, sight_of, sight_of_paper
from medvl_watch.lists.rendering import Manner, learn, render
from medvl_watch.lists.sections import Opening, year_of_heading


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines to insert before line `line` of the document. `entries` are the new entries in
    them: the paper's id, how many lines of `text` come before it, and its own lines. Of pieces
    for the same line the one of lower `rank` comes first."""

    line: int
    text: str
    entries: tuple[tuple[str, int, tuple[str, ...]], ...]
    rank: int = -9999


class CannotPlace(Exception):
    """Why a paper cannot be put into a section, in one clause."""


def main_entries(document: Document, section: Section) -> list[Entry]:
    """The entries of the unit (and table) that the section mostly consists of."""
    entries = document.entries_of(section)
    kinds = Counter((entry.unit, entry.table) for entry in entries)
    if len(kinds) < 2:
        return entries
    most = kinds.most_common(1)[0][0]
    return [entry for entry in entries if (entry.unit, entry.table) == most]


def into_section(habits: Habits, section: Section, papers: Sequence[Facts]) -> list[Piece]:
    """The pieces that put these papers into an existing section."""
    document = habits.document
    entries = main_entries(document, section)
    if not entries:
        return [_into_empty(habits, section, papers)]
    sights = [sight_of(habits.fields_of(entry)) for entry in entries]
    order = order_of(sights, _elsewhere(habits, section))
    spots = spots_for(sights, papers, order, newest_first=_newest_first(habits, section))
    separator = separator_of(document, entries, _alike(document, entries[0]))
    at: dict[int, list[Facts]] = {}
    for paper, spot in zip(papers, spots, strict=True):
        at.setdefault(spot, []).append(paper)
    return [
        _piece(habits, section, entries, spot, _sorted(group, order), separator)
        for spot, group in at.items()
    ]


def spots_for(
    sights: Sequence[Sight], papers: Sequence[Facts], order: Order | None, *, newest_first: bool
) -> list[int]:
    """For each paper the number of old entries that come before it."""
    spots = []
    for paper in papers:
        spot = None
        if order and order.is_seen:
            ties_last = order.rising if order.key == "title" else not newest_first
            spot = place(sight_of_paper(paper), sights, order, ties_last=ties_last)
        spots.append((0 if newest_first else len(sights)) if spot is None else spot)
    return spots


def _sorted(papers: list[Facts], order: Order | None) -> list[Facts]:
    if order is None or not order.is_seen:
        return papers
    keyed = [(getattr(sight_of_paper(paper), order.key), paper) for paper in papers]
    if any(key is None for key, _ in keyed):
        return papers
    keyed.sort(key=lambda pair: pair[0], reverse=not order.rising)
    return [paper for _, paper in keyed]


def _newest_first(habits: Habits, section: Section) -> bool:
    """Whether the list grows at the top, by the order that can be seen in it."""
    document = habits.document
    own = [sight_of(habits.fields_of(e)) for e in main_entries(document, section)]
    lists = [own, own, own, *_elsewhere(habits, section)]
    balance = 0.0
    for key in ("date", "year", "arxiv"):
        for sights in lists:
            rising, falling = _ends(sights, key)
            balance += falling - rising
    years = [y for s in document.sections if s.path and (y := year_of_heading(s.path[-1]))]
    if not balance:
        balance = sum((a > b) - (a < b) for a, b in zip(years, years[1:], strict=False))
    return balance > 0


def _ends(sights: Sequence[Sight], key: str) -> tuple[int, int]:
    values = [value for sight in sights if (value := getattr(sight, key)) is not None]
    rising = sum(a < b for a, b in zip(values, values[1:], strict=False))
    falling = sum(a > b for a, b in zip(values, values[1:], strict=False))
    return rising, falling


def _elsewhere(habits: Habits, section: Section) -> list[list[Sight]]:
    """What other sections show, of a file that may be long: at most 300 entries."""
    document = habits.document
    by_section: dict[int, list[Sight]] = {}
    others = [e for e in document.entries if e.section != section.index]
    near = sorted(others, key=lambda e: abs(e.start - section.body))[:300]
    for entry in sorted(near, key=lambda e: e.start):
        sights = by_section.setdefault(entry.section, [])
        sights.append(sight_of(habits.fields_of(entry)))
    return list(by_section.values())


# --- separators -----------------------------------------------------------------------


def separator_of(document: Document, entries: Sequence[Entry], others: Sequence[Entry]) -> str:
    """The blank lines between two entries, as most neighbours have them."""
    gaps = _gaps(document, entries) or _gaps(document, others)
    return Counter(gaps).most_common(1)[0][0] if gaps else ""


def _gaps(document: Document, entries: Sequence[Entry]) -> list[str]:
    gaps = []
    for one, two in zip(entries, entries[1:], strict=False):
        between = document.lines[one.end : two.start]
        if one.section == two.section and not any(line.strip() for line in between):
            gaps.append("".join(between))
    return gaps


def _alike(document: Document, entry: Entry) -> list[Entry]:
    return [e for e in document.entries if e.unit is entry.unit]


# --- pieces ---------------------------------------------------------------------------


def _piece(
    habits: Habits, section: Section, entries: list[Entry], spot: int, papers: list[Facts], gap: str
) -> Piece:
    document = habits.document
    line = entries[spot - 1].end if spot else entries[0].start
    samples = _samples(habits, section, line, entries[0])
    manner = learn(samples, habits.samples(section, line))
    neighbour = entries[max(0, spot - 1)]
    texts = [_entry(habits, manner, paper, neighbour, spot + n) for n, paper in enumerate(papers)]
    return _assemble(document, line, papers, texts, gap, gap_first=spot > 0)


def _samples(
    habits: Habits, section: Section | None, line: int, like: Entry | None
) -> list[Sample]:
    samples = habits.samples(section, line)
    if like is None:
        return samples
    if like.unit is Unit.ROW:
        same = [s for s in samples if s.entry.unit is Unit.ROW and s.entry.table == like.table]
        return same or [s for s in samples if s.entry.unit is Unit.ROW]
    return [s for s in samples if s.entry.unit is like.unit] or samples


def _entry(
    habits: Habits, manner: Manner, paper: Facts, neighbour: Entry | None, number: int
) -> str:
    text = render(habits, manner, paper, neighbour)
    if text is None:
        raise CannotPlace("no entry of the list shows where a title goes")
    return text


def _assemble(
    document: Document,
    line: int,
    papers: Sequence[Facts],
    texts: list[str],
    gap: str,
    *,
    gap_first: bool,
    lead: str = "",
    tail: str = "",
) -> Piece:
    newline = document.newline
    text = lead
    placed = []
    gap_lines = gap.count("\n")
    at = lead.count("\n")
    for number, (paper, entry) in enumerate(zip(papers, texts, strict=True)):
        lines = entry.replace("\r\n", "\n").split("\n")
        body = newline.join(lines) + newline
        before = gap if gap_first or (number and lead) else ""
        at += before.count("\n")
        placed.append((paper.id, at, tuple(lines)))
        after = gap if not gap_first and not lead else ""
        text += before + body + after
        at += len(lines) + (gap_lines if after else 0)
    return Piece(line, text + tail, tuple(placed))


def _into_empty(habits: Habits, section: Section, papers: Sequence[Facts]) -> Piece:
    """The first entries of a section: after its heading and what is written below it."""
    document = habits.document
    table = _empty_table(document, section)
    like = next(
        (e for e in document.entries if e.table and table and e.table.columns == table), None
    )
    end = section.end
    while end > section.body and not document.lines[end - 1].strip():
        end -= 1
    samples = _samples(habits, section, section.body, like)
    if not samples:
        raise CannotPlace("the list has no entry to learn from")
    manner = learn(samples, habits.samples(section, section.body))
    texts = [_entry(habits, manner, paper, None, 0) for paper in papers]
    if table:
        return _assemble(document, end, papers, texts, "", gap_first=True)
    lead = _lead(document, section, samples[0].entry)
    gap = separator_of(document, [], _alike(document, samples[0].entry))
    tail = "" if end < section.end or end == len(document.lines) else lead
    return _assemble(document, end, papers, texts, gap, gap_first=False, lead=lead or "", tail=tail)


def _empty_table(document: Document, section: Section) -> tuple[str, ...] | None:
    from medvl_watch.lists.entries import DELIMITER, columns_of

    for number in range(section.body, section.end - 1):
        below = document.lines[number + 1].rstrip("\r\n")
        if "|" in document.lines[number] and "|" in below and DELIMITER.match(below):
            return columns_of(document.lines[number])
    return None


def _lead(document: Document, section: Section, like: Entry) -> str:
    """The blank lines between a heading and its first entry, as the example has them."""
    home = document.sections[like.section]
    first = document.entries_of(home)[0]
    start = first.start
    while start > home.body and not document.lines[start - 1].strip():
        start -= 1
    return "".join(document.lines[start : first.start])


def into_new_section(habits: Habits, opening: Opening, papers: Sequence[Facts]) -> Piece:
    """A section that is opened, with these papers in it."""
    document = habits.document
    like = next(iter(main_entries(document, opening.sibling)), None)
    samples = _samples(habits, opening.sibling, opening.line, like)
    if not samples:
        raise CannotPlace("the list has no entry to learn from")
    manner = learn(samples, habits.samples(opening.sibling, opening.line))
    texts = [_entry(habits, manner, paper, like, n) for n, paper in enumerate(papers)]
    own = main_entries(document, opening.sibling)
    gap = separator_of(document, own, _alike(document, samples[0].entry))
    lead = (opening.gap if opening.after else "") + opening.heading
    tail = "" if opening.after else opening.gap
    if opening.after and not opening.gap and _needs_blank(document, opening):
        lead = document.newline + lead
    piece = _assemble(
        document, opening.line, papers, texts, gap, gap_first=False, lead=lead, tail=tail
    )
    return replace(piece, rank=opening.rank)


def _needs_blank(document: Document, opening: Opening) -> bool:
    """A bold line right below an entry would become part of it."""
    return opening.sibling.kind.startswith("bold")


def marker_of(line: str) -> str:
    """Indent, marker and the blank after it."""
    match = BULLET.match(line)
    if match:
        return match[0]
    return re.match(r"[ \t]*", line)[0]  # type: ignore[index]
