"""The ladder is remembered, waiting is honoured, and a dead server is left alone."""

from __future__ import annotations

import pytest

from medvl_watch.classify.llm.protocols import ResponseFormat
from medvl_watch.classify.llm.response_formats import ResponseFormats
from tests.classify.llm.bench import FIRSTS, PAPERS, bench, fell_back, unflagged
from tests.classify.llm.modelserver import Asked, Reply, answer_to, failing, good, said
from tests.classify.llm.test_misbehaviour import MISBEHAVIOURS, without


def forms(asked: list[Asked]) -> list[ResponseFormat]:
    return [each.form for each in asked]


def test_a_server_without_schemas_is_not_asked_for_them_for_ever() -> None:
    with bench(without(ResponseFormat.SCHEMA, ResponseFormat.TOOL, status=500)) as here:
        here.classifier.judge(PAPERS)
        down = [ResponseFormat.SCHEMA, ResponseFormat.TOOL, ResponseFormat.OBJECT]
        assert forms(here.server.asked) == [*down, *down, *[ResponseFormat.OBJECT] * 3]


def test_the_ladder_is_remembered_for_the_next_classifier() -> None:
    ladder = ResponseFormats()
    behave = without(ResponseFormat.SCHEMA, status=400)
    with bench(behave, ladder=ladder) as here:
        here.classifier.judge(PAPERS)
    with bench(behave, ladder=ladder) as here:
        here.classifier.judge(PAPERS)
        assert set(forms(here.server.asked)) == {ResponseFormat.TOOL}


def test_a_form_that_worked_survives_hiccups() -> None:
    def behave(asked: Asked) -> Reply:
        if asked.paper_id != PAPERS[3].id and asked.attempt == 1:
            return failing(500, "hiccup")
        return good(asked)

    with bench(behave) as here:
        verdicts = here.classifier.judge(PAPERS)
        assert set(forms(here.server.asked)) <= {ResponseFormat.SCHEMA, ResponseFormat.TOOL}
        assert forms(here.server.asked)[-1] is ResponseFormat.SCHEMA
    assert not any(map(fell_back, verdicts))


def test_a_paper_that_no_form_can_do_teaches_nothing() -> None:
    def behave(asked: Asked) -> Reply:
        return failing(400, "too long") if asked.paper_id == PAPERS[0].id else good(asked)

    with bench(behave) as here:
        verdicts = here.classifier.judge([PAPERS[0]] * 3 + list(PAPERS[1:]))
        others = [each for each in here.server.asked if each.paper_id != PAPERS[0].id]
        assert forms(others) == [ResponseFormat.SCHEMA] * 4
    assert [fell_back(each) for each in verdicts] == [True] * 3 + [False] * 4


def test_a_second_try_says_what_was_wrong() -> None:
    with bench(MISBEHAVIOURS["a number as text"][0]) as here:
        here.classifier.judge(PAPERS[:1])
        first, second = here.server.asked
    assert not first.is_second_try
    assert second.is_second_try
    assert "relevance: input should be" in second.body["messages"][-1]["content"]


def test_a_server_that_says_when_is_asked_then() -> None:
    def behave(asked: Asked) -> Reply:
        return failing(429, Retry_After="17") if asked.attempt == 1 else good(asked)

    with bench(behave) as here:
        verdicts = here.classifier.judge(PAPERS[:1])
        assert here.time.slept == [17.0]
    assert not fell_back(verdicts[0])


def test_without_a_word_the_pauses_grow() -> None:
    with bench(lambda _: failing(429), attempts=4) as here:
        here.classifier.judge(PAPERS[:1])
        assert here.time.slept == [1.0, 2.0, 4.0]
        assert len(here.server.asked) == 4


def test_whom_to_wait_for_too_long_is_not_asked_again() -> None:
    with bench(lambda _: failing(429, Retry_After="3600")) as here:
        verdicts = here.classifier.judge(PAPERS)
        assert len(here.server.asked) == 1
        assert here.time.slept == []
        (problem,) = here.classifier.problems
        assert "the server asks us to wait 3600 s, longer than patience = 60" in str(problem)
    assert unflagged(verdicts) == list(FIRSTS)


def test_a_dead_server_is_left_alone() -> None:
    with bench(lambda _: failing(502), failures_in_a_row=2, attempts=1) as here:
        verdicts = here.classifier.judge(PAPERS)
        assert len(here.server.asked) == 2
        assert len(here.classifier.problems) == 1
        assert here.classifier.usage.fallbacks == {"no whole reply": 2, "circuit open": 3}
    assert unflagged(verdicts) == list(FIRSTS)
    assert all(map(fell_back, verdicts))


def test_an_answer_between_failures_keeps_the_circuit_closed() -> None:
    bad = PAPERS[1].id
    with bench(
        lambda asked: said("no") if asked.paper_id == bad else good(asked), failures_in_a_row=2
    ) as here:
        for place in (1, 0, 1, 2, 1):
            here.classifier.judge([PAPERS[place]])
        assert here.classifier.obstacle is None
        here.classifier.judge([PAPERS[1]])
        assert here.classifier.obstacle is not None


def test_many_at_once_keep_their_order() -> None:
    papers = [PAPERS[place % 4] for place in range(40)]
    with bench(good, concurrency=8) as many, bench(good) as one:
        assert many.classifier.judge(papers) == one.classifier.judge(papers)


@pytest.mark.parametrize("param", ["max_tokens", "temperature"])
def test_parameters_that_a_model_refuses_are_changed_once(param: str) -> None:
    def behave(asked: Asked) -> Reply:
        if param in asked.body:
            error = f'{{"error": {{"message": "Unsupported: {param}", "param": "{param}"}}}}'
            return Reply(status=400, body=error.encode())
        return said(answer_to(asked))

    with bench(behave) as here:
        verdicts = here.classifier.judge(PAPERS)
        assert len(here.server.asked) == len(PAPERS) + 1
        assert set(forms(here.server.asked)) == {ResponseFormat.SCHEMA}
    assert not any(map(fell_back, verdicts))
