"""How well a classifier finds the papers that lists hold, and what it costs a person.

A paper that no list holds is not thereby irrelevant: precision counted against the labels is
a lower bound, so hard negatives (papers known not to belong) are counted beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass

from medvl_watch.records import Decision, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFigures:
    """Shares between 0 and 1; `papers`, `positives` and `hard` are counts.

    `read95` and `read99` are the shares of the stream to read, best first, to see 95 and 99 in
    a hundred positives; `average_precision` counts every unlabelled paper as wrong.
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
        """The figures by name, shares to four digits."""
        figures: dict[str, int | float] = asdict(self)
        return {name: round(value, 4) for name, value in figures.items()}


def triage_figures(
    verdicts: Sequence[Verdict],
    positives: AbstractSet[str],
    hard: AbstractSet[str] = frozenset(),
    left_out: AbstractSet[str] = frozenset(),
) -> TriageFigures:
    """The figures for verdicts on a stream; ids are the verdicts' `paper_id`.

    `left_out` are plausible papers that nobody judged: they count for no ranking. A positive
    without a verdict counts as missed. Raises ValueError when there is no positive.
    """
    if not positives:
        raise ValueError("no paper is labelled as relevant")
    decided = {verdict.paper_id: verdict.decision for verdict in verdicts}
    ranked = sorted(
        (verdict for verdict in verdicts if verdict.paper_id not in left_out - positives),
        key=lambda verdict: -verdict.relevance,
    )
    places = [place for place, each in enumerate(ranked, 1) if each.paper_id in positives]
    precisions = (seen / place for seen, place in enumerate(places, 1))
    hard = hard - positives

    def share(ids: AbstractSet[str], *decisions: Decision) -> float:
        return sum(decided.get(each) in decisions for each in ids) / max(1, len(ids))

    return TriageFigures(
        papers=len(verdicts),
        positives=len(positives),
        hard=len(hard),
        recall=share(positives, Decision.PROPOSE, Decision.REFER),
        recall_proposed=share(positives, Decision.PROPOSE),
        read95=_to_read(places, 0.95 * len(positives), len(ranked)),
        read99=_to_read(places, 0.99 * len(positives), len(ranked)),
        average_precision=sum(precisions) / len(positives),
        hard_proposed=share(hard, Decision.PROPOSE),
        proposed=share(decided.keys(), Decision.PROPOSE),
        referred=share(decided.keys(), Decision.REFER),
    )


def losses(new: TriageFigures, old: TriageFigures) -> tuple[str, ...]:
    """In what a model is worse than another on the same papers; empty if in nothing.

    The ranking counts, and what a person would see of the relevant papers; each is compared
    to a tenth of a per cent.
    """
    compared = {
        "average precision": (new.average_precision, old.average_precision),
        "recall of proposed or referred": (new.recall, old.recall),
    }
    return tuple(
        f"{name} {mine:.3f} instead of {other:.3f}"
        for name, (mine, other) in compared.items()
        if round(mine, 3) < round(other, 3)
    )


def _to_read(places: Sequence[int], wanted: float, papers: int) -> float:
    """The share of the ranking down to the place where so many positives were seen."""
    for seen, place in enumerate(places, 1):
        if seen >= wanted:
            return place / papers
    return 1.0
