"""Whole lines exchanged and put in, and the proof that nothing but an entry is different."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Unit
from medvl_watch.records import Headings


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


# --- what must stay ------------------------------------------------------------------


def damage(
    before: Document, changed: set[int], after: Document, now: set[int], *, moved: bool
) -> str:
    """What is not as it was outside of the entries that start on the lines `changed` of the
    one text and on the lines `now` (both 0-based) of the other, in one clause; empty if all is.

    Every line is the old one, byte for byte; where an entry `moved`, blank lines may go with
    it and a heading may be opened for it. Every entry is read as before.
    """
    old, new = _outside(before, changed), _outside(after, now)
    rest = iter(new)
    survives = all(any(line == other for other in rest) for line in old if line.strip())
    if not (survives if moved else old == new):
        return "an old line would not survive"
    if _readings(before, changed) != _readings(after, now):
        return "another entry would be read in another way"
    return ""


def _outside(document: Document, entries: set[int]) -> list[str]:
    """The lines but those of the entries that start so."""
    spans = [(e.start, e.end) for e in document.entries if e.start in entries]
    inside = {number for start, end in spans for number in range(start, end)}
    return [line for n, line in enumerate(document.lines) if n not in inside]


def _readings(document: Document, left_out: set[int]) -> list[tuple[Unit, Headings, str]]:
    """How the entries that do not start on these lines are read."""
    return [
        (entry.unit, document.path_of(entry), document.text(entry))
        for entry in document.entries
        if entry.start not in left_out
    ]
