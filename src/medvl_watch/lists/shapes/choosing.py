"""A new entry: the commonest shape of the place whose fields are all known, filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.tables import pipes
from medvl_watch.lists.shapes.learning import Shape
from medvl_watch.lists.shapes.links import without_footnote, without_links
from medvl_watch.lists.shapes.parts import LINK_SLOTS, PartKind
from medvl_watch.lists.shapes.ranking import USUAL, has_coined_name, rank_of
from medvl_watch.lists.shapes.rows import (
    candidates,
    columns_of,
    is_only_a_link,
    join_cells,
    placeholder_of,
    with_placeholder,
)
from medvl_watch.lists.shapes.style import WritingStyle
from medvl_watch.lists.shapes.values import Lacking, label_fits, value_of
from medvl_watch.lists.style.facts import Facts

_BRACKETS = re.compile(r"[\\\[\]()\s]")
_MOST_DRAFTS = 10


@dataclass(frozen=True, slots=True)
class Written:
    """A new entry's text, and the shape it is an instance of; a table's row may be put together
    `by_cells`."""

    text: str
    shape: Shape
    values: tuple[str, ...] = ()
    by_cells: bool = False

    @property
    def is_put_together(self) -> bool:
        """Whether no single entry near the place has its shape."""
        return self.by_cells or self.shape.is_derived


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that cannot be written: the line with a mark for each thing that is missing,
    and what that is, in plain words."""

    text: str
    lacking: tuple[str, ...]


def ways_to_write(
    shapes: Sequence[Shape], paper: Facts, style: WritingStyle, running: int | None = None
) -> Iterator[Written]:
    """The entries that could be written, the best first: instances of shapes that the place
    shows, of these without a link that the paper lacks, and a row put together cell by cell."""
    usable = usable_of(shapes)
    common = [s for s in [*usable, *_mended(usable)] if s.is_common and s.is_known]
    ranked = sorted(common, key=lambda shape: rank_of(shape, paper, usable, style), reverse=True)
    derived = _derived(ranked, [s for s in usable if s.is_common], paper, style)
    results = [fill(shape, paper, style, usable, running) for shape in chain(ranked, derived)]
    if usable and usable[0].sample.entry.unit.has_cells:
        results.append(_by_cells(shapes, paper, style, running))
    written = [each for each in results if isinstance(each, Written)]
    if paper.name and _names_have_a_cell(usable):
        written.sort(key=lambda each: _untold(each.shape, paper))
    yield from written


def _untold(shape: Shape, paper: Facts) -> tuple[bool, int]:
    """Whether a row leaves out the paper's name, and how many of its links."""
    links = {Slot.CODE: paper.code, Slot.PAGE: paper.page}
    untold = sum(bool(url) and slot not in shape.slots for slot, url in links.items())
    return Slot.NAME not in shape.slots, untold


def _names_have_a_cell(shapes: Sequence[Shape]) -> bool:
    """Whether four of five rows whose papers have a coined name tell it by itself."""
    if not shapes or not shapes[0].sample.entry.unit.has_cells:
        return False
    named = told = 0.0
    for shape in shapes:
        for parts, sample in zip(shape.examples, shape.samples, strict=True):
            has_name = has_coined_name(parts)
            named += sample.weight * has_name
            told += sample.weight * (has_name and Slot.NAME in shape.slots)
    return told > 0 and told >= USUAL * named


def usable_of(shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes that show where a title or a short name goes."""
    return [shape for shape in shapes if shape.slots & {Slot.TITLE, Slot.NAME}]


def draft_of(
    shapes: Sequence[Shape], paper: Facts, style: WritingStyle, running: int | None = None
) -> Draft:
    """The line with the least to be added by a person."""
    usable = usable_of(shapes)
    best = _best_draft(usable, paper, style, running)
    if not usable[0].sample.entry.unit.has_cells:
        return best
    composed = _by_cells(shapes, paper, style, running)
    drafts = [composed, best] if isinstance(composed, Draft) else [best]
    return min(drafts, key=lambda draft: len(draft.lacking) or 99)


def _mended(shapes: Sequence[Shape]) -> list[Shape]:
    """Shapes whose brackets are whole, with the weight of those that differ from them only by
    a bracket too many or too few."""
    broken = [shape for shape in shapes if not shape.is_balanced]
    found = []
    for shape in shapes:
        if not shape.is_balanced:
            continue
        loose = _BRACKETS.sub("", shape.key)
        alike = [each for each in broken if _BRACKETS.sub("", each.key) == loose]
        if alike:
            share = shape.share + sum(each.share for each in alike)
            found.append(replace(shape, share=share, family_share=max(share, shape.family_share)))
    return found


def _derived(
    ranked: Sequence[Shape], common: Sequence[Shape], paper: Facts, style: WritingStyle
) -> Iterator[Shape]:
    """Shapes of the place without the links that the paper lacks, and without footnotes."""
    lacking = [] if paper.code or (paper.page and style.code_takes_pages) else [Slot.CODE]
    lacking += [] if paper.page else [Slot.PAGE]
    for shape in ranked:
        found = without_links(shape, lacking)
        if found:
            yield found
    for shape in common:
        found = without_footnote(shape)
        if found:
            yield found
            again = without_links(found, lacking)
            if again:
                yield again


def _by_cells(
    shapes: Sequence[Shape], paper: Facts, style: WritingStyle, running: int | None
) -> Written | Draft:
    """A row in which each cell is as other rows have it, and unknown as they write that."""
    cells: list[Shape] = []
    placeholder = placeholder_of(shapes)
    for column in columns_of(shapes):
        found = candidates(column, tells_links=True)
        fitting = [
            shape
            for shape in found
            if isinstance(fill(shape, paper, style, shapes, running), Written)
        ]
        chosen = (fitting or found or column)[0]
        if not fitting and found and is_only_a_link(chosen):
            chosen = with_placeholder(chosen, placeholder)
        cells.append(chosen)
    row = join_cells(cells)
    if not row.slots & {Slot.TITLE, Slot.NAME} or (paper.url and Slot.PAPER not in row.slots):
        return Draft("", ())
    result = fill(row, paper, style, shapes, running)
    return replace(result, by_cells=True) if isinstance(result, Written) else result


def _best_draft(
    shapes: Sequence[Shape], paper: Facts, style: WritingStyle, running: int | None
) -> Draft:
    """The line with the least to be added, of the shapes that are common where some are."""
    common = [s for s in shapes if s.is_common] or shapes
    ranked = sorted(common, key=lambda shape: rank_of(shape, paper, shapes, style), reverse=True)
    results = [fill(shape, paper, style, shapes, running) for shape in ranked[:_MOST_DRAFTS]]
    drafts = [each for each in results if isinstance(each, Draft)]
    if not drafts:
        return Draft(results[0].text, ())
    return min(drafts, key=lambda draft: len(draft.lacking))


def fill(
    shape: Shape, paper: Facts, style: WritingStyle, shapes: Sequence[Shape], running: int | None
) -> Written | Draft:
    """The shape with the paper's fields in it."""
    out: list[str] = []
    values: list[str] = []
    lacking: list[str] = []
    for number, part in enumerate(shape.parts):
        if part.kind is PartKind.UNKNOWN:
            lacking.append(_unknown(shape, number))
            out.append("\u2026")
            continue
        if part.slot is None:
            out.append(part.text)
            continue
        try:
            text = value_of(shape, number, paper, style, running)
        except Lacking as problem:
            lacking.append(str(problem))
            out.append("\u2026")
            continue
        if part.slot in LINK_SLOTS and not label_fits(shape, number, text, shapes):
            lacking.append(f"label for {text}")
        out.append(text)
        if part.slot not in LINK_SLOTS:
            values.append(text)
    text = _joined(out)
    if lacking:
        return Draft(text, tuple(dict.fromkeys(lacking)))
    return Written(text, shape, tuple(values))


def _unknown(shape: Shape, number: int) -> str:
    """What nobody but the maintainer knows: a table's column, or a remark."""
    entry = shape.sample.entry
    if entry.unit.has_cells:
        text = "".join(part.text for part in shape.parts[:number])
        cell = len(pipes(text)) - text.lstrip().startswith("|")
        if 0 <= cell < len(entry.columns) and entry.columns[cell]:
            return f"\u201c{entry.columns[cell]}\u201d"
    remark = " ".join(shape.parts[number].text.split())
    return f"a remark such as \u201c{remark[:60]}\u201d"


def _joined(pieces: Sequence[str]) -> str:
    """The pieces in one text; a value that ends a sentence takes the shape's full stop."""
    text = ""
    for piece in pieces:
        doubled = piece == "." and text[-1:] in {".", "?", "!"}
        quoted = piece[:1] in {'"', "\u201c"} and text.endswith(piece[:1])
        text += "" if doubled else piece[quoted:]
    return text
