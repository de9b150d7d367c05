"""What a language model says about the sections of one list, and how it counts.

The list's own entries and its map give every section a probability. A model that was shown the
likeliest sections gives some of them a probability of its own. The two are averaged, with the
share `ListSection.trust` for the model. Years and venues stay with the paper's own data: the
model chooses a subject, and the sections of that subject keep their proportions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.classify.sections.targets import replace_years
from medvl_watch.records import Headings, ListSection

_HALF = 0.5
_SMALLEST = 1e-9
NO_SECTION = "the language model finds no section of this list that fits"


def subject_of(guess: SectionGuess) -> Headings:
    """The path of a section with placeholders for years and venues."""
    return guess.target or replace_years(guess.path)


def apply_choices(
    guesses: Sequence[SectionGuess], choices: Sequence[ListSection]
) -> tuple[SectionGuess, ...]:
    """The guesses with combined scores, best first; unchanged without choices.

    What the model's choices lack to one is divided among the other sections as before.
    """
    by_subject = _scores_by_subject(guesses)
    chosen = {each.path: each.score for each in choices if not each.path or each.path in by_subject}
    if not chosen or not any(by_subject.values()):
        return tuple(guesses)
    trust = max(each.trust for each in choices)
    whole = max(1.0, sum(chosen.values()))
    others = sum(score for path, score in by_subject.items() if path not in chosen)
    rest = max(0.0, 1.0 - sum(chosen.values())) / max(_SMALLEST, others)
    combined = []
    for guess in guesses:
        before = by_subject[subject_of(guess)]
        stated = chosen.get(subject_of(guess))
        model = stated / whole if stated is not None else min(1.0, rest * before)
        score = ((1 - trust) * before + trust * model) * guess.score / max(_SMALLEST, before)
        combined.append(replace(guess, score=min(1.0, score)))
    return tuple(sorted(combined, key=lambda each: -each.score))


def is_placed_by(choices: Sequence[ListSection]) -> bool:
    """Whether the model says with enough weight that some section of the list fits."""
    return any(each.path and each.trust * each.score >= _HALF for each in choices)


def reason_against(choices: Sequence[ListSection]) -> str:
    """Why the list does not take the paper, by what the model says with enough weight; empty if
    there is no reason."""
    says_none = any(not each.path and each.trust * each.score >= _HALF for each in choices)
    return NO_SECTION if says_none else ""


def _scores_by_subject(guesses: Sequence[SectionGuess]) -> dict[Headings, float]:
    scores: dict[Headings, float] = defaultdict(float)
    for guess in guesses:
        scores[subject_of(guess)] += guess.score
    return dict(scores)
