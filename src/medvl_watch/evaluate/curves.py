"""What lies behind the figures: curves and tables, as numbers that a plot can draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from medvl_watch.records import Decision, Verdict


class Bin(NamedTuple):
    """Some answers with similar scores: their mean score, the share that is right, and how
    many they are."""

    score: float
    right: float
    papers: int


def precision_recall(
    verdicts: Sequence[Verdict], positives: AbstractSet[str], left_out: AbstractSet[str]
) -> list[tuple[float, float]]:
    """Recall and precision after each positive, best first. Unlabelled papers count as wrong,
    so the precision is a lower bound."""
    ranked = sorted(
        (verdict for verdict in verdicts if verdict.paper_id not in left_out - positives),
        key=lambda verdict: -verdict.relevance,
    )
    places = [place for place, each in enumerate(ranked, 1) if each.paper_id in positives]
    return [(seen / len(positives), seen / place) for seen, place in enumerate(places, 1)]


class Operating(NamedTuple):
    """Where the bot stands on the curve of precision and recall, by what it does with papers:
    `what` it does, with the lowest relevance of a paper on which it did it."""

    what: str
    recall: float
    precision: float
    lowest: float


def operating_points(
    verdicts: Sequence[Verdict], positives: AbstractSet[str], left_out: AbstractSet[str]
) -> list[Operating]:
    """What is proposed, and what is proposed or referred. A flagged paper may be referred
    whatever its relevance, so it counts for no `lowest`. Empty where nothing is."""
    counted = [each for each in verdicts if each.paper_id not in left_out - positives]
    found = []
    shown: set[Decision] = set()
    for decision, what in (
        (Decision.PROPOSE, "proposed"),
        (Decision.REFER, "proposed or referred"),
    ):
        shown.add(decision)
        lowest = [
            each.relevance for each in counted if each.decision is decision and not each.flags
        ]
        taken = [each.paper_id in positives for each in counted if each.decision in shown]
        if lowest:
            recall, precision = sum(taken) / len(positives), sum(taken) / len(taken)
            found.append(Operating(what, recall, precision, min(lowest)))
    return found


def reliability(answers: Sequence[tuple[float, bool]], bins: int = 10) -> list[Bin]:
    """Scores against truth, in bins over the range of scores; empty ones are left out."""
    found = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        part = [each for each in answers if low <= each[0] < high or (high == 1 == each[0])]
        if part:
            score = sum(each for each, _ in part) / len(part)
            found.append(Bin(score, sum(right for _, right in part) / len(part), len(part)))
    return found


def errors_caught(answers: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """If the least sure answers are shown to a person: the share shown, and the share of all
    errors that is among them. Without an error it is empty."""
    errors = sum(not right for _, right in answers)
    if not errors:
        return []
    caught, curve = 0, [(0.0, 0.0)]
    for shown, (_, right) in enumerate(sorted(answers), 1):
        caught += not right
        curve.append((shown / len(answers), caught / errors))
    return curve


def decisions_by_kind(
    verdicts: Sequence[Verdict], kinds: Mapping[str, AbstractSet[str]]
) -> dict[str, dict[str, int]]:
    """How many papers of each kind were proposed, referred and rejected; a paper counts for
    the first kind that has it, and else as `other`."""
    counts: Counter[tuple[str, Decision]] = Counter()
    for verdict in verdicts:
        kind = next((name for name, ids in kinds.items() if verdict.paper_id in ids), "other")
        counts[kind, verdict.decision] += 1
    return {
        kind: {decision.value: counts[kind, decision] for decision in Decision}
        for kind in (*kinds, "other")
    }
