from __future__ import annotations

import pytest

from medvl_watch.evaluate.calibration import calibration_error


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param([(1.0, True), (0.0, False)], 0.0, id="certain and correct"),
        pytest.param([(1.0, False), (0.0, True)], 1.0, id="certain and wrong"),
        pytest.param([(0.5, True), (0.5, False)], 0.5, id="one answer per bin"),
        pytest.param([], 0.0, id="no answers"),
    ],
)
def test_calibration_error_is_the_gap_between_score_and_share_of_correct_answers(
    answers: list[tuple[float, bool]], error: float
) -> None:
    assert calibration_error(answers, bins=2) == pytest.approx(error)
