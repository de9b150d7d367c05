"""Servers that misbehave: no paper is lost, misplaced or given a label that is not in the tree.

Each row is tried twice: on one paper among good answers, and on every paper. `then` says what
must become of the paper: `answered` (in the end), or `fell back`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from medvl_watch.classify.llm.protocols import CallFailed, ResponseFormat
from medvl_watch.records import Verdict
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    PAPERS,
    TAXONOMY,
    is_judged_by_fallback,
    open_harness,
    without_fallback_flags,
)
from tests.classify.llm.modelserver import (
    Behaviour,
    ModelRequest,
    Reply,
    answer_for,
    completion_reply,
    error_reply,
    good_reply,
    reply_with,
    tool_call_reply,
)

OTHER = PAPERS[3].id
ODD_ONE = PAPERS[1].id


def always(**changes: object) -> Behaviour:
    return lambda request: reply_with(answer_for(request, **changes))


def at_first(reply: Behaviour) -> Behaviour:
    return lambda request: reply(request) if request.attempt == 1 else good_reply(request)


def without(*forms: ResponseFormat, status: int) -> Behaviour:
    """A server that cannot do these forms."""

    def behave(request: ModelRequest) -> Reply:
        if request.response_format in forms:
            return error_reply(status, f"{request.response_format} is not supported")
        if request.response_format is ResponseFormat.TOOL:
            return tool_call_reply(json.dumps(answer_for(request)))
        return good_reply(request)

    return behave


def omitting(key: str) -> Behaviour:
    def behave(request: ModelRequest) -> Reply:
        answer = answer_for(request)
        del answer[key]
        return reply_with(answer)

    return behave


def text(response_format: str) -> Behaviour:
    """The right answer as part of this text."""
    return lambda request: reply_with(
        response_format.replace("ANSWER", json.dumps(answer_for(request)))
    )


def everybody(request: ModelRequest) -> Reply:
    """All papers in one list, in another order; each with its own id."""
    others = [each.id for each in PAPERS if each.id != request.paper_id]
    return reply_with(
        [*(answer_for(request, id=each, relevance=0.01) for each in others), answer_for(request)]
    )


def strangers(request: ModelRequest) -> Reply:
    """Answers to all papers but the one in question."""
    return reply_with(
        [answer_for(request, id=each.id) for each in PAPERS if each.id != request.paper_id]
    )


TWICE = (
    '{"id": "%s", "relevance": 0.1, "relevance": 0.9, "sections": [], "evidence": [], '
    '"suspicious": false}'
)

MISBEHAVIOURS: dict[str, tuple[Behaviour, str]] = {
    "the id of another paper": (always(id=OTHER + "9"), "fell back"),
    "answers to all other papers": (strangers, "fell back"),
    "answers to all papers in one list": (everybody, "answered"),
    "the id left out": (omitting("id"), "fell back"),
    "the relevance left out": (omitting("relevance"), "fell back"),
    "an id that is a number": (always(id=7), "fell back"),
    "a truth value as text": (always(suspicious="false"), "fell back"),
    "a number as text": (always(relevance="0.9"), "fell back"),
    "a truth value as number": (always(relevance=True), "fell back"),
    "a relevance of seven": (always(relevance=7), "fell back"),
    "a relevance below zero": (always(relevance=-0.5), "fell back"),
    "a relevance that is no number": (always(relevance=float("nan")), "fell back"),
    "null for the sections": (always(sections=None), "fell back"),
    "a label outside the taxonomy": (
        always(sections=[{"node": "use/banana", "score": 0.9}]),
        "fell back",
    ),
    "a label in other letters": (
        always(sections=[{"node": "Use/Words", "score": 0.9}]),
        "fell back",
    ),
    "a label's title for its id": (always(sections=[{"node": "Words", "score": 0.9}]), "fell back"),
    "fifty sections": (always(sections=[{"node": "use", "score": 0.1}] * 50), "fell back"),
    "a key of its own": (always(decision="propose"), "fell back"),
    "evidence that does not occur": (always(evidence=["a cure for everything"]), "answered"),
    "evidence that is one text": (always(evidence="Report"), "fell back"),
    "no evidence": (always(evidence=[]), "answered"),
    "fenced JSON": (text("```json\nANSWER\n```"), "answered"),
    "prose around the JSON": (
        text("Sure! Here you are: ANSWER I hope it helps {smile}."),
        "answered",
    ),
    "thoughts before the JSON": (text('<think>{"id": 1} maybe</think>\nANSWER'), "answered"),
    "the answer in a list": (text("[ANSWER]"), "answered"),
    "the answer twice": (text("ANSWER\nANSWER"), "answered"),
    "two answers that differ": (
        lambda request: reply_with(
            json.dumps(answer_for(request)) + json.dumps(answer_for(request, relevance=0.1))
        ),
        "fell back",
    ),
    "a key that stands twice": (lambda request: reply_with(TWICE % request.paper_id), "fell back"),
    "JSON cut off": (lambda request: reply_with(json.dumps(answer_for(request))[:-9]), "fell back"),
    "cut off by length": (
        lambda request: reply_with(answer_for(request), finish="length"),
        "fell back",
    ),
    "held back by a filter": (lambda request: reply_with("", finish="content_filter"), "fell back"),
    "python for JSON": (lambda request: reply_with(str(answer_for(request))), "fell back"),
    "JSON of great depth": (lambda _: reply_with('{"a":' * 3_000), "fell back"),
    "an endless answer": (lambda _: reply_with("{" * 30_000), "fell back"),
    "an empty text": (lambda _: reply_with(""), "fell back"),
    "null for a text": (lambda _: reply_with(None), "fell back"),
    "a list for a text": (
        lambda _: completion_reply([{"message": {"content": [{"type": "text"}]}}]),
        "fell back",
    ),
    "only white space": (lambda _: reply_with(" \n\t"), "fell back"),
    "a plain word": (lambda _: reply_with("Banana"), "fell back"),
    "odd characters": (lambda _: reply_with("\ud83d\ufffd\u202e{\u0000}\u2028"), "fell back"),
    "a refusal": (lambda _: reply_with(None, refusal="I cannot help with that."), "fell back"),
    "no choices": (lambda _: completion_reply([]), "fell back"),
    "null for the choices": (lambda _: completion_reply(None), "fell back"),
    "a choice without message": (lambda _: completion_reply([{"index": 0}]), "fell back"),
    "HTML with status 200": (
        lambda _: Reply(body=b"<html>Welcome</html>", headers={"Content-Type": "text/html"}),
        "fell back",
    ),
    "an error with status 200": (
        lambda _: Reply(body=b'{"error": {"message": "busy"}}'),
        "fell back",
    ),
    "bytes that are no text": (lambda _: Reply(body=b"\xff\xfe\x00{"), "fell back"),
    "an empty body": (lambda _: Reply(), "fell back"),
    "a body that breaks off": (
        lambda request: Reply(body=good_reply(request).body[:50], withheld=500),
        "fell back",
    ),
    "a connection that is reset": (lambda _: Reply(reset=True), "fell back"),
    "a text that is too large": (lambda _: error_reply(413, "too large"), "fell back"),
    "half a character in the answer": (
        lambda request: reply_with(
            json.dumps(answer_for(request, evidence=["\ud83d"]), ensure_ascii=False)
        ),
        "answered",
    ),
    "too many requests, for ever": (lambda _: error_reply(429, Retry_After="1"), "fell back"),
    "too many requests, once": (at_first(lambda _: error_reply(429)), "answered"),
    "a server error, once": (at_first(lambda _: error_reply(503)), "answered"),
    "a bad gateway, for ever": (lambda _: error_reply(502), "fell back"),
    "a refusal whose body breaks off": (
        lambda _: Reply(status=500, body=b'{"error"', withheld=500),
        "fell back",
    ),
    "500 on everything": (lambda _: error_reply(500), "fell back"),
    "schemas not for this model": (
        lambda request: (
            error_reply(400, "json_schema is not found for this model; unknown format")
            if request.response_format is ResponseFormat.SCHEMA
            else good_reply(request)
        ),
        "answered",
    ),
    "no schemas (500)": (without(ResponseFormat.SCHEMA, status=500), "answered"),
    "no schemas (400)": (without(ResponseFormat.SCHEMA, status=400), "answered"),
    "no schemas, no tools (404)": (
        without(ResponseFormat.SCHEMA, ResponseFormat.TOOL, status=404),
        "answered",
    ),
    "text only (422)": (
        without(ResponseFormat.SCHEMA, ResponseFormat.TOOL, ResponseFormat.OBJECT, status=422),
        "answered",
    ),
    "a tool called twice": (
        lambda request: tool_call_reply(json.dumps(answer_for(request)), 2),
        "fell back",
    ),
    "a tool's arguments as an object": (
        lambda request: tool_call_reply(answer_for(request)),
        "answered",
    ),
    "wrong at first, right when told": (at_first(always(relevance="high")), "answered"),
}


def check(verdicts: Sequence[Verdict]) -> None:
    assert [each.paper_id for each in verdicts] == [each.id for each in PAPERS]
    for verdict, first in zip(verdicts, FIRST_VERDICTS, strict=True):
        assert {each.node for each in verdict.sections} <= TAXONOMY.nodes.keys()
        assert 0 <= verdict.relevance <= 1
        assert not is_judged_by_fallback(verdict) or without_fallback_flags([verdict]) == [first]


@pytest.fixture(scope="module")
def all_good() -> Sequence[Verdict]:
    with open_harness(good_reply) as harness:
        return harness.classifier.judge(PAPERS)


def test_a_good_server_is_heard_on_every_paper(all_good: Sequence[Verdict]) -> None:
    check(all_good)
    assert {each.classifier for each in all_good} == {"llm"}
    assert len({each.relevance for each in all_good}) == len(PAPERS), "each has its own"


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
def test_one_bad_answer_hurts_no_other(misbehaviour: str, all_good: Sequence[Verdict]) -> None:
    bad, then = MISBEHAVIOURS[misbehaviour]
    with open_harness(
        lambda request: bad(request) if request.paper_id == ODD_ONE else good_reply(request)
    ) as harness:
        verdicts = harness.classifier.judge(PAPERS)
    check(verdicts)
    for verdict, wanted in zip(verdicts, all_good, strict=True):
        if verdict.paper_id != ODD_ONE:
            assert verdict == wanted
    odd = verdicts[1]
    assert is_judged_by_fallback(odd) == (then == "fell back"), odd.flags


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
def test_bad_answers_to_all_lose_none(misbehaviour: str) -> None:
    bad, then = MISBEHAVIOURS[misbehaviour]
    with open_harness(bad, concurrency=3) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        usage = harness.classifier.usage
    check(verdicts)
    assert {is_judged_by_fallback(each) for each in verdicts} == {then == "fell back"}
    assert usage.answered + usage.fallback_papers + usage.not_asked == len(PAPERS)


@pytest.mark.parametrize(
    ("slow", "reason"),
    [
        (Reply(hang=True), "no reply in time"),
        (Reply(body=b" " * 5_000, drip=True), "no complete reply in time"),
        (Reply(body=b" " * 2_000_000), "the reply was too large"),
        (Reply(body=b'{"choices":', withheld=500), "the reply broke off"),
        (Reply(reset=True), "the connection failed"),
    ],
    ids=["hanging", "dripping", "without end", "broken off", "reset"],
)
def test_a_reply_has_an_end_in_time_and_size(slow: Reply, reason: str) -> None:
    with open_harness(
        lambda request: slow if request.paper_id == ODD_ONE else good_reply(request),
        timeout=0.4,
        attempts=1,
    ) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        question = harness.classifier.cached_questions.question(PAPERS[1])
        with pytest.raises(CallFailed, match=reason):
            harness.endpoint.complete(
                question.messages, ResponseFormat.SCHEMA, harness.classifier.batch_costs.schema
            )
    check(verdicts)
    assert [is_judged_by_fallback(each) for each in verdicts] == [False, True, False, False, False]
    assert verdicts[1].flags[-1] == "llm-fallback: no complete reply"


def test_there_are_enough_rows() -> None:
    assert len(MISBEHAVIOURS) >= 20
