from __future__ import annotations

import pytest

from medvl_watch.classify.model import Calibration
from medvl_watch.errors import ConfigError
from medvl_watch.training.fitting.thresholds import (
    Precision,
    ScoredExample,
    SourceShares,
    fit_calibration,
    thresholds_by_precision,
    thresholds_by_shares,
)

AS_IT_IS = Calibration(1.0, 0.0)
RANKED = [
    *(ScoredExample(4.0 - number / 10, True, 1.0) for number in range(18)),
    ScoredExample(2.0, False, 1.0),
    ScoredExample(1.0, True, 1.0),
    ScoredExample(0.0, False, 4.0),
    ScoredExample(-1.0, True, 1.0),
]
"""Of the first 20, 19 belong; of all that follow, one in five."""


@pytest.mark.parametrize(
    ("wanted", "score"),
    [
        pytest.param(0.95, 1.0, id="the first twenty"),
        pytest.param(1.0, 2.3, id="those above the first that does not belong"),
        pytest.param(0.7, -1.0, id="all"),
    ],
)
def test_papers_are_proposed_from_the_lowest_score_with_the_wanted_precision(
    wanted: float, score: float
) -> None:
    found = thresholds_by_precision(RANKED, AS_IT_IS, Precision(proposed=wanted, referred=0.1))
    assert found.propose == pytest.approx(AS_IT_IS.probability(score))
    assert found.refer == 0.1


def test_a_precision_that_no_score_reaches_is_the_threshold_itself() -> None:
    ranked = [ScoredExample(2.0, False, 1.0), ScoredExample(1.0, True, 1.0)]
    found = thresholds_by_precision(ranked, AS_IT_IS, Precision(proposed=0.9))
    assert found.propose == 0.9


def test_shares_count_the_papers_for_which_examples_stand() -> None:
    found = thresholds_by_shares(RANKED, AS_IT_IS, SourceShares(proposed=0.1, shown=0.85))
    assert found.propose == pytest.approx(AS_IT_IS.probability(3.8))
    assert found.refer == pytest.approx(AS_IT_IS.probability(0.0))


def test_calibrated_scores_are_the_shares_that_belong() -> None:
    pytest.importorskip("sklearn", reason="training is an extra")
    mixed = [ScoredExample(score, number < 8 * (score > 0) + 1, 1.0)
             for score in (-1.0, 1.0) for number in range(10)]  # fmt: skip
    found = fit_calibration(mixed)
    assert found.probability(1.0) == pytest.approx(0.9, abs=0.01)
    assert found.probability(-1.0) == pytest.approx(0.1, abs=0.01)
    with pytest.raises(ConfigError, match="nothing tells"):
        fit_calibration([ScoredExample(-each.score, each.belongs, 1.0) for each in mixed])
