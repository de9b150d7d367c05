"""The units that entries of lists are made of, and how they are recognised.

A unit of another kind is one more constant here, and in `FOUND_BY_LINES` if one line alone shows
that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from medvl_watch.lists.parsing import blocks, entries
from medvl_watch.lists.parsing.entries import Block, Unit

Lines = Sequence[str]
Stops = Callable[[int], bool]


def _item(lines: Lines, number: int, stops: Stops, *, numbered: bool) -> Block | None:
    marker = blocks.BULLET.match(lines[number])
    if not marker or blocks.RULE.match(lines[number]) or marker[2][0].isdigit() is not numbered:
        return None
    end = blocks.end_of_item(lines, number, stops)
    block = lines[number:end]
    if entries.is_item_entry(block):
        return Block(end, ((number, end),))
    return Block(number + blocks.head_length(block), is_group=entries.is_group(block))


def _bullet(lines: Lines, number: int, stops: Stops) -> Block | None:
    return _item(lines, number, stops, numbered=False)


def _numbered(lines: Lines, number: int, stops: Stops) -> Block | None:
    return _item(lines, number, stops, numbered=True)


def _html_row(lines: Lines, number: int, stops: Stops) -> Block | None:
    if not blocks.HTML_ROW.match(lines[number]):
        return None
    end = blocks.end_of_html_row(lines, number, stops)
    text = "".join(lines[number:end])
    readable = len(text) <= entries.LONGEST_ENTRY
    if readable and entries.has_link(text) and "<th" not in text.lower():
        return Block(end, ((number, end),))
    return Block(end)


def _paragraph(lines: Lines, number: int, stops: Stops) -> Block:
    """What every other line begins: one entry, a run of one-line entries, or prose."""
    end = blocks.end_of_paragraph(lines, number, stops)
    if not entries.is_paragraph_entry("".join(lines[number:end])):
        return Block(end)
    single = entries.entry_lines(lines, number, end)
    return Block(end, tuple((line, line + 1) for line in single) or ((number, end),))


BULLET = Unit(name="bullet", singular="bullet", plural="bullets", find=_bullet, takes_marker=True)
NUMBERED = Unit(
    name="numbered", singular="numbered", plural="numbered", find=_numbered, is_numbered=True
)
PARAGRAPH = Unit(
    name="paragraph",
    singular="paragraph",
    plural="paragraphs",
    find=_paragraph,
    needs_blank_line=True,
)
HTML_ROW = Unit(
    name="html row", singular="HTML row", plural="HTML rows", find=_html_row, is_html=True
)
ROW = Unit(name="row", singular="row", plural="rows", marker=re.compile(""), has_cells=True)
HEADING = Unit(name="heading", singular="heading", plural="headings")

FOUND_BY_LINES = (HTML_ROW, BULLET, NUMBERED, PARAGRAPH)
"""In the order in which they are tried; a paragraph is what is nothing else."""

UNITS = (*FOUND_BY_LINES, ROW, HEADING)
