"""A backlog by the Batch API: matched by id, kept in the cache, judged without a call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import pytest

from medvl_watch.classify.llm.batch import Batches, read_results
from medvl_watch.classify.llm.protocols import ResponseFormat
from medvl_watch.classify.llm.question import Question
from medvl_watch.errors import ModelDenied, ModelError
from medvl_watch.records import Paper
from tests.classify.llm.harness import PAPERS, Harness, is_judged_by_fallback, open_harness
from tests.classify.llm.modelserver import (
    ModelRequest,
    ModelServer,
    Reply,
    answer_for,
    error_reply,
    good_reply,
    reply_with,
)

PRICED: dict[str, Any] = {"usd_per_million_input": 1.0, "usd_per_million_output": 10.0}


def result(question: Question, reply: Reply, status: int = 200) -> str:
    response = {"status_code": status, "body": json.loads(reply.body)}
    return json.dumps({"id": "r", "custom_id": question.key, "response": response, "error": None})


def valid_reply(question: Question) -> Reply:
    title = question.fields["title"]
    return reply_with(
        answer_for(
            ModelRequest(
                paper_id=question.prompt_id,
                title=title,
                response_format=ResponseFormat.SCHEMA,
                attempt=1,
                body={},
            )
        )
    )


def requests_of(server: ModelServer) -> Sequence[Mapping[str, object]]:
    return [json.loads(line) for line in server.files["file-in"].decode().strip().splitlines()]


def pending(
    harness: Harness, *papers: Paper, handed_in: AbstractSet[str] = frozenset()
) -> Sequence[Question]:
    """What a batch would be asked about these papers."""
    return harness.classifier.batch_costs.pending(harness.classifier.questions(papers), handed_in)


def by_key(questions: Sequence[Question]) -> Mapping[str, Question]:
    return {each.key: each for each in questions}


def test_papers_in_a_batch_are_judged_without_a_call() -> None:
    with open_harness(good_reply, **PRICED) as harness:
        questions = pending(harness, *PAPERS, *PAPERS)
        assert len(questions) == len(PAPERS), "each is asked about once"
        batches = Batches(harness.endpoint)
        batch = batches.submit(questions, harness.classifier.batch_costs.schema)
        assert not batch.is_finished
        sent = requests_of(harness.server)
        assert [each["custom_id"] for each in sent] == [each.key for each in questions]
        lines = [result(each, valid_reply(each)) for each in reversed(questions)]
        harness.server.files["file-out"] = "\n".join(lines).encode()
        batch = batches.state(batch.id)
        assert batch.is_finished
        usable = harness.classifier.batch_costs.store_results(
            by_key(questions), batches.results(batch)
        )
        assert set(usable) == {each.key for each in questions}
        verdicts = harness.classifier.judge(PAPERS)
        assert harness.server.requests == []
        assert harness.classifier.usage.usd == pytest.approx(len(PAPERS) * 0.0005), "half the price"
    with open_harness(good_reply, **PRICED) as harness:
        assert harness.classifier.judge(PAPERS) == verdicts


def test_questions_that_a_batch_left_unanswered_are_asked() -> None:
    with open_harness(good_reply) as harness:
        questions = pending(harness, *PAPERS)
        lines = [
            result(questions[0], valid_reply(questions[0])),
            result(questions[1], error_reply(500), status=500),
            result(questions[2], valid_reply(questions[3])),
            result(questions[3], valid_reply(questions[3])),
            result(questions[3], reply_with("no")),
            result(questions[4], reply_with("no")),
            result(questions[4], valid_reply(questions[4])),
            '{"custom_id": "a stranger", "response": {"status_code": 200, "body": {}}}',
            '{"custom_id": 7, "response": null}',
            "[]",
            "cut o",
            "",
        ]
        usable = harness.classifier.batch_costs.store_results(
            by_key(questions), read_results("\n".join(lines))
        )
        assert usable == [questions[0].key]
        verdicts = harness.classifier.judge(PAPERS)
        assert {each.paper_id for each in harness.server.requests} == {
            each.id for each in PAPERS[1:]
        }
    assert not any(map(is_judged_by_fallback, verdicts))


def test_a_batch_does_not_exceed_the_budget() -> None:
    with open_harness(good_reply, **PRICED, budget_usd=0.008) as harness:
        first = pending(harness, *PAPERS)
        assert 0 < len(first) < len(PAPERS)
        others = pending(harness, *PAPERS, handed_in={each.key for each in first})
        assert others, "what was handed in already has had its share of the budget"
        assert set(by_key(others)).isdisjoint(by_key(first))
    with open_harness(good_reply, budget_usd=0) as harness:
        assert pending(harness, *PAPERS) == ()


def test_an_empty_batch_is_not_submitted() -> None:
    with open_harness(good_reply) as harness, pytest.raises(ModelError, match="1 to 50000"):
        Batches(harness.endpoint).submit([], harness.classifier.batch_costs.schema)


@pytest.mark.parametrize(
    ("status", "error"), [(401, ModelDenied), (500, ModelError)], ids=["wrong key", "down"]
)
def test_errors_of_the_service_are_translated(
    status: int, error: type[ModelError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tests.classify.llm.modelserver.batch_get", lambda *_: error_reply(status, "no")
    )
    with open_harness(good_reply) as harness, pytest.raises(error):
        Batches(harness.endpoint).state("batch-1")
