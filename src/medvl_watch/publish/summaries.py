"""What a paper is, in one sentence of its own abstract."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medvl_watch.publish.characters import clean, shorten
from medvl_watch.records import SET_ASIDE, Paper, Verdict

LONGEST = 240
"""Characters of a sentence: two lines on a wide screen."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|et al|vs|cf|Fig|Dr)|\b[A-Z])\.$")
_CLAIM = re.compile(
    r"\b(?:we|this (?:paper|work|study|article|survey|review))\b.*?\b(?:propos|present|introduc|"
    r"develop|describ|releas|evaluat|investigat|examin|stud|compar|survey|review|benchmark|build)",
    re.IGNORECASE,
)


def what_it_is(paper: Paper, verdict: Verdict) -> str:
    """The sentence of the abstract that says what the work does, or else its first; empty without
    an abstract. Nothing that was set aside as a word to a machine is shown."""
    aside = [each.quote for each in verdict.evidence if each.speaks_for == SET_ASIDE]
    sentences = [
        sentence
        for sentence in _sentences(clean(paper.facts.abstract).text)
        if not any(quote in sentence or sentence in quote for quote in aside)
    ]
    claim = next(filter(_CLAIM.search, sentences), None)
    return shorten(claim or next(iter(sentences), ""), LONGEST)


def _sentences(text: str) -> Sequence[str]:
    found: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return [each for each in found if each.strip()]
