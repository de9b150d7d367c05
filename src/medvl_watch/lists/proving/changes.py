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
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from markdown_it.common.utils import unescapeAll

from medvl_watch.lists.parsing.document import parse, split_lines
from medvl_watch.lists.proving.blocks import renderer
from medvl_watch.lists.proving.hunks import Hunk
from medvl_watch.lists.proving.inline import Mark, addresses_in, read_marks
from medvl_watch.lists.proving.proof import ProposedEdit, prove
from medvl_watch.lists.proving.rendering import render

_FIRST_MARK = 0xF0000
_MOST_MARKS = 0xFFFD
_MARK = re.compile(f"[{chr(_FIRST_MARK)}-{chr(_FIRST_MARK + _MOST_MARKS)}]")
_MARK_IN_ADDRESS = re.compile(r"(?:%F3%B[0-9A-F]%[89AB][0-9A-F]%[89AB][0-9A-F])")
_BRACKETS = re.compile(r"[\[\]()\\\s]+")
_ADDRESS = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_LIKE_ADDRESS = re.compile(r"[^\s<>]*\.[^\s<>]*")
_WITH_TEXT = frozenset({"paragraph", "heading", "td", "th"})
_END_OF_LINK: Mark = ("close", "a")
_RENDERER = renderer()


class ChangeEffect(StrEnum):
    """What a change may alter for a reader of the rendered list."""

    WORDS = "words"
    """The changed characters themselves, where they stand in the text."""
    ADDRESS = "address"
    """Where one link leads."""
    BRACKETS = "brackets"
    """Brackets and backslashes, and what was meant as a link becomes one."""
    ENTRY = "entry"
    """An entry goes that still stands, word by word, elsewhere."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """Characters `start` up to `end` of the text become `text`.

    A change stays inside one line, or removes whole lines (`text` is empty and the span
    reaches from a line's first character to behind an end of line).
    """

    start: int
    end: int
    text: str
    effect: ChangeEffect = ChangeEffect.WORDS


def apply(text: str, changes: Iterable[TextChange]) -> str:
    """The text with the changes made; they do not overlap."""
    parts: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda each: (each.start, each.end)):
        parts += (text[at : change.start], change.text)
        at = change.end
    return "".join((*parts, text[at:]))


def prove_changes(text: str, after: str, changes: Sequence[TextChange]) -> bool:
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
    on_the_spot = [
        change for change in changes if change.effect in {ChangeEffect.WORDS, ChangeEffect.ADDRESS}
    ]
    between = apply(text, on_the_spot)
    return _only_values_differ(text, between, on_the_spot) and _only_brackets_differ(
        between, after, removed
    )


@dataclass(frozen=True, slots=True)
class _ShownBlock:
    """A block as a reader sees it: its kind, its text as marks, and its lines."""

    kind: str
    marks: tuple[Mark, ...]
    lines: range

    @property
    def shown(self) -> tuple[str, tuple[Mark, ...]]:
        return self.kind, self.marks


@lru_cache(maxsize=4)
def _shown_blocks(text: str) -> tuple[_ShownBlock, ...]:
    """The blocks of a text in order, those that hold others before what they hold."""
    lines = split_lines(text)
    rendering = render(lines)
    found: list[_ShownBlock] = []
    for top in rendering.blocks(0, len(lines)):
        for block in top.walk():
            marks: list[Mark] = []
            if block.kind in _WITH_TEXT and block.content is not None:
                marks = _joined(read_marks(block.content, rendering.definitions))
            elif block.content:
                marks = [("raw", block.content)]
            kind = f"{block.kind} {block.detail}"
            found.append(_ShownBlock(kind, tuple(marks), range(block.start, block.end)))
    return tuple(found)


def _joined(marks: Iterable[Mark]) -> list[Mark]:
    """The marks with pieces of text that follow each other as one, escaped or not."""
    found: list[Mark] = []
    for kind, value in marks:
        if kind in {"text", "escaped"}:
            if found and found[-1][0] == "text":
                found[-1] = ("text", found[-1][1] + value)
            elif value:
                found.append(("text", value))
        else:
            found.append((kind, value))
    return found


def _address_as_rendered(url: str) -> str:
    """An address written in a list, as a link's target."""
    return _RENDERER.normalizeLink(unescapeAll(url))


def _only_values_differ(text: str, after: str, changes: Sequence[TextChange]) -> bool:
    if not changes:
        return True
    if len(changes) > _MOST_MARKS or _MARK.search(text):
        return False
    marks = [
        TextChange(change.start, change.end, chr(_FIRST_MARK + number))
        for number, change in enumerate(changes)
    ]
    marked = _shown_blocks(apply(text, marks))
    old = [text[change.start : change.end] for change in changes]
    new = [change.text for change in changes]
    effects = [change.effect for change in changes]
    return all(
        _filled(marked, values, effects) == [block.shown for block in _shown_blocks(each)]
        for values, each in ((old, text), (new, after))
    )


def _filled(
    blocks: Iterable[_ShownBlock], values: Sequence[str], effects: Sequence[ChangeEffect]
) -> list[tuple[str, tuple[Mark, ...]]]:
    """The blocks with each mark replaced by its value. Words that stand in an address are not
    filled in, so that nothing will equal them."""

    def in_text(found: re.Match[str]) -> str:
        return values[ord(found[0]) - _FIRST_MARK]

    def in_address(found: re.Match[str]) -> str:
        number = ord(bytes.fromhex(found[0].replace("%", "")).decode()) - _FIRST_MARK
        if not 0 <= number < len(values) or effects[number] is not ChangeEffect.ADDRESS:
            return found[0]
        return _address_as_rendered(values[number])

    def filled(kind: str, value: str) -> Mark:
        if kind in {"link", "image"}:
            return kind, _MARK_IN_ADDRESS.sub(in_address, value)
        return kind, _MARK.sub(in_text, value)

    return [
        (block.kind, tuple(mark for one in block.marks if (mark := filled(*one)) != ("text", "")))
        for block in blocks
    ]


def _only_brackets_differ(text: str, after: str, removed: frozenset[int]) -> bool:
    if text == after:
        return True
    before = [b for b in _shown_blocks(text) if not b.lines or not removed.issuperset(b.lines)]
    now = _shown_blocks(after)
    return (
        len(before) == len(now)
        and all(map(_differ_by_brackets_only, before, now))
        and _stand_elsewhere(text, before, removed)
    )


def _differ_by_brackets_only(before: _ShownBlock, after: _ShownBlock) -> bool:
    if before.marks == after.marks:
        return before.kind == after.kind
    lost = Counter(addresses_in(before.marks)) - Counter(addresses_in(after.marks))
    return before.kind == after.kind and not lost and _written(before) == _written(after)


def _written(block: _ShownBlock) -> str:
    """The words and addresses of a block as they are written, without brackets and blanks."""
    written = ""
    address: list[str] = []
    for kind, value in block.marks:
        if kind == "link":
            address.append(value)
        elif (kind, value) == _END_OF_LINK:
            written += address.pop() if address else ""
        else:
            written += value if kind in {"text", "code"} else f"<{kind}:{value}>"
    return _BRACKETS.sub("", written)


def _stand_elsewhere(text: str, kept: Iterable[_ShownBlock], removed: frozenset[int]) -> bool:
    if not removed:
        return True
    words = {block.marks for block in kept if block.marks}
    return all(
        block.marks in words
        for block in _shown_blocks(text)
        if block.marks and block.lines and removed.issuperset(block.lines)
    )
