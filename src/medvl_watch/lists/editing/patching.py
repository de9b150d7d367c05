"""Whole lines exchanged and put in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medvl_watch.lists.parsing.document import split_lines
from medvl_watch.lists.proving.hunks import Hunk


@dataclass(frozen=True, slots=True)
class Patch:
    """Lines `start` up to `end` become `text`. Of patches for one line the lower rank comes
    first."""

    start: int
    end: int
    text: str
    rank: int


def apply_patches(lines: Sequence[str], newline: str, patches: Iterable[Patch]) -> str:
    """The text of these lines with the patches in it; they do not overlap, and those of one
    line and rank keep their order. Where the last line has no end, the new last line has none
    either."""
    out = list(lines)
    open_end = bool(lines) and not lines[-1].endswith("\n")
    in_order = sorted(patches, key=lambda patch: (patch.start, patch.rank))
    for patch in reversed(in_order):  # from the end, so that line numbers stay true
        text = patch.text
        if open_end and patch.start == len(lines):
            text = newline + text.removesuffix(newline)
        out[patch.start : patch.end] = [text]
    return "".join(out)


def hunks_of(patches: Iterable[Patch]) -> list[Hunk]:
    """Where `apply_patches` changes lines, in order."""
    hunks = []
    shift = 0
    for patch in sorted(patches, key=lambda patch: (patch.start, patch.rank)):
        count = len(split_lines(patch.text))
        start = patch.start + shift
        hunks.append(Hunk(start=patch.start, end=patch.end, new_start=start, new_end=start + count))
        shift += count - (patch.end - patch.start)
    return hunks
