"""Calibration of scores: of the answers with a score of .7, seven in ten should be correct."""

from __future__ import annotations

import math
from collections.abc import Sequence


def expected_error(scores: Sequence[float], bins: int = 10) -> float:
    """The calibration error that perfectly calibrated scores show by chance. With few answers
    per bin it is far from zero."""
    ordered = sorted(scores)
    gap = 0.0
    for number in range(bins):
        part = ordered[number * len(ordered) // bins : (number + 1) * len(ordered) // bins]
        gap += math.sqrt(2 / math.pi * sum(score * (1 - score) for score in part))
    return gap / max(1, len(ordered))


def calibration_error(answers: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The mean difference between score and share of correct answers, over bins with equally
    many answers. `answers` are pairs of a score and whether the answer is correct."""
    ordered = sorted(answers)
    gap = 0.0
    for number in range(bins):
        part = ordered[number * len(ordered) // bins : (number + 1) * len(ordered) // bins]
        gap += abs(sum(score - correct for score, correct in part))
    return gap / max(1, len(ordered))
