"""Servers that misbehave: every paper keeps its own verdict, with sections of the taxonomy only.

Each row is tested twice: on one paper among good answers, and on every paper. `expected` is what
happens to the paper: `answered` (possibly after a second try), or `fell back`.
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
BAD_PAPER = PAPERS[1].id


def always(**changes: object) -> Behaviour:
    return lambda request: reply_with(answer_for(request, **changes))


def at_first(reply: Behaviour) -> Behaviour:
    return lambda request: reply(request) if request.attempt == 1 else good_reply(request)


def without_formats(*formats: ResponseFormat, status: int) -> Behaviour:
    """A server that does not support these formats."""

    def behave(request: ModelRequest) -> Reply:
        if request.response_format in formats:
            return error_reply(status, f"{request.response_format} is not supported")
        if request.response_format is ResponseFormat.TOOL:
            return tool_call_reply(json.dumps(answer_for(request)))
        return good_reply(request)

    return behave


def without_key(key: str) -> Behaviour:
    def behave(request: ModelRequest) -> Reply:
        answer = answer_for(request)
        del answer[key]
        return reply_with(answer)

    return behave


def inside_text(template: str) -> Behaviour:
    """The valid answer in place of `ANSWER` in this text."""
    return lambda request: reply_with(template.replace("ANSWER", json.dumps(answer_for(request))))


def all_papers(request: ModelRequest) -> Reply:
    """Answers to all papers in one list, in another order."""
    others = [each.id for each in PAPERS if each.id != request.paper_id]
    return reply_with(
        [*(answer_for(request, id=each, relevance=0.01) for each in others), answer_for(request)]
    )


def only_other_papers(request: ModelRequest) -> Reply:
    """Answers to all papers except the one in question."""
    return reply_with(
        [answer_for(request, id=each.id) for each in PAPERS if each.id != request.paper_id]
    )


DUPLICATE_KEY = (
    '{"id": "%s", "relevance": 0.1, "relevance": 0.9, "sections": [], "evidence": [], '
    '"suspicious": false}'
)

MISBEHAVIOURS: dict[str, tuple[Behaviour, str]] = {
    "the id of another paper": (always(id=OTHER + "9"), "fell back"),
    "answers to all other papers": (only_other_papers, "fell back"),
    "answers to all papers in one list": (all_papers, "answered"),
    "the id left out": (without_key("id"), "fell back"),
    "the relevance left out": (without_key("relevance"), "fell back"),
    "an id that is a number": (always(id=7), "fell back"),
    "a truth value as text": (always(suspicious="false"), "fell back"),
    "a number as text": (always(relevance="0.9"), "fell back"),
    "a truth value as number": (always(relevance=True), "fell back"),
    "a relevance of seven": (always(relevance=7), "fell back"),
    "a relevance below zero": (always(relevance=-0.5), "fell back"),
    "a relevance of NaN": (always(relevance=float("nan")), "fell back"),
    "null for the sections": (always(sections=None), "fell back"),
    "a category that is not in the taxonomy": (
        always(sections=[{"node": "use/banana", "score": 0.9}]),
        "fell back",
    ),
    "a category in other case": (
        always(sections=[{"node": "Use/Words", "score": 0.9}]),
        "fell back",
    ),
    "the title of a category in place of its id": (
        always(sections=[{"node": "Words", "score": 0.9}]),
        "fell back",
    ),
    "fifty sections": (always(sections=[{"node": "use", "score": 0.1}] * 50), "fell back"),
    "an unknown key": (always(decision="propose"), "fell back"),
    "evidence that does not occur": (always(evidence=["a cure for everything"]), "answered"),
    "evidence that is one text": (always(evidence="Report"), "fell back"),
    "no evidence": (always(evidence=[]), "answered"),
    "fenced JSON": (inside_text("```json\nANSWER\n```"), "answered"),
    "prose around the JSON": (
        inside_text("Sure! Here you are: ANSWER I hope it helps {smile}."),
        "answered",
    ),
    "thoughts before the JSON": (inside_text('<think>{"id": 1} maybe</think>\nANSWER'), "answered"),
    "the answer in a list": (inside_text("[ANSWER]"), "answered"),
    "the answer twice": (inside_text("ANSWER\nANSWER"), "answered"),
    "two answers that differ": (
        lambda request: reply_with(
            json.dumps(answer_for(request)) + json.dumps(answer_for(request, relevance=0.1))
        ),
        "fell back",
    ),
    "a key that stands twice": (
        lambda request: reply_with(DUPLICATE_KEY % request.paper_id),
        "fell back",
    ),
    "JSON cut off": (lambda request: reply_with(json.dumps(answer_for(request))[:-9]), "fell back"),
    "cut off by length": (
        lambda request: reply_with(answer_for(request), finish="length"),
        "fell back",
    ),
    "held back by a filter": (lambda request: reply_with("", finish="content_filter"), "fell back"),
    "Python in place of JSON": (lambda request: reply_with(str(answer_for(request))), "fell back"),
    "JSON of great depth": (lambda _: reply_with('{"a":' * 3_000), "fell back"),
    "an answer of many braces": (lambda _: reply_with("{" * 30_000), "fell back"),
    "an empty text": (lambda _: reply_with(""), "fell back"),
    "null for a text": (lambda _: reply_with(None), "fell back"),
    "a list in place of a text": (
        lambda _: completion_reply([{"message": {"content": [{"type": "text"}]}}]),
        "fell back",
    ),
    "only white space": (lambda _: reply_with(" \n\t"), "fell back"),
    "a plain word": (lambda _: reply_with("Banana"), "fell back"),
    "unusual characters": (lambda _: reply_with("\ud83d\ufffd\u202e{\u0000}\u2028"), "fell back"),
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
    "bytes that are not UTF-8": (lambda _: Reply(body=b"\xff\xfe\x00{"), "fell back"),
    "an empty body": (lambda _: Reply(), "fell back"),
    "a body that breaks off": (
        lambda request: Reply(body=good_reply(request).body[:50], withheld=500),
        "fell back",
    ),
    "a connection that is reset": (lambda _: Reply(reset=True), "fell back"),
    "a text that is too large": (lambda _: error_reply(413, "too large"), "fell back"),
    "a lone surrogate in the answer": (
        lambda request: reply_with(
            json.dumps(answer_for(request, evidence=["\ud83d"]), ensure_ascii=False)
        ),
        "answered",
    ),
    "too many requests, for ever": (lambda _: error_reply(429, Retry_After="1"), "fell back"),
    "too many requests, once": (at_first(lambda _: error_reply(429)), "answered"),
    "a server error, once": (at_first(lambda _: error_reply(503)), "answered"),
    "a bad gateway, for ever": (lambda _: error_reply(502), "fell back"),
    "an error whose body breaks off": (
        lambda _: Reply(status=500, body=b'{"error"', withheld=500),
        "fell back",
    ),
    "500 on everything": (lambda _: error_reply(500), "fell back"),
    "an error message about schemas that mentions the model": (
        lambda request: (
            error_reply(400, "json_schema is not found for this model; unknown format")
            if request.response_format is ResponseFormat.SCHEMA
            else good_reply(request)
        ),
        "answered",
    ),
    "no schemas (500)": (without_formats(ResponseFormat.SCHEMA, status=500), "answered"),
    "no schemas (400)": (without_formats(ResponseFormat.SCHEMA, status=400), "answered"),
    "no schemas, no tools (404)": (
        without_formats(ResponseFormat.SCHEMA, ResponseFormat.TOOL, status=404),
        "answered",
    ),
    "text only (422)": (
        without_formats(
            ResponseFormat.SCHEMA, ResponseFormat.TOOL, ResponseFormat.OBJECT, status=422
        ),
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
    "valid at the second try": (at_first(always(relevance="high")), "answered"),
}


def check_verdicts(verdicts: Sequence[Verdict]) -> None:
    assert [each.paper_id for each in verdicts] == [each.id for each in PAPERS]
    for verdict, first in zip(verdicts, FIRST_VERDICTS, strict=True):
        assert {each.node for each in verdict.sections} <= TAXONOMY.nodes.keys()
        assert 0 <= verdict.relevance <= 1
        assert not is_judged_by_fallback(verdict) or without_fallback_flags([verdict]) == [first]


@pytest.fixture(scope="module")
def good_verdicts() -> Sequence[Verdict]:
    with open_harness(good_reply) as harness:
        return harness.classifier.judge(PAPERS)


def test_a_good_server_answers_on_every_paper(good_verdicts: Sequence[Verdict]) -> None:
    check_verdicts(good_verdicts)
    assert {each.classifier for each in good_verdicts} == {"llm"}
    assert len({each.relevance for each in good_verdicts}) == len(PAPERS), "each has its own"


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
def test_one_bad_answer_does_not_affect_other_papers(
    misbehaviour: str, good_verdicts: Sequence[Verdict]
) -> None:
    bad, expected = MISBEHAVIOURS[misbehaviour]
    with open_harness(
        lambda request: bad(request) if request.paper_id == BAD_PAPER else good_reply(request)
    ) as harness:
        verdicts = harness.classifier.judge(PAPERS)
    check_verdicts(verdicts)
    for verdict, wanted in zip(verdicts, good_verdicts, strict=True):
        if verdict.paper_id != BAD_PAPER:
            assert verdict == wanted
    odd = verdicts[1]
    assert is_judged_by_fallback(odd) == (expected == "fell back"), odd.flags


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
def test_bad_answers_on_all_papers_lose_no_paper(misbehaviour: str) -> None:
    bad, expected = MISBEHAVIOURS[misbehaviour]
    with open_harness(bad, concurrency=3) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        usage = harness.classifier.usage
    check_verdicts(verdicts)
    assert {is_judged_by_fallback(each) for each in verdicts} == {expected == "fell back"}
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
def test_time_and_size_of_a_reply_are_limited(slow: Reply, reason: str) -> None:
    with open_harness(
        lambda request: slow if request.paper_id == BAD_PAPER else good_reply(request),
        timeout=0.4,
        attempts=1,
    ) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        question = harness.classifier.cached_questions.question(PAPERS[1], FIRST_VERDICTS[1])
        with pytest.raises(CallFailed, match=reason):
            harness.endpoint.complete(
                question.messages, ResponseFormat.SCHEMA, harness.classifier.batch_costs.schema
            )
    check_verdicts(verdicts)
    assert [is_judged_by_fallback(each) for each in verdicts] == [False, True, False, False, False]
    assert verdicts[1].flags[-1] == "llm-fallback: no complete reply"


def test_the_table_has_enough_rows() -> None:
    assert len(MISBEHAVIOURS) >= 20
