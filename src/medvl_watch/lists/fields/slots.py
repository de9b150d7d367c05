"""Fields of an entry as spans of its own text, and the reading that collects them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from medvl_watch.lists.parsing.markup import plain

MASK = "\ue000"
"""Stands, in a reading's masked text, for every character that no field may be read from."""

_PAIRS = {"[": "]", "(": ")", "*": "*", "`": "`", "_": "_", "{": "}", "\u3010": "\u3011"}
_PAIRS["\uff08"] = "\uff09"


class Slot(StrEnum):
    """A field of an entry that differs from paper to paper."""

    NUMBER = "number"
    TITLE = "title"
    NAME = "name"
    VENUE = "venue"
    YEAR = "year"
    DATE = "date"
    STAMP = "stamp"
    AUTHORS = "authors"
    PAPER = "paper"
    CODE = "code"
    PAGE = "page"
    ARXIV = "arxiv id"
    REPOSITORY = "repository"
    REPOSITORY_NAME = "repository name"
    IDENTIFIER = "identifier"
    SCHOLAR = "scholar id"
    QUERY = "query"
    SERVER = "server"
    TEXT = "text"

    @property
    def variable(self) -> str:
        """What configured templates call the field."""
        return self.value.replace(" ", "_")


@dataclass(frozen=True, slots=True)
class FieldSpan:
    """A field's span, and the span that goes with it when it is left out (`outer`)."""

    start: int
    end: int
    slot: Slot
    outer: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fields:
    """An entry's text with its claims in order; claims never overlap."""

    text: str
    claims: tuple[FieldSpan, ...]

    def claim(self, slot: Slot) -> FieldSpan | None:
        """The first span of a field, which is the paper's; later ones are other papers' or
        remarks."""
        return next((claim for claim in self.claims if claim.slot is slot), None)

    def first(self, slot: Slot) -> str | None:
        """The text of the first span of a field."""
        claim = self.claim(slot)
        return self.text[claim.start : claim.end] if claim else None

    @property
    def title(self) -> str:
        """The title as a reader sees it, or the name that stands in its place; may be empty."""
        return plain(self.first(Slot.TITLE) or self.first(Slot.NAME) or "")

    @property
    def slots(self) -> frozenset[Slot]:
        return frozenset(claim.slot for claim in self.claims)


@dataclass(slots=True)
class FieldReader:
    """An entry while it is read. `masked` has the length of `text`, with markup hidden."""

    text: str
    masked: str
    claims: list[FieldSpan] = field(default_factory=list)

    def free(self, start: int, end: int) -> bool:
        return not any(c.start < end and start < c.end for c in self.claims)

    def claim(self, start: int, end: int, slot: Slot, outer: tuple[int, int] | None = None) -> None:
        """Claim a span, unless something in it is claimed already."""
        if self.free(start, end):
            outer = outer or with_enclosing_marks(self.text, start, end)
            self.claims.append(FieldSpan(start, end, slot, outer))

    def has(self, slot: Slot) -> bool:
        return any(c.slot is slot for c in self.claims)

    def hide(self, start: int, end: int) -> None:
        self.masked = self.masked[:start] + MASK * (end - start) + self.masked[end:]

    def free_parts(self, start: int, end: int) -> list[tuple[int, int]]:
        """What is left of a span between the claims in it."""
        parts = []
        for claim in sorted(self.claims, key=lambda c: c.start):
            if claim.end <= start or claim.start >= end:
                continue
            parts.append((start, claim.start))
            start = claim.end
        parts.append((start, end))
        return [(a, b) for a, b in parts if b > a]


_QUOTES = frozenset({'"', "\u201c", "\u201d"})


def hidden(pattern: re.Pattern[str], text: str) -> str:
    """The text with what the pattern finds masked, every other character where it was."""
    return pattern.sub(lambda match: MASK * len(match[0]), text)


def with_enclosing_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """The span grown over the brackets and emphasis that hold nothing else."""
    while start > 0 and end < len(text):
        if start > 1 and text[start - 2 : start] == "\\[" and text[end] == "]":
            start, end = start - 2, end + 1
        elif _PAIRS.get(text[start - 1]) == text[end]:
            start, end = start - 1, end + 1
        else:
            break
    return start, end


def without_emphasis(text: str) -> tuple[int, int]:
    """The span of a label without blanks, emphasis, quotes and a full stop around it; a quotation
    mark that has its partner within stays."""
    kept = text.lstrip(' \t\n*_`"\u201c')
    start = len(text) - len(kept)
    end = start + len(kept.rstrip(' \t\n*_`"\u201d.,;:'))
    inner = text[start:end]
    if text[start - 1 : start] in _QUOTES and inner.count('"') % 2 + inner.count("\u201d") == 1:
        start -= 1
    elif text[end : end + 1] in _QUOTES and inner.count('"') % 2 + inner.count("\u201c") == 1:
        end += 1
    return start, end
