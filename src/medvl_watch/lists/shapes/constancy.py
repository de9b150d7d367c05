"""Which words of entries are a fixed text of the list, and which vary from paper to paper.

A word is judged among all words that stand in its place: between the same parts before and
behind it (in a table: in the same column).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.rows import PLACEHOLDER
from medvl_watch.lists.shapes.parts import Part, PartKind

FIXED_WORD = 0.9
"""The share of its place that a plain word must have to be a fixed text."""

FIXED_LABEL = 0.25
"""The same for a link's label or a badge's address, of which a list may have several."""

COMMON = 0.25
"""The share of all entries that must hold a word which no other entry has in its place."""

PLACEHOLDER_SHARE = 0.1
_WIDTHS = (2, 5)
_LITERAL = frozenset({PartKind.WORD, PartKind.LABEL, PartKind.ADDRESS})


@dataclass(frozen=True, slots=True)
class Segmented:
    """An entry's parts with its weight, and the column of each part for a table's row."""

    parts: tuple[Part, ...]
    weight: float
    columns: tuple[int, ...] = ()


def mark_unknown_parts(entries: Sequence[Segmented]) -> list[tuple[Part, ...]]:
    """The entries' parts, where what varies and is no field of the paper is marked as unknown.
    Unknown parts that follow each other are one."""
    entries = _with_flags_as_words(entries)
    judged = [_without_padding(entry) for entry in entries]
    places: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
    holders: Counter[Hashable] = Counter()
    common: Counter[str] = Counter()
    total = sum(entry.weight for entry in entries)
    places_of = [_places(entry) for entry, _ in judged]
    for (entry, _), places_of_entry in zip(judged, places_of, strict=True):
        for number, part in _literals(entry):
            for place in places_of_entry[number]:
                places[place][part.text] += entry.weight  # type: ignore[assignment]
                holders[place, part.text] += 1
        for text in {part.text for _, part in _literals(entry)}:
            common[text] += entry.weight  # type: ignore[assignment]
            holders["", text] += 1
    cells = _texts_of_cells([entry for entry, _ in judged])
    found = []
    for whole, (entry, numbers), places_of_entry in zip(entries, judged, places_of, strict=True):
        unknown = set()
        loose = _words_of_some_rows(entry, cells, total)
        for number, part in _literals(entry):
            is_common = common[part.text] >= COMMON * total and holders["", part.text] > 1
            seen = [
                _Words(places[place], holders[place, part.text])
                for place in places_of_entry[number]
            ]
            is_fixed = _is_fixed(part, seen, is_common=is_common, in_cell=bool(entry.columns))
            if not is_fixed or number in loose:
                unknown.add(numbers[number])
        found.append(_joined(whole.parts, unknown))
    return found


def _cells(entry: Segmented) -> dict[int, list[int]]:
    """By column: the numbers of a row's parts that stand in a cell without a field or a link."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    told = set()
    for number, column in enumerate(entry.columns):
        part = entry.parts[number]
        if part.slot or part.kind in {PartKind.LABEL, PartKind.ADDRESS}:
            told.add(column)
        elif part.text != "|":
            found[column].append(number)
    return {column: numbers for column, numbers in found.items() if column not in told}


def _texts_of_cells(entries: Sequence[Segmented]) -> Mapping[tuple[int, str], float]:
    """How much of the rows has each text in a cell of its own."""
    weights: Counter[tuple[int, str]] = Counter()
    for entry in entries:
        for column, numbers in _cells(entry).items():
            text = "".join(entry.parts[number].text for number in numbers)
            weights[column, text] += entry.weight  # type: ignore[assignment]
    return weights


def _words_of_some_rows(
    entry: Segmented, cells: Mapping[tuple[int, str], float], total: float
) -> set[int]:
    """The words of a row's cells that say what only some rows say, while others are empty or say
    something else: a fact of its paper, though it be the only word of its column."""
    found: set[int] = set()
    for column, numbers in _cells(entry).items():
        text = "".join(entry.parts[number].text for number in numbers)
        is_usual = cells[column, text] >= FIXED_WORD * total
        says_something = any(map(str.isalpha, text)) and not PLACEHOLDER.match(text.strip())
        if says_something and not is_usual:
            found.update(n for n in numbers if entry.parts[n].kind is PartKind.WORD)
    return found


def _without_padding(entry: Segmented) -> tuple[Segmented, Sequence[int]]:
    """A row without its blanks, of which a padded cell has more or less, and the number that each
    part has in the whole row. Any other entry as it is."""
    if not entry.columns:
        return entry, range(len(entry.parts))
    numbers = [number for number, part in enumerate(entry.parts) if part.text.strip(" \t")]
    parts = tuple(entry.parts[number] for number in numbers)
    columns = tuple(entry.columns[number] for number in numbers)
    return replace(entry, parts=parts, columns=columns), numbers


def _with_flags_as_words(entries: Sequence[Segmented]) -> list[Segmented]:
    """In a column where rows answer with one mark or another (`+` and `-`, a tick and a cross)
    the mark is a fact of the row's paper, and is judged as words are."""
    marks: defaultdict[int, Counter[str]] = defaultdict(Counter)
    cells = [_cells_of_marks(entry) for entry in entries]
    for each in cells:
        for column, numbers in each.items():
            marks[column]["".join(n[1] for n in numbers)] += 1
    flags = {
        column
        for column, counts in marks.items()
        if len([n for n in counts.values() if n >= PLACEHOLDER_SHARE * len(entries)]) > 1
    }
    found = []
    for entry, each in zip(entries, cells, strict=True):
        parts = list(entry.parts)
        for column in flags & each.keys():
            for number, _ in each[column]:
                parts[number] = replace(parts[number], kind=PartKind.UNKNOWN)
        found.append(replace(entry, parts=tuple(parts)))
    return found


def _cells_of_marks(entry: Segmented) -> dict[int, list[tuple[int, str]]]:
    """The marks of the cells that hold nothing else, by their column."""
    cells: defaultdict[int, list[tuple[int, Part]]] = defaultdict(list)
    for number, column in enumerate(entry.columns):
        part = entry.parts[number]
        if part.text.strip() and not (part.text == "|" and part.slot is None):
            cells[column].append((number, part))
    return {
        column: [(number, part.text) for number, part in parts]
        for column, parts in cells.items()
        if all(p.slot is None and not any(map(str.isalnum, p.text)) for _, p in parts)
    }


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a place with their weights, and how many entries have the one in question."""

    words: Mapping[str, float]
    holders: int

    def share(self, text: str) -> float:
        return self.words[text] / sum(self.words.values())


def _literals(entry: Segmented) -> Iterator[tuple[int, Part]]:
    for number, part in enumerate(entry.parts):
        if part.kind in _LITERAL:
            yield number, part


def _places(entry: Segmented) -> dict[int, tuple[Hashable, ...]]:
    """The places of an entry's words, labels and addresses: what surrounds them closely, and
    what surrounds them more widely; in a row only what stands in the same cell."""
    views = [
        tuple(_seen(part, is_wide) for part in entry.parts)
        for is_wide in (width > _WIDTHS[0] for width in _WIDTHS)
    ]
    places: dict[int, tuple[Hashable, ...]] = {}
    for number, part in _literals(entry):
        column, cell = -1, range(len(entry.parts))
        if entry.columns:
            column = entry.columns[number]
            cell = range(bisect_left(entry.columns, column), bisect_right(entry.columns, column))
        places[number] = tuple(
            (
                width,
                column,
                view[max(cell.start, number - width) : number],
                view[number + 1 : min(cell.stop, number + 1 + width)],
                part.kind,
            )
            for view, width in zip(views, _WIDTHS, strict=True)
        )
    return places


def _seen(part: Part, wide: bool) -> str:  # noqa: FBT001 - in the innermost loop
    """A part as what surrounds others: from further off a link's label counts, too."""
    if part.kind is PartKind.MARK:
        return part.text
    if wide and part.kind is PartKind.LABEL:
        return part.text.casefold()
    return part.slot.value if part.slot else part.kind.value


def _is_fixed(part: Part, seen: Sequence[_Words], *, is_common: bool, in_cell: bool) -> bool:
    """Whether a word belongs to the list rather than to its entry. What surrounds it closely
    decides, or its column; in other entries also what surrounds it more widely."""
    if part.kind is PartKind.LABEL and is_label(part.text):
        return True
    near, wide = seen
    if PLACEHOLDER.match(part.text) and near.share(part.text) >= PLACEHOLDER_SHARE:
        return True
    if near.holders < 2:  # no other entry has it there
        return is_common
    least = FIXED_WORD if part.kind is PartKind.WORD else FIXED_LABEL
    if near.share(part.text) >= least:
        return True
    return not in_cell and wide.holders > 2 and wide.share(part.text) >= least


def _joined(parts: Sequence[Part], unknown: set[int]) -> tuple[Part, ...]:
    out: list[Part] = []
    for number, part in enumerate(parts):
        if number not in unknown:
            out.append(part)
            continue
        blank = len(out) > 1 and out[-1].text == " " and out[-2].kind is PartKind.UNKNOWN
        if blank:
            out.pop()
        if out and out[-1].kind is PartKind.UNKNOWN:
            out[-1] = replace(out[-1], text=out[-1].text + " " * blank + part.text)
        else:
            out.append(replace(part, kind=PartKind.UNKNOWN))
    return tuple(out)
