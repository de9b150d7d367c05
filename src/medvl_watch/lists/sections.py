"""What sections mean, and where a missing year's section would be opened."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medvl_watch.lists.document import Document, Section
from medvl_watch.lists.headings import path_key
from medvl_watch.records import Headings

_YEAR_HEADING = re.compile(r"^\W*(?P<year>(?:19|20)\d\d)\W*(?:\(\d+\)\W*)?$")
_COUNT = re.compile(r"\s*\(\d+\)")


@dataclass(frozen=True, slots=True)
class Opening:
    """A section to be opened: its heading's lines go before line `line` of the document.

    `heading` are the lines with their ends, the blank ones between heading and first entry
    included; `gap` are the blank lines that part two such sections. `after` tells that the
    section follows its siblings' content instead of preceding a sibling.
    """

    line: int
    heading: str
    gap: str
    after: bool
    sibling: Section
    rank: int


def year_of_heading(title: str) -> int | None:
    match = _YEAR_HEADING.match(title)
    return int(match["year"]) if match else None


def children(document: Document, parent: Headings) -> list[Section]:
    """Sections directly below the path, in the order of the file."""
    key = path_key(parent)
    return [
        section
        for section in document.sections
        if len(section.path) == len(key) + 1 and path_key(section.path[:-1]) == key
    ]


def extent(document: Document, section: Section) -> int:
    """The line after the section's last line that is not blank, its subsections included."""
    end = section.end
    for later in document.sections[section.index + 1 :]:
        if later.level <= section.level and later.kind != "resumed":
            break
        end = later.end
    while end > section.body and not document.lines[end - 1].strip():
        end -= 1
    return end


def opening_for_year(document: Document, path: Headings) -> Opening | str:
    """How to open the year's section that `path` names, or why that cannot be done."""
    year = year_of_heading(path[-1])
    if year is None:
        return f"the list has no section {' > '.join(path)}"
    siblings = [
        (number, section)
        for section in children(document, path[:-1])
        if (number := year_of_heading(section.path[-1])) is not None
    ]
    if not siblings:
        return f"the list has no year sections below {' > '.join(path[:-1]) or 'its top'}"
    falls = _falls(document, [number for number, _ in siblings])
    rank = -year if falls else year
    later = [section for number, section in siblings if (number < year) is falls]
    model = siblings[-1][1] if not later else later[0]
    heading = _heading_like(document, model, year)
    gap = _gap(document, [section for _, section in siblings])
    if later:
        return Opening(later[0].line, heading, gap, after=False, sibling=model, rank=rank)
    return Opening(extent(document, model), heading, gap, after=True, sibling=model, rank=rank)


def _falls(document: Document, years: list[int]) -> bool:
    """Whether years go from the newest down, here or, where that cannot be seen, in the file."""
    if len(years) < 2:
        years = [y for s in document.sections if s.path and (y := year_of_heading(s.path[-1]))]
    falling = sum(a > b for a, b in zip(years, years[1:], strict=False))
    rising = sum(a < b for a, b in zip(years, years[1:], strict=False))
    return falling >= rising


def _heading_like(document: Document, model: Section, year: int) -> str:
    lines = document.lines[model.line : model.body]
    text = re.sub(r"(?:19|20)\d\d", str(year), _COUNT.sub("", "".join(lines)))
    end = model.body
    while end < model.end and not document.lines[end].strip():
        end += 1
    blank = "".join(document.lines[model.body : end]) if end < model.end else ""
    return text + blank


def _gap(document: Document, siblings: list[Section]) -> str:
    """The blank lines before a sibling that is not the first, as most have them."""
    found = []
    for section in siblings[1:] or siblings:
        start = section.line
        while start > 0 and not document.lines[start - 1].strip():
            start -= 1
        found.append("".join(document.lines[start : section.line]))
    return max(found, key=found.count) if found else ""
