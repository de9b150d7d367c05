"""A new entry: the commonest shape of the place whose fields are all known, filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from medvl_watch.lists.fields.names import short_name
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.tables import pipes
from medvl_watch.lists.shapes.learning import Shape, family_of
from medvl_watch.lists.shapes.links import without_footnote, without_links
from medvl_watch.lists.shapes.parts import LINK_SLOTS, Part, PartKind
from medvl_watch.lists.shapes.rows import (
    candidates,
    columns_of,
    is_only_a_link,
    join_cells,
    placeholder_of,
    with_placeholder,
)
from medvl_watch.lists.shapes.style import WritingStyle
from medvl_watch.lists.shapes.values import Lacking, label_fits, text_of, value_of
from medvl_watch.lists.style.facts import Facts
from medvl_watch.papers.addresses import is_preprint_address
from medvl_watch.papers.preprint_names import is_preprint_name

_BRACKETS = re.compile(r"[\\\[\]()\s]")
_MOST_DRAFTS = 10
_LEAST_OF_KIND = 4
_USUAL = 0.8
_SYMBOL = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f]|:[a-z_]+:")


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
    for shape in chain(ranked, derived):
        result = fill(shape, paper, style, usable, running)
        if isinstance(result, Written):
            yield result
    if usable and usable[0].sample.entry.unit.has_cells:
        composed = _by_cells(shapes, paper, style, running)
        if isinstance(composed, Written):
            yield composed


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


def rank_of(
    shape: Shape, paper: Facts, shapes: Sequence[Shape], style: WritingStyle
) -> tuple[float, ...]:
    """How well a shape suits what is known of a paper: what links it has first, then whether
    published papers or preprints are written so, then how common it is."""
    slots = shape.slots
    for_page = Slot.PAGE in slots or (style.code_takes_pages and not paper.code)
    wants_code = bool(paper.code or (paper.page and style.code_takes_pages))
    links = (wants_code == (Slot.CODE in slots)) + 0.5 * (bool(paper.page) == for_page)
    return (
        float(Slot.PAPER in slots or not paper.url),
        links,
        float(shape.is_balanced),
        -_marks_by_hand(shape, shapes),
        _venue_fit(shape, paper, shapes),
        float(_is_usual_for_kind(shape, paper, shapes)),
        shape.share,
    )


def _is_usual_for_kind(shape: Shape, paper: Facts, shapes: Sequence[Shape]) -> bool:
    """Whether four of five entries with the same links whose papers have a coined name, or of those
    whose papers have none, have a shape: some lists write the two in different ways."""
    own = total = 0.0
    seen = 0
    links = shape.slots & LINK_SLOTS
    for each in (each for each in shapes if each.slots & LINK_SLOTS == links):
        alike = sum(_has_coined_name(parts) == bool(paper.name) for parts in each.examples)
        weight = each.share * alike / len(each.examples)
        total += weight
        own += weight * (each is shape)
        seen += alike * (each is shape)
    return seen >= _LEAST_OF_KIND and own >= _USUAL * total


def _has_coined_name(parts: Sequence[Part]) -> bool:
    name = text_of(parts, Slot.NAME)
    return any(map(str.isalpha, name)) or bool(short_name(text_of(parts, Slot.TITLE), ""))


def _venue_fit(shape: Shape, paper: Facts, shapes: Sequence[Shape]) -> float:
    """Whether entries of this shape are of the paper's kind: 1 where they are, else less."""
    named, bare = _preprints_in(shapes)
    if Slot.VENUE not in shape.slots:
        published = bool(paper.venue) and not paper.preprint
        return 0.3 if published else 1.0 if bare >= named else 0.5
    family = family_of(shape.parts)
    alike = [each for each in shapes if family_of(each.parts) == family]
    venues = [text_of(parts, Slot.VENUE) for each in alike for parts in each.examples]
    preprints = sum(map(is_preprint_name, venues)) / len(venues)
    if paper.preprint or not paper.venue:
        return 1.0 if preprints else 0.4
    return 1.0 if preprints < 1 else 0.4


def _preprints_in(shapes: Sequence[Shape]) -> tuple[float, float]:
    """How much of a place names the preprint server as a venue, and how much has a link to it
    without a venue."""
    named = bare = 0.0
    for shape in shapes:
        weight = shape.share / len(shape.examples)
        for parts in shape.examples:
            venue = text_of(parts, Slot.VENUE)
            named += weight * is_preprint_name(venue)
            bare += weight * (not venue and is_preprint_address(text_of(parts, Slot.PAPER)))
    return named, bare


def _marks_by_hand(shape: Shape, shapes: Sequence[Shape]) -> float:
    """The symbols (stars, flames) without which the shape would be another one of the place:
    somebody puts them there by hand."""
    if not _SYMBOL.search(shape.key):
        return 0
    bare = _bare(shape.key)
    plain = {re.sub(r"\s+", "", each.key) for each in shapes if each is not shape}
    return len(_SYMBOL.findall(shape.key)) if bare in plain else 0


def _bare(key: str) -> str:
    return re.sub(r"\s+", "", _SYMBOL.sub("", key))


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
