"""Turns the answers of an exam into the weight of a model's opinion.

The model's relevance is a statement like any other: how much it says about a paper follows from
how it was distributed over the papers of the exam, those that belong and those that do not. A
logistic regression of the exam's verdicts on the log odds of the model's answers gives the log
odds after an answer; those of the exam itself are subtracted. What is left is the evidence of
the answer, which holds for any share of relevant papers:

    log odds = (1 - SHARED * skill) * local log odds + evidence(answer)

`SHARED` is the part of the local log odds that a skilled model's answer says again, since both
read the same words. It was fitted on judged papers (docs/models.md has the command). `skill` is
2 * AUC - 1: zero by chance, one for a model without a mistake.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.classify.exam.scores import ExamAnswer, score

LEAST_AUC = 0.6
"""A model below this is ignored. With a hundred papers, chance gives .5 with a deviation of .06."""
SHARED = 0.5
_RIDGE = 1.0
_CERTAIN = 0.01  # answers closer to 0 or 1 count as this far away
_MOST_LOG_ODDS = 30.0
_STEPS = 100
_SMALLEST_CHANGE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWeight:
    """How much the answers of a model count.

    `intercept` and `slope` turn the log odds of an answer into evidence, which is at most
    `most_evidence` in either direction. `skill`, `leaf_trust` and `section_trust` range from 0 to
    1; the trusts are the model's shares in the scores of sections. Only a model that is
    `better_than_local` may change a decision by more than one step. If `ignored` is not empty, it
    says in one sentence why the model's answers do not count.
    """

    intercept: float = 0.0
    slope: float = 0.0
    most_evidence: float = 0.0
    skill: float = 0.0
    leaf_trust: float = 0.0
    section_trust: float = 0.0
    better_than_local: bool = False
    ignored: str = ""

    def evidence(self, relevance: float) -> float:
        """What an answer with this relevance adds to the log odds that a paper belongs."""
        evidence = self.intercept + self.slope * log_odds(relevance)
        return max(-self.most_evidence, min(self.most_evidence, evidence))

    def combine(self, local: float, relevance: float) -> float:
        """The probability that a paper belongs, after both opinions."""
        total = (1 - SHARED * self.skill) * log_odds(local) + self.evidence(relevance)
        return _probability(total)


def log_odds(probability: float) -> float:
    """The natural logarithm of p / (1 - p); p is first moved at least .01 away from 0 and 1."""
    inside = max(_CERTAIN, min(1 - _CERTAIN, probability))
    return math.log(inside / (1 - inside))


def _probability(log_odds_: float) -> float:
    return 1 / (1 + math.exp(-max(-_MOST_LOG_ODDS, min(_MOST_LOG_ODDS, log_odds_))))


def weigh(answers: Sequence[ExamAnswer]) -> ModelWeight:
    """The weight that a model has earned with these answers."""
    scores = score(answers)
    belonging = sum(each.belongs for each in answers)
    others = len(answers) - belonging
    if not belonging or not others:
        return ModelWeight(ignored="the exam has no papers of both kinds")
    if scores.auc < LEAST_AUC:
        return ModelWeight(
            ignored=f"it tells papers that belong from others hardly better than chance in the "
            f"exam (AUC {scores.auc:.2f}, at least {LEAST_AUC:.2f} is needed)"
        )
    intercept, slope = _fit([(log_odds(each.opinion), each.belongs) for each in answers])
    if slope <= 0:
        return ModelWeight(ignored="in the exam, its higher answers mean that a paper fits less")
    skill = 2 * scores.auc - 1
    return ModelWeight(
        intercept=intercept - math.log(belonging / others),
        slope=slope,
        # An exam of n papers shows no probability of a mistake below 1 / (n + 1).
        most_evidence=math.log(min(belonging, others) + 1),
        skill=skill,
        leaf_trust=_trust(scores.leaf.odds, scores.local_leaf.odds, skill),
        section_trust=_trust(scores.section.odds, scores.local_section.odds, skill),
        better_than_local=scores.is_better_than_local,
    )


def _trust(odds: float, local_odds: float, skill: float) -> float:
    """The share of the opinion with these odds of being right, in proportion to the odds, and
    smaller for a model that does not even know which papers belong."""
    return skill * odds / (odds + local_odds)


def _fit(rows: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """The intercept and slope of a logistic regression, by Newton's method. A small ridge on the
    slope keeps it finite where the exam has no mistake."""
    intercept, slope = 0.0, 0.0
    for _ in range(_STEPS):
        gradient = [0.0, _RIDGE * slope]
        curvature = [1e-9, 0.0, _RIDGE]
        for value, belongs in rows:
            probability = _probability(intercept + slope * value)
            error, spread = probability - belongs, probability * (1 - probability)
            gradient[0] += error
            gradient[1] += error * value
            curvature[0] += spread
            curvature[1] += spread * value
            curvature[2] += spread * value * value
        determinant = curvature[0] * curvature[2] - curvature[1] ** 2
        change = (
            (curvature[2] * gradient[0] - curvature[1] * gradient[1]) / determinant,
            (curvature[0] * gradient[1] - curvature[1] * gradient[0]) / determinant,
        )
        intercept, slope = intercept - change[0], slope - change[1]
        if max(map(abs, change)) < _SMALLEST_CHANGE:
            break
    return intercept, slope
