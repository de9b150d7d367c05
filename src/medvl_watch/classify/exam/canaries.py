"""Papers of the exam that are slipped into a run, to find a model that answers differently.

A server may change its model, or a model turn bad, without any error. So a few papers whose
answers are known are asked among the others in every run. Half of them belong on the lists and
half do not: a model that praises everything, or nothing, fails one half.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medvl_watch.records import Paper

PER_SIDE = 2
"""The number of canaries that belong, and of those that do not, in one group."""
_LARGE_DIFFERENCE = 0.3  # of relevance, between the exam and the run
_MOST_CHANGED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A paper with a known verdict, and the relevance that the model gave it in the exam."""

    paper: Paper
    belongs: bool
    relevance: float

    @property
    def error(self) -> float:
        """How far the model's answer in the exam was from the verdict, from 0 to 1."""
        return abs(self.relevance - self.belongs)


def choose_canaries(candidates: Iterable[Canary], occasion: str) -> tuple[Canary, ...]:
    """A group of canaries for this occasion, with those that belong and others in turn.

    They are chosen from the half of each side that the model answered best, and differ from one
    occasion to the next.
    """
    by_error = sorted(candidates, key=lambda each: (each.error, each.paper.id))
    sides: list[list[Canary]] = []
    for belongs in (True, False):
        side = [each for each in by_error if each.belongs is belongs]
        clear = side[: max(PER_SIDE, len(side) // 2)]
        sides.append(sorted(clear, key=lambda each: _order(each, occasion))[:PER_SIDE])
    return tuple(each for pair in zip(*sides, strict=False) for each in pair)


def has_changed(canaries: Sequence[Canary], answers: Sequence[float | None]) -> bool:
    """Whether the model answers differently from its exam: more than one answer of a group has
    another relevance. Missing answers (None) say nothing."""
    changed = sum(
        answer is not None and abs(answer - canary.relevance) > _LARGE_DIFFERENCE
        for canary, answer in zip(canaries, answers, strict=True)
    )
    return changed > _MOST_CHANGED


def _order(canary: Canary, occasion: str) -> str:
    return hashlib.sha256(f"{occasion}\0{canary.paper.id}".encode()).hexdigest()
