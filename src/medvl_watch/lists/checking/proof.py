"""The proof that a mended list differs from the list by nothing but its faults.

What holds for every edit of a list (`proving/proof.py`) holds here, too: other lines are there
byte for byte, other entries are read and other blocks are shown as before. Beyond that, the
blocks that change are compared as a reader sees them. A change of words or of an address is
replaced by one odd character before rendering; if the list with these characters, filled with
the old values, shows what the list shows, and filled with the new ones what the mended list
shows, then the changes stand in plain text or in an address, and nothing else moved. A change
of brackets may turn text into links, but each word and each address stays. A removed entry must
still stand, word by word, among the others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from medvl_watch.lists.checking.findings import ChangeEffect, TextChange
from medvl_watch.lists.checking.rendered import (
    Piece,
    ShownBlock,
    address_as_rendered,
    addresses_in,
    rendered,
)
from medvl_watch.lists.parsing.document import parse, split_lines
from medvl_watch.lists.proving.hunks import Hunk
from medvl_watch.lists.proving.proof import ProposedEdit, prove

_FIRST_MARK = 0xF0000
_MOST_MARKS = 0xFFFD
_MARK = re.compile(f"[{chr(_FIRST_MARK)}-{chr(_FIRST_MARK + _MOST_MARKS)}]")
_MARK_IN_ADDRESS = re.compile(r"(?:%F3%B[0-9A-F]%[89AB][0-9A-F]%[89AB][0-9A-F])")
_BRACKETS = re.compile(r"[\[\]()\\\s]+")
_ADDRESS = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_LIKE_ADDRESS = re.compile(r"[^\s<>]*\.[^\s<>]*")
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
    hunks = _hunks_of(split_lines(text), changes)
    if hunks is None or not all(_keeps_its_words(text, change) for change in changes):
        return False
    removed = frozenset(
        number
        for hunk in hunks
        if hunk.new_start == hunk.new_end
        for number in range(hunk.start, hunk.end)
    )
    edit = ProposedEdit(before=parse(text), after=parse(after), hunks=hunks)
    return not prove(edit) and _is_shown_alike(text, after, changes, removed)


def _keeps_its_words(text: str, change: TextChange) -> bool:
    """Whether a change puts words in the place of words, and an address in that of an address."""
    old = text[change.start : change.end]
    match change.effect:
        case ChangeEffect.WORDS:
            return bool(change.text.strip()) or not any(map(str.isalnum, old))
        case ChangeEffect.ADDRESS:
            return bool(_ADDRESS.fullmatch(change.text)) and bool(_LIKE_ADDRESS.fullmatch(old))
        case ChangeEffect.BRACKETS:
            return not _BRACKETS.sub("", old + change.text)
        case ChangeEffect.ENTRY:
            return not change.text


def _hunks_of(lines: Sequence[str], changes: Sequence[TextChange]) -> list[Hunk] | None:
    """Which lines the changes touch, those in a row as one hunk, and which they remove; None
    where a change is neither within a line nor whole lines less."""
    starts = [0, *accumulate(len(line) for line in lines)]
    touched: set[int] = set()
    removed: set[int] = set()
    for change in changes:
        number = max(0, min(bisect_right(starts, change.start), len(lines)) - 1)
        text_end = starts[number] + len(lines[number].rstrip("\r\n")) if lines else 0
        if change.end <= text_end:
            touched.add(number)
        elif not change.text and change.start == starts[number]:
            while number < len(lines) and starts[number + 1] <= change.end:
                removed.add(number)
                number += 1
        else:
            return None
    shift = 0
    hunks: list[Hunk] = []
    for number in sorted(touched | removed):
        count = 0 if number in removed else 1
        at = number + shift
        last = hunks[-1] if hunks and count else None
        if last and last.end == number and last.new_start < last.new_end:
            hunks[-1] = replace(last, end=number + 1, new_end=at + 1)
        else:
            hunks.append(Hunk(start=number, end=number + 1, new_start=at, new_end=at + count))
        shift += count - 1
    return hunks


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


def _shown(blocks: Iterable[ShownBlock]) -> list[_Shown]:
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


def _differ_by_brackets_only(before: ShownBlock, after: ShownBlock) -> bool:
    if before.pieces == after.pieces:
        return before.kind == after.kind
    lost = Counter(addresses_in(before.pieces)) - Counter(addresses_in(after.pieces))
    return before.kind == after.kind and not lost and _written(before) == _written(after)


def _written(block: ShownBlock) -> str:
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


def _stand_elsewhere(text: str, kept: Iterable[ShownBlock], removed: frozenset[int]) -> bool:
    if not removed:
        return True
    words = {block.pieces for block in kept if block.pieces}
    return all(
        block.pieces in words
        for block in rendered(text)
        if block.pieces and block.lines and removed.issuperset(block.lines)
    )
