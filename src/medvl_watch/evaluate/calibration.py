"""Whether scores are chances: of the answers that get .7, seven in ten should be right."""

from __future__ import annotations

import math
from collections.abc import Sequence


def expected_error(scores: Sequence[float], bins: int = 10) -> float:
    """The calibration error that perfectly calibrated scores would show by chance: with few
    answers a bin, it is far from none."""
    ordered = sorted(scores)
    gap = 0.0
    for number in range(bins):
        part = ordered[number * len(ordered) // bins : (number + 1) * len(ordered) // bins]
        gap += math.sqrt(2 / math.pi * sum(score * (1 - score) for score in part))
    return gap / max(1, len(ordered))


def calibration_error(answers: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean gap between score and truth over bins that hold equally many answers."""
    ordered = sorted(answers)
    gap = 0.0
    for number in range(bins):
        part = ordered[number * len(ordered) // bins : (number + 1) * len(ordered) // bins]
        gap += abs(sum(score - right for score, right in part))
    return gap / max(1, len(ordered))
