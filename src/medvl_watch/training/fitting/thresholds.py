"""Calibration and thresholds, from the scores of papers by models that did not see them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.classify.model import Calibration
from medvl_watch.errors import ConfigError
from medvl_watch.training.fitting.feature_matrix import library

_FLATTEST = 1e-3  # the slope below which a score says nothing about a paper
_HEAVIEST = 30.0  # papers for which one may stand here, so that a single paper decides nothing
_STEP = 1e-5  # between the thresholds, and between them and 0 or 1
GIVE_MORE = "give more papers of both kinds, with their abstracts"


@dataclass(frozen=True, slots=True)
class ScoredExample:
    """A paper's score by a model that did not see it, whether the paper belongs, and the number
    of papers of the stream for which it stands."""

    score: float
    belongs: bool
    stands_for: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShares:
    """What share of a stream to propose, and to propose or refer."""

    proposed: float = 0.0077
    shown: float = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What share of the proposed papers must belong, and how likely a paper must be to belong so
    that it is worth a person's time."""

    proposed: float = 0.95
    referred: float = 0.06


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The probabilities from which a paper is proposed, and referred."""

    propose: float
    refer: float

    @classmethod
    def between_0_and_1(cls, propose: float, refer: float) -> Thresholds:
        propose = min(max(propose, 2 * _STEP), 1 - _STEP)
        return cls(propose, max(_STEP, min(refer, propose - _STEP)))


def fit_calibration(examples: Sequence[ScoredExample]) -> Calibration:
    """The calibration that makes scores the probabilities of the stream that the examples stand
    for (https://en.wikipedia.org/wiki/Platt_scaling).

    Raises ConfigError if a higher score does not make a paper more likely to belong.
    """
    if calibration := _fitted(examples):
        return calibration
    raise ConfigError(
        "by these papers nothing tells those that belong from the others", remedy=GIVE_MORE
    )


def fit_title_calibration(examples: Sequence[ScoredExample]) -> Calibration:
    """The calibration of titles alone. If these tell nothing, every title is as likely to belong
    as any other."""
    if calibration := _fitted(examples):
        return calibration
    total = math.fsum(each.stands_for for each in examples)
    belonging = math.fsum(each.stands_for * each.belongs for each in examples)
    return Calibration(_FLATTEST, math.log((belonging + 1.0) / (total - belonging + 1.0)))


def _fitted(examples: Sequence[ScoredExample]) -> Calibration | None:
    """None if a higher score does not make a paper more likely to belong."""
    if len({each.belongs for each in examples}) > 1:
        fitted = library("sklearn.linear_model").LogisticRegression(C=1e6)
        fitted.fit(
            [[each.score] for each in examples],
            [each.belongs for each in examples],
            [min(each.stands_for, _HEAVIEST) for each in examples],
        )
        slope = float(fitted.coef_[0][0])
        if slope >= _FLATTEST:
            return Calibration(slope, float(fitted.intercept_[0]))
    return None


def thresholds_by_precision(
    examples: Sequence[ScoredExample], calibration: Calibration, wanted: Precision
) -> Thresholds:
    """The lowest threshold above which the wanted share of the papers belongs. If no threshold
    reaches it, papers are proposed from that probability on."""
    ranked = sorted(examples, key=lambda each: -each.score)
    papers = belonging = 0.0
    propose = wanted.proposed
    for each in ranked:
        papers += each.stands_for
        belonging += each.stands_for * each.belongs
        if belonging >= wanted.proposed * papers:
            propose = calibration.probability(each.score)
    return Thresholds.between_0_and_1(propose, wanted.referred)


def thresholds_by_shares(
    examples: Sequence[ScoredExample], calibration: Calibration, shares: SourceShares
) -> Thresholds:
    """The probabilities that these shares of the stream reach."""
    ranked = sorted(examples, key=lambda each: -each.score)
    total = math.fsum(each.stands_for for each in ranked)
    found = []
    for share in (shares.proposed, shares.shown):
        papers, threshold = 0.0, ranked[-1].score
        for each in ranked:
            papers += each.stands_for
            if papers > share * total:
                threshold = each.score
                break
        found.append(calibration.probability(threshold))
    return Thresholds.between_0_and_1(*found)
