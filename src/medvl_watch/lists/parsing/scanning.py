"""One walk over a list's lines that finds its sections and its entries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote

from medvl_watch.lists.parsing import blocks, entries, tables, units
from medvl_watch.lists.parsing.entries import Entry, Unit
from medvl_watch.lists.parsing.headings import (
    BOLD_LEVEL,
    BULLET_LEVEL,
    SUMMARY_LEVEL,
    Heading,
    atx,
    bold_line,
    heading_text,
    html_heading,
    is_closed,
    setext,
    slug_of,
    summary,
)
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.parsing.tables import Table
from medvl_watch.records import Headings

_CLOSE_DETAILS = re.compile(r"^\s*</details>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its own body: lines `body` up to `end`, where the next heading begins.

    `level` is 1 to 6 for real headings and more for pseudo headings; `kind` is the notation.
    `closed` sections (news, citation, contents) are never written.
    """

    index: int
    path: Headings
    level: int
    kind: str
    line: int
    body: int
    end: int
    closed: bool


_TOP = Heading(line=-1, body=0, level=0, kind="root", text="")
"""What stands before the first heading."""


@dataclass(slots=True)
class _Scanner:
    """Where a walk over the lines is, and what it has found so far."""

    lines: Sequence[str]
    regions: Sequence[Region]
    headings: dict[int, Heading]
    heading_entries: frozenset[int]
    stack: list[tuple[int, str]] = field(default_factory=list)
    """Level and text of the headings that hold what comes next, the outermost first."""
    found: list[tuple[Heading, Headings]] = field(default_factory=lambda: [(_TOP, ())])
    """The headings with their paths."""
    entries: list[Entry] = field(default_factory=list)
    table: Table | None = None

    def stops(self, number: int) -> bool:
        return number in self.headings or self.regions[number] is not Region.OPEN

    def line_after(self, number: int) -> str:
        return self.lines[number + 1] if number + 1 < len(self.lines) else ""

    def open_section(self, heading: Heading) -> None:
        while self.stack and self.stack[-1][0] >= heading.level:
            self.stack.pop()
        self.stack.append((heading.level, heading.text))
        self._begin(heading)
        self.table = None

    def _begin(self, heading: Heading) -> None:
        self.found.append((heading, tuple(text for _, text in self.stack)))

    def add(self, start: int, end: int, unit: Unit, table: Table | None = None) -> None:
        self.entries.append(Entry(start, end, unit, len(self.found) - 1, table))

    def step(self, number: int) -> int:
        """Read what begins at this line; return the line after it."""
        line = self.lines[number]
        if self.regions[number] is not Region.OPEN:
            return number + 1
        if not line.strip():
            self.table = None
            return number + 1
        if number in self.heading_entries:
            return self._heading_entry(number)
        heading = self.headings.get(number) or self._pseudo_heading(number)
        if heading:
            self.open_section(heading)
            return heading.body
        if _CLOSE_DETAILS.match(line):
            return self._resume(number + 1)
        return self._row(number) if self._is_row(number) else self._block(number)

    def _block(self, number: int) -> int:
        self.table = None
        unit, block = next(
            (unit, block)
            for unit in units.FOUND_BY_LINES
            if unit.find and (block := unit.find(self.lines, number, self.stops))
        )
        for start, end in block.entries:
            self.add(start, end, unit)
        if block.is_group:
            self._open_group(number, block.end)
        return block.end

    def _pseudo_heading(self, number: int) -> Heading | None:
        line = self.lines[number]
        text = summary(line)
        if text:
            return Heading(number, number + 1, SUMMARY_LEVEL, "summary", text)
        bold = bold_line(line, self.line_after(number))
        if bold:
            kind = "bold bullet" if bold[0] else "bold"
            return Heading(number, number + 1, BOLD_LEVEL, kind, bold[1])
        return None

    def _resume(self, body: int) -> int:
        """After `</details>` the outer section goes on, as a section of the same path."""
        while self.stack and self.stack[-1][0] >= SUMMARY_LEVEL:
            self.stack.pop()
        level, text = self.stack[-1] if self.stack else (0, "")
        self._begin(Heading(body - 1, body, level, "resumed", text))
        return body

    def _heading_entry(self, number: int) -> int:
        end = number + 1
        while end < len(self.lines) and not self.stops(end) and not self._is_other(end):
            end += 1
        last = end
        while last > number + 1 and not self.lines[last - 1].strip():
            last -= 1
        if sum(map(len, self.lines[number:last])) <= entries.LONGEST_ENTRY:
            self.add(number, last, units.HEADING)
        return end

    def _is_other(self, number: int) -> bool:
        return number in self.heading_entries or bool(blocks.RULE.match(self.lines[number]))

    def _is_row(self, number: int) -> bool:
        line = self.lines[number].strip()
        if "|" not in line:
            return False
        if line.startswith("|") or self.table:
            return True
        return tables.is_delimiter(self.line_after(number))

    def _row(self, number: int) -> int:
        line = self.lines[number].rstrip("\r\n")
        below = self.line_after(number)
        if self.table is None and tables.is_delimiter(below):
            alignments = tables.alignments_of(below)
            self.table = Table(number, tables.columns_of(line), alignments)
            return number + 2
        if self.table and entries.is_row_entry(line) and not tables.is_delimiter(line):
            self.add(number, number + 1, units.ROW, self.table)
        return number + 1

    def _open_group(self, number: int, body: int) -> None:
        line = self.lines[number]
        text = heading_text(line.lstrip(" \t-*+•"))[:80]
        level = BULLET_LEVEL + blocks.indent_of(line)
        self.open_section(Heading(number, body, level, "bullet", text))


def scan(lines: Sequence[str], regions: Sequence[Region]) -> tuple[list[Section], list[Entry]]:
    """Sections and entries of these lines, each of which belongs to a region."""
    headings = _real_headings(lines, regions)
    walk = _Scanner(lines, regions, *_without_entries(lines, headings))
    number = 0
    while number < len(lines):
        number = walk.step(number)
    sections = _sections(walk.found, lines)
    return sections, [e for e in walk.entries if not sections[e.section].closed]


def _real_headings(lines: Sequence[str], regions: Sequence[Region]) -> dict[int, Heading]:
    headings: dict[int, Heading] = {}
    for number, line in enumerate(lines):
        if regions[number] is not Region.OPEN or not line.strip():
            continue
        if found := atx(line):
            headings[number] = Heading(number, number + 1, found[0], "atx", heading_text(found[1]))
        elif html := html_heading(line):
            headings[number] = Heading(number, number + 1, html[0], "html", heading_text(html[1]))
        elif level := setext(lines, number):
            text = heading_text(line)
            headings[number] = Heading(number, number + 2, level, "setext", text)
    return headings


def _without_entries(
    lines: Sequence[str], headings: dict[int, Heading]
) -> tuple[dict[int, Heading], frozenset[int]]:
    """Part the headings that are entries from those that are sections: on a level where at
    least two, and most, are titles linked to papers, or have a paper's facts below them."""
    linked: defaultdict[int, list[int]] = defaultdict(list)
    levels: defaultdict[int, int] = defaultdict(int)
    ends = [*sorted(headings), len(lines)]
    for number, end in pairwise(ends):
        heading = headings[number]
        levels[heading.level] += 1
        long = heading.kind == "atx" and len(heading.text.split()) >= 4
        if long and (
            entries.has_paper_link(lines[number]) or entries.are_facts(lines[heading.body : end])
        ):
            linked[heading.level].append(number)
    titled = frozenset(
        number
        for level, numbers in linked.items()
        if len(numbers) >= max(2, 0.5 * levels[level])
        for number in numbers
    )
    return {n: heading for n, heading in headings.items() if n not in titled}, titled


def _sections(found: Sequence[tuple[Heading, Headings]], lines: Sequence[str]) -> list[Section]:
    """Each heading with the lines up to the next one; the last with those up to the end."""
    ends = [heading.line for heading, _ in found[1:]] + [len(lines)]
    anchors = frozenset(slug_of(heading.text) for heading, _ in found)
    return [
        Section(
            index=index,
            path=path,
            level=heading.level,
            kind=heading.kind,
            line=heading.line,
            body=heading.body,
            end=max(end, heading.body),
            closed=bool(path)
            and (is_closed(path[-1]) or _is_contents(lines[heading.body : end], anchors)),
        )
        for index, ((heading, path), end) in enumerate(zip(found, ends, strict=True))
    ]


_FRAGMENT = re.compile(r"\]\(\s*<?[^\s()<>#]*#([^\s()<>]+)")


def _is_contents(lines: Sequence[str], anchors: frozenset[str]) -> bool:
    """Whether lines are a table of contents: nearly each of their links, two at least, leads
    to a heading of this very file, by its anchor alone or by its whole address."""
    linked = [line for line in lines if "](" in line]
    inside = [
        line
        for line in linked
        if any(unquote(found).casefold() in anchors for found in _FRAGMENT.findall(line))
    ]
    return len(inside) >= max(_FEWEST_CONTENTS, _MOST_CONTENTS * len(linked))


_FEWEST_CONTENTS, _MOST_CONTENTS = 2, 0.8
