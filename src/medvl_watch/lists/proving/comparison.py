"""What was there is there after an edit, as it renders: the same blocks in the same order.

Of both renderings the blocks are left out that the edit replaced or put in as a whole; what
remains must be equal. So a list that falls into two, two lists that become one, a line that
becomes a heading, code or part of a paragraph, and a list that opens up are all found.

Only chunks that differ are rendered (`chunks.py` says why the others need not be). What is left
to be shown of those is that the link definitions, which count everywhere, mean the same as
before, and that no bracketed words which were none become a reference.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise, zip_longest

from medvl_watch.lists.proving.blocks import RenderedBlock
from medvl_watch.lists.proving.hunks import Hunk, lines_of_hunks, new_place
from medvl_watch.lists.proving.inline import marks_by_line, read_marks
from medvl_watch.lists.proving.rendering import Definitions, Rendering

_INLINE = frozenset({"paragraph", "heading", "td", "th"})
_NAMES = {
    "bullet_list": "a list", "ordered_list": "a numbered list", "list_item": "an item of a list",
    "paragraph": "a paragraph", "heading": "a heading", "table": "a table", "thead": "a table",
    "tbody": "a table", "tr": "a row of a table", "td": "a cell of a table",
    "th": "a cell of a table", "html_block": "HTML", "fence": "code", "code_block": "code",
    "blockquote": "a quote", "hr": "a line across the page",
}  # fmt: skip


def name_of(kind: str) -> str:
    """What a maintainer calls a kind of block."""
    return _NAMES.get(kind, kind)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two renderings of a list, before and after an edit, and where its lines were changed."""

    before: Rendering
    after: Rendering
    hunks: Sequence[Hunk]
    gone: frozenset[int]
    new: frozenset[int]

    def difference(self) -> str:
        """What would be rendered otherwise than before, in one clause; empty if nothing is."""
        reasons = chain(self._differences(), self._replaced(), self._definitions())
        return next(reasons, "")

    def runs(self) -> Iterator[tuple[range, range]]:
        """Old lines, and the new ones in their place, that make up whole chunks in both and
        differ; all others are equal."""
        starts = frozenset(self.after.starts)
        edges = [(0, 0)]
        for start in self.before.starts[1:]:
            place = new_place(start, self.hunks)
            if place in starts and place is not None:
                edges.append((start, place))
        edges.append((len(self.before.lines), len(self.after.lines)))
        for (old, new), (old_end, new_end) in pairwise(edges):
            if self.before.lines[old:old_end] != self.after.lines[new:new_end]:
                yield range(old, old_end), range(new, new_end)

    def _differences(self) -> Iterator[str]:
        for old, new in self.runs():
            yield from self._compare(
                list(self.before.blocks(old.start, old.stop)),
                list(self.after.blocks(new.start, new.stop)),
            )

    def _compare(self, old: Sequence[RenderedBlock], new: Sequence[RenderedBlock]) -> Iterator[str]:
        for one, other in zip_longest(_rest(old, self.gone), _rest(new, self.new)):
            if one is None:
                yield f"line {other.start + 1} would be shown as {name_of(other.kind)} of its own"
            elif other is None:
                yield f"line {one.start + 1} would no longer be {name_of(one.kind)} of its own"
            elif (one.kind, one.detail) != (other.kind, other.detail):
                yield (
                    f"line {one.start + 1} would be shown as {name_of(other.kind)} instead of "
                    f"{name_of(one.kind)}"
                )
            elif one.content is not None or other.content is not None:
                yield from self._compare_leaves(one, other)
            elif one.tight > other.tight and len(_rest(one.children, self.gone)) > 1:
                yield f"the list at line {one.start + 1} would be shown with other spaces"
            else:
                yield from self._compare(one.children, other.children)

    def _compare_leaves(self, one: RenderedBlock, other: RenderedBlock) -> Iterator[str]:
        """Blocks without other blocks in them, of which some lines may be replaced or new."""
        old, new = _raw_lines(one, self.gone), _raw_lines(other, self.new)
        is_whole = self.gone.isdisjoint(range(one.start, one.end)) and self.new.isdisjoint(
            range(other.start, other.end)
        )
        if old != new:
            yield f"line {one.start + 1} would run together with other lines"
        elif not is_whole and one.kind in _INLINE and self._marks(one, other):
            yield f"emphasis or a link of line {one.start + 1} would end elsewhere"

    def _marks(self, one: RenderedBlock, other: RenderedBlock) -> bool:
        """Whether the lines that stayed are rendered otherwise."""
        pairs = []
        for block, left_out, side in ((one, self.gone, self.before), (other, self.new, self.after)):
            lines = marks_by_line(read_marks(block.content or "", side.definitions))
            if len(lines) != block.end - block.start:
                return True  # code that goes on over the end of a line: whose it is, is not sure
            pairs.append([m for n, m in enumerate(lines, block.start) if n not in left_out])
        return pairs[0] != pairs[1]

    def _replaced(self) -> Iterator[str]:
        """Lines that were replaced are shown as the same kinds of blocks."""
        for hunk in self.hunks:
            old = range(hunk.start, hunk.end)
            new = range(hunk.new_start, hunk.new_end)
            if not (old and new):
                continue
            theirs = [*chain.from_iterable(_within(x, old) for x in self.before.chunks(old))]
            ours = [*chain.from_iterable(_within(x, new) for x in self.after.chunks(new))]
            if theirs != ours:
                yield f"line {hunk.start + 1} would be shown as another kind of text"

    def _definitions(self) -> Iterator[str]:
        old, new = self.before.definitions, self.after.definitions
        for label, definition in old.items():
            if self.gone.issuperset(range(*definition["map"])):
                continue
            if label not in new or _target(new, label) != _target(old, label):
                yield f"the reference [{label.casefold()}] would lead elsewhere"
        for label in new.keys() - old.keys():
            pattern = r"\s+".join(re.escape(word) for word in label.split())
            used = re.compile(rf"\[\s*{pattern}\s*\]", re.IGNORECASE)
            if used.search("".join(self.before.lines)):
                yield f"[{label.casefold()}], which stands in the list, would become a link"


def compare(before: Rendering, after: Rendering, hunks: Sequence[Hunk]) -> Comparison:
    """The two renderings, to be compared."""
    return Comparison(before, after, hunks, *lines_of_hunks(hunks))


def _target(definitions: Definitions, label: str) -> tuple[str, str]:
    return definitions[label]["href"], definitions[label]["title"]


def _rest(blocks: Sequence[RenderedBlock], left_out: frozenset[int]) -> list[RenderedBlock]:
    """The blocks without those that stand in these lines as a whole."""
    return [b for b in blocks if not left_out.issuperset(range(b.start, b.end))]


def _within(blocks: Sequence[RenderedBlock], lines: range) -> Iterator[tuple[str, str]]:
    """The kinds of the outermost blocks that have no other lines than these. A table may have
    thousands of rows, and an edit as many hunks, so only blocks of these lines are looked at."""
    first = bisect_right(blocks, lines.start, key=lambda block: block.end)
    for block in islice(blocks, first, None):
        if block.start >= lines.stop:
            break
        if lines.start <= block.start and block.end <= lines.stop:
            yield block.kind, block.detail
        else:
            yield from _within(block.children, lines)


def _raw_lines(block: RenderedBlock, left_out: frozenset[int]) -> list[str]:
    """The lines of a block's content, without those left out."""
    lines = (block.content or "").rstrip("\n").split("\n")
    first = block.start + (block.kind == "fence")  # its first line is the fence
    return [line for number, line in enumerate(lines, first) if number not in left_out]
