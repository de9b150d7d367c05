"""One walk over a list's lines that finds its sections and its entries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from medvl_watch.lists.parsing import entries as units
from medvl_watch.lists.parsing.entries import Entry, Table, Unit
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
    summary,
)
from medvl_watch.lists.parsing.regions import Region, regions_of
from medvl_watch.records import Headings

_CLOSE_DETAILS = re.compile(r"^\s*</details>", re.IGNORECASE)
_HTML_ROW = re.compile(r"^\s*<tr\b", re.IGNORECASE)


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


@dataclass(slots=True)
class _Walk:
    lines: Sequence[str]
    regions: Sequence[Region]
    headings: dict[int, Heading]
    heading_entries: frozenset[int]
    stack: list[tuple[int, str]] = field(default_factory=list)
    found: list[Heading] = field(default_factory=list)
    paths: list[Headings] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    table: Table | None = None

    def stops(self, number: int) -> bool:
        return number in self.headings or self.regions[number] is not Region.OPEN

    def open_section(self, heading: Heading) -> None:
        while self.stack and self.stack[-1][0] >= heading.level:
            self.stack.pop()
        self.stack.append((heading.level, heading.text))
        self.found.append(heading)
        self.paths.append(tuple(text for _, text in self.stack))
        self.table = None

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
        line = self.lines[number]
        self.table = None
        if _HTML_ROW.match(line):
            return self._html_row(number)
        if units.BULLET.match(line) and not units.RULE.match(line):
            return self._item(number)
        return self._paragraph(number)

    def _pseudo_heading(self, number: int) -> Heading | None:
        line = self.lines[number]
        text = summary(line)
        if text:
            return Heading(number, number + 1, SUMMARY_LEVEL, "summary", text)
        following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        bold = bold_line(line, following)
        if bold:
            kind = "bold bullet" if bold[0] else "bold"
            return Heading(number, number + 1, BOLD_LEVEL, kind, bold[1])
        return None

    def _resume(self, body: int) -> int:
        """After `</details>` the outer section goes on, as a section of the same path."""
        while self.stack and self.stack[-1][0] >= SUMMARY_LEVEL:
            self.stack.pop()
        path = tuple(text for _, text in self.stack)
        level, text = self.stack[-1] if self.stack else (0, "")
        self.found.append(Heading(body - 1, body, level, "resumed", text))
        self.paths.append(path)
        return body

    def _heading_entry(self, number: int) -> int:
        end = number + 1
        while end < len(self.lines) and not self.stops(end) and not self._is_other(end):
            end += 1
        last = end
        while last > number + 1 and not self.lines[last - 1].strip():
            last -= 1
        if sum(map(len, self.lines[number:last])) <= units.LONGEST_ENTRY:
            self.add(number, last, Unit.HEADING)
        return end

    def _is_other(self, number: int) -> bool:
        return number in self.heading_entries or bool(units.RULE.match(self.lines[number]))

    def _is_row(self, number: int) -> bool:
        line = self.lines[number].strip()
        if "|" not in line:
            return False
        if line.startswith("|") or self.table:
            return True
        following = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        return "|" in following and bool(units.DELIMITER.match(following.rstrip("\r\n")))

    def _row(self, number: int) -> int:
        line = self.lines[number].rstrip("\r\n")
        following = self.lines[number + 1].rstrip("\r\n") if number + 1 < len(self.lines) else ""
        if self.table is None and "|" in following and units.DELIMITER.match(following):
            alignments = units.alignments_of(following)
            self.table = Table(number, units.columns_of(line), alignments)
            return number + 2
        if self.table and units.is_row_entry(line) and not units.DELIMITER.match(line):
            self.add(number, number + 1, Unit.ROW, self.table)
        return number + 1

    def _html_row(self, number: int) -> int:
        end = units.end_of_html_row(self.lines, number)
        text = "".join(self.lines[number:end])
        readable = len(text) <= units.LONGEST_ENTRY
        if readable and units.has_link(text) and "<th" not in text.lower():
            self.add(number, end, Unit.HTML_ROW)
        return end

    def _item(self, number: int) -> int:
        end = units.end_of_item(self.lines, number, self.stops)
        block = self.lines[number:end]
        length = units.head_length(block)
        if units.is_item_entry(block):
            marker = units.BULLET.match(self.lines[number])
            numbered = marker is not None and marker[2][0].isdigit()
            self.add(number, end, Unit.NUMBERED if numbered else Unit.BULLET)
            return end
        if units.is_group(block):
            text = heading_text(self.lines[number].lstrip(" \t-*+•"))
            level = BULLET_LEVEL + units.indent_of(self.lines[number])
            self.open_section(Heading(number, number + length, level, "bullet", text[:80]))
        return number + length

    def _paragraph(self, number: int) -> int:
        end = units.end_of_paragraph(self.lines, number, self.stops)
        text = "".join(self.lines[number:end])
        if units.is_paragraph_entry(text):
            single = units.entry_lines(self.lines, number, end)
            for start in single:
                self.add(start, start + 1, Unit.PARAGRAPH)
            if not single:
                self.add(number, end, Unit.PARAGRAPH)
        return end


def scan(lines: Sequence[str]) -> tuple[list[Region], list[Section], list[Entry]]:
    """Regions, sections and entries of these lines."""
    if lines and lines[0].startswith("\ufeff"):  # a byte order mark hides no heading
        lines = [lines[0].removeprefix("\ufeff"), *lines[1:]]
    regions = regions_of(lines)
    headings = _real_headings(lines, regions)
    walk = _Walk(lines, regions, *_without_entries(lines, headings))
    walk.open_section(Heading(-1, 0, 0, "root", ""))
    walk.stack.clear()
    walk.paths[0] = ()
    number = 0
    while number < len(lines):
        number = walk.step(number)
    return regions, _sections(walk), _open_entries(walk)


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
            units.has_paper_link(lines[number]) or units.are_facts(lines[heading.body : end])
        ):
            linked[heading.level].append(number)
    entries = frozenset(
        number
        for level, numbers in linked.items()
        if len(numbers) >= max(2, 0.5 * levels[level])
        for number in numbers
    )
    return {n: heading for n, heading in headings.items() if n not in entries}, entries


def _sections(walk: _Walk) -> list[Section]:
    ends = [heading.line for heading in walk.found[1:]] + [len(walk.lines)]
    sections = []
    for index, (heading, path, end) in enumerate(zip(walk.found, walk.paths, ends, strict=True)):
        closed = bool(path) and is_closed(path[-1])
        sections.append(
            Section(
                index,
                path,
                heading.level,
                heading.kind,
                heading.line,
                heading.body,
                max(end, heading.body),
                closed,
            )
        )
    return sections


def _open_entries(walk: _Walk) -> list[Entry]:
    return [
        e
        for e in walk.entries
        if not (walk.paths[e.section] and is_closed(walk.paths[e.section][-1]))
    ]
