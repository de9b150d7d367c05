"""What a list teaches of its sections, joined with what its map in the taxonomy says."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.classify.sections.targets import years_of
from medvl_watch.classify.sections.weights import JOINING, Joining
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.records import Headings

_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SMALLEST = 1e-6


def joined(
    guesses: Sequence[SectionGuess], shares: Sequence[float], weights: Joining = JOINING
) -> tuple[SectionGuess, ...]:
    """The guesses with new scores that add up to one, best first. `shares` are those of the
    map, one a guess: a section that it gives nothing keeps a small chance."""
    odds = [
        weights.learned * math.log(max(guess.score, _SMALLEST))
        + weights.mapped * math.log(share + weights.doubt)
        for guess, share in zip(guesses, shares, strict=True)
    ]
    best = max(odds, default=0.0)
    chances = [math.exp(each - best) for each in odds]
    total = sum(chances)
    found = (
        replace(guess, score=chance / total) for guess, chance in zip(guesses, chances, strict=True)
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
        return _key(pattern.replace(YEAR, "year")) == _key(_A_YEAR.sub("year", heading))
    return _key(pattern) == _key(heading)


def _key(heading: str) -> str:
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(filter(str.isalnum, folded)) or folded.strip()
