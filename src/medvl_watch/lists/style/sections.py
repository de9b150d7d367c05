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
from medvl_watch.records import Headings

_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_HEADING = re.compile(r"^\W*(?P<year>(?:19|20)\d\d)\W*(?:\(\d+\)\W*)?$")
_COUNT = re.compile(r"\s*\(\d+\)")


@dataclass(frozen=True, slots=True)
class NewSection:
    """A section to be opened before line `line`, like `sibling`.

    `heading` are its lines, the blank ones above the first entry included; `gap` the blank
    lines between two such sections. `after` tells that it follows its siblings' content
    instead of preceding one of them.
    """

    path: Headings
    line: int
    heading: str
    gap: str
    after: bool
    sibling: Section
    rank: int


def year_of_heading(title: str) -> int | None:
    match = _YEAR_HEADING.match(title)
    return int(match["year"]) if match else None


def year_of_path(path: Headings) -> int | None:
    """The year of the innermost heading that is one."""
    return next((year for title in reversed(path) if (year := year_of_heading(title))), None)


def years_of_headings(document: Document) -> list[int]:
    return [year for s in document.sections if s.path and (year := year_of_heading(s.path[-1]))]


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
    """The line after the section's last line that is not blank, its subsections included."""
    end = section.end
    for later in document.sections[section.index + 1 :]:
        if later.level <= section.level and later.kind != "resumed":
            break
        end = later.end
    return content_end(document, section.body, end)


def opening_of(document: Document, path: Headings, *, any_kind: bool = False) -> NewSection | str:
    """How to open the section that `path` names, or why that cannot be done.

    A year is opened among years, a venue among venues; another heading only if `any_kind`,
    after its siblings.
    """
    siblings = children(document, path[:-1])
    year = year_of_heading(path[-1])
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
    """`MICCAI 2024`, `Scientific Reports`, `International Conference on ... (ICCV)`."""
    bare = _YEAR.sub("", _COUNT.sub("", title)).strip(" -,()")
    bracketed = re.search(r"\(([\w ]+)\)\s*$", title)
    return is_venue(bare) or bool(bracketed and is_venue(bracketed[1]))


def _opening_of_year(
    document: Document, path: Headings, year: int, siblings: Sequence[Section]
) -> NewSection | str:
    years = [(n, s) for s in siblings if (n := year_of_heading(s.path[-1])) is not None]
    if not years:
        return f"the list has no year sections below {' > '.join(path[:-1]) or 'its top'}"
    falls = _falls([n for n, _ in years], years_of_headings(document))
    later = [section for number, section in years if (number < year) is falls]
    model = later[0] if later else years[-1][1]
    sections = [section for _, section in years]
    return NewSection(
        path=path,
        line=model.line if later else extent(document, model),
        heading=_heading_like(document, model, str(year), _YEAR),
        gap=_gap(document, sections, model, after=not later),
        after=not later,
        sibling=model,
        rank=-year if falls else year,
    )


def _opening_after(
    document: Document, path: Headings, siblings: Sequence[Section], model: Section
) -> NewSection:
    """A section after the last of its siblings, with a heading like the model's."""
    title = re.compile(re.escape(model.path[-1]))
    return NewSection(
        path=path,
        line=extent(document, siblings[-1]),
        heading=_heading_like(document, model, path[-1], title),
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
    """The model's heading lines with another text, and the blank lines below them."""
    lines = "".join(document.lines[model.line : model.body])
    heading, count = replaced.subn(lambda _: text, _COUNT.sub("", lines))
    if not count:
        heading = f"{'#' * min(model.level, 6)} {text}{document.newline}"
    end = model.body
    while end < model.end and not document.lines[end].strip():
        end += 1
    return heading + ("".join(document.lines[model.body : end]) if end < model.end else "")


def _gap(document: Document, siblings: Sequence[Section], model: Section, *, after: bool) -> str:
    """The blank lines before a sibling that is not the first, as most have them. A bold line
    right below an entry would become part of it, so there it is at least one."""
    found = []
    for section in siblings[1:] or siblings:
        start = content_end(document, 0, section.line)
        found.append("".join(document.lines[start : section.line]))
    gap = max(found, key=found.count) if found else ""
    return document.newline if after and not gap and model.kind.startswith("bold") else gap
