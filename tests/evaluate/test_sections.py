from __future__ import annotations

import pytest

from medvl_watch.classify.routing import ListSection, Route
from medvl_watch.evaluate.sections import Placed, calibration_error, section_figures


def section(title: str, score: float) -> ListSection:
    return ListSection(path=(title,), score=score, nodes=(), sure=score >= 0.6)


def placed(wanted: str, *found: tuple[str, float]) -> Placed:
    sections = tuple(section(*each) for each in found)
    return Placed(Route(sections=sections[:1], others=sections[1:]), {(wanted,)})


def test_shares_are_those_of_a_count_by_hand() -> None:
    figures = section_figures(
        [
            placed("a", ("a", 0.9), ("b", 0.1)),
            placed("a", ("b", 0.7), ("a", 0.2)),
            placed("a", ("b", 0.4), ("c", 0.3), ("a", 0.2)),
            placed("a"),
        ],
        bins=1,
    )
    assert (figures.papers, figures.answered) == (4, 0.75)
    assert (figures.top1, figures.top2) == (0.25, 0.5)
    assert (figures.sure, figures.top1_sure) == (0.5, 0.5)
    assert figures.calibration_error == pytest.approx((2.0 - 1) / 3)


def test_a_section_among_the_others_counts_too() -> None:
    route = Route(others=(section("a", 0.2),), reason="fits too weakly")
    assert section_figures([Placed(route, {("a",)})]).top1 == 1.0


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param([(1.0, True), (0.0, False)], 0.0, id="sure and right"),
        pytest.param([(1.0, False), (0.0, True)], 1.0, id="sure and wrong"),
        pytest.param([(0.5, True), (0.5, False)], 0.5, id="one answer a bin"),
        pytest.param([], 0.0, id="no answers"),
    ],
)
def test_calibration_is_the_gap_between_score_and_truth(
    answers: list[tuple[float, bool]], error: float
) -> None:
    assert calibration_error(answers, bins=2) == pytest.approx(error)


def test_without_papers_there_are_no_figures() -> None:
    with pytest.raises(ValueError, match="no paper"):
        section_figures([])
