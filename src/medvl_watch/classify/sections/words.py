"""Reduces the words of titles and headings to stems: `Segmenting` and `segmentation` agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

LONGEST = 4_000
"""The number of characters of a text that are read: about two long abstracts."""

_WORD = re.compile(r"[^\W_]+")
_NAME_PART = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]{2,}")
_LONGEST_WORD = 40
_SHORTEST_NAME_PART = 3
_SHORTEST_STEM = 4
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at based be by can do does for from how in into is it its of on or our s"
        " so that the their this to towards toward using use via we what when with without through"
        " under than these those not no new novel approach method methods paper papers arxiv et al",
    )
)
_ENDINGS = tuple(
    sorted(
        re.findall(
            r"\w+",
            "izations isations ization isation ications ication ations ation itions ition utions"
            " ution ions ion ically ical ings ing izing ising ized ised izes ises ize ise ments"
            " ment ness ators ator atings ating atives ative ive ates ated ate ers er ed ies ied"
            " ifications ification ifiers ifier ifies ified ifying ify ics ic als al ly ability"
            " able ibility ible es s e y",
        ),
        key=len,
        reverse=True,
    )
)
_NOT_STEMMED = frozenset({"general", "generals", "news", "series", "species"})
"""Words whose stem would be that of an unrelated word: *general* and *generation*."""


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending, if four letters or more are left; a shorter word only loses
    its plural s."""
    if word in _NOT_STEMMED:
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    if len(word) >= _SHORTEST_STEM and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _words(text: str) -> Iterable[str]:
    return (
        word
        for word in _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST]))
        if len(word) < _LONGEST_WORD
    )


def stems(text: str) -> list[str]:
    """The stems of the words of a text in their order, without stop words."""
    folded = (word.casefold() for word in _words(text))
    return [stem(word) for word in folded if word not in _STOP_WORDS]


def stems_with_words(text: str) -> dict[str, str]:
    """Each stem of the text, with the last word that has it."""
    return {
        stem(word.casefold()): word for word in _words(text) if word.casefold() not in _STOP_WORDS
    }


def name_parts(text: str) -> list[str]:
    """The parts of coined names in a text: *med* and *clip* for `MedCLIP`."""
    return [
        part.lower()
        for word in _words(text)
        for part in _NAME_PART.findall(word)
        if _SHORTEST_NAME_PART <= len(part) < len(word)
    ]


def with_pairs(text_stems: Sequence[str]) -> list[str]:
    """The stems, and each pair of adjacent stems."""
    return [*text_stems, *(f"{one} {other}" for one, other in pairwise(text_stems))]
