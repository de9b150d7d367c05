"""Lines to insert: entries with what stands before, between and after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from medvl_watch.lists.parsing.blocks import RULE
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A new entry of a piece: `offset` lines of the piece come before its own `lines`."""

    paper_id: str
    offset: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Text to insert before line `line` of a document. Of pieces for the same line the one
    of lower `rank` comes first. On the lines `raised` the entries' numbers go up by as many
    as the piece has entries."""

    line: int
    text: str
    entries: tuple[NewEntry, ...]
    rank: int = -9999
    raised: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Complete lines before the first new entry, between two, and after the last."""

    lead: str = ""
    gap: str = ""
    tail: str = ""


def assemble(
    newline: str, line: int, texts: Sequence[tuple[str, str]], frame: Frame, rank: int = -9999
) -> Piece:
    """A piece of these entries, each a paper's id with its text."""
    out = frame.lead
    entries = []
    for number, (paper_id, text) in enumerate(texts):
        out += frame.gap if number else ""
        lines = tuple(text.replace("\r\n", "\n").split("\n"))
        entries.append(NewEntry(paper_id, out.count("\n"), lines))
        out += newline.join(lines) + newline
    return Piece(line, out + frame.tail, tuple(entries), rank)


def separator_of(document: Document, entries: Sequence[Entry], others: Sequence[Entry]) -> str:
    """The blank lines and rules between two entries, as most of these have them, else the others.
    Where no two entries show it, paragraphs get one: without it they would be one."""
    gaps = _gaps(document, entries) or _gaps(document, others)
    if gaps:
        return Counter(gaps).most_common(1)[0][0]
    apart = any(entry.unit.needs_blank_line for entry in (*entries, *others)[:1])
    return document.newline if apart else ""


def _gaps(document: Document, entries: Sequence[Entry]) -> list[str]:
    gaps = []
    for one, two in pairwise(entries):
        between = document.lines[one.end : two.start]
        divides = all(not line.strip() or RULE.match(line) for line in between)
        if one.section == two.section and divides:
            gaps.append("".join(between))
    return gaps


def blank_before(document: Document, line: int, floor: int) -> str:
    """The blank lines right above a line, down to line `floor`."""
    start = line
    while start > floor and not document.lines[start - 1].strip():
        start -= 1
    return "".join(document.lines[start:line])


def content_end(document: Document, start: int, end: int) -> int:
    """The line after the last one of a span that is not blank."""
    while end > start and not document.lines[end - 1].strip():
        end -= 1
    return end
