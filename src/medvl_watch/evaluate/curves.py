"""Curves and tables that show more than single figures, as numbers for plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from medvl_watch.records import Decision, Verdict


class Bin(NamedTuple):
    """Answers with similar scores: their mean score, the share of correct answers, and their
    number."""

    mean_score: float
    correct_share: float
    papers: int


def precision_recall(
    verdicts: Sequence[Verdict], positives: AbstractSet[str], excluded: AbstractSet[str]
) -> list[tuple[float, float]]:
    """Pairs of recall and precision after each positive paper, in the order of relevance.

    Papers without a label count as negative, so the precision is a lower bound. Papers in
    `excluded` that are not positive do not count.
    """
    ranked = sorted(
        (verdict for verdict in verdicts if verdict.paper_id not in excluded - positives),
        key=lambda verdict: -verdict.relevance,
    )
    ranks = [rank for rank, each in enumerate(ranked, 1) if each.paper_id in positives]
    return [(seen / len(positives), seen / rank) for seen, rank in enumerate(ranks, 1)]


class OperatingPoint(NamedTuple):
    """A point of the precision-recall curve at which the classifier operates.

    `action` is what it does with the papers: `proposed`, or `proposed or referred`. `threshold`
    is the lowest relevance of these papers.
    """

    action: str
    recall: float
    precision: float
    threshold: float


def operating_points(
    verdicts: Sequence[Verdict], positives: AbstractSet[str], excluded: AbstractSet[str]
) -> list[OperatingPoint]:
    """The points for the papers that are proposed, and for those proposed or referred.

    A point without papers is left out. A flagged paper may be referred whatever its relevance,
    so it does not count for `threshold`.
    """
    counted = [each for each in verdicts if each.paper_id not in excluded - positives]
    points = []
    decisions: set[Decision] = set()
    for decision, action in (
        (Decision.PROPOSE, "proposed"),
        (Decision.REFER, "proposed or referred"),
    ):
        decisions.add(decision)
        relevances = [
            each.relevance for each in counted if each.decision is decision and not each.flags
        ]
        is_positive = [each.paper_id in positives for each in counted if each.decision in decisions]
        if relevances:
            recall = sum(is_positive) / len(positives)
            precision = sum(is_positive) / len(is_positive)
            points.append(OperatingPoint(action, recall, precision, min(relevances)))
    return points


def reliability(answers: Sequence[tuple[float, bool]], bins: int = 10) -> list[Bin]:
    """Scores against correctness, in bins of equal width; empty bins are left out. `answers` are
    pairs of a score and whether the answer is correct."""
    result = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        part = [each for each in answers if low <= each[0] < high or (high == 1 == each[0])]
        if part:
            score = sum(each for each, _ in part) / len(part)
            result.append(Bin(score, sum(correct for _, correct in part) / len(part), len(part)))
    return result


def error_curve(answers: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """How many errors a person finds who checks the answers with the lowest scores.

    Pairs of the share of answers that are checked and the share of all errors among them. Empty
    if there are no errors. `answers` are pairs of a score and whether the answer is correct.
    """
    errors = sum(not correct for _, correct in answers)
    if not errors:
        return []
    found, curve = 0, [(0.0, 0.0)]
    for checked, (_, correct) in enumerate(sorted(answers), 1):
        found += not correct
        curve.append((checked / len(answers), found / errors))
    return curve


def decisions_by_kind(
    verdicts: Sequence[Verdict], kinds: Mapping[str, AbstractSet[str]]
) -> dict[str, dict[str, int]]:
    """The number of papers of each kind that were proposed, referred and rejected. `kinds` maps
    a kind to ids; a paper counts for the first kind with its id, or as `other`."""
    counts: Counter[tuple[str, Decision]] = Counter()
    for verdict in verdicts:
        kind = next((name for name, ids in kinds.items() if verdict.paper_id in ids), "other")
        counts[kind, verdict.decision] += 1
    return {
        kind: {decision.value: counts[kind, decision] for decision in Decision}
        for kind in (*kinds, "other")
    }
