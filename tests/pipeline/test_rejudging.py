"""A new classifier looks again at what an old one said; what people said stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medvl_watch.changes import PullState
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.records import Decision, State
from tests.fakes import FakeClassifier, FakeSource, World, paper_id, record, verdict, world
from tests.publish.examples import tree

OPEN, CLOSED = PullState.OPEN, PullState.CLOSED
ONE, TWO, THREE, FOUR = (paper_id(number) for number in (1, 2, 3, 4))


def doubting(**says: Decision) -> FakeClassifier:
    """A classifier of an older version, which says this of papers `p1`, `p2`, …"""
    return FakeClassifier(
        {paper_id(int(name[1:])): replace(verdict(paper_id(int(name[1:])), said), version="0")
         for name, said in says.items()}
    )  # fmt: skip


@pytest.mark.parametrize("before", [Decision.REJECT, Decision.REFER])
def test_what_an_older_classifier_left_is_proposed_by_the_newer_one(
    three: World, before: Decision
) -> None:
    three.classifier = doubting(p2=before)
    three.run()
    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    three.classifier = FakeClassifier()
    three.run()
    assert three.pulls() == [(1, OPEN, (ONE, THREE))], "not before it is asked for"

    ran = three.run(rejudge=True)
    assert (ran.polled.rejudged, ran.polled.changed) == (1, 1)
    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE))]
    after = tree(three.state)
    assert three.run(rejudge=True).polled.rejudged == 0
    assert tree(three.state) == after


def test_what_is_still_rejected_makes_no_history(three: World) -> None:
    three.classifier = doubting(p1=Decision.REJECT, p2=Decision.REJECT, p3=Decision.REJECT)
    three.run()
    three.classifier = FakeClassifier(
        {each: verdict(each, Decision.REJECT, reason="in new words") for each in (ONE, TWO, THREE)}
    )
    ran = three.run(rejudge=True)
    assert (ran.polled.rejudged, ran.polled.changed) == (3, 0)
    before = tree(three.state)
    three.run(rejudge=True)
    assert tree(three.state) == before


def test_what_a_person_refused_or_accepted_is_not_judged_again(three: World) -> None:
    three.run()
    three.forge.close(three.target(), 1)
    three.run()
    three.classifier = FakeClassifier()
    ran = three.run(rejudge=True)

    assert ran.polled.rejudged == 0
    assert three.pulls() == [(1, CLOSED, (ONE, TWO, THREE))]
    assert set(three.latest_outcomes().values()) == {State.REFUSED}


def test_refused_on_one_list_and_open_on_the_other(both: World) -> None:
    """The second list gives the first paper's address to another title: a person must look."""
    seed = both.seed("second")
    text = seed.read_text(encoding="utf-8").replace("2401.00002", "2611.00001")
    seed.write_text(text, encoding="utf-8")
    both.classifier = doubting(p1=Decision.PROPOSE)
    both.run()
    both.forge.close(both.target("first"), 1)
    both.run()
    before = both.latest_outcomes("first"), both.latest_outcomes("second")
    assert (before[0][ONE], before[1][ONE]) == (State.REFUSED, State.REFERRED)
    both.classifier = FakeClassifier()
    assert both.run(rejudge=True).polled.rejudged == 1

    assert (both.latest_outcomes("first"), both.latest_outcomes("second")) == before
    assert both.pulls("first") == [(1, CLOSED, (ONE, TWO, THREE))]


def test_what_may_be_another_paper_is_no_question_for_a_classifier(tmp_path: Path) -> None:
    """Two papers with one DOI and two titles."""
    one = world(tmp_path, ids=("first",))
    shared = "10.1007/978-3-1-1_1"
    one.sources = [FakeSource([record(1, doi=shared)])]
    one.run()
    one.sources = [FakeSource([record(2, doi=shared)])]
    one.run()
    assert one.overall()[TWO] is State.REFERRED
    one.sources = [FakeSource([])]
    assert one.run(rejudge=True).polled.rejudged == 0
    assert one.overall()[TWO] is State.REFERRED
    assert one.pulls() == [(1, OPEN, (ONE,))]


def test_a_change_of_mind_about_many_is_no_flood(tmp_path: Path) -> None:
    many = world(tmp_path, 1, 2, 3, 4, ids=("first",), minutes=ReviewBudget(per_week=4))
    many.classifier = doubting(
        p1=Decision.REJECT, p2=Decision.REJECT, p3=Decision.REJECT, p4=Decision.REJECT
    )
    many.run()
    many.classifier = FakeClassifier()
    ran = many.run(rejudge=True)

    assert ran.polled.changed == 4
    assert many.pulls() == [(1, OPEN, (ONE, TWO))]
    assert many.latest_outcomes()[THREE] is many.latest_outcomes()[FOUR] is State.DEFERRED
