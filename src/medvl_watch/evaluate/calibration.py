"""Whether scores are chances: of the answers that get .7, seven in ten should be right."""

from __future__ import annotations

from collections.abc import Sequence


def calibration_error(answers: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean gap between score and truth over bins that hold equally many answers."""
    ordered = sorted(answers)
    gap = 0.0
    for number in range(bins):
        part = ordered[number * len(ordered) // bins : (number + 1) * len(ordered) // bins]
        gap += abs(sum(score - right for score, right in part))
    return gap / max(1, len(ordered))
