"""Changing spans of an entry's text without leaving loose ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TAIL = 40
"""Characters at the end of a text among which a loose separator is looked for."""

Span = tuple[int, int]
Change = tuple[int, int, str]

_LOOSE_SEPARATOR = re.compile(r"(?<![ \t])[ \t]*(?:[,;|/\u00b7\u2022+&]|\s[-\u2013\u2014])$")

_LEFT_COLON = re.compile(r"(?<=[)\]*])[ \t]*:$")
_EMPHASIS_OPENS = re.compile(r"(?:^|[\s\[(])\*{1,3}$")
_DIVIDER = re.compile(r"[ \t]([-\u2013\u2014|;,])[ \t]+$")
_DIVIDED = re.compile(r"[ \t]*([-\u2013\u2014|;,])[ \t]+")
_ENDS = re.compile(r"[ \t\\]*$|[ \t]*(?:\r?\n|<br)")


def apply(text: str, changes: Sequence[Change], removed: Sequence[Span]) -> str:
    """Exchange and remove spans, from the end; changes inside of what is removed are void."""
    gone = merged(removed)
    todo: list[tuple[int, int, str | None]] = [(start, end, None) for start, end in gone]
    todo += [
        (start, end, value)
        for start, end, value in changes
        if not any(a <= start and end <= b and a < b for a, b in gone)
    ]
    for start, end, value in sorted(todo, key=lambda change: change[:2], reverse=True):
        text = cut(text, start, end) if value is None else _exchanged(text, start, end, value)
    return text


def _exchanged(text: str, start: int, end: int, value: str) -> str:
    """A value that ends a sentence takes the template's full stop with it."""
    full_stop = text[end : end + 1] == "." and text[end : end + 2] != ".."
    return text[:start] + value + text[end + (full_stop and value[-1:] in ".?!") :]


def merged(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, those that overlap or touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def cut(text: str, start: int, end: int) -> str:
    """The text without a span, and without a separator that has nothing left to separate."""
    before, after = text[:start], text[end:]
    bare = before.rstrip(" \t")
    after = _without_second_divider(before, after)
    if _ENDS.match(after):
        kept = _without_separator(_without_end(_LEFT_COLON, bare))
        return kept + (after if re.match(r" {2,}\r?\n", after) else after.lstrip(" \t"))
    if after[0] in ")]}" and _without_separator(bare) != bare:
        return _without_separator(bare) + after
    if re.match(r"[ \t]*[.,;]", after):
        return _before_mark(bare, after.lstrip(" \t"))
    if _opens(bare) and re.match(r"[ \t]*:[ \t]", after):
        return before + after.lstrip(" \t:")
    if (len(bare) < len(before) or _opens(bare)) and after[0] in " \t":
        return before + after.lstrip(" \t")
    return (bare if after[0] in ":)]" else before) + after


def _without_separator(bare: str) -> str:
    return _without_end(_LOOSE_SEPARATOR, bare)


def _without_end(pattern: re.Pattern[str], text: str) -> str:
    """The text without what the pattern finds at its end. Only there is it looked for, since
    a text is cut many times."""
    tail = text[-_TAIL:]
    return text[: len(text) - len(tail)] + pattern.sub("", tail)


def _without_second_divider(before: str, after: str) -> str:
    """What follows a cut, without a divider that stands before it, too (`title - remark -
    venue`)."""
    one, two = _DIVIDER.search(before[-8:]), _DIVIDED.match(after)
    return after[two.end() :] if one and two and one[1] == two[1] else after


def _opens(bare: str) -> bool:
    """Whether something begins here: a line, brackets, emphasis."""
    return not bare or bare[-1] in "[(\n" or bool(_EMPHASIS_OPENS.search(bare[-4:]))


def _before_mark(bare: str, after: str) -> str:
    """Join where a full stop, comma or semicolon follows what was cut."""
    if _opens(bare):
        return bare + after.lstrip(".,; \t")
    if bare[-1] in ".,;:":
        return bare + after[1:]
    rest = _without_separator(bare)
    return rest + (after[1:] if rest.endswith((")", "]")) and not after[1:].strip() else after)
