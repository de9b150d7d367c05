"""What a list teaches of its sections, joined with what its map in the taxonomy says."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.classify.sections.targets import A_YEAR, without_years, years_of
from medvl_watch.classify.sections.weights import JOINING, MapWeights
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.records import Headings

_SMALLEST = 1e-6


def joined(
    guesses: Sequence[SectionGuess],
    shares: Sequence[float],
    known: float = 1.0,
    weights: MapWeights = JOINING,
) -> tuple[SectionGuess, ...]:
    """The guesses with new scores, best first, which add up to `known`: less than one where
    the list goes by a year or a venue that is not known of the paper. `shares` are those of
    the map, one a guess: a section that it gives nothing keeps a small chance."""
    subjects = [without_years(guess.path) for guess in guesses]
    learned: dict[Headings, float] = defaultdict(float)
    mapped: dict[Headings, float] = defaultdict(float)
    for subject, guess, share in zip(subjects, guesses, shares, strict=True):
        learned[subject] += guess.score
        mapped[subject] = max(mapped[subject], share)
    odds = {
        subject: weights.learned * math.log(max(score, _SMALLEST))
        + weights.mapped * math.log(mapped[subject] + weights.doubt)
        for subject, score in learned.items()
    }
    best = max(odds.values(), default=0.0)
    chances = {subject: math.exp(each - best) for subject, each in odds.items()}
    total = sum(chances.values())
    found = (
        replace(
            guess, score=known * chances[subject] / total * guess.score / (learned[subject] or 1.0)
        )
        for subject, guess in zip(subjects, guesses, strict=True)
    )
    return tuple(sorted(found, key=lambda guess: -guess.score))


def is_meant(pattern: Headings, path: Headings) -> bool:
    """Whether a map's path means this section of the list, on top of which the list's own
    title may stand. `{year}` means any year, or span of years."""
    if len(path) - len(pattern) not in {0, 1}:
        return False
    return all(map(_is_meant, pattern, path[len(path) - len(pattern) :]))


def _is_meant(pattern: str, heading: str) -> bool:
    if pattern == YEAR:
        return years_of(heading) is not None
    if YEAR in pattern:
        return _key(pattern.replace(YEAR, "year")) == _key(A_YEAR.sub("year", heading))
    return _key(pattern) == _key(heading)


def _key(heading: str) -> str:
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(filter(str.isalnum, folded)) or folded.strip()
