"""Known papers among the others find a model that answers differently."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from medvl_watch.classify.exam.canaries import Canary, choose_canaries, has_changed
from medvl_watch.classify.exam.outcome import ExamOutcome
from medvl_watch.classify.llm.classifier import CHECK_EVERY
from medvl_watch.classify.llm.protocols import CachedAnswer
from medvl_watch.errors import ConfigError
from medvl_watch.records import Paper
from tests.classify.exam.models import bundled_exam, chance, knowing
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    PAPERS,
    PASSED,
    RULES,
    MemoryStore,
    is_judged_by_fallback,
    open_harness,
    paper,
    without_fallback_flags,
)
from tests.classify.llm.modelserver import Behaviour, ModelRequest, Reply, answer_for, reply_with

KNOWN = [
    Canary(paper=each.paper, belongs=each.belongs, relevance=knowing(each))
    for each in bundled_exam().papers
]
CANARIES = choose_canaries(KNOWN, "this run")
BY_ID = {each.paper.id: each for each in KNOWN}
WATCHED = ExamOutcome(weight=PASSED.weight, canaries=CANARIES)


def test_a_group_has_both_kinds_in_turn_and_differs_from_run_to_run() -> None:
    assert [each.belongs for each in CANARIES] == [True, False, True, False]
    assert all(each.error < 0.2 for each in CANARIES)
    assert choose_canaries(reversed(KNOWN), "this run") == CANARIES
    assert len({choose_canaries(KNOWN, str(day)) for day in range(10)}) > 1
    assert choose_canaries([], "this run") == ()


@pytest.mark.parametrize(
    ("answers", "changed"),
    [
        pytest.param([0.93, 0.1, 0.93, 0.1], False, id="as in the exam"),
        pytest.param([0.8, 0.2, 0.85, 0.0], False, id="nearly as in the exam"),
        pytest.param([0.93, 0.9, 0.93, 0.1], False, id="one answer differs"),
        pytest.param([0.93, 0.99, 0.93, 0.99], True, id="praises everything"),
        pytest.param([0.02, 0.1, 0.02, 0.1], True, id="praises nothing"),
        pytest.param([0.5, 0.5, 0.5, 0.5], True, id="cannot tell any more"),
        pytest.param([None, None, None, None], False, id="no answers"),
    ],
)
def test_has_changed(answers: list[float | None], changed: bool) -> None:
    assert has_changed(CANARIES, answers) is changed


def honest(request: ModelRequest) -> Reply:
    """Answers known papers as in the exam."""
    known = BY_ID.get(request.paper_id) or BY_ID.get(_by_title(request.title))
    return reply_with(answer_for(request, relevance=known.relevance if known else 0.9))


def _by_title(title: str) -> str:
    return next((each.paper.id for each in KNOWN if each.paper.facts.title == title), "")


def bad(request: ModelRequest) -> Reply:
    return reply_with(answer_for(request, relevance=0.99))


def random(request: ModelRequest) -> Reply:
    return reply_with(answer_for(request, relevance=chance(request.paper_id)))


def many_papers(number: int) -> list[Paper]:
    return [paper(f"2501.{each:05}", f"Chest x ray report {each}") for each in range(number)]


def test_an_honest_model_is_trusted() -> None:
    with open_harness(honest, outcome=WATCHED) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        assert harness.classifier.usage.canaries == len(CANARIES)
        assert len(harness.server.requests) == len(PAPERS) + len(CANARIES)
        assert harness.classifier.problems == ()
    assert all(each.classifier == "llm" for each in verdicts)


@pytest.mark.parametrize("behave", [bad, random], ids=["praises everything", "answers at random"])
def test_a_changed_model_is_found_and_its_answers_do_not_count(
    behave: Behaviour,
) -> None:
    store, changes = MemoryStore(), []
    with open_harness(
        behave,
        outcome=WATCHED,
        cache=store,
        on_changed_model=lambda: changes.append(1),
    ) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        (problem,) = harness.classifier.problems
        assert harness.classifier.usage.fallbacks == {"model changed": len(PAPERS)}
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert "answers known papers differently from its exam" in str(problem)
    assert changes == [1]
    kept = {each.paper_id for each in store.answers.values()}
    assert kept == {each.paper.id for each in CANARIES}


def test_a_model_that_turns_bad_in_the_middle_is_found_within_the_run() -> None:
    papers = many_papers(3 * CHECK_EVERY)
    numbers: Iterator[int] = count(1)

    def turning(request: ModelRequest) -> Reply:
        good = next(numbers) <= CHECK_EVERY + len(CANARIES) + 5
        return honest(request) if good else bad(request)

    with open_harness(turning, outcome=WATCHED) as harness:
        verdicts = harness.classifier.judge(papers)
        asked = len(harness.server.requests)
    by_model = [each for each in verdicts if not is_judged_by_fallback(each)]
    assert len(by_model) == CHECK_EVERY
    assert asked == 2 * (CHECK_EVERY + len(CANARIES))
    firsts = {each.paper_id: each for each in RULES.judge(papers)}
    for each in without_fallback_flags([each for each in verdicts if is_judged_by_fallback(each)]):
        assert each == firsts[each.paper_id]


def test_nothing_is_checked_without_a_new_answer() -> None:
    store = MemoryStore()
    for calls in (len(PAPERS) + len(CANARIES), 0):
        with open_harness(honest, outcome=WATCHED, cache=store) as harness:
            harness.classifier.judge(PAPERS)
            assert len(harness.server.requests) == calls


@pytest.mark.parametrize(
    ("behave", "are_kept"),
    [pytest.param(honest, True, id="honest"), pytest.param(bad, False, id="praises everything")],
)
def test_answers_from_a_batch_are_checked(behave: Behaviour, are_kept: bool) -> None:
    store = MemoryStore()
    with open_harness(behave, outcome=WATCHED, cache=store) as harness:
        keys = [each.key for each in harness.classifier.questions(PAPERS)]
        store.answers.update(
            {each: CachedAnswer(raw="{}", input_tokens=1, output_tokens=1, usd=0) for each in keys}
        )
        harness.classifier.check_collected(keys)
        assert all(each in store.answers for each in keys) is are_kept
        assert any(each in store.answers for each in keys) is are_kept
        assert (harness.classifier.obstacle is None) is are_kept
        harness.classifier.check_collected([])


def test_a_change_that_cannot_be_recorded_is_a_problem_and_not_the_end() -> None:
    def full_disk() -> None:
        raise ConfigError("the disk is full")

    with open_harness(bad, outcome=WATCHED, on_changed_model=full_disk) as harness:
        verdicts = harness.classifier.judge(PAPERS)
        problems = [str(each) for each in harness.classifier.problems]
    assert without_fallback_flags(verdicts) == list(FIRST_VERDICTS)
    assert any("the disk is full" in each for each in problems)
