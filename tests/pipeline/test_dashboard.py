"""The dashboard shows how the lists stand, and a tick in it takes a refusal back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medvl_watch.changes import Issue, PullState
from medvl_watch.errors import ForgeError
from medvl_watch.offers.outcomes import TAKEN_BACK
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.records import State
from tests.fakes import World, paper_id, world
from tests.pipeline.test_manners import untick
from tests.publish.examples import tree

ONE, TWO = paper_id(1), paper_id(2)


@pytest.fixture
def refused(tmp_path: Path) -> World:
    """Two papers whose pull request a person closed."""
    made = world(tmp_path, 1, 2, ids=("first",), dashboard="How they stand")
    made.run()
    made.forge.close(made.target(), 1)
    made.run()
    assert made.latest_outcomes() == {ONE: State.REFUSED, TWO: State.REFUSED}
    return made


def page_of(made: World) -> Path:
    return made.state / "forge" / "issues" / "dashboard.md"


def text_of(made: World) -> str:
    return page_of(made).read_text(encoding="utf-8")


def tick(made: World, paper: str, *, number: int = 1) -> None:
    box = f"[ ] <!-- u:{paper} first:{number} -->"
    assert box in text_of(made)
    page_of(made).write_text(text_of(made).replace(box, box.replace("[ ]", "[x]")))


def test_it_shows_the_lists_and_is_not_written_again_without_news(tmp_path: Path) -> None:
    made = world(tmp_path, 1, 2, dashboard="How they stand")
    made.run()
    text = text_of(made)
    assert text.startswith("# How they stand\n")
    assert "| The first list | no. 1 | 2 | 0 | 0 | 0 | 0 | \u2013 |" in text
    before = tree(made.state)
    made.run()
    assert tree(made.state) == before


def test_a_refusal_that_is_taken_back_brings_the_paper_back_once(refused: World) -> None:
    tick(refused, TWO)
    refused.run()
    assert refused.pulls()[-1] == (2, PullState.OPEN, (TWO,))
    assert refused.latest_outcomes() == {ONE: State.REFUSED, TWO: State.PROPOSED}
    before = tree(refused.state)
    refused.run()
    assert tree(refused.state) == before


def test_a_later_refusal_counts_again(refused: World) -> None:
    tick(refused, TWO)
    refused.run()
    untick(refused, TWO, number=2)
    for _ in range(2):
        refused.run()
        assert refused.latest_outcomes()[TWO] is State.REFUSED
    assert f"[ ] <!-- u:{TWO} first:2 -->" in text_of(refused)


def test_an_unticked_box_refuses_the_paper_again(refused: World) -> None:
    tick(refused, TWO)
    refused.run()
    text = text_of(refused)
    ticked = f"[x] <!-- u:{TWO} first:1 -->"
    assert ticked in text
    page_of(refused).write_text(text.replace(ticked, ticked.replace("[x]", "[ ]")))
    refused.run()
    assert refused.latest_outcomes()[TWO] is State.PROPOSED  # its open pull request speaks for it
    assert ticked not in text_of(refused)


def test_what_was_taken_back_outlives_the_ledger(refused: World) -> None:
    tick(refused, TWO)
    refused.run()
    refused.forget()
    refused.run()
    assert refused.pulls()[-1] == (2, PullState.OPEN, (TWO,))
    assert refused.latest_outcomes()[ONE] is State.REFUSED


def test_a_paper_without_time_for_it_waits(refused: World) -> None:
    tick(refused, TWO)
    nothing = replace(refused.minutes, per_week=0)
    waiting = replace(refused, minutes=nothing)
    waiting.run()
    assert waiting.latest_outcomes()[TWO] is State.DEFERRED
    assert TAKEN_BACK not in text_of(waiting)


def test_one_that_cannot_be_written_is_a_problem_and_no_more(tmp_path: Path) -> None:
    made = world(tmp_path, 1, ids=("first",), dashboard="How they stand")

    def without_issues(parts: PipelineParts) -> PipelineParts:
        def refuse(_: Issue) -> None:
            raise ForgeError("issues are disabled", where="acme/list", remedy="switch them on")

        parts.forge.ensure_issue = refuse  # type: ignore[method-assign, assignment]
        return parts

    ran = made.run(without_issues)
    assert [each.published.number for each in ran.lists if each.published] == [1]
    assert "issues are disabled" in str(ran.problem)
