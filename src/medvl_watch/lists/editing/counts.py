"""Counts in headings (`## Agents (39)`) and badges (`papers-212-blue`), kept right where the
list keeps them right.

A heading's count is raised only if every count of the list's headings is the number of
entries below its heading; a line of the contents that leads to the heading changes with it.
A badge's is raised if it is near the number of all entries: maintainers who keep one leave
out a survey or two, and one that is left behind falls back further.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.headings import COUNTED, path_key, slug_of
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.records import Headings

NEAR = 2
"""How far a badge may be from the number of entries (or as many in a hundred). In versions
of a list that keeps one, the maintainer raised it in 16 of 20 commits when it was as near, and
in 21 of 40 when it was not."""

_BADGE = re.compile(
    r"(?P<before>badge/[\w%.]*(?:paper|entr)[\w%.]*-)(?P<count>\d{1,5})(?=-[\w#]+)",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?P<open>[(\[])(?P<count>\d{{1,4}}){COUNTED}(?P<close>[)\]])(?=\W*$)", re.IGNORECASE
)


def raise_counts(document: Document, paths: Iterable[Headings]) -> dict[int, str]:
    """The lines to change, by number, when one entry is added below each of these paths."""
    added = Counter(path_key(path) for path in paths)
    lines = _raised_badges(document, added.total()) if added else {}
    if any(count != right for count, right in counts_in_headings(document)):
        return lines
    for section in document.sections:
        count = _count_of(section)
        if count is None:
            continue
        key = path_key(section.path)
        more = sum(n for path, n in added.items() if path[: len(key)] == key)
        if more:
            _raise(document, lines, section, (count, count + more))
    return lines


def counts_in_headings(document: Document) -> list[tuple[int, int]]:
    """Each heading's count with the number of entries below it."""
    counted = [(s, n) for s in document.sections if (n := _count_of(s)) is not None]
    return [(count, len(document.entries_below(section))) for section, count in counted]


def badge_counts(document: Document) -> dict[int, int]:
    """The lines with a badge that says how many papers the list has, and what it says."""
    return {
        number: int(match["count"])
        for number, line in enumerate(document.lines)
        if "badge/" in line
        and document.regions[number] is Region.OPEN
        and (match := _BADGE.search(line))
    }


def is_near(count: int, entries: int) -> bool:
    """Whether a badge's count is kept up with the entries."""
    return abs(count - entries) <= max(NEAR, entries * NEAR // 100)


def _raised_badges(document: Document, more: int) -> dict[int, str]:
    def raised(match: re.Match[str]) -> str:
        return f"{match['before']}{int(match['count']) + more}"

    return {
        number: _BADGE.sub(raised, document.lines[number], count=1)
        for number, count in badge_counts(document).items()
        if is_near(count, len(document.entries))
    }


def _count_of(section: Section) -> int | None:
    """The count in a heading; a year in brackets is none."""
    match = _COUNT.search(section.path[-1]) if section.path else None
    if match is None or section.kind == "resumed" or 1900 <= int(match["count"]) < 2100:
        return None
    return int(match["count"])


def _raise(
    document: Document, lines: dict[int, str], section: Section, counts: tuple[int, int]
) -> None:
    old, new = counts
    heading = lines.get(section.line, document.lines[section.line])
    lines[section.line] = _exchanged(heading, old, new)
    title = section.path[-1]
    slugs = f"](#{slug_of(title)})", f"](#{slug_of(_exchanged(title, old, new))})"
    for number, line in enumerate(document.lines):
        if slugs[0] in line:
            lines[number] = _exchanged(line.replace(*slugs), old, new)


def _exchanged(text: str, old: int, new: int) -> str:
    """The text with its last count exchanged, which stands in brackets."""
    found = list(re.finditer(rf"(?<=[(\[]){old}(?={COUNTED}[)\]])", text, re.IGNORECASE))
    if not found:
        return text
    start, end = found[-1].span()
    return f"{text[:start]}{new}{text[end:]}"
