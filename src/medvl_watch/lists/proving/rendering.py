"""A list as rendered, chunk by chunk, and only the chunks that are needed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from medvl_watch.lists.proving.blocks import RenderedBlock, normalized, read_blocks
from medvl_watch.lists.proving.chunks import chunk_starts

Definitions = Mapping[str, Mapping[str, Any]]
"""Link definitions by their normalized labels: `href`, `title`, and the lines (`map`) of each."""


@dataclass(slots=True)
class Rendering:
    """The lines of a list, and what a renderer makes of them.

    Only chunks that are needed are read, and those that may hold a link definition, which
    counts everywhere: it has `]:` in one of its lines.
    """

    lines: Sequence[str]
    starts: Sequence[int]
    _blocks: dict[int, list[RenderedBlock]] = field(default_factory=dict)
    _found: dict[int, dict[str, Any]] = field(default_factory=dict)
    _definitions: dict[str, Mapping[str, Any]] | None = None

    def end_of(self, start: int) -> int:
        """The line after the chunk that starts at this line."""
        place = bisect_right(self.starts, start)
        return self.starts[place] if place < len(self.starts) else len(self.lines)

    def _chunk(self, start: int) -> list[RenderedBlock]:
        if start not in self._blocks:
            environment: dict[str, Any] = {}
            chunk = self.lines[start : self.end_of(start)]
            self._blocks[start] = read_blocks(chunk, start, environment)
            self._found[start] = environment.get("references", {})
        return self._blocks[start]

    def chunks(self, lines: range) -> Iterator[Sequence[RenderedBlock]]:
        """The top-level blocks of each chunk that holds any of these lines."""
        place = max(0, bisect_right(self.starts, lines.start) - 1)
        while lines and place < len(self.starts) and self.starts[place] < lines.stop:
            yield self._chunk(self.starts[place])
            place += 1

    def blocks(self, first: int, end: int) -> Iterator[RenderedBlock]:
        """The top-level blocks of the chunks that hold any of these lines."""
        for chunk in self.chunks(range(first, end)):
            yield from chunk

    @property
    def definitions(self) -> Definitions:
        """The link definitions of the whole list; of several with one label the first counts."""
        if self._definitions is None:
            found: dict[str, Mapping[str, Any]] = {}
            for start in self.starts:
                if any("]:" in line for line in self.lines[start : self.end_of(start)]):
                    self._chunk(start)
                    for label, definition in self._found[start].items():
                        lines = [start + number for number in definition["map"]]
                        found.setdefault(label, {**definition, "map": lines})
            self._definitions = found
        return self._definitions


def render(lines: Sequence[str]) -> Rendering:
    """The rendering of these lines; nothing is read yet."""
    normal = [normalized(line) for line in lines]
    if normal:
        normal[0] = normal[0].removeprefix("\ufeff")
    return Rendering(normal, chunk_starts(normal))
