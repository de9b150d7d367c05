"""Counts in headings (`## Agents (39)`), kept right where the list keeps them right.

A count is raised only if every count of the list's headings is the number of entries below
its heading; a line of the contents that leads to the heading changes with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from medvl_watch.lists.document import Document, Section
from medvl_watch.lists.headings import path_key
from medvl_watch.records import Headings

_COUNT = re.compile(r"(?P<open>[(\[])(?P<count>\d{1,4})(?P<close>[)\]])(?=\W*$)")


def raised_counts(document: Document, paths: Iterable[Headings]) -> dict[int, str]:
    """The lines to change, by number, when one entry is added below each of these paths."""
    counted = [(s, n) for s in document.sections if (n := _count_of(s)) is not None]
    if not counted or any(_entries_below(document, s) != n for s, n in counted):
        return {}
    added = Counter(path_key(path) for path in paths)
    lines: dict[int, str] = {}
    for section, count in counted:
        key = path_key(section.path)
        more = sum(n for path, n in added.items() if path[: len(key)] == key)
        if more:
            _raise(document, lines, section, (count, count + more))
    return lines


def _count_of(section: Section) -> int | None:
    """The count in a heading; a year in brackets is none."""
    match = _COUNT.search(section.path[-1]) if section.path else None
    if match is None or section.kind == "resumed" or 1900 <= int(match["count"]) < 2100:
        return None
    return int(match["count"])


def _entries_below(document: Document, section: Section) -> int:
    depth = len(section.path)
    return sum(
        document.sections[entry.section].path[:depth] == section.path for entry in document.entries
    )


def _raise(
    document: Document, lines: dict[int, str], section: Section, counts: tuple[int, int]
) -> None:
    old, new = counts
    heading = lines.get(section.line, document.lines[section.line])
    lines[section.line] = _exchanged(heading, old, new)
    title = section.path[-1]
    slugs = f"](#{_slug(title)})", f"](#{_slug(_exchanged(title, old, new))})"
    for number, line in enumerate(document.lines):
        if slugs[0] in line:
            lines[number] = _exchanged(line.replace(*slugs), old, new)


def _exchanged(text: str, old: int, new: int) -> str:
    """The text with its last count exchanged, which stands in brackets."""
    at = max(text.rfind(f"({old})"), text.rfind(f"[{old}]"))
    return text if at < 0 else f"{text[: at + 1]}{new}{text[at + 1 + len(str(old)) :]}"


def _slug(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", title.casefold()).strip().replace(" ", "-")
