"""Measures verdicts on papers that a person judged by reading, weighted to the whole stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from medvl_watch.records import Decision, Verdict

_BINS = 10
_BY_CHANCE = 0.01


class Graded(Protocol):
    """What a person found: whether a paper belongs, whether it is clearly on the subject, and for
    how many papers of the stream it stands."""

    @property
    def belongs(self) -> bool: ...

    @property
    def is_core(self) -> bool: ...

    @property
    def weight(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFigures:
    """The figures; all but the count `judged` are shares from 0 to 1 of the stream that the judged
    papers stand for.

    `precision` is the share of the proposed papers that belong. `core_proposed` and `core_seen`
    are the shares of the core papers that are proposed, and proposed or referred.
    `belongs_in_referred` is the share of the referred papers that belong. `calibration_error` is
    the mean difference, over ten bins of relevance, between the relevance of the papers that are
    not rejected and the share that belongs.
    """

    judged: int
    precision: float
    core_proposed: float
    core_seen: float
    referred: float
    belongs_in_referred: float
    calibration_error: float

    def rounded(self) -> dict[str, int | float]:
        """The figures by name; shares are rounded to four digits after the point."""
        figures: dict[str, int | float] = asdict(self)
        return {name: round(value, 4) for name, value in figures.items()}


def judged_figures(
    verdicts: Iterable[Verdict], judged: Mapping[str, Graded]
) -> JudgedFigures | None:
    """The figures for the judged papers among these verdicts, by `Verdict.paper_id`; None if
    there are none."""
    pairs = [(judged[each.paper_id], each) for each in verdicts if each.paper_id in judged]
    if not pairs:
        return None
    proposed = [paper for paper, each in pairs if each.decision is Decision.PROPOSE]
    referred = [paper for paper, each in pairs if each.decision is Decision.REFER]
    core = [paper for paper, _ in pairs if paper.is_core]
    return JudgedFigures(
        judged=len(pairs),
        precision=_share(_belonging(proposed), proposed),
        core_proposed=_share([paper for paper in proposed if paper.is_core], core),
        core_seen=_share([paper for paper in (*proposed, *referred) if paper.is_core], core),
        referred=_share(referred, [paper for paper, _ in pairs]),
        belongs_in_referred=_share(_belonging(referred), referred),
        calibration_error=_calibration_error(pairs),
    )


def judged_regressions(new: JudgedFigures, old: JudgedFigures) -> tuple[str, ...]:
    """The figures in which the new model is worse than the old one on the same papers, by more
    than a hundredth, which is less than chance."""
    compared = {
        "of the core papers proposed or referred": (new.core_seen, old.core_seen),
        "of the core papers proposed": (new.core_proposed, old.core_proposed),
        "of the proposed papers belong": (new.precision, old.precision),
    }
    return tuple(
        f"{name} {new_figure:.3f} instead of {old_figure:.3f}"
        for name, (new_figure, old_figure) in compared.items()
        if new_figure < old_figure - _BY_CHANCE
    )


def _calibration_error(pairs: Sequence[tuple[Graded, Verdict]]) -> float:
    bins = [0.0] * _BINS
    shown = [(paper, each) for paper, each in pairs if each.decision is not Decision.REJECT]
    for paper, each in shown:
        number = min(_BINS - 1, int(each.relevance * _BINS))
        bins[number] += paper.weight * (each.relevance - paper.belongs)
    return sum(map(abs, bins)) / max(1e-9, _weight(paper for paper, _ in shown))


def _belonging(papers: Sequence[Graded]) -> list[Graded]:
    return [paper for paper in papers if paper.belongs]


def _share(part: Sequence[Graded], whole: Sequence[Graded]) -> float:
    return _weight(part) / max(1e-9, _weight(whole))


def _weight(papers: Iterable[Graded]) -> float:
    return sum(paper.weight for paper in papers)
