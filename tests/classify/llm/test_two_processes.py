"""Two processes that ask at the same time keep one budget: two connections to one file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from medvl_watch.classify.llm.answer_cache import AnswerCacheFile
from tests.classify.llm.harness import NOW, PAPERS, open_harness
from tests.classify.llm.modelserver import good_reply
from tests.classify.llm.test_costs import PRICED


def reserve_many(path: Path, count: int) -> int:
    """How many of so many reservations of one cent the budget of ten cents granted."""
    with closing(AnswerCacheFile(path, NOW)) as cache:
        return sum(cache.reserve(0.01, 0.1) is not None for _ in range(count))


def test_reservations_of_two_processes_fit_one_budget(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    AnswerCacheFile(path, NOW).close()
    with ThreadPoolExecutor(2) as pool:
        granted = list(pool.map(reserve_many, [path, path], [10, 10]))
    assert sum(granted) == 10
    with closing(AnswerCacheFile(path, NOW)) as cache:
        assert cache.spent_this_month() == pytest.approx(0.1)


def test_a_payment_takes_the_place_of_its_reservation(tmp_path: Path) -> None:
    with closing(AnswerCacheFile(tmp_path / "answers.sqlite", NOW)) as cache:
        kept, paid, released = (cache.reserve(0.01, 1.0) for _ in range(3))
        assert None not in {kept, paid, released}
        cache.record_payment(
            model="small", input_tokens=1, output_tokens=1, usd=0.002, reservation=paid
        )
        cache.release(released or 0)
        assert cache.spent_this_month() == pytest.approx(0.012)


def test_what_another_process_spends_meanwhile_counts(tmp_path: Path) -> None:
    with closing(AnswerCacheFile(tmp_path / "answers.sqlite", NOW)) as cache:
        with open_harness(good_reply, **PRICED, payment_log=cache, budget_usd=0.1) as harness:
            cache.record_payment(model="other", input_tokens=1, output_tokens=1, usd=0.0999)
            harness.classifier.judge(PAPERS)
            assert harness.server.requests == []
            assert harness.classifier.usage.fallbacks == {"budget": len(PAPERS)}
        assert cache.spent_this_month() == pytest.approx(0.0999)


def test_no_reservation_is_left_after_a_run(tmp_path: Path) -> None:
    with closing(AnswerCacheFile(tmp_path / "answers.sqlite", NOW)) as cache:
        with open_harness(good_reply, **PRICED, payment_log=cache, budget_usd=1.0) as harness:
            harness.classifier.judge(PAPERS)
            spent = harness.classifier.usage.usd
        assert cache.spent_this_month() == pytest.approx(spent)


def test_unreliable_answers_are_discarded(tmp_path: Path) -> None:
    with closing(AnswerCacheFile(tmp_path / "answers.sqlite", NOW)) as cache:
        with open_harness(good_reply, cache=cache) as harness:
            harness.classifier.judge(PAPERS[:2])
            keys = [each.key for each in harness.classifier.questions(PAPERS[:2])]
        cache.discard(keys[:1])
        assert [cache.get(each) is None for each in keys] == [True, False]
