"""The line that a newly opened section gets in the list's table of contents.

Only where the contents are kept: each sibling of the new section has a line of its own that
leads to it. A heading that occurs more than once has an address that depends on its place,
so there nothing is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from medvl_watch.lists.parsing.blocks import indent_of
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.headings import REAL_KINDS, path_key, slug_of
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.style.pieces import Piece
from medvl_watch.lists.style.sections import NewSection, children
from medvl_watch.papers.section_titles import year_of_title

_LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<marker>[-*+][ \t]+)"
    r"\[(?P<label>[^\[\]\n]+)\]\(#(?P<slug>[^()\s]+)\)\s*$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def contents_lines(document: Document) -> dict[str, int]:
    """The lines of the contents by the addresses that they lead to; an address that several
    lines lead to is left out."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(document.lines):
        match = _LINE.match(line) if "](#" in line else None
        if match and document.regions[number] is Region.OPEN:
            found.setdefault(match["slug"].casefold(), []).append(number)
    return {slug: numbers[0] for slug, numbers in found.items() if len(numbers) == 1}


def sections_in_contents(document: Document) -> tuple[int, int]:
    """How many of the real headings (below a list's own title) the contents lead to, and of
    how many."""
    lines = contents_lines(document)
    known = [s for s in document.sections if s.kind in REAL_KINDS and not s.closed]
    return sum(_leads_to(document, lines, section) for section in known), len(known)


def contents_piece(document: Document, opening: NewSection) -> list[Piece]:
    """The contents line for a section that is being opened, or nothing."""
    siblings = [s for s in children(document, opening.path[:-1]) if not s.closed]
    lines = contents_lines(document)
    title = _new_title(opening)
    slugs = Counter(slug_of(s.path[-1]) for s in document.sections if s.path)
    wanted = [slug_of(section.path[-1]) for section in siblings]
    kept = siblings and all(_leads_to(document, lines, section) for section in siblings)
    if not kept or any(slugs[slug] > 1 for slug in wanted) or slugs[slug_of(title)]:
        return []
    model = lines[slug_of(opening.sibling.path[-1])]
    line = _behind(document, max(lines[slug] for slug in wanted)) if opening.after else model
    return [Piece(line, _line_like(document.lines[model], title), (), opening.rank)]


def _new_title(opening: NewSection) -> str:
    """The text of the new heading: the sibling's, with the other year."""
    year = year_of_title(opening.path[-1])
    if year is None:
        return opening.path[-1]
    return _YEAR.sub(str(year), opening.sibling.path[-1])


def _leads_to(document: Document, lines: Mapping[str, int], section: Section) -> bool:
    """Whether the contents have a line with this section's address and name."""
    number = lines.get(slug_of(section.path[-1])) if section.path else None
    match = _LINE.match(document.lines[number]) if number is not None else None
    return match is not None and path_key([plain(match["label"])]) == path_key(section.path[-1:])


def _behind(document: Document, number: int) -> int:
    """The line after a line of the contents and those that belong to it, being indented."""
    indent = indent_of(document.lines[number])
    number += 1
    while number < len(document.lines):
        match = _LINE.match(document.lines[number])
        if not match or indent_of(document.lines[number]) <= indent:
            break
        number += 1
    return number


def _line_like(line: str, title: str) -> str:
    """A line of the contents with another name and its address."""
    match = _LINE.match(line)
    if match is None:
        return line
    dressing = re.match(r"^(\W*)(.*?)(\W*)$", match["label"])
    left, right = (dressing[1], dressing[3]) if dressing else ("", "")
    left, right = (left, right) if left and left == right and left[0] in "`*_" else ("", "")
    ending = line[len(line.rstrip("\r\n")) :]
    name = f"{left}{title}{right}"
    return f"{match['indent']}{match['marker']}[{name}](#{slug_of(title)}){ending}"
