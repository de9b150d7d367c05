"""No call without money for it, no call twice, and every cent in the books."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from medvl_watch.classify.llm.answer_cache import AnswerCacheFile
from medvl_watch.classify.llm.budget import Budget
from medvl_watch.classify.llm.prices import PRICES, Price, max_tokens, price_of
from medvl_watch.classify.llm.protocols import CachedAnswer
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.errors import ExitCode, LedgerError
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    NOW,
    PAPERS,
    MemoryStore,
    is_judged_by_fallback,
    open_harness,
    without_fallback_flags,
)
from tests.classify.llm.modelserver import (
    ModelRequest,
    Reply,
    answer_for,
    completion_reply,
    error_reply,
    good_reply,
    reply_with,
)

# 500 tokens in and 50 out for each answer of the server: 0.001 US dollars.
PRICED: dict[str, Any] = {"usd_per_million_input": 1.0, "usd_per_million_output": 10.0}


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[AnswerCacheFile]:
    file = AnswerCacheFile(tmp_path / "answers.sqlite", NOW)
    yield file
    file.close()


def test_no_calls_without_a_budget() -> None:
    with open_harness(good_reply, budget_usd=0) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert harness.server.requests == []
        (problem,) = harness.classifier.problems
        assert "the budget is 0, so no model was asked" in str(problem)
        assert problem.exit_code is ExitCode.PARTLY
        assert harness.classifier.usage.fallbacks == {"budget": 5}
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)


def test_the_budget_is_a_hard_limit_and_the_most_relevant_papers_come_first() -> None:
    likeliest = max(FIRST_VERDICTS, key=lambda each: each.relevance).paper_id
    with open_harness(good_reply, **PRICED, budget_usd=0.009) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        usage = harness.classifier.usage
        assert usage.usd is not None
        assert 0 < usage.usd <= 0.009
        assert usage.calls == usage.answered == len(harness.server.requests) < len(PAPERS)
        assert harness.server.requests[0].paper_id == likeliest
        assert "does not suffice for another call" in str(harness.classifier.problems[0])
    assert sum(map(is_judged_by_fallback, verdicts)) == len(PAPERS) - usage.answered


def test_earlier_costs_of_the_month_count() -> None:
    with open_harness(good_reply, **PRICED, budget_usd=1.0, spent_before=1.0) as harness:
        harness.classifier.judge(PAPERS)
        assert harness.server.requests == []


def test_threads_do_not_exceed_the_budget_together() -> None:
    budget = Budget(1.0, price=Price(1.0, 1.0))
    granted: list[float] = []

    def spend() -> None:
        for _ in range(100):
            cost = budget.reserve(5_000, 5_000)
            if cost is not None:
                granted.append(cost)

    threads = [Thread(target=spend) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(granted) == pytest.approx(1.0)
    assert budget.left == pytest.approx(0.0)


def test_a_broken_connection_is_charged() -> None:
    store = MemoryStore()
    with open_harness(
        lambda _: Reply(reset=True), **PRICED, payment_log=store, attempts=1
    ) as harness:
        harness.classifier.judge(PAPERS[:1])
        assert harness.classifier.usage.input_tokens > 0
    assert store.payments[0] > 0


@pytest.mark.parametrize(
    "slow",
    [Reply(hang=True), Reply(body=b'{"choices":', withheld=500)],
    ids=["no reply in time", "a reply that breaks off"],
)
def test_a_call_without_a_complete_reply_is_charged_its_prompt(slow: Reply) -> None:
    store = MemoryStore()
    with open_harness(
        lambda _: slow, **PRICED, payment_log=store, cache=store, attempts=1, timeout=0.3
    ) as harness:
        harness.classifier.judge(PAPERS[:1])
        usage = harness.classifier.usage
    assert usage.input_tokens > 500
    assert store.payments == [pytest.approx(usage.input_tokens * 1e-6)]
    assert store.unusable[PAPERS[0].id].usd == store.payments[0]


@pytest.mark.parametrize(
    "reply",
    [
        *(
            error_reply(each)
            for each in (307, 400, 401, 402, 404, 408, 413, 418, 429, 500, 502, 503)
        ),
        Reply(status=500, body=b'{"error"', withheld=500),
        Reply(status=502, body=b'{"error"', withheld=500),
    ],
    ids=lambda reply: f"{reply.status}{' that breaks off' if reply.withheld else ''}",
)
def test_a_refused_call_costs_nothing(reply: Reply) -> None:
    store = MemoryStore()
    with open_harness(lambda _: reply, **PRICED, payment_log=store) as harness:
        harness.classifier.judge(PAPERS)
        usage = harness.classifier.usage
        left = harness.classifier.estimate(PAPERS).left_usd
        assert usage.calls == len(harness.server.requests)
    assert (usage.input_tokens, usage.output_tokens, usage.usd) == (0, 0, 0.0)
    assert store.payments == []
    assert left == 1.0


def test_a_closed_port_costs_nothing(cache: AnswerCacheFile) -> None:
    for _ in range(3):
        with open_harness(
            good_reply, **PRICED, budget_usd=0.01, cache=cache, payment_log=cache
        ) as harness:
            harness.server.stop()
            verdicts = harness.classifier.judge(PAPERS)
            (problem,) = harness.classifier.problems
            assert str(harness.classifier.usage).endswith("0 + 0 tokens, 0.0000 USD")
        assert "the server cannot be reached" in str(problem)
        assert "check that the server runs" in str(problem)
        assert "not reached" in verdicts[0].flags[-1]
    assert cache.spent_this_month() == 0.0


@pytest.mark.parametrize(
    "usage",
    [{"prompt_tokens": 10**30, "completion_tokens": 10**12}, {}],
    ids=["beyond belief", "none"],
)
def test_impossible_token_counts_are_ignored(usage: dict[str, int], cache: AnswerCacheFile) -> None:
    def behave(request: ModelRequest) -> Reply:
        message = {"content": json.dumps(answer_for(request)) + " " * 15_000}
        return completion_reply([{"message": message}], usage=usage)

    with open_harness(behave, **PRICED, payment_log=cache) as harness:
        harness.classifier.judge(PAPERS[:1])
        assert harness.classifier.usage.answered == 1
        assert harness.classifier.usage.output_tokens == 600, "no more than were asked for"
    assert 0 < cache.spent_this_month() < 0.01


def test_tokens_are_estimated_if_the_server_does_not_count_them() -> None:
    with open_harness(
        lambda request: Reply(body=good_reply(request).body.replace(b'"usage"', b'"u"')), **PRICED
    ) as harness:
        harness.classifier.judge(PAPERS[:1])
        usage = harness.classifier.usage
    assert usage.input_tokens > 500
    assert usage.output_tokens > 20


def test_the_estimate_is_an_upper_bound() -> None:
    with open_harness(good_reply, **PRICED) as harness:
        estimate = harness.classifier.estimate(PAPERS)
        harness.classifier.judge(PAPERS)
        usage = harness.classifier.usage
        assert estimate.calls == usage.calls == 5
        assert estimate.input_tokens >= usage.input_tokens
        assert estimate.usd is not None
        assert usage.usd is not None
        assert estimate.usd >= usage.usd
        assert "5 papers: 5 calls" in str(estimate)
        after = harness.classifier.estimate(PAPERS)
        assert (after.calls, after.usd) == (0, 0.0)


@pytest.mark.parametrize(
    ("model", "base_url", "price"),
    [
        ("gpt-4.1-mini", "https://api.openai.com/v1", PRICES["gpt-4.1-mini"]),
        ("gpt-4.1-mini-2025-04-14", "https://api.openai.com/v1", PRICES["gpt-4.1-mini"]),
        ("mystery", "https://models.example/v1", None),
        ("mystery", "http://127.0.0.1:8080/v1", Price(0, 0)),
        ("mystery", "http://localhost:8080/v1", Price(0, 0)),
        ("mystery", "http://localhost.evil.example/v1", None),
        ("gpt-4.1-mini", "http://127.0.0.1:8080/v1", PRICES["gpt-4.1-mini"]),
        ("openai/gpt-4.1-mini", "http://localhost:8080/v1", PRICES["gpt-4.1-mini"]),
    ],
)
def test_the_price_of_a_model(model: str, base_url: str, price: Price | None) -> None:
    assert price_of(LlmSettings(model=model, base_url=base_url)) == price


def test_a_configured_price_of_zero_wins_over_the_table() -> None:
    settings = LlmSettings(
        model="gpt-4.1-mini",
        base_url="http://127.0.0.1:8080/v1",
        usd_per_million_input=0,
        usd_per_million_output=0,
    )
    assert price_of(settings) == Price(0, 0)


def test_an_unknown_price_is_reported_and_no_call_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LlmSettings, "is_local", False)
    with open_harness(good_reply) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert harness.server.requests == []
        assert "the price of small is not in the table" in str(harness.classifier.problems[0])
        assert harness.classifier.usage.usd is None
        assert "price unknown" in str(harness.classifier.usage)
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)


def test_tokens_are_not_underestimated() -> None:
    assert max_tokens("Radiology report generation") >= 4
    assert max_tokens("医学图像") >= 4


def test_a_second_run_makes_no_call(cache: AnswerCacheFile) -> None:
    with open_harness(good_reply, cache=cache) as harness:
        first = harness.classifier.judge(PAPERS)
    with open_harness(good_reply, cache=cache) as harness:
        second = harness.classifier.judge(PAPERS)
        assert harness.server.requests == []
        assert harness.classifier.usage.cached == len(PAPERS)
        kept = cache.get(
            harness.classifier.cached_questions.question(PAPERS[0], FIRST_VERDICTS[0]).key
        )
    assert first == second
    assert kept is not None
    assert '"relevance"' in kept.raw
    assert (kept.input_tokens, kept.output_tokens) == (500, 50)


def test_a_changed_text_or_model_needs_a_new_answer(cache: AnswerCacheFile) -> None:
    with open_harness(good_reply, cache=cache) as harness:
        harness.classifier.judge(PAPERS)
    facts = replace(PAPERS[0].facts, abstract="Rewritten.")
    changed = [replace(PAPERS[0], facts=facts), *PAPERS[1:]]
    with open_harness(good_reply, cache=cache) as harness:
        harness.classifier.judge(changed)
        assert [each.paper_id for each in harness.server.requests] == [PAPERS[0].id]
    with open_harness(good_reply, cache=cache, model="other") as harness:
        harness.classifier.judge(PAPERS)
        assert len(harness.server.requests) == len(PAPERS)


def test_unusable_answers_are_not_cached(cache: AnswerCacheFile) -> None:
    with open_harness(lambda _: reply_with("no"), cache=cache) as harness:
        harness.classifier.judge(PAPERS)
    with open_harness(good_reply, cache=cache) as harness:
        harness.classifier.judge(PAPERS)
        assert len(harness.server.requests) == len(PAPERS)


def test_a_cached_answer_is_checked_again() -> None:
    class Forged(MemoryStore):
        def get(self, key: str) -> CachedAnswer | None:
            return CachedAnswer(
                raw='{"id": "x", "relevance": 1}', input_tokens=1, output_tokens=1, usd=0
            )

    with open_harness(good_reply, cache=Forged()) as harness:
        harness.classifier.judge(PAPERS)
        assert len(harness.server.requests) == len(PAPERS)


def test_answers_are_used_even_if_the_cache_cannot_be_written() -> None:
    class Full(MemoryStore):
        def put(self, key: str, answer: CachedAnswer) -> None:
            raise LedgerError("the disk is full")

        def record_payment(self, **_: object) -> None:
            raise LedgerError("the disk is full")

    full = Full()
    with open_harness(good_reply, cache=full, payment_log=full) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert [str(each) for each in harness.classifier.problems] == ["the disk is full."]
    assert not any(map(is_judged_by_fallback, verdicts))


def test_payments_count_in_their_month(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    for moment in (NOW - timedelta(days=31), NOW - timedelta(days=3), NOW):
        file = AnswerCacheFile(path, moment)
        file.record_payment(model="small", input_tokens=1, output_tokens=1, usd=0.25)
        spent = file.spent_this_month()
        file.close()
    assert spent == pytest.approx(0.5)


def test_a_damaged_file_is_renamed(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"this is no database, but long enough to be looked at" * 100)
    file = AnswerCacheFile(path, NOW)
    file.put("k", CachedAnswer(raw="x", input_tokens=1, output_tokens=2, usd=0.5))
    assert file.get("k") == CachedAnswer(raw="x", input_tokens=1, output_tokens=2, usd=0.5)
    assert file.get("other") is None
    file.close()
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="gone"):
        AnswerCacheFile(tmp_path / "gone" / "answers.sqlite", datetime(2026, 1, 1, tzinfo=UTC))


def test_a_missing_table_is_a_ledger_error(cache: AnswerCacheFile, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "answers.sqlite")
    other.execute("DROP TABLE answers")
    other.commit()
    other.close()
    assert cache.get("k") is None
    with pytest.raises(LedgerError):
        cache.put("k", CachedAnswer(raw="x", input_tokens=1, output_tokens=2, usd=0.5))


def test_negative_token_counts_are_ignored() -> None:
    def behave(request: object) -> Reply:
        usage = {"prompt_tokens": -5_000_000, "completion_tokens": True}
        choices = [{"message": {"content": "no"}}]
        return completion_reply(choices, usage=usage)

    with open_harness(behave, **PRICED) as harness:
        harness.classifier.judge(PAPERS[:1])
        assert harness.classifier.usage.input_tokens > 0
