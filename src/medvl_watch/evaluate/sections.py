"""How often a paper is put where its list's maintainer put it, and whether the scores say so."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from medvl_watch.classify.routing import Route
from medvl_watch.records import Headings


@dataclass(frozen=True, slots=True)
class Placed:
    """A route beside the section paths that the maintainer used, without the year's filling."""

    route: Route
    wanted: AbstractSet[Headings]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFigures:
    """Shares between 0 and 1. `calibration_error` is the mean gap between a best section's
    score and how often such a score is right, over bins of equal size."""

    papers: int
    answered: float
    top1: float
    top2: float
    sure: float
    top1_sure: float
    calibration_error: float


def section_figures(placed: Sequence[Placed], bins: int = 10) -> SectionFigures:
    """The figures for some papers of one list. Raises ValueError when there is none."""
    if not placed:
        raise ValueError("no paper has a section")
    ranked = [(*each.route.sections, *each.route.others) for each in placed]
    first = [
        (found[0].score, found[0].sure, found[0].path in each.wanted)
        for each, found in zip(placed, ranked, strict=True)
        if found
    ]
    either = sum(
        any(section.path in each.wanted for section in found[:2])
        for each, found in zip(placed, ranked, strict=True)
    )
    sure = [right for _, is_sure, right in first if is_sure]
    return SectionFigures(
        papers=len(placed),
        answered=len(first) / len(placed),
        top1=sum(right for _, _, right in first) / len(placed),
        top2=either / len(placed),
        sure=len(sure) / len(placed),
        top1_sure=sum(sure) / max(1, len(sure)),
        calibration_error=calibration_error([(score, right) for score, _, right in first], bins),
    )


def calibration_error(answers: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean gap between score and truth over bins that hold equally many answers."""
    ordered = sorted(answers)
    gap = 0.0
    for number in range(bins):
        part = ordered[number * len(ordered) // bins : (number + 1) * len(ordered) // bins]
        gap += abs(sum(score - right for score, right in part))
    return gap / max(1, len(ordered))
