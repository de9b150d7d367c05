"""Blocks of lines: where a list item, a paragraph or a row of an HTML table ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

BULLET = re.compile(
    r"^([ \t]*)([-*+•]|\d{1,4}[.)])"
    r"([ \t]+|(?=\[)(?!(?<=\*)[^\n]*[^\s*]\*(?!\*))|(?=\*\*)|$)"
)
"""A marker with its indent. Maintainers leave out the blank before a link, too; but a star there
may open italics, which close on the same line."""

BOX = re.compile(r"\[[ xX]\][ \t]+")
"""The box of a list of tasks, behind the marker."""

RULE = re.compile(r"^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
HTML_ROW = re.compile(r"^\s*<tr\b", re.IGNORECASE)
HTML_STOP = re.compile(r"^\s*</?(?:details|summary|table|thead|tbody|tr|ul|ol)\b", re.IGNORECASE)


def indent_of(line: str) -> int:
    """Columns of blanks before the line, a tab being up to four of them."""
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) if line.strip() else 0


def end_of_item(lines: Sequence[str], start: int, stop: Callable[[int], bool]) -> int:
    """The line after a list item: nested items, lazy lines and indented paragraphs belong."""
    indent = indent_of(lines[start])
    last = start
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        if stop(number):
            break
        own = indent_of(line)
        if (own <= indent and (BULLET.match(line) or last < number - 1)) or RULE.match(line):
            break
        if own <= indent and (HTML_STOP.match(line) or line.lstrip().startswith("|")):
            break
        last = number
    return last + 1


def end_of_paragraph(lines: Sequence[str], start: int, stop: Callable[[int], bool]) -> int:
    """The line after a paragraph: up to a blank line or the start of something else."""
    for number in range(start + 1, len(lines)):
        line = lines[number]
        goes_on = lines[number - 1].rstrip("\r\n").endswith("\\")
        if not line.strip() or stop(number) or RULE.match(line) or HTML_STOP.match(line):
            return number
        if line.lstrip().startswith("|") or (BULLET.match(line) and not goes_on):
            return number
    return len(lines)


def end_of_html_row(lines: Sequence[str], start: int, stop: Callable[[int], bool]) -> int:
    """The line after a row of an HTML table; one that is not closed ends where the next
    begins, or with the table."""
    for number in range(start, min(len(lines), start + 80)):
        line = lines[number].lower()
        if number > start and (HTML_ROW.match(line) or line.lstrip().startswith("</table")):
            return number
        if stop(number):
            break
        if "</tr>" in line:
            return number + 1
    return start + 1


def head_length(block: Sequence[str]) -> int:
    """How many lines of an item come before its first nested item."""
    return next((n for n in range(1, len(block)) if BULLET.match(block[n])), len(block))


def with_empty_box(text: str) -> str:
    """An item without the tick in its box: nobody has done what is new."""
    marker = BULLET.match(text)
    box = BOX.match(text, marker.end()) if marker else None
    return f"{text[: box.start()]}[ ]{text[box.start() + 3 :]}" if box else text
