"""Combines the scores that are learned from a list with the scores by its map in the taxonomy."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.classify.sections.targets import replace_years
from medvl_watch.classify.sections.weights import MAP_WEIGHTS, MapWeights
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.papers.section_titles import years_of_title
from medvl_watch.papers.years import YEAR_PATTERN
from medvl_watch.records import Headings

_SMALLEST = 1e-6


def combine_scores(
    guesses: Sequence[SectionGuess],
    map_scores: Sequence[float],
    total_score: float = 1.0,
    weights: MapWeights = MAP_WEIGHTS,
) -> tuple[SectionGuess, ...]:
    """The guesses with combined scores, best first.

    `map_scores` has the score by the map for each guess; a section to which the map gives
    nothing keeps a small score. The combined scores add up to `total_score`, which is less than
    one where the list goes by a year or a venue that is unknown for the paper.
    """
    subjects = [replace_years(guess.path) for guess in guesses]
    learned: dict[Headings, float] = defaultdict(float)
    mapped: dict[Headings, float] = defaultdict(float)
    for subject, guess, map_score in zip(subjects, guesses, map_scores, strict=True):
        learned[subject] += guess.score
        mapped[subject] = max(mapped[subject], map_score)
    log_odds = {
        subject: weights.learned_exponent * math.log(max(score, _SMALLEST))
        + weights.map_exponent * math.log(mapped[subject] + weights.smoothing)
        for subject, score in learned.items()
    }
    best = max(log_odds.values(), default=0.0)
    odds = {subject: math.exp(each - best) for subject, each in log_odds.items()}
    whole = sum(odds.values())
    combined = (
        replace(
            guess,
            score=total_score * odds[subject] / whole * guess.score / (learned[subject] or 1.0),
        )
        for subject, guess in zip(subjects, guesses, strict=True)
    )
    return tuple(sorted(combined, key=lambda guess: -guess.score))


def matches_path(pattern: Headings, path: Headings) -> bool:
    """Whether a path of a map denotes this section of the list.

    The list's own title may be the outermost heading of `path`. `{year}` in the pattern matches
    any year or range of years.
    """
    if len(path) - len(pattern) not in {0, 1}:
        return False
    return all(map(_matches_heading, pattern, path[len(path) - len(pattern) :]))


def _matches_heading(pattern: str, heading: str) -> bool:
    if pattern == YEAR:
        return years_of_title(heading) is not None
    if YEAR in pattern:
        return _key(pattern.replace(YEAR, "year")) == _key(YEAR_PATTERN.sub("year", heading))
    return _key(pattern) == _key(heading)


def _key(heading: str) -> str:
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(filter(str.isalnum, folded)) or folded.strip()
