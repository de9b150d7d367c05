"""Which lines of a list are never written and never read as entries, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum


class Region(IntEnum):
    """What a line belongs to. Only `OPEN` lines hold headings and entries."""

    OPEN = 0
    FRONT_MATTER = 1
    FENCE = 2
    COMMENT = 3
    GENERATED = 4
    OPAQUE = 5


LONGEST_LINE = 20_000
"""Characters beyond which a line is not read: no entry has them, and hostile ones do."""


_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})(.*)$")
_BEGIN = re.compile(
    r"<!--\s{0,20}(?:[\w:-]{1,60}[\s:-]{1,20})?(?:BEGIN|START|begin|start)(?:\b|_)"
    r"(?:(?!-->).){0,400}-->",
    re.DOTALL,
)
_END = re.compile(r"<!--\s{0,20}(?:[\w:-]{1,60}[\s:-]{1,20})?(?:END|STOP|FINISH|end|stop)(?:\b|_)")


def regions_of(lines: Sequence[str]) -> list[Region]:
    """One region a line. What is opened and never closed goes on to the end of the file, as
    it does for a renderer; a generated block that is never closed is none."""
    regions = [Region.OPAQUE if len(line) > LONGEST_LINE else Region.OPEN for line in lines]
    start = _mark_front_matter(lines, regions)
    fence = ""
    in_comment = False
    for number in range(start, len(lines)):
        line = lines[number]
        if regions[number] is Region.OPAQUE:
            continue
        if in_comment:
            regions[number] = Region.COMMENT
            in_comment = "-->" not in line
            continue
        match = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence:
            regions[number] = Region.FENCE
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
            continue
        if match and not ("`" in match[1] and "`" in match[2]):
            fence = match[1]
            regions[number] = Region.FENCE
            continue
        if "<!--" in line:
            in_comment = _mark_comment(line, number, regions)
    _mark_generated(lines, regions)
    return regions


def _mark_comment(line: str, number: int, regions: list[Region]) -> bool:
    """Whether a comment that begins here goes on; a line of nothing but comments is none."""
    rest = _without_comments(line)
    if not rest.split("<!--", maxsplit=1)[0].strip():
        regions[number] = Region.COMMENT
    return "<!--" in rest


def _without_comments(line: str) -> str:
    """The line without its closed comments. By hand, since a pattern that looks for an end
    from every beginning takes time by the square."""
    kept = ""
    at = 0
    while (start := line.find("<!--", at)) >= 0 and (end := line.find("-->", start + 4)) >= 0:
        kept += line[at:start]
        at = end + 3
    return kept + line[at:]


def _mark_front_matter(lines: Sequence[str], regions: list[Region]) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    for number in range(1, min(len(lines), 200)):
        if lines[number].rstrip() in {"---", "..."}:
            block = lines[1:number]
            if not any(":" in line for line in block):
                return 0
            regions[: number + 1] = [Region.FRONT_MATTER] * (number + 1)
            return number + 1
    return 0


def _mark_generated(lines: Sequence[str], regions: list[Region]) -> None:
    begin = -1
    for number, line in enumerate(lines):
        if "<!--" not in line or regions[number] not in {Region.OPEN, Region.COMMENT}:
            continue
        if begin >= 0 and _END.search(line):
            regions[begin : number + 1] = [Region.GENERATED] * (number + 1 - begin)
            begin = -1
        elif begin < 0 and _BEGIN.search(line):
            begin = number
