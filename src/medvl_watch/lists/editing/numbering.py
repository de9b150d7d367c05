"""Numbers of numbered entries: what a new one gets, and which old ones move on.

A list that numbers without gaps (within a section, or on through the file) is kept so; one
that is numbered otherwise, or all `1.`, is not corrected.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry

_NUMBER = re.compile(r"^([ \t]*)(\d{1,4})(?=[.)])")


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers that new entries get at one spot of a section: `first` for the first one,
    then `step` (1, 0 or -1) more for each next one. The numbers on the lines `raised` of old
    entries go up by as many as are new."""

    first: int
    step: int
    raised: tuple[int, ...] = ()

    def of(self, place: int) -> int:
        """The number of a new entry, by its place (from 0) among the new ones at this spot."""
        return self.first + self.step * place


def number_of(document: Document, entry: Entry) -> int | None:
    match = _NUMBER.match(document.lines[entry.start])
    return int(match[2]) if match and entry.unit.is_numbered else None


def falls(document: Document, entries: Sequence[Entry]) -> bool:
    """Whether the numbers count down, so that a list grows at its top."""
    numbers = [number_of(document, entry) for entry in entries]
    known = [number for number in numbers if number is not None]
    return len(known) > 1 and {b - a for a, b in pairwise(known)} == {-1}


def numbering_at(
    document: Document, entries: Sequence[Entry], spot: int, new: int, above: int = 0
) -> Numbering | None:
    """How numbers go on at a spot between these entries of a section, where `new` entries come
    in and `above` have come in further up; None without numbers."""
    numbers = [number_of(document, entry) for entry in entries]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or not known:
        return None
    steps = {b - a for a, b in pairwise(known)}
    if steps == {0}:
        return Numbering(known[0], 0)
    if steps == {-1}:  # the newest on top has the highest number
        lowest = known[spot] + 1 if spot < len(known) else known[-1]
        return Numbering(
            lowest + new - 1, -1, raised=tuple(entry.start for entry in entries[:spot])
        )
    first = known[spot - 1] + 1 if spot else known[0]
    raised = () if steps - {1} else _following(document, entries, spot, first)
    return Numbering(first + above, 1, raised)


def _following(
    document: Document, entries: Sequence[Entry], spot: int, number: int
) -> tuple[int, ...]:
    """Lines of the entries after the spot, as long as they count on without a gap."""
    start = entries[spot - 1].end if spot else entries[0].start
    following = []
    for entry in document.entries:
        if entry.start < start or not entry.unit.is_numbered:
            continue
        if number_of(document, entry) != number:
            break
        following.append(entry.start)
        number += 1
    return tuple(following)


def raise_number(line: str, by: int) -> str:
    """A line with its entry's number raised."""
    return _NUMBER.sub(lambda match: f"{match[1]}{int(match[2]) + by}", line, count=1)


def with_number(text: str, number: int) -> str:
    """An entry's text with this number. What stands below, within the entry, keeps its distance:
    it is part of the item only as long as it is indented as far as the item's own text."""
    match = _NUMBER.match(text)
    if match is None:
        return text
    longer = len(str(number)) - len(match[2])
    head, *below = text.split("\n")
    if longer > 0:
        indent = len(match[0]) + 2
        below = [" " * longer + line if _is_inside(line, indent) else line for line in below]
    return "\n".join([match[1] + str(number) + head[match.end() :], *below])


def _is_inside(line: str, indent: int) -> bool:
    return line.startswith(" " * indent)
