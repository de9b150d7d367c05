"""A table's row put together cell by cell, where no whole row of the table fits a paper."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.rows import PLACEHOLDER
from medvl_watch.lists.shapes.learning import LEAST_SHARE, Shape, key_of
from medvl_watch.lists.shapes.parts import LINK_SLOTS, Part, PartKind
from medvl_watch.lists.style.samples import Sample

_PIPE = Part(PartKind.MARK, "|")


def cells_of(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """A row's parts between its pipes, what stands before the first one included."""
    cells: list[list[Part]] = [[]]
    for number, part in enumerate(parts):
        escaped = number > 0 and parts[number - 1].text.endswith("\\")
        if part.slot is None and part.text == "|" and not escaped:
            cells.append([])
        else:
            cells[-1].append(part)
    return [tuple(cell) for cell in cells]


def columns_of(shapes: Sequence[Shape]) -> list[list[Shape]]:
    """For each column the shapes of its cells, the commonest first; of the rows that have as
    many cells as most."""
    rows = [
        (shape.share / len(shape.examples), sample, cells_of(parts))
        for shape in shapes
        for sample, parts in zip(shape.samples, shape.examples, strict=True)
    ]
    weights: defaultdict[int, float] = defaultdict(float)
    for weight, _, cells in rows:
        weights[len(cells)] += weight
    width = max(weights, key=lambda each: weights[each], default=0)
    rows = [row for row in rows if len(row[2]) == width]
    return [_shapes_of_cells([(w, s, cells[at]) for w, s, cells in rows]) for at in range(width)]


_Cell = tuple[float, Sample, tuple[Part, ...]]


def _shapes_of_cells(cells: Sequence[_Cell]) -> list[Shape]:
    groups: defaultdict[str, list[_Cell]] = defaultdict(list)
    for cell in cells:
        groups[key_of(cell[2])].append(cell)
    total = sum(weight for weight, _, _ in cells)
    shapes = []
    for key, group in groups.items():
        share = sum(weight for weight, _, _ in group) / total
        _, sample, parts = max(group, key=lambda cell: cell[0])
        shapes.append(
            Shape(
                key=key,
                share=share,
                family_share=share,
                parts=parts,
                sample=sample,
                examples=tuple(parts for _, _, parts in group),
                samples=tuple(sample for _, sample, _ in group),
                is_supported=True,
            )
        )
    return sorted(shapes, key=lambda shape: -shape.share)


def candidates(column: Sequence[Shape], *, tells_links: bool) -> list[Shape]:
    """The shapes of a column's cells that a new row may have, those that tell something first.
    A link is no rarer for being in few rows: few papers have it."""
    found = [
        shape
        for shape in column
        if shape.is_known and (shape.share >= LEAST_SHARE or (tells_links and _is_link(shape)))
    ]
    return sorted(found, key=lambda shape: (not shape.slots, -shape.share))


def _is_link(shape: Shape) -> bool:
    return bool(shape.slots & LINK_SLOTS) and shape.slots <= LINK_SLOTS | {
        Slot.REPOSITORY,
        Slot.REPOSITORY_NAME,
    }


def is_only_a_link(cell: Shape) -> bool:
    """Whether a cell holds nothing but a link to code or a page, which a paper may lack."""
    return bool(cell.slots) and cell.slots <= {
        Slot.CODE,
        Slot.PAGE,
        Slot.REPOSITORY,
        Slot.REPOSITORY_NAME,
    }


def placeholder_of(shapes: Sequence[Shape]) -> str:
    """What a table writes where it knows nothing; `-` where it never had to."""
    found: Counter[str] = Counter()
    for shape in shapes:
        for cell in cells_of(shape.parts)[1:]:
            text = "".join(part.text for part in cell).strip()
            if text and PLACEHOLDER.match(text):
                found[text] += len(shape.examples)
    return found.most_common(1)[0][0] if found else "-"


def with_placeholder(cell: Shape, placeholder: str) -> Shape:
    """A cell without its link."""
    text = "".join(part.text for part in cell.parts)
    head, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    parts = tuple(Part(PartKind.MARK, each) for each in (head, placeholder, tail) if each)
    return replace(cell, key=placeholder, parts=parts, examples=(parts,), is_derived=True)


def join_cells(cells: Sequence[Shape]) -> Shape:
    """One shape of a whole row from a shape for each of its columns."""
    parts: list[Part] = []
    for number, cell in enumerate(cells):
        parts += [_PIPE, *cell.parts] if number else cell.parts
    first = max(cells, key=lambda cell: len(cell.slots))
    return Shape(
        key=key_of(parts),
        share=min(cell.share for cell in cells),
        family_share=min(cell.share for cell in cells),
        parts=tuple(parts),
        sample=first.sample,
        examples=(tuple(parts),),
        samples=(first.sample,),
        is_supported=True,
        is_derived=any(cell.is_derived for cell in cells),
    )
