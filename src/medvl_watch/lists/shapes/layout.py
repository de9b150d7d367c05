"""An entry's indent, marker and width of cells, taken over from its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from medvl_watch.lists.fields.reading import Slot, fields_of
from medvl_watch.lists.parsing.blocks import BULLET
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.tables import pipes
from medvl_watch.lists.style.writing import pad_cell

_MOSTLY = 0.6


def align_with(document: Document, text: str, example: Entry, neighbour: Entry | None) -> str:
    """The entry with its neighbour's indent and marker, where both are of one unit."""
    if neighbour is None or neighbour.unit is not example.unit or not example.unit.takes_marker:
        return text
    theirs = BULLET.match(document.lines[neighbour.start])
    ours = BULLET.match(text)
    return theirs[0] + text[ours.end() :] if theirs and ours else text


def next_number(document: Document, neighbour: Entry | None, number: int) -> int | None:
    """The number of the `number`th new entry behind the last of a section whose entries begin
    with numbers in brackets, one more each; None where they do not."""
    if neighbour is None:
        return None
    own = document.entries_of(document.sections[neighbour.section])
    numbers = [
        fields_of(document, entry).first(Slot.NUMBER) or ""
        for entry in own
        if entry.unit is neighbour.unit
    ]
    if not counts_up(numbers):
        return None
    found = int(numbers[-1]) + number
    runs_on = int(numbers[0]) != 1
    is_taken = runs_on and any(
        fields_of(document, entry).first(Slot.NUMBER) == str(found) for entry in document.entries
    )
    return None if is_taken else found


def counts_up(numbers: Sequence[str]) -> bool:
    """Whether each number is one more than the one before it."""
    return (
        bool(numbers)
        and all(map(str.isdigit, numbers))
        and all(int(b) - int(a) == 1 for a, b in pairwise(numbers))
    )


def highest_number(document: Document, row: Entry) -> int:
    """The highest running number of a table; 0 where it has none."""
    return max(_running_numbers(document, row), default=0)


def running_numbers_fall(document: Document, row: Entry) -> bool:
    """Whether the running numbers of a row's table fall from its top to its end."""
    numbers = _running_numbers(document, row) if row.table else []
    return len(numbers) > 1 and numbers[0] > numbers[-1]


def _running_numbers(document: Document, row: Entry) -> list[int]:
    rows = [entry for entry in document.entries if entry.table == row.table]
    numbers = [fields_of(document, entry).first(Slot.NUMBER) or "" for entry in rows]
    return [int(number) for number in numbers if number.isdigit()]


def pad_cells(document: Document, row: str, example: Entry) -> str:
    """The row's cells as wide as the header's, where the table keeps its columns aligned."""
    table = example.table
    if table is None:
        return row
    widths = _widths(document.lines[table.header].rstrip("\r\n"))
    rows = [entry for entry in document.entries if entry.table == table]
    same = sum(_widths(document.text(entry)) == widths for entry in rows)
    if same < max(1, _MOSTLY * len(rows)) or len(_widths(row)) != len(widths):
        return row
    edges = pipes(row)
    cells = []
    for number, (left, right) in enumerate(pairwise(edges)):
        cell = row[left + 1 : right]
        alignment = table.alignments[number] if number < len(table.alignments) else ""
        inner = " " if cell.startswith(" ") and widths[number] > 2 else ""
        room = widths[number] - 2 * len(inner)
        cells.append(inner + pad_cell(cell.strip(), room, alignment) + inner)
    return row[: edges[0]] + "|" + "|".join(cells) + row[edges[-1] :]


def _widths(row: str) -> list[int]:
    """The widths of a row's cells, blanks included."""
    return [right - left - 1 for left, right in pairwise(pipes(row))]
