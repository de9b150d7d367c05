"""Entries as parts between anchors, with the shapes of those around them.

An anchor is a field, a text that no field explains, or a table's pipe; what stands between two of
them is one piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.shapes.learning import Shape, shapes_of
from medvl_watch.lists.shapes.parts import Part, PartKind
from medvl_watch.lists.shapes.style import WritingStyle, style_of
from medvl_watch.lists.style.samples import Sample

_MOST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class ShapedEntry:
    """An entry as parts; `shape` is the one that it is an instance of."""

    sample: Sample
    parts: tuple[Part, ...]
    shape: Shape

    @property
    def text(self) -> str:
        return self.sample.fields.text

    def start_of(self, number: int) -> int:
        """Where a part begins in the text."""
        return sum(len(part.text) for part in self.parts[:number])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The shapes of the entries around one, itself among them, and how they write fields."""

    own: ShapedEntry
    others: tuple[ShapedEntry, ...]
    style: WritingStyle
    shapes: tuple[Shape, ...]
    room: str = ""
    """What of the entry's own text the new fields may take the place of."""

    def without(self, start: int, end: int) -> Surroundings:
        """The same, where new fields may take the place of the entry's parts `start` to `end`."""
        parts = self.own.parts
        room = "".join(part.text for part in parts[start:end])
        own = replace(self.own, parts=(*parts[:start], Part(PartKind.WORD, room), *parts[end:]))
        return replace(self, own=own, room=room)


def surroundings_of(entry: Entry, samples: Sequence[Sample]) -> Surroundings:
    """What the entries near one, of which it is one itself, show of how they are written."""
    shapes = _shapes_of(tuple(samples))
    shaped = [
        ShapedEntry(sample, parts, shape)
        for shape in shapes
        for sample, parts in zip(shape.samples, shape.examples, strict=True)
    ]
    own = next(each for each in shaped if each.sample.entry == entry)
    others = tuple(each for each in shaped if each is not own)
    return Surroundings(own, others, style_of(samples, samples), shapes)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _shapes_of(samples: tuple[Sample, ...]) -> tuple[Shape, ...]:
    return shapes_of(samples)


def is_anchor(part: Part, entry: Entry) -> bool:
    """Whether a part is a field, or a table's pipe: what stands between two of them is one
    piece."""
    is_pipe = entry.unit.has_cells and part.text == "|" and part.slot is None
    return part.slot is not None or part.kind is PartKind.UNKNOWN or is_pipe


def gaps_of(own: ShapedEntry) -> Iterator[tuple[int, int]]:
    """The parts (end exclusive) between each two anchors that follow each other."""
    anchors = [n for n, part in enumerate(own.parts) if is_anchor(part, own.sample.entry)]
    for before, after in pairwise([-1, *anchors, len(own.parts)]):
        yield before + 1, after


def anchor_of(shaped: ShapedEntry, number: int) -> tuple[str | None, int]:
    """What stands at a part, by which places of entries are compared: a field, an unknown text,
    a table's pipe with its number; None at the beginning and the end."""
    parts = shaped.parts
    if not 0 <= number < len(parts):
        return None, int(number >= 0)
    part = parts[number]
    if part.slot:
        return part.slot.value, 0
    if part.kind is PartKind.UNKNOWN:
        return part.kind.value, 0
    return part.text, sum(each.text == "|" and each.slot is None for each in parts[:number])
