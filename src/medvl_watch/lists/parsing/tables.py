"""Pipe tables: their headers, and the cells of their rows. Escaped pipes do not divide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from medvl_watch.lists.parsing.markup import plain

_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Table:
    """A pipe table: its header's cells as a reader sees them, and its first lines."""

    header: int
    columns: tuple[str, ...]
    alignments: tuple[str, ...]

    @property
    def body(self) -> int:
        return self.header + 2


def is_delimiter(line: str) -> bool:
    """Whether a line is the one below a table's header."""
    return "|" in line and bool(_DELIMITER.match(line.rstrip("\r\n")))


def columns_of(line: str) -> tuple[str, ...]:
    """A header's cells as a reader sees them."""
    return tuple(plain(cell) for cell in split_row(line))


def split_row(line: str) -> list[str]:
    """A table row's raw cells, outer pipes taken off."""
    body = line.strip()
    body = body.removeprefix("|")
    if body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    return _PIPE.split(body) if "\\|" in body else body.split("|")


def alignments_of(line: str) -> tuple[str, ...]:
    """`left`, `right`, `center` or empty for each column of a delimiter row."""
    marks = {(True, True): "center", (True, False): "left", (False, True): "right"}
    cells = [cell.strip() for cell in split_row(line)]
    return tuple(marks.get((cell.startswith(":"), cell.endswith(":")), "") for cell in cells)


def pipes(text: str) -> list[int]:
    """Where a row's pipes stand."""
    return [match.start() for match in _PIPE.finditer(text)]


def cell_spans(text: str) -> list[tuple[int, int]]:
    """Spans of a row's cells without the blanks around their content."""
    edges = pipes(text)
    bounds = edges if text.lstrip().startswith("|") else [-1, *edges]
    stripped = text.rstrip()
    if not stripped.endswith("|"):
        bounds = [*bounds, len(stripped)]
    spans = []
    for left, right in pairwise(bounds):
        cell = text[left + 1 : right]
        start = left + 1 + len(cell) - len(cell.lstrip())
        spans.append((start, max(start, left + 1 + len(cell.rstrip()))))
    return spans


def cell_at(text: str, at: int) -> int | None:
    """Which of a row's cells (from 0) the character stands in; None between two."""
    spans = cell_spans(text)
    return next((n for n, (start, end) in enumerate(spans) if start <= at <= end), None)
