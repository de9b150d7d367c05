"""Measures how well a classifier finds listed papers, and how many papers a person must read.

A paper that is on no list may still be relevant, so the precision on the labels is a lower
bound. Therefore hard negatives, which look relevant but are not, are counted separately.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass

from medvl_watch.records import Decision, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFigures:
    """The figures for a stream; all are shares from 0 to 1, except for the counts `papers`,
    `positives` and `hard` (hard negatives).

    `recall` is the share of positives that are proposed or referred, `recall_proposed` the share
    that is proposed. `read95` and `read99` are the shares of the stream that a person reads, the
    most relevant papers first, to see 95 % and 99 % of the positives. `average_precision` counts
    every paper without a label as negative. `hard_proposed` is the share of hard negatives that
    are proposed; `proposed` and `referred` are shares of the whole stream.
    """

    papers: int
    positives: int
    hard: int
    recall: float
    recall_proposed: float
    read95: float
    read99: float
    average_precision: float
    hard_proposed: float
    proposed: float
    referred: float

    def rounded(self) -> dict[str, int | float]:
        """The figures by name; shares are rounded to four digits after the point."""
        figures: dict[str, int | float] = asdict(self)
        return {name: round(value, 4) for name, value in figures.items()}


def triage_figures(
    verdicts: Sequence[Verdict],
    positives: AbstractSet[str],
    hard: AbstractSet[str] = frozenset(),
    excluded: AbstractSet[str] = frozenset(),
) -> TriageFigures:
    """Compute the figures for the verdicts on a stream.

    `positives`, `hard` and `excluded` are sets of `Verdict.paper_id`. `excluded` are plausible
    papers without a judgement: they do not count in the ranking. A positive without a verdict
    counts as missed. Raises ValueError if there are no positives.
    """
    if not positives:
        raise ValueError("no paper is labelled as relevant")
    decision_of = {verdict.paper_id: verdict.decision for verdict in verdicts}
    ranked = sorted(
        (verdict for verdict in verdicts if verdict.paper_id not in excluded - positives),
        key=lambda verdict: -verdict.relevance,
    )
    ranks = [rank for rank, each in enumerate(ranked, 1) if each.paper_id in positives]
    precisions = (seen / rank for seen, rank in enumerate(ranks, 1))
    hard = hard - positives

    def share(ids: AbstractSet[str], *decisions: Decision) -> float:
        return sum(decision_of.get(each) in decisions for each in ids) / max(1, len(ids))

    return TriageFigures(
        papers=len(verdicts),
        positives=len(positives),
        hard=len(hard),
        recall=share(positives, Decision.PROPOSE, Decision.REFER),
        recall_proposed=share(positives, Decision.PROPOSE),
        read95=_share_to_read(ranks, 0.95 * len(positives), len(ranked)),
        read99=_share_to_read(ranks, 0.99 * len(positives), len(ranked)),
        average_precision=sum(precisions) / len(positives),
        hard_proposed=share(hard, Decision.PROPOSE),
        proposed=share(decision_of.keys(), Decision.PROPOSE),
        referred=share(decision_of.keys(), Decision.REFER),
    )


def regressions(new: TriageFigures, old: TriageFigures) -> tuple[str, ...]:
    """The figures in which the new model is worse than the old one on the same papers.

    Average precision and recall are compared, each rounded to a tenth of a per cent.
    """
    compared = {
        "average precision": (new.average_precision, old.average_precision),
        "recall of proposed or referred": (new.recall, old.recall),
    }
    return tuple(
        f"{name} {new_figure:.3f} instead of {old_figure:.3f}"
        for name, (new_figure, old_figure) in compared.items()
        if round(new_figure, 3) < round(old_figure, 3)
    )


def _share_to_read(ranks: Sequence[int], required: float, papers: int) -> float:
    """The share of the ranking to read until the required number of positives is seen. `ranks`
    are the ranks of the positives, from 1."""
    for seen, rank in enumerate(ranks, 1):
        if seen >= required:
            return rank / papers
    return 1.0
