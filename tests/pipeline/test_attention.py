"""A reviewer's minutes, over weeks of runs: nothing beyond them, nothing lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.changes import PullState
from medvl_watch.ledger.files import open_ledger
from medvl_watch.offers.outcomes import WAITS_FOR_TIME
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.records import Decision, Outcome, State
from tests.fakes import NOW, FakeClassifier, World, paper_id, publishing, verdict, world
from tests.publish.examples import tree

OPEN = PullState.OPEN
ONE, TWO, THREE, FOUR = (paper_id(number) for number in (1, 2, 3, 4))
TWO_PAPERS = ReviewBudget(per_week=4)


def history(a_world: World, paper: str) -> list[Outcome]:
    opened = open_ledger(a_world.ledger_file, a_world.now)
    try:
        return list(opened.ledger.outcomes(paper))
    finally:
        opened.ledger.close()


def next_week(a_world: World) -> None:
    a_world.now += timedelta(weeks=1)


@pytest.fixture
def four(tmp_path: Path) -> World:
    """Four good papers, and time for two of them a week."""
    return world(tmp_path, 1, 2, 3, 4, ids=("first",), minutes=TWO_PAPERS)


def test_what_there_is_no_time_for_comes_with_the_next_week(four: World) -> None:
    ran = four.run()
    assert four.pulls() == [(1, OPEN, (ONE, TWO))]
    assert ran.lists[0].waiting == 2
    assert four.latest_outcomes()[THREE] is State.DEFERRED
    assert history(four, THREE)[-2].reason == WAITS_FOR_TIME

    before = tree(four.state)
    assert four.run().lists[0].waiting == 2
    assert tree(four.state) == before, "the same week again changes nothing"

    next_week(four)
    ran = four.run()
    assert four.pulls() == [(1, OPEN, (ONE, TWO, THREE, FOUR))]
    assert ran.lists[0].waiting == 0


def test_what_was_looked_at_this_week_counts_after_a_merge(four: World) -> None:
    four.run()
    four.forge.merge(four.target(), 1)
    four.run()
    assert four.pulls() == [(1, PullState.MERGED, (ONE, TWO))]

    next_week(four)
    four.run()
    assert four.pulls()[1:] == [(2, OPEN, (THREE, FOUR))]


def test_a_later_but_better_paper_goes_before(four: World) -> None:
    four.run()
    better = replace(verdict(paper_id(5)), relevance=0.99)
    four.classifier = FakeClassifier({paper_id(5): better})
    later = publishing(four, 1, 2, 3, 4, 5)
    later.run()
    next_week(later)
    later.run()

    ((_, _, papers),) = later.pulls()
    assert set(papers) == {ONE, TWO, paper_id(5), THREE}


def test_the_most_doubtful_wait_for_the_readers_time(tmp_path: Path) -> None:
    says = {
        paper_id(number): replace(verdict(paper_id(number), Decision.REFER), relevance=number / 10)
        for number in (1, 2, 3, 4)
    }
    doubts = world(tmp_path, 1, 2, 3, 4, minutes=ReviewBudget(per_week=3))
    doubts.classifier = FakeClassifier(says)
    ran = doubts.run()

    assert ran.polled.waiting == 1
    assert doubts.overall() == {
        ONE: State.DEFERRED, **dict.fromkeys((TWO, THREE, FOUR), State.REFERRED),
    }  # fmt: skip
    before = tree(doubts.state)
    doubts.run()
    assert tree(doubts.state) == before

    next_week(doubts)
    assert doubts.run().polled.waiting == 0
    assert doubts.overall()[ONE] is State.REFERRED
    assert doubts.classifier.judged == [ONE, TWO, THREE, FOUR], "nothing is judged twice"


def test_an_unsure_section_waits_for_time_too(tmp_path: Path) -> None:
    two = world(tmp_path, 1, 2, ids=("first",), minutes=ReviewBudget(per_week=2))
    two.classifier = FakeClassifier({TWO: verdict(TWO, words=0.4, outlines=0.55)})
    two.run()
    assert two.latest_outcomes() == {ONE: State.PROPOSED, TWO: State.DEFERRED}
    assert "section is uncertain" not in two.page().read_text(encoding="utf-8")

    next_week(two)
    two.run()
    assert two.latest_outcomes()[TWO] is State.REFERRED


def test_no_minutes_at_all_proposes_nothing_and_loses_nothing(tmp_path: Path) -> None:
    none = world(tmp_path, 1, 2, ids=("first",), minutes=ReviewBudget(per_week=0))
    none.run()
    next_week(none)
    none.run()
    assert none.pulls() == []
    assert set(none.latest_outcomes().values()) == {State.DEFERRED}

    none.minutes = TWO_PAPERS
    none.run()
    assert none.pulls() == [(1, OPEN, (ONE, TWO))]


def test_a_lost_ledger_takes_nothing_out_of_the_pull_request(four: World) -> None:
    """Two weeks have filled it with more than one week has time for."""
    four.run()
    next_week(four)
    four.run()
    assert four.pulls() == [(1, OPEN, (ONE, TWO, THREE, FOUR))]
    four.forget()
    later = publishing(four, 1, 2, 3, 4, 5)
    later.run()
    assert later.pulls() == [(1, OPEN, (ONE, TWO, THREE, FOUR))]
    assert later.latest_outcomes()[paper_id(5)] is State.DEFERRED


def test_what_a_broken_run_proposed_has_had_its_time(four: World) -> None:
    """It ended before the ledger was told; meanwhile a better paper has come in."""
    with pytest.raises(Crash):
        four.run(lambda parts: replace(parts, ledger=_EndsBeforeProposed(parts.ledger)))
    assert four.pulls() == [(1, OPEN, (ONE, TWO))]
    better = replace(verdict(paper_id(5)), relevance=0.99)
    four.classifier = FakeClassifier({paper_id(5): better})
    later = publishing(four, 1, 2, 3, 4, 5)
    later.run()
    assert later.pulls() == [(1, OPEN, (ONE, TWO))]
    assert later.latest_outcomes()[ONE] is State.PROPOSED
    assert later.latest_outcomes()[paper_id(5)] is State.DEFERRED


class Crash(BaseException):
    """The process ended here."""


class _EndsBeforeProposed:
    """A ledger whose process ends before it records a proposal."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def record(self, outcomes: Iterable[Outcome]) -> int:
        new = list(outcomes)
        if any(each.state is State.PROPOSED for each in new):
            raise Crash
        done: int = self._ledger.record(new)
        return done


def told_in(a_world: World, week: str) -> str:
    published = a_world.digest(week).published
    assert published
    return Path(published.address).read_text(encoding="utf-8")


def test_the_digest_tells_of_both_weeks(four: World) -> None:
    four.run()
    first = told_in(four, "current")
    assert (
        "| deferred (this week's review time is used up): the reviewer of The first list | 2 |"
        in first
    )
    assert "the next pull request on" not in first

    next_week(four)
    four.run()
    second = told_in(four, "current")
    assert "study 3" in second
    assert "study 4" in second
    assert "study 1" not in second, "it was told of in the week before"
    assert "review time is used up" not in second
    assert four.now > NOW
