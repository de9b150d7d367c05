"""The ladder is remembered, waiting is honoured, and a dead server is left alone."""

from __future__ import annotations

import pytest

from medvl_watch.classify.llm.protocols import ResponseFormat
from medvl_watch.classify.llm.response_formats import ResponseFormats
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    PAPERS,
    is_judged_by_fallback,
    open_harness,
    without_fallback_flags,
)
from tests.classify.llm.modelserver import (
    ModelRequest,
    Reply,
    answer_for,
    error_reply,
    good_reply,
    reply_with,
)
from tests.classify.llm.test_misbehaviour import MISBEHAVIOURS, without_formats


def formats_of(requests: list[ModelRequest]) -> list[ResponseFormat]:
    return [each.response_format for each in requests]


def test_an_unsupported_format_is_not_tried_for_ever() -> None:
    with open_harness(
        without_formats(ResponseFormat.SCHEMA, ResponseFormat.TOOL, status=500)
    ) as harness:
        harness.classifier.judge(PAPERS)
        down = [ResponseFormat.SCHEMA, ResponseFormat.TOOL, ResponseFormat.OBJECT]
        assert formats_of(harness.server.requests) == [*down, *down, *[ResponseFormat.OBJECT] * 3]


def test_response_formats_are_kept_for_the_next_classifier() -> None:
    response_formats = ResponseFormats()
    behave = without_formats(ResponseFormat.SCHEMA, status=400)
    with open_harness(behave, response_formats=response_formats) as harness:
        harness.classifier.judge(PAPERS)
    with open_harness(behave, response_formats=response_formats) as harness:
        harness.classifier.judge(PAPERS)
        assert set(formats_of(harness.server.requests)) == {ResponseFormat.TOOL}


def test_a_format_that_worked_is_kept_after_temporary_errors() -> None:
    def behave(request: ModelRequest) -> Reply:
        if request.paper_id != PAPERS[3].id and request.attempt == 1:
            return error_reply(500, "hiccup")
        return good_reply(request)

    with open_harness(behave) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert set(formats_of(harness.server.requests)) <= {
            ResponseFormat.SCHEMA,
            ResponseFormat.TOOL,
        }
        assert formats_of(harness.server.requests)[-1] is ResponseFormat.SCHEMA
    assert not any(map(is_judged_by_fallback, verdicts))


def test_a_question_on_which_all_formats_fail_is_not_recorded() -> None:
    def behave(request: ModelRequest) -> Reply:
        return (
            error_reply(400, "too long")
            if request.paper_id == PAPERS[0].id
            else good_reply(request)
        )

    with open_harness(behave) as harness:
        verdicts = harness.classifier.judge([PAPERS[0]] * 3 + list(PAPERS[1:]))
        others = [each for each in harness.server.requests if each.paper_id != PAPERS[0].id]
        assert formats_of(others) == [ResponseFormat.SCHEMA] * 4
    assert [is_judged_by_fallback(each) for each in verdicts] == [True] * 3 + [False] * 4


def test_the_second_try_contains_the_reason() -> None:
    with open_harness(MISBEHAVIOURS["a number as text"][0]) as harness:
        harness.classifier.judge(PAPERS[:1])
        first, second = harness.server.requests
    assert not first.is_second_try
    assert second.is_second_try
    assert "relevance: input should be" in second.body["messages"][-1]["content"]


def test_retry_after_is_respected() -> None:
    def behave(request: ModelRequest) -> Reply:
        return error_reply(429, Retry_After="17") if request.attempt == 1 else good_reply(request)

    with open_harness(behave) as harness:
        verdicts = harness.classifier.judge(PAPERS[:1])
        assert harness.time.slept == [17.0]
    assert not is_judged_by_fallback(verdicts[0])


def test_pauses_double_without_retry_after() -> None:
    with open_harness(lambda _: error_reply(429), attempts=4) as harness:
        harness.classifier.judge(PAPERS[:1])
        assert harness.time.slept == [1.0, 2.0, 4.0]
        assert len(harness.server.requests) == 4


def test_a_long_retry_after_stops_all_calls() -> None:
    with open_harness(lambda _: error_reply(429, Retry_After="3600")) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert len(harness.server.requests) == 1
        assert harness.time.slept == []
        (problem,) = harness.classifier.problems
        assert "the server asks us to wait 3600 s, longer than patience = 60" in str(problem)
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)


def test_failures_in_a_row_stop_all_calls() -> None:
    with open_harness(lambda _: error_reply(502), failures_in_a_row=2, attempts=1) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert len(harness.server.requests) == 2
        assert len(harness.classifier.problems) == 1
        assert harness.classifier.usage.fallbacks == {"no complete reply": 2, "circuit open": 3}
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert all(map(is_judged_by_fallback, verdicts))


def test_an_answer_resets_the_count_of_failures() -> None:
    bad = PAPERS[1].id
    with open_harness(
        lambda request: reply_with("no") if request.paper_id == bad else good_reply(request),
        failures_in_a_row=2,
    ) as harness:
        for place in (1, 0, 1, 2, 1):
            harness.classifier.judge([PAPERS[place]])
        assert harness.classifier.obstacle is None
        harness.classifier.judge([PAPERS[1]])
        assert harness.classifier.obstacle is not None


def test_concurrent_calls_keep_the_order_of_papers() -> None:
    papers = [PAPERS[place % 4] for place in range(40)]
    with open_harness(good_reply, concurrency=8) as many, open_harness(good_reply) as one:
        assert many.classifier.judge(papers) == one.classifier.judge(papers)


@pytest.mark.parametrize("param", ["max_tokens", "temperature"])
def test_a_refused_parameter_is_changed_once(param: str) -> None:
    def behave(request: ModelRequest) -> Reply:
        if param in request.body:
            error = f'{{"error": {{"message": "Unsupported: {param}", "param": "{param}"}}}}'
            return Reply(status=400, body=error.encode())
        return reply_with(answer_for(request))

    with open_harness(behave) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert len(harness.server.requests) == len(PAPERS) + 1
        assert set(formats_of(harness.server.requests)) == {ResponseFormat.SCHEMA}
    assert not any(map(is_judged_by_fallback, verdicts))
