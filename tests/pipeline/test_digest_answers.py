"""What people tick in a digest is done by the next run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from medvl_watch.changes import PullState
from medvl_watch.records import Decision, State
from tests.fakes import FakeClassifier, World, paper_id, verdict, world
from tests.pipeline.test_manners import tick as tick_in_pull_request
from tests.pipeline.test_manners import untick
from tests.publish.examples import tree

ONE, TWO = paper_id(1), paper_id(2)
OPEN = PullState.OPEN


@pytest.fixture
def unsure(tmp_path: Path) -> World:
    """Paper 1 is for the list; paper 2 is for a person to judge, and stands in the digest."""
    made = world(tmp_path, 1, 2, ids=("first",))
    made.classifier = FakeClassifier({TWO: verdict(TWO, Decision.REFER, words=0.6)})
    made.run()
    made.digest("current")
    assert made.overall()[TWO] is State.REFERRED
    return made


def page_of(made: World) -> Path:
    (page,) = (made.state / "forge" / "issues").glob("digest-*.md")
    return page


def tick(made: World, action: str) -> None:
    page = page_of(made)
    text = page.read_text(encoding="utf-8")
    ticked = re.sub(rf"\[ \] (<!-- d:{TWO} {action})", r"[x] \1", text, count=1)
    assert ticked != text, text
    page.write_text(ticked, encoding="utf-8")


@pytest.mark.parametrize("forgotten", [False, True], ids=["", "ledger lost"])
def test_a_section_that_was_ticked_in_the_digest_takes_the_paper(
    unsure: World, *, forgotten: bool
) -> None:
    tick(unsure, "add:first:")
    unsure.digest("current")
    if forgotten:
        unsure.forget()
    unsure.run()
    assert unsure.pulls() == [(1, OPEN, (ONE, TWO))]
    unsure.digest("current")
    assert "Decided here (1)" in page_of(unsure).read_text(encoding="utf-8")
    before = tree(unsure.state)
    unsure.run()
    unsure.digest("current")
    assert tree(unsure.state) == before


@pytest.mark.parametrize("action", ["refuse", "off-subject"])
def test_a_paper_that_is_wanted_on_no_list_is_settled(unsure: World, action: str) -> None:
    tick(unsure, action)
    unsure.run()
    assert unsure.latest_outcomes()[TWO] is State.REFUSED
    assert unsure.overall()[TWO] is not State.REFERRED
    unsure.classifier = FakeClassifier()
    unsure.run(rejudge=True)
    assert unsure.pulls() == [(1, OPEN, (ONE,))]


def test_a_paper_refused_in_a_digest_stays_out_though_its_box_is_ticked_elsewhere(
    unsure: World,
) -> None:
    """It went in and out at every other run."""
    unsure.classifier = FakeClassifier()
    unsure.run(rejudge=True)
    assert unsure.pulls() == [(1, OPEN, (ONE, TWO))]
    untick(unsure, TWO)
    unsure.run()
    tick(unsure, "refuse")
    tick_in_pull_request(unsure, TWO)
    for _ in range(3):
        unsure.run()
        assert unsure.latest_outcomes()[TWO] is State.REFUSED
        assert "2611.00002" not in unsure.proposed()
