"""Where an edit changed lines, and that it changed no others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """The old lines `start` to `end` became the new lines `new_start` to `new_end` (0-based,
    exclusive). Nothing was there before if `start` is `end`."""

    start: int
    end: int
    new_start: int
    new_end: int


def is_untouched_elsewhere(
    before: Sequence[str], after: Sequence[str], hunks: Iterable[Hunk]
) -> bool:
    """Whether the texts have the same lines, byte for byte and in order, outside of the hunks
    (which are in order). The old last line, if it had no end, may have got one."""
    old, new = 0, 0
    for hunk in hunks:
        if not _are_same(before, after, (old, hunk.start), (new, hunk.new_start)):
            return False
        old, new = hunk.end, hunk.new_end
    return _are_same(before, after, (old, len(before)), (new, len(after)))


def _are_same(
    before: Sequence[str], after: Sequence[str], old: tuple[int, int], new: tuple[int, int]
) -> bool:
    mine, theirs = list(before[slice(*old)]), list(after[slice(*new)])
    if mine and theirs and old[1] == len(before) and not mine[-1].endswith("\n"):
        theirs[-1] = theirs[-1].rstrip("\r\n")
    return old[0] <= old[1] and new[0] <= new[1] and mine == theirs


def new_place(number: int, hunks: Iterable[Hunk]) -> int | None:
    """Where an old line stands now; None if a hunk replaced it. A line before which something
    was put in stands after that."""
    shift = 0
    for hunk in hunks:
        if hunk.start <= number < hunk.end:
            return None
        if hunk.end <= number:
            shift = hunk.new_end - hunk.end
    return number + shift


def lines_of_hunks(hunks: Iterable[Hunk]) -> tuple[frozenset[int], frozenset[int]]:
    """The numbers of the old lines that were replaced, and of the new ones."""
    old: set[int] = set()
    new: set[int] = set()
    for hunk in hunks:
        old.update(range(hunk.start, hunk.end))
        new.update(range(hunk.new_start, hunk.new_end))
    return frozenset(old), frozenset(new)


@dataclass(frozen=True, slots=True)
class TouchedLines:
    """How many lines before each one, on one side of an edit, are in a hunk (`touched`), and in a
    hunk that has no lines on the other side (`single`)."""

    touched: Sequence[int]
    single: Sequence[int]

    def are_single(self, start: int, end: int) -> bool:
        """Whether the other side has none of these lines in any form."""
        return 0 <= start < end == start + self.single[end] - self.single[start]

    def common(self, start: int, end: int) -> range | None:
        """These lines as counted without those in hunks, which gives the same numbers on both
        sides; None if some of them are in one."""
        before = self.touched[start]
        return range(start - before, end - before) if self.touched[end] == before else None


def old_side(hunks: Iterable[Hunk], count: int) -> TouchedLines:
    """The old lines, of which there are so many."""
    spans = [(range(h.start, h.end), h.new_start == h.new_end) for h in hunks]
    return _touched(spans, count)


def new_side(hunks: Iterable[Hunk], count: int) -> TouchedLines:
    """The new lines, of which there are so many."""
    spans = [(range(h.new_start, h.new_end), h.start == h.end) for h in hunks]
    return _touched(spans, count)


def _touched(spans: Sequence[tuple[range, bool]], count: int) -> TouchedLines:
    touched, single = bytearray(count), bytearray(count)
    for span, is_single in spans:
        for number in span:
            touched[number] = 1
            single[number] = is_single
    return TouchedLines(list(accumulate(touched, initial=0)), list(accumulate(single, initial=0)))
