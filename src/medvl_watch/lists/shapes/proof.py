"""Two tests of a new entry, on the rendered lines.

It must look like an entry that the list holds, once addresses, numbers and words are masked;
and each of its words must be the paper's, or stand in a quarter of the section's entries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from medvl_watch.lists.fields.dates_and_venues import ET_AL, MONTHS
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.shapes.constancy import FIXED_WORD
from medvl_watch.lists.shapes.learning import Shape
from medvl_watch.lists.shapes.parts import LINK_SLOTS, Part, PartKind
from medvl_watch.lists.style.facts import Facts
from medvl_watch.papers.years import YEAR_PATTERN

CONSTANT = 0.25
"""The share of a section's entries that must hold a word which is not the paper's."""

PLACEHOLDER_SHARE = 0.1

_SAME_YEAR = 0.9
"""The share of the entries near the place that must hold a year which is not the paper's."""

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)\]>\"'|]+")
_RUN = re.compile(
    r"[^\W_][\w\-\u2019'&:.?!/+\u2013\u2014]*(?:[ ,;]+[^\W_][\w\-\u2019'&:.?!/+\u2013\u2014]*)*"
)
_NOT_IN_TITLES = re.compile(r"[*_`\[\]|<>\\\u3000-\u303f\uff01-\uff5e]|\.\s+[A-Z]")
_WORD = re.compile(r"[^\W\d_]{2,}")


def mask(text: str, own: Sequence[str] = ()) -> str:
    """The text with what differs from paper to paper masked: `own` texts, addresses, numbers
    and runs of words. Blanks at the ends of lines and cells do not count."""
    text = text.lstrip(" \t")  # its indent is the neighbours'
    for word in sorted({w for w in own if w}, key=len, reverse=True):
        text = text.replace(word, "W")
    text = _ADDRESS.sub("U", text)
    text = _RUN.sub("W", re.sub(r"\d+", "0", text))
    text = re.sub(r"W(?:[ ,]+W)+", "W", text)
    return "\n".join(re.sub(r"[ \t]*\|[ \t]*", "|", line.rstrip()) for line in text.split("\n"))


def masked_forms(fields: Fields) -> set[str]:
    """An entry masked, with and without its authors masked first (`Ana Silva (MIT) et al.`). No
    other field is: one that we misread would hide what stands in it."""
    told = [(c.slot, fields.text[c.start : c.end]) for c in fields.claims]
    sure = [t for slot, t in told if slot is Slot.AUTHORS or (slot is Slot.TITLE and _is_plain(t))]
    return {mask(fields.text), mask(fields.text, sure)}


def _is_plain(title: str) -> bool:
    """Whether a title holds nothing that belongs to other fields: a year, names, mark-up."""
    return not (YEAR_PATTERN.search(title) or ET_AL.search(title) or _NOT_IN_TITLES.search(title))


def foreign_words(shape: Shape, paper: Facts, near: Sequence[Shape]) -> list[str]:
    """The words and years of a shape's fixed parts that are neither the paper's nor constant
    near the place, where each entry counts by its weight."""
    entries = _Entries.of(near)
    own = " ".join(
        [paper.title, paper.name, *paper.authors, paper.venue or "", paper.url or "",
         paper.code or "", paper.page or "", *MONTHS]
    ).casefold()  # fmt: skip
    years = {str(paper.year), str(paper.date[0]), *YEAR_PATTERN.findall(own)}
    found = []
    for number, part in enumerate(shape.parts):
        if part.kind not in {PartKind.WORD, PartKind.LABEL, PartKind.ADDRESS}:
            continue
        if part.kind is PartKind.LABEL and is_label(part.text):
            continue
        is_word = part.kind is PartKind.WORD
        least = PLACEHOLDER_SHARE if is_word and _is_alone(shape.parts, part) else CONSTANT
        found += [
            word
            for word in _WORD.findall(part.text)
            if word.casefold() not in own and entries.share(word, shape, number) < least
        ]
        found += [
            year
            for year in YEAR_PATTERN.findall(part.text)
            if year not in years and entries.share_of_all(year) < _SAME_YEAR
        ]
    return found


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries near a place: their fixed words, their fields, and their weights."""

    entries: tuple[tuple[frozenset[str], frozenset[Slot], float], ...]

    @classmethod
    def of(cls, shapes: Sequence[Shape]) -> _Entries:
        return cls(
            tuple(
                (_fixed_words(parts), frozenset(p.slot for p in parts if p.slot), sample.weight)
                for each in shapes
                for parts, sample in zip(each.examples, each.samples, strict=True)
            )
        )

    def share(self, word: str, shape: Shape, number: int) -> float:
        """How much of the entries that could have a part's word have it. A label and a badge go
        with the field beside them; what a list writes where it lacks a link, with the others."""
        word = word.casefold()
        if shape.parts[number].kind is not PartKind.WORD:
            beside = (frozenset({slot}) for slot in _beside(shape, number))
            shares = [self._share(word, slots.issubset) for slots in beside]
            return max(shares, default=self.share_of_all(word))
        links = shape.slots & LINK_SLOTS
        alike = self._share(word, lambda slots: slots & LINK_SLOTS == links)
        return max(self.share_of_all(word), alike if alike >= FIXED_WORD else 0.0)

    def share_of_all(self, word: str) -> float:
        return self._share(word, lambda _: True)

    def _share(self, word: str, could: Callable[[frozenset[Slot]], bool]) -> float:
        among = [(words, weight) for words, slots, weight in self.entries if could(slots)]
        total = sum(weight for _, weight in among)
        return sum(weight for words, weight in among if word in words) / total if total else 0.0


def _beside(shape: Shape, number: int) -> Iterator[Slot]:
    """The fields next to a part, before and behind it."""
    for side in (reversed(shape.parts[:number]), shape.parts[number + 1 :]):
        slot = next((part.slot for part in side if part.slot), None)
        if slot:
            yield slot


def _is_alone(parts: Sequence[Part], part: Part) -> bool:
    """Whether a word fills a cell, or a link's target: what a list writes where it knows
    nothing."""
    text = "".join(p.text for p in parts)
    word = re.escape(part.text)
    return bool(re.search(rf"\|[ \t]*{word}[ \t]*\||\]\({word}\)", text))


def _fixed_words(parts: Sequence[Part]) -> frozenset[str]:
    return frozenset(
        word.casefold()
        for part in parts
        if part.slot is None
        for word in (*_WORD.findall(part.text), *YEAR_PATTERN.findall(part.text))
    )
