"""What sections mean, and where one that is missing would be opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from medvl_watch.lists.fields.dates_and_venues import is_venue
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.lists.style.pieces import content_end
from medvl_watch.papers.section_titles import (
    OUTLINE_NUMBER,
    venue_of_title,
    without_year,
    year_of_title,
)
from medvl_watch.records import Headings

_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNT = re.compile(r"\s*\(\d+\)")
_DETAILS = re.compile(r"<details\b[^>]*>", re.IGNORECASE)
_DETAILS_END = re.compile(r"</details\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NewSection:
    """A section to be opened before line `line`, like `sibling`.

    `heading` are its lines, the blank ones above the first entry included; `footer` are those
    that close its block (`</details>`); `gap` the blank lines between two such sections.
    `after` tells that it follows its siblings' content instead of preceding one of them.
    """

    path: Headings
    line: int
    heading: str
    footer: str
    gap: str
    after: bool
    sibling: Section
    rank: int


def year_of_path(path: Headings) -> int | None:
    """The year of the innermost heading that is one."""
    return next((year for title in reversed(path) if (year := year_of_title(title))), None)


def years_of_headings(document: Document) -> list[int]:
    return [year for s in document.sections if s.path and (year := year_of_title(s.path[-1]))]


def children(document: Document, parent: Headings) -> list[Section]:
    """Sections directly below the path, in the order of the file."""
    key = path_key(parent)
    return [
        section
        for section in document.sections
        if len(section.path) == len(key) + 1
        and section.kind != "resumed"
        and path_key(section.path[:-1]) == key
    ]


def extent(document: Document, section: Section) -> int:
    """The line after the section's last line that is not blank, its subsections and the end
    of its block (`</details>`) included."""
    block = block_of(document, section)
    if block.stop > section.end:
        return block.stop
    end = section.end
    for later in document.sections[section.index + 1 :]:
        if later.level <= section.level and later.kind != "resumed":
            break
        end = later.end
    return content_end(document, section.body, end)


def block_of(document: Document, section: Section) -> range:
    """The lines of the `<details>` block whose `<summary>` is the section's heading, from its
    first tag to its last; just the heading's lines where it has no block of its own."""
    start = section.line
    while start > 0 and not document.lines[start - 1].strip():
        start -= 1
    opens = section.kind == "summary" and (
        _DETAILS.search(document.lines[section.line]) or _opens_block(document, start - 1)
    )
    if not opens:
        return range(section.line, section.body)
    start = section.line if _DETAILS.search(document.lines[section.line]) else start - 1
    depth = 0
    for number in range(start, len(document.lines)):
        line = document.lines[number]
        depth += len(_DETAILS.findall(line)) - len(_DETAILS_END.findall(line))
        if depth <= 0:
            return range(start, number + 1)
    return range(section.line, section.body)


def _opens_block(document: Document, number: int) -> bool:
    """Whether a line holds nothing but the tag that opens a block."""
    return number >= 0 and _DETAILS.fullmatch(document.lines[number].strip()) is not None


def opening_of(document: Document, path: Headings, *, any_kind: bool = False) -> NewSection | str:
    """How to open the section that `path` names, or why that cannot be done.

    A year is opened among years, a venue among venues; another heading only if `any_kind`,
    after its siblings.
    """
    siblings = children(document, path[:-1])
    year = year_of_title(path[-1])
    if year is not None:
        return _opening_of_year(document, path, year, siblings)
    venues = [s for s in siblings if is_venue_heading(s.path[-1])]
    wanted = is_venue_heading(path[-1]) and len(venues) >= max(2, 0.6 * len(siblings))
    siblings = [s for s in siblings if not s.closed]
    if not siblings or not (wanted or any_kind):
        return f"the list has no section {' > '.join(path)}"
    filled = [s for s in siblings if document.entries_of(s)]
    return _opening_after(document, path, siblings, (filled or siblings)[-1])


def is_venue_heading(title: str) -> bool:
    """Whether a title names a venue that we know (`MICCAI 2024`, `International Conference on
    ... (ICCV)`), or begins as names of journals do (`Journal of ...`)."""
    return venue_of_title(title) is not None or is_venue(without_year(title))


def _opening_of_year(
    document: Document, path: Headings, year: int, siblings: Sequence[Section]
) -> NewSection | str:
    years = [(n, s) for s in siblings if (n := year_of_title(s.path[-1])) is not None]
    if not years:
        return f"the list has no year sections below {' > '.join(path[:-1]) or 'its top'}"
    falls = _falls([n for n, _ in years], years_of_headings(document))
    later = [section for number, section in years if (number < year) is falls]
    model = later[0] if later else years[-1][1]
    sections = [section for _, section in years]
    title = _YEAR.sub(str(year), _with_next_number(_COUNT.sub("", model.path[-1]), sections))
    return NewSection(
        path=(*path[:-1], title),
        line=block_of(document, model).start if later else extent(document, model),
        heading=_heading_like(document, model, title, _title_of(model)),
        footer=_footer_like(document, model),
        gap=_gap(document, sections, model, after=not later),
        after=not later,
        sibling=model,
        rank=-year if falls else year,
    )


def _opening_after(
    document: Document, path: Headings, siblings: Sequence[Section], model: Section
) -> NewSection:
    """A section after the last of its siblings, with a heading like the model's."""
    return NewSection(
        path=path,
        line=extent(document, siblings[-1]),
        heading=_heading_like(document, model, path[-1], _title_of(model)),
        footer=_footer_like(document, model),
        gap=_gap(document, siblings, model, after=True),
        after=True,
        sibling=model,
        rank=0,
    )


def _falls(years: Sequence[int], all_years: Sequence[int]) -> bool:
    """Whether years go from the newest down, here or, where that cannot be seen, in the file."""
    steps = list(pairwise(years)) or list(pairwise(all_years))
    return sum(a > b for a, b in steps) >= sum(a < b for a, b in steps)


def _heading_like(document: Document, model: Section, text: str, replaced: re.Pattern[str]) -> str:
    """The lines above the model's first entry with another text in its heading: its block's
    first tag, the heading, the blank lines below."""
    above = "".join(document.lines[block_of(document, model).start : model.line])
    lines = _COUNT.sub("", "".join(document.lines[model.line : model.body]))
    heading, count = replaced.subn(lambda _: text, lines)
    if not count:
        heading = f"{'#' * min(model.level, 6)} {text}{document.newline}"
    end = model.body
    while end < model.end and not document.lines[end].strip():
        end += 1
    blank = "".join(document.lines[model.body : end]) if end < model.end else ""
    return above + heading + blank


def _title_of(section: Section) -> re.Pattern[str]:
    """The section's title in its heading's lines."""
    return re.compile(re.escape(_COUNT.sub("", section.path[-1])))


def _with_next_number(title: str, siblings: Sequence[Section]) -> str:
    """The title with the number after the greatest of its siblings' (`2.3.` after `2.2.`)."""
    own = OUTLINE_NUMBER.match(title)
    if own is None:
        return title
    numbers = [
        int(each[2])
        for sibling in siblings
        if (each := OUTLINE_NUMBER.match(sibling.path[-1])) and each[1] == own[1]
    ]
    return f"{own[1]}{max(numbers) + 1}{title[own.end(2) :]}"


def _footer_like(document: Document, model: Section) -> str:
    """The lines that close the model's block, the blank ones before them included."""
    block = block_of(document, model)
    if block.stop <= model.body:
        return ""
    return "".join(document.lines[content_end(document, model.body, block.stop - 1) : block.stop])


def _gap(document: Document, siblings: Sequence[Section], model: Section, *, after: bool) -> str:
    """The blank lines before a sibling that is not the first, as most have them. A bold line
    right below an entry would become part of it, so there it is at least one."""
    found = []
    for section in siblings[1:] or siblings:
        line = block_of(document, section).start
        found.append("".join(document.lines[content_end(document, 0, line) : line]))
    gap = max(found, key=found.count) if found else ""
    return document.newline if after and not gap and model.kind.startswith("bold") else gap
