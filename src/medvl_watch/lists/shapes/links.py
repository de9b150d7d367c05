"""A shape without a link that a paper lacks, where every entry of a place has one.

Papers without code, and those without a page of their own, are papers all the same: the link
goes with its label, its brackets and what divides it from what stands before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.slots import with_enclosing_marks
from medvl_watch.lists.parsing.markup import LINK
from medvl_watch.lists.shapes.learning import Shape, key_of
from medvl_watch.lists.shapes.parts import Part, PartKind

_WITH_CODE = frozenset({Slot.CODE, Slot.REPOSITORY, Slot.REPOSITORY_NAME})
_DIVIDER = re.compile(
    r"(?:<br\s*/?>)?[ \t]*(?:[,;|/&+\u00b7\u2022\u2013-][ \t]*)?"
    r"(?:(?:[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?|:[a-z_]+:)[ \t]*)?$"
)
_BARE_LINE = re.compile(r"[ \t]*(?:[-*+][ \t]*)?(?:[A-Z][a-z]+:)?[ \t\\]*")
_FOOTNOTE = re.compile(r"[ \t]*\[\^[^\]\n]*\]")


def without_links(shape: Shape, lacking: Sequence[Slot]) -> Shape | None:
    """The shape without the links to code or a page that a paper lacks; None where they cannot
    be taken out cleanly."""
    found: Shape | None = shape
    for slot in lacking:
        if found is not None and slot in found.slots:
            found = _without(found, slot)
    return found if found is not shape else None


def without_footnote(shape: Shape) -> Shape | None:
    """The shape without a footnote's mark, which leads to a note on another paper."""
    text = "".join(part.text for part in shape.parts)
    note = _FOOTNOTE.search(text)
    return _cut(shape, *note.span()) if note else None


def _without(shape: Shape, slot: Slot) -> Shape | None:
    text = "".join(part.text for part in shape.parts)
    at = 0
    address = -1
    for part in shape.parts:
        if part.slot is slot and address < 0:
            address = at
        at += len(part.text)
    link = next((m for m in LINK.finditer(text) if m.start() <= address < m.end()), None)
    if link is None or shape.sample.entry.unit.is_html:
        return None
    start, end = with_enclosing_marks(text, *link.span())
    has_cells = shape.sample.entry.unit.has_cells
    floor = text.rfind("|", 0, start) + 1 if has_cells else 0
    divider = _DIVIDER.search(text[:start], floor)
    start = divider.start() if divider else start
    if has_cells and _is_bare_cell(text[:start], text[end:]):
        return None  # what a table writes there is the table's to say
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    if line and _BARE_LINE.fullmatch(text[line:start] + text[end:stop]):
        start, end = line - 1, stop
    return _cut(shape, start, end)


def _is_bare_cell(before: str, after: str) -> bool:
    return before.rstrip().endswith("|") and after.lstrip().startswith("|")


def _cut(shape: Shape, start: int, end: int) -> Shape | None:
    """The shape without a span of its text; None if fields beside the link stand in it."""
    kept: list[Part] = []
    at = 0
    for part in shape.parts:
        stop = at + len(part.text)
        if at >= end or stop <= start:
            kept.append(part)
        elif at < start or stop > end:
            if part.slot or part.kind is PartKind.UNKNOWN:
                return None
            head, tail = part.text[: max(0, start - at)], part.text[max(0, end - at) :]
            kept.append(replace(part, text=head + tail if stop > end else head))
        elif part.slot and part.slot not in _WITH_CODE | {Slot.PAGE}:
            return None
        at = stop
    parts = tuple(kept)
    return replace(
        shape, parts=parts, key=key_of(parts, shape.sample.entry.unit), examples=(parts,),
        samples=(shape.sample,), is_derived=True,
    )  # fmt: skip
