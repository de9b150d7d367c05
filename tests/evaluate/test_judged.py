from __future__ import annotations

from dataclasses import replace

import pytest

from medvl_watch.evaluate.judged import judged_figures, judged_regressions
from medvl_watch.records import Decision, Verdict
from medvl_watch.training.fitting.graded_papers import GradedPaper

JUDGED = {
    "core": GradedPaper(grade=3, weight=2.0),
    "edge": GradedPaper(grade=2, weight=1.0),
    "missed": GradedPaper(grade=3, weight=2.0),
    "near": GradedPaper(grade=1, weight=4.0),
    "not judged by the classifier": GradedPaper(grade=3, weight=9.0),
}


def verdict(paper_id: str, decision: Decision, relevance: float) -> Verdict:
    return Verdict(paper_id=paper_id, relevance=relevance, decision=decision)


VERDICTS = [
    verdict("core", Decision.PROPOSE, 0.95),
    verdict("near", Decision.REFER, 0.25),
    verdict("edge", Decision.REFER, 0.25),
    verdict("missed", Decision.REJECT, 0.01),
    verdict("somebody else's", Decision.PROPOSE, 0.9),
]


def test_figures_are_weighted_to_the_stream() -> None:
    found = judged_figures(VERDICTS, JUDGED)
    assert found
    assert found.judged == 4
    assert found.precision == 1.0
    assert found.core_proposed == found.core_seen == pytest.approx(2 / 4)
    assert found.referred == pytest.approx(5 / 9)
    assert found.belongs_in_referred == pytest.approx(1 / 5)
    gaps = 2 * 0.05 + (5 * 0.25 - 1)
    assert found.calibration_error == pytest.approx(gaps / 7)


def test_without_judged_papers_there_are_no_figures() -> None:
    assert judged_figures(VERDICTS, {}) is None


def test_only_a_loss_beyond_chance_is_an_objection() -> None:
    found = judged_figures(VERDICTS, JUDGED)
    assert found
    assert (
        judged_regressions(replace(found, core_proposed=found.core_proposed - 0.009), found) == ()
    )
    [loss] = judged_regressions(replace(found, precision=0.9), found)
    assert loss == "of the proposed papers belong 0.900 instead of 1.000"
