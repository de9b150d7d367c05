"""Which lines of a list are never written and never read as entries, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum

from medvl_watch.lists.parsing.blocks import BULLET, indent_of
from medvl_watch.lists.parsing.references import definition_lines


class Region(IntEnum):
    """What a line belongs to. Only `OPEN` lines hold headings and entries."""

    OPEN = 0
    FRONT_MATTER = 1
    FENCE = 2
    COMMENT = 3
    GENERATED = 4
    OPAQUE = 5
    DEFINITION = 6
    """What the key of a link or of a footnote means."""
    CODE = 7
    """Indented by four blanks or more, where no item of a list holds it."""


LONGEST_LINE = 20_000
"""Characters beyond which a line is not read: no entry has them, and hostile ones do."""


_FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})(.*)$")
_CODE_SPAN = re.compile(r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)")
_COMMENT = re.compile(r"<!--((?:(?!-->).){0,400})-->", re.DOTALL)
_CODE_INDENT = 4
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)[ \t]*\S")
_ENDS_ITEM = re.compile(r"#{1,6}[ \t]")
_WORD = re.compile(r"[^\W_]+")
_BEGIN = frozenset({"begin", "begins", "start", "starts", "starting"})
_END = frozenset({"end", "ends", "stop", "stops", "finish", "finishes"})


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
            in_comment = _mark_comment(_without_code(line), number, regions)
    _mark_generated(lines, regions)
    _mark_indented_code(lines, regions)
    for number in definition_lines(lines, lambda each: regions[each] is Region.OPEN):
        regions[number] = Region.DEFINITION
    return regions


def _mark_comment(line: str, number: int, regions: list[Region]) -> bool:
    """Whether a comment that begins here goes on; a line of nothing but comments is none."""
    rest = _without_comments(line)
    if not rest.split("<!--", maxsplit=1)[0].strip():
        regions[number] = Region.COMMENT
    return "<!--" in rest


def _without_code(line: str) -> str:
    """The line with its code spans blanked, since marks in them mean nothing."""
    return _CODE_SPAN.sub(lambda span: " " * len(span[0]), line) if "`" in line else line


def _without_comments(line: str) -> str:
    """The line without its closed comments. By hand, since a pattern that looks for an end
    from every beginning takes time by the square."""
    shown = ""
    at = 0
    while (start := line.find("<!--", at)) >= 0 and (end := line.find("-->", start + 4)) >= 0:
        shown += line[at:start]
        at = end + 3
    return shown + line[at:]


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
    """Mark what stands between two comments that name the same thing, its begin and its end:
    `papers starts` and `papers ends`, `BEGIN x` and `END x`, `x` and `/x`."""
    opened: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines):
        if "<!--" not in line or regions[number] not in {Region.OPEN, Region.COMMENT}:
            continue
        for comment in _COMMENT.finditer(_without_code(line)):
            words = tuple(_WORD.findall(comment[1].casefold()))
            begin = _opened_by(words, comment[1], opened)
            if begin is not None:
                regions[begin : number + 1] = [Region.GENERATED] * (number + 1 - begin)
                opened.clear()
            elif words:
                opened[words] = number


def _opened_by(
    words: tuple[str, ...], comment: str, opened: Mapping[tuple[str, ...], int]
) -> int | None:
    """The line of the comment whose region this one closes, the nearest where several fit."""
    if comment.lstrip().startswith("/"):
        return opened.get(words)
    name = tuple(word for word in words if word not in _END)
    if len(name) == len(words):
        return None
    fitting = [
        number
        for other, number in opened.items()
        if any(word in _BEGIN for word in other) and _is_same_name(other, name)
    ]
    return max(fitting, default=None)


def _is_same_name(opening: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether both comments name the same thing; one of them may say more of it."""
    named = tuple(word for word in opening if word not in _BEGIN)
    shorter = min(len(named), len(name))
    return named[:shorter] == name[:shorter]


def _mark_indented_code(lines: Sequence[str], regions: list[Region]) -> None:
    """Mark indented code: lines between blank ones that are all indented so. Within an item of a
    list the same indent is a part of the item, and where that is not sure it is taken for one;
    text below that is not indented shows that a line got its blanks by mistake."""
    if not any(_INDENTED.match(line) for line in lines):
        return
    in_item = False
    begin: int | None = 0
    for number, line in enumerate(lines):
        if not line.strip():
            begin = number + 1
            continue
        indent = indent_of(line)
        if regions[number] is not Region.OPEN:
            begin = None
        elif indent >= _CODE_INDENT and begin is not None and not in_item:
            if number + 1 == len(lines) or not lines[number + 1].strip():
                regions[begin : number + 1] = [Region.CODE] * (number + 1 - begin)
        else:
            goes_on = indent > 1 or not (begin == number or _ENDS_ITEM.match(line))
            in_item = bool(BULLET.match(line)) or (in_item and goes_on)
            begin = None
