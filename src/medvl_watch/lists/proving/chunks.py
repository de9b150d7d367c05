r"""A text cut into chunks that render each by itself, so that an edit need not be rendered whole.

A renderer finds blocks from the top down, and at the start of a top-level block it remembers
nothing of what came before, but for the link definitions. So a text that is cut where top-level
blocks start renders to the blocks of its chunks, one after the other: chunks that are equal, byte
for byte, have equal blocks, and only those that differ have to be rendered and compared.

A heading (`# `, not indented, a blank line before it) is the start of a top-level block whatever
comes before it, with two exceptions: the blank line ends paragraphs, tables, quotes and other
HTML, and a line that is not indented ends every list with all that is in it; but a code fence and
HTML of the kinds that go on over blank lines (`<!--`, `<pre>`, `<script>`, …) may still be open.
They open on a line of their own, indented by at most three blanks. Where there is such a line, the
renderer is asked whether the next heading comes out as one; if not, a later heading is tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from medvl_watch.lists.proving.blocks import is_blank, read_blocks

_HEADING = re.compile(r"#{1,6}[ \t]")
_MAY_GO_ON = re.compile(
    r" {0,3}(?:`{3}|~{3}|<[!?]|<(?:script|pre|style|textarea)\b)", re.IGNORECASE
)
_OPENS = frozenset(" `~<")


def chunk_starts(lines: Sequence[str]) -> list[int]:
    """The lines (0-based) at which the chunks of these (normalized) lines start, in order."""
    starts = [0] if lines else []
    may_be_open = False
    next_try = 0
    for number, line in enumerate(lines):
        if line[:1] in _OPENS:
            may_be_open = may_be_open or bool(_MAY_GO_ON.match(line))
        elif line[:1] == "#" and _is_apart(lines, number) and _HEADING.match(line):
            if may_be_open:
                if number < next_try:
                    continue
                if not _is_block(lines, starts[-1], number):
                    # each try reads half as much again, so that all of them take linear time
                    next_try = number + (number - starts[-1]) // 2
                    continue
                may_be_open = False
            starts.append(number)
    return starts


def _is_apart(lines: Sequence[str], number: int) -> bool:
    return number > 0 and is_blank(lines[number - 1])


def _is_block(lines: Sequence[str], start: int, number: int) -> bool:
    """Whether the heading at this line is a top-level block, if one starts at line `start`."""
    last = read_blocks(lines[start : number + 1], start, {})[-1]
    return last.kind == "heading" and last.start == number
