"""The words of titles and headings, made comparable: `Segmenting` and `segmentation` agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

LONGEST = 4_000
"""Characters of a text that are read: two long abstracts."""

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]{2,}")
_LONGEST_WORD = 40
_SHORTEST_PIECE = 3
_SHORTEST_STEM = 4
_STOP = frozenset(
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
_WHOLE = frozenset({"general", "generals", "news", "series", "species"})
"""Words that would lose what tells them from others: *general* is no *generation*."""


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its ending, at least four letters long; short words only lose their s."""
    if word in _WHOLE:
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    if len(word) > _SHORTEST_PIECE and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _words(text: str) -> Iterable[str]:
    return (
        word
        for word in _WORD.findall(unicodedata.normalize("NFKC", text[:LONGEST]))
        if len(word) < _LONGEST_WORD
    )


def stems(text: str) -> list[str]:
    """The stems of a text's words in order, without words that say nothing of a subject."""
    folded = (word.casefold() for word in _words(text))
    return [stem(word) for word in folded if word not in _STOP]


def stems_with_words(text: str) -> dict[str, str]:
    """Each stem of the text, and the word that it comes from."""
    return {stem(word.casefold()): word for word in _words(text) if word.casefold() not in _STOP}


def pieces(text: str) -> list[str]:
    """What coined names are made of: `MedCLIP` has *med* and *clip* in it."""
    return [
        piece.lower()
        for word in _words(text)
        for piece in _PIECE.findall(word)
        if _SHORTEST_PIECE <= len(piece) < len(word)
    ]


def with_pairs(found: Sequence[str]) -> list[str]:
    """Stems, and each pair of stems that stand beside each other."""
    return [*found, *(f"{one} {other}" for one, other in pairwise(found))]
