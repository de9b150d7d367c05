"""The proof that a mended list differs from the list by nothing but its faults.

Twice over: by lines (each line that no change touches is there byte for byte, in order; no
section and no entry that was not removed begins elsewhere), and by what a renderer shows. A
change of words or of an address is replaced by one odd character before rendering; if the list
with these characters, filled with the old values, shows what the list shows, and filled with
the new ones what the mended list shows, then the changes stand in plain text or in an address,
and nothing else moved. A change of brackets may turn text into links, but each word and each
address stays. A removed entry must still stand, word by word, among the others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate

from medvl_watch.lists.checking.findings import ChangeEffect, TextChange
from medvl_watch.lists.checking.rendered import (
    Piece,
    RenderedBlock,
    address_as_rendered,
    addresses_in,
    rendered,
)
from medvl_watch.lists.parsing.document import parse, split_lines

_FIRST_MARK = 0xF0000
_MOST_MARKS = 0xFFFD
_MARK = re.compile(f"[{chr(_FIRST_MARK)}-{chr(_FIRST_MARK + _MOST_MARKS)}]")
_MARK_IN_ADDRESS = re.compile(r"(?:%F3%B[0-9A-F]%[89AB][0-9A-F]%[89AB][0-9A-F])")
_BRACKETS = re.compile(r"[\[\]()\\\s]+")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_ON_THE_SPOT = frozenset({ChangeEffect.WORDS, ChangeEffect.ADDRESS})

_Shown = tuple[str, tuple[Piece, ...]]


def apply(text: str, changes: Iterable[TextChange]) -> str:
    """The text with the changes made; they do not overlap."""
    parts: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda each: (each.start, each.end)):
        parts += (text[at : change.start], change.text)
        at = change.end
    return "".join((*parts, text[at:]))


def is_proved(text: str, after: str, changes: Sequence[TextChange]) -> bool:
    """Whether the changes, which lead from the text to `after`, alter nothing but the faults."""
    lines = split_lines(text)
    touched, removed = _lines_of(lines, changes)
    return (
        _is_same_elsewhere(lines, split_lines(after), touched, removed)
        and _shape(text, removed) == _shape(after, frozenset())
        and _is_shown_alike(text, after, changes, removed)
    )


# --- by lines -------------------------------------------------------------------------


def _is_same_elsewhere(
    before: Sequence[str], after: Sequence[str], touched: frozenset[int], removed: frozenset[int]
) -> bool:
    kept = [number for number in range(len(before)) if number not in removed]
    return len(kept) == len(after) and all(
        before[old] == after[new] for new, old in enumerate(kept) if old not in touched
    )


def _lines_of(
    lines: Sequence[str], changes: Sequence[TextChange]
) -> tuple[frozenset[int], frozenset[int]]:
    """Which lines (0-based) the changes touch, and which they remove."""
    touched: set[int] = set()
    removed: set[int] = set()
    starts = [0, *accumulate(len(line) for line in lines)]
    for change in changes:
        number = min(bisect_right(starts, change.start), len(lines)) - 1
        text_end = starts[number] + len(lines[number].rstrip("\r\n")) if lines else 0
        if change.end <= text_end:
            touched.add(number)
        elif not change.text and change.start == starts[number]:
            while number < len(lines) and starts[number + 1] <= change.end:
                removed.add(number)
                number += 1
    return frozenset(touched - removed), frozenset(removed)


def _shape(text: str, removed: frozenset[int]) -> list[tuple[int, str]]:
    """Where sections and entries begin, by the lines that stay."""
    document = parse(text)
    starts = [(section.line, section.kind) for section in document.sections]
    starts += [(entry.start, entry.unit.name) for entry in document.entries]
    numbers: dict[int, int] = {-1: -1}
    place = 0
    for number in range(len(document.lines)):
        if number not in removed:
            numbers[number] = place
            place += 1
    return sorted((numbers[line], kind) for line, kind in starts if line in numbers)


# --- by what a renderer shows ---------------------------------------------------------


def _is_shown_alike(
    text: str, after: str, changes: Sequence[TextChange], removed: frozenset[int]
) -> bool:
    on_the_spot = [change for change in changes if change.effect in _ON_THE_SPOT]
    between = apply(text, on_the_spot)
    return _only_values_differ(text, between, on_the_spot) and _only_brackets_differ(
        between, after, removed
    )


def _only_values_differ(text: str, after: str, changes: Sequence[TextChange]) -> bool:
    if not changes:
        return True
    if len(changes) > _MOST_MARKS or _MARK.search(text):
        return False
    marks = [
        TextChange(change.start, change.end, chr(_FIRST_MARK + number))
        for number, change in enumerate(changes)
    ]
    marked = _shown(rendered(apply(text, marks)))
    old = [text[change.start : change.end] for change in changes]
    new = [change.text for change in changes]
    effects = [change.effect for change in changes]
    return _filled(marked, old, effects) == _shown(rendered(text)) and _filled(
        marked, new, effects
    ) == _shown(rendered(after))


def _shown(blocks: Iterable[RenderedBlock]) -> list[_Shown]:
    return [(block.kind, block.pieces) for block in blocks]


def _filled(
    blocks: Iterable[_Shown], values: Sequence[str], effects: Sequence[ChangeEffect]
) -> list[_Shown]:
    """The blocks with each mark replaced by its value. Words that stand in an address are not
    filled in, so that nothing will equal them."""

    def in_text(found: re.Match[str]) -> str:
        return values[ord(found[0]) - _FIRST_MARK]

    def in_address(found: re.Match[str]) -> str:
        number = ord(bytes.fromhex(found[0].replace("%", "")).decode()) - _FIRST_MARK
        if not 0 <= number < len(values) or effects[number] is not ChangeEffect.ADDRESS:
            return found[0]
        return address_as_rendered(values[number])

    def filled(kind: str, value: str) -> Piece:
        if kind in {"link", "image"}:
            return kind, _MARK_IN_ADDRESS.sub(in_address, value)
        return kind, _MARK.sub(in_text, value)

    return [
        (block, tuple(piece for one in pieces if (piece := filled(*one)) != ("text", "")))
        for block, pieces in blocks
    ]


def _only_brackets_differ(text: str, after: str, removed: frozenset[int]) -> bool:
    if text == after:
        return True
    if removed and _LONE_RETURN.search(text):
        return False  # a renderer counts other lines than we do
    before = [b for b in rendered(text) if not b.lines or not removed.issuperset(b.lines)]
    now = rendered(after)
    return (
        len(before) == len(now)
        and all(map(_differ_by_brackets_only, before, now))
        and _stand_elsewhere(text, before, removed)
    )


def _differ_by_brackets_only(before: RenderedBlock, after: RenderedBlock) -> bool:
    if before.pieces == after.pieces:
        return before.kind == after.kind
    lost = Counter(addresses_in(before.pieces)) - Counter(addresses_in(after.pieces))
    return before.kind == after.kind and not lost and _written(before) == _written(after)


def _written(block: RenderedBlock) -> str:
    """The words and addresses of a block as they are written, without brackets and blanks."""
    written = ""
    address: list[str] = []
    for kind, value in block.pieces:
        if kind == "link":
            address.append(value)
        elif kind == "/link":
            written += address.pop() if address else ""
        else:
            written += value if kind in {"text", "code"} else f"<{kind}:{value}>"
    return _BRACKETS.sub("", written)


def _stand_elsewhere(text: str, kept: Iterable[RenderedBlock], removed: frozenset[int]) -> bool:
    if not removed:
        return True
    words = {block.pieces for block in kept if block.pieces}
    return all(
        block.pieces in words
        for block in rendered(text)
        if block.pieces and block.lines and removed.issuperset(block.lines)
    )
