"""Strips text of the characters that a reader does not see but a machine acts upon.

Titles and abstracts come from strangers. Control characters forge log lines, bidirectional
marks reorder what a reviewer reads, and tag characters smuggle text to language models.
Unicode categories alone do not find all of them, hence the list of blank letters.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
_VARIATION_SELECTORS = frozenset(
    chr(point) for point in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
)
_LINE_ENDS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
_MARKS_PER_LETTER = 2
_ELLIPSIS = "…"


class CleanText(NamedTuple):
    """One line of visible text, and how many characters were taken out of it."""

    text: str
    removed: int


def clean(text: str, limit: int | None = None) -> CleanText:
    """`text` on one line, in NFC, without hidden characters, at most `limit` code points.

    White space of any kind becomes single blanks and does not count as removed.
    """
    kept: list[str] = []
    removed = marks = 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char in _LINE_ENDS or category.startswith("Z"):
            kept.append(" ")
            marks = 0
            continue
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if _is_hidden(char, category, kept) or marks > _MARKS_PER_LETTER:
            removed += 1
            continue
        kept.append(char)
    # Taking a character out may bring together what composes.
    line = unicodedata.normalize("NFC", " ".join("".join(kept).split()))
    return CleanText(shorten(line, limit), removed)


def shorten(text: str, limit: int | None) -> str:
    """`text`, or its beginning and an ellipsis where it is longer than `limit`."""
    if limit is None or len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + _ELLIPSIS


def _is_hidden(char: str, category: str, before: list[str]) -> bool:
    if char in _VARIATION_SELECTORS:
        return not before or unicodedata.category(before[-1]) != "So"
    return category in _DROPPED_CATEGORIES or char in _BLANK_LETTERS
