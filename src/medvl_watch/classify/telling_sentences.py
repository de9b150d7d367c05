"""The sentences of an abstract that a person should read to see why a paper was judged so.

A sentence is telling if it would be judged well by itself. One that says what the authors do is
preferred, since it also tells what the paper is about. Titles are never quoted: whoever reads a
quote has read the title.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from medvl_watch.records import RELEVANCE, Evidence

_QUOTES = "\"'\u201c\u201d\u2018\u2019"
_END = re.compile(
    rf"[.!?][{_QUOTES})\]]*(?=\s+[{_QUOTES}(\[]?[A-Z0-9])|[\u3002\uff01\uff1f]|\n\s*\n"
)
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|cf|vs|al|etc|resp|approx|figs?|eqs?|sec|tab|no|dr|prof|st|w\.r\.t|[a-z])\.$",
    re.IGNORECASE,
)
_CONTRIBUTION = re.compile(
    r"\b(?:we|this (?:paper|work|study|article|survey|review))\b(?:\s\w+){0,3}?\s"
    r"(?:propos|introduc|present|develop|describ|design|build|built|construct|creat|releas|evaluat|"
    r"investigat|review|survey|benchmark|stud(?:y|ies)|explor|examin)",
    re.IGNORECASE,
)
_TAIL = 12  # characters, more than any abbreviation has
_PREFERENCE = 2.0  # log-odds, for a sentence that says what the authors do
_FEWEST_WORDS, _LONGEST = 4, 600  # a heading; characters of a text without full stops
_WEAKEST_SECOND, _ENOUGH = 0.25, 0.9  # strengths of a second sentence, and of the first without


class _Rated(NamedTuple):
    quote: str
    strength: float

    @property
    def rank(self) -> float:
        odds = math.log(max(self.strength, 1e-6) / max(1.0 - self.strength, 1e-6))
        return odds + _PREFERENCE * bool(_CONTRIBUTION.search(self.quote))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, each as it stands there, without the white space around it."""
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text[max(start, match.end() - _TAIL) : match.end()]):
            continue
        yield text[start : match.end()].strip()
        start = match.end()
    if text[start:].strip():
        yield text[start:].strip()


def telling_sentences(abstract: str, strength: Callable[[str], float]) -> tuple[Evidence, ...]:
    """The most telling sentence, and a second one if the first says little by itself.

    `strength` is the relevance of a sentence by itself, from 0 to 1; it becomes the weight of the
    evidence. No sentence is returned if none has any strength.
    """
    rated = [
        _Rated(sentence, strength(sentence))
        for sentence in dict.fromkeys(sentences(abstract))
        if len(sentence) <= _LONGEST and len(sentence.split()) >= _FEWEST_WORDS
    ]
    rated.sort(key=lambda each: -each.rank)
    best = [each for each in rated[:1] if each.strength > 0]
    if best and best[0].strength < _ENOUGH:
        best += [each for each in rated[1:2] if each.strength >= _WEAKEST_SECOND]
    return tuple(
        Evidence(quote=quote, field="abstract", speaks_for=RELEVANCE, weight=strength)
        for quote, strength in best
    )
