"""From the answers of an exam to the weight of a model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.exam.papers import ExamPaper
from medvl_watch.classify.exam.scores import ExamAnswer, Share, area_under_curve, score
from medvl_watch.classify.exam.weight import LEAST_AUC, ModelWeight, weigh
from tests.classify.exam.models import (
    Opinion,
    answers_of,
    failing,
    guessing,
    knowing,
    lying,
    praising,
    usual_local,
)


def weight_of(opinion: Opinion) -> ModelWeight:
    return weigh(answers_of(opinion, usual_local))


@pytest.mark.parametrize(
    ("answers", "area"),
    [
        pytest.param([(0.9, True), (0.1, False)], 1.0, id="in order"),
        pytest.param([(0.1, True), (0.9, False)], 0.0, id="reversed"),
        pytest.param([(0.5, True), (0.5, False)], 0.5, id="tied"),
        pytest.param([(0.9, True), (0.2, True), (0.5, False)], 0.5, id="one of two pairs"),
        pytest.param([(0.9, True)], 0.5, id="nothing to compare with"),
        pytest.param([], 0.5, id="no answers"),
    ],
)
def test_area_under_curve(answers: list[tuple[float, bool]], area: float) -> None:
    assert area_under_curve(answers) == area


@pytest.mark.parametrize(
    "opinion",
    [
        pytest.param(guessing, id="guesses"),
        pytest.param(lying, id="is certain of the opposite"),
        pytest.param(praising, id="praises every paper"),
        pytest.param(failing, id="gives no usable answer"),
        pytest.param(lambda _: 0.5, id="cannot tell"),
    ],
)
def test_a_model_that_knows_nothing_is_ignored(opinion: Opinion) -> None:
    weight = weight_of(opinion)
    assert weight.ignored
    assert f"{LEAST_AUC:.2f}" in weight.ignored


def test_a_model_that_knows_decides() -> None:
    weight = weight_of(knowing)
    assert not weight.ignored
    assert weight.better_than_local
    assert weight.combine(0.12, 0.93) > 0.7
    assert weight.combine(0.9, 0.05) < 0.2
    assert weight.leaf_trust > 0.7


def test_a_worse_model_than_local_moves_less_and_by_one_step() -> None:
    def mediocre(each: ExamPaper) -> float:
        return 0.25 * each.belongs + 0.75 * guessing(each)

    good, other = weight_of(knowing), weight_of(mediocre)
    assert not other.ignored
    assert not other.better_than_local
    assert 0 < other.combine(0.4, 0.95) - 0.4 < good.combine(0.4, 0.95) - 0.4


def test_a_short_exam_proves_little() -> None:
    answers = answers_of(knowing, usual_local)
    few = [*answers[:6]]
    assert weigh(few).most_evidence < weigh(answers).most_evidence < 4


def test_an_exam_of_one_kind_of_papers_proves_nothing() -> None:
    assert weigh([each for each in answers_of(knowing, usual_local) if each.belongs]).ignored
    assert weigh([]).ignored


def test_missing_answers_count_as_not_knowing() -> None:
    answers = [
        replace(each, relevance=None) if number % 2 else each
        for number, each in enumerate(answers_of(knowing, usual_local))
    ]
    scores = score(answers)
    assert scores.answered == (len(answers) + 1) // 2
    assert scores.brier > score(answers_of(knowing, usual_local)).brier


def test_shares_are_readable() -> None:
    assert str(Share.of([True, None, False, True])) == "0.67 (2 of 3)"
    assert str(Share.of([])) == "-"


_answers = st.lists(
    st.builds(
        ExamAnswer,
        paper_id=st.just("x"),
        belongs=st.booleans(),
        local_relevance=st.floats(0, 1),
        relevance=st.none() | st.floats(0, 1),
        leaf_right=st.none() | st.booleans(),
        local_leaf_right=st.none() | st.booleans(),
    ),
    max_size=30,
)


@given(answers=_answers, local=st.floats(0, 1), relevance=st.floats(0, 1))
def test_any_exam_gives_a_weight(answers: list[ExamAnswer], local: float, relevance: float) -> None:
    weight = weigh(answers)
    assert 0 <= weight.combine(local, relevance) <= 1
    assert 0 <= weight.leaf_trust <= 1
    if not weight.ignored:
        assert weight.evidence(1.0) >= weight.evidence(relevance) >= weight.evidence(0.0)
