"""Whether two entries of a list are one work.

Equal titles are the same paper; titles that differ in a number, a numeral, a sign or a name of
their own are parts, versions or relatives (`Part I`, `SemiSAM+`, `MMLU (Medicine)`). What the
entries say besides, such as authors, venues and other identifiers, may contradict equal titles
and never makes different titles equal.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry
from medvl_watch.lists.checking.contradictions import contradict
from medvl_watch.lists.checking.likeness import (
    bare_address,
    have_same_authors,
    identifiers_of,
    name_of,
)
from medvl_watch.lists.checking.title_words import TitleWords, is_mark, title_words
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.identifiers import title_key

_LONG_TITLE = 4
_ALIKE, _SOMEWHAT_ALIKE = 85, 70
"""Likeness of titles, 0 to 100, from which on entries with one identifier are one paper, or may
be."""


class Sameness(Enum):
    """What two entries are to each other."""

    SAME = "same"
    PERHAPS = "perhaps"
    RELATED = "related"
    OTHER = "other"


def sameness(one: CheckedEntry, other: CheckedEntry, usual: Counter[str]) -> Sameness:
    """What two entries are to each other. `usual` counts the words of all titles of the list,
    by which a typing error is distinguished from another word."""
    ours, theirs = title_words(one.title), title_words(other.title)
    if not ours.words or not theirs.words:
        return Sameness.OTHER
    shared = bool(identifiers_of(one) & identifiers_of(other))
    if not ours.has_marks_of(theirs):
        return _by_unmarked(ours, theirs)
    found = _by_titles(one, other, usual, shared=shared)
    if found is Sameness.SAME and contradict(one, other, len(ours.words)):
        return Sameness.PERHAPS
    return found


def _by_titles(
    one: CheckedEntry, other: CheckedEntry, usual: Counter[str], *, shared: bool
) -> Sameness:
    ours, theirs = title_words(one.title), title_words(other.title)
    length = min(len(ours.words), len(theirs.words))
    if one.key == other.key or ours.words == theirs.words:
        is_long = length >= _LONG_TITLE and len(one.key) >= 20
        alike = shared and fuzz.ratio(one.text, other.text) >= 90
        return Sameness.SAME if is_long or alike else Sameness.PERHAPS
    if length < _LONG_TITLE:
        return Sameness.RELATED if shared else Sameness.OTHER
    if ours.bare == theirs.bare and len(ours.bare) > _LONG_TITLE:
        named = ours.bare != ours.words and theirs.bare != theirs.words
        return Sameness.SAME if shared or not named else Sameness.PERHAPS
    likeness = fuzz.ratio(one.key, other.key) if shared else 0
    if likeness >= _ALIKE or _differ_by_a_slip(ours.words, theirs.words, usual):
        return Sameness.SAME
    if likeness >= _SOMEWHAT_ALIKE:
        return Sameness.SAME if _agree_besides(one, other) else Sameness.PERHAPS
    return Sameness.OTHER


def _agree_besides(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether entries with one identifier have the code, an author or the name in common: one
    title is the first one of the paper."""
    codes, names = (
        [title_key(each) for each in values]
        for values in (
            [bare_address(work.value(Slot.CODE)) for work in (one, other)],
            [name_of(work) for work in (one, other)],
        )
    )
    named = any(ours and ours == theirs for ours, theirs in (codes, names))
    return named or bool(have_same_authors(one, other))


def _by_unmarked(ours: TitleWords, theirs: TitleWords) -> Sameness:
    """Parts and versions of one work are related."""
    one, two = (
        {re.sub(r"\d+\w?$", "", word) for word in each.words if not is_mark(word)} - {""}
        for each in (ours, theirs)
    )
    return (
        Sameness.RELATED if len(one & two) >= 0.7 * max(len(one), len(two), 1) else Sameness.OTHER
    )


def _differ_by_a_slip(ours: tuple[str, ...], theirs: tuple[str, ...], usual: Counter[str]) -> bool:
    if len(ours) != len(theirs) or len(ours) <= _LONG_TITLE:
        return False
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return len(differing) == 1 and is_slip(*differing[0], usual)


def is_slip(one: str, other: str, usual: Counter[str]) -> bool:
    """Whether one of two words is the other misspelt, or in the plural."""
    if is_mark(one) or is_mark(other):
        return False
    if one.rstrip("s") == other.rstrip("s"):
        return True
    shorter = min(len(one), len(other))
    distance = OSA.distance(one, other, score_cutoff=2)
    rare = min(usual[one], usual[other]) <= 1
    return rare and ((shorter >= 7 and distance == 1) or (shorter >= 9 and distance == 2))
