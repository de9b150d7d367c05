"""What a maintainer does with a pull request, and how the next runs behave."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from medvl_watch.changes import Action, PullState
from medvl_watch.offers.outcomes import section_moves
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.publish import marker
from medvl_watch.records import State
from tests.fakes import FakeSource, World, paper_id, publishing, record, world
from tests.pipeline.test_attention import history, told_in
from tests.publish.examples import tree

OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED
ONE, TWO, THREE, FOUR, FIVE = (paper_id(number) for number in (1, 2, 3, 4, 5))


def mark(page: Path, *papers: str, box: str) -> None:
    """Tick or untick papers in a description, as a person does."""
    lines = page.read_text(encoding="utf-8").split("\n")
    for paper in papers:
        at = next(at for at, line in enumerate(lines) if f"p:{paper} " in line)
        lines[at] = lines[at].replace("[x]" if box == " " else "[ ]", f"[{box}]", 1)
    page.write_text("\n".join(lines), encoding="utf-8")


def untick(world: World, *papers: str, number: int = 1) -> None:
    mark(world.page(number=number), *papers, box=" ")


def tick(world: World, *papers: str, number: int = 1) -> None:
    mark(world.page(number=number), *papers, box="x")


@pytest.mark.parametrize("forgotten", [False, True], ids=["ledger kept", "ledger deleted"])
def test_an_emptied_pull_request_is_closed_with_a_word(three: World, *, forgotten: bool) -> None:
    three.run()
    untick(three, ONE, TWO, THREE)
    ran = three.run()

    assert ran.lists[0].published
    assert ran.lists[0].published.action is Action.CLOSED
    assert three.pulls() == [(1, CLOSED, (ONE, TWO, THREE))]
    page = three.page().read_text(encoding="utf-8")
    assert page.count("**Closed by medvl-watch.**") == 1
    assert marker.unticked(page) == {ONE, TWO, THREE}
    assert set(three.latest_outcomes().values()) == {State.REFUSED}
    if forgotten:
        three.forget()
        three.run()
    before = tree(three.state / "forge")
    three.run()
    assert tree(three.state / "forge") == before
    assert set(three.latest_outcomes().values()) == {State.REFUSED}


def test_a_box_ticked_in_a_closed_one_brings_the_paper_back(three: World) -> None:
    three.run()
    untick(three, ONE, TWO, THREE)
    three.run()
    tick(three, TWO)
    three.run()

    assert three.pulls() == [(1, CLOSED, (ONE, TWO, THREE)), (2, OPEN, (TWO,))]
    assert three.latest_outcomes() == {
        ONE: State.REFUSED,
        TWO: State.PROPOSED,
        THREE: State.REFUSED,
    }
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before

    three.forge.close(three.target(), 2)
    three.run()
    assert three.latest_outcomes()[TWO] is State.REFUSED, "the latest word counts"
    assert len(three.pulls()) == 2


def test_a_box_ticked_again_brings_the_paper_back(three: World) -> None:
    three.run()
    untick(three, TWO)
    three.run()
    page = three.page().read_text(encoding="utf-8")
    assert "1 paper taken out: tick a box to bring one back" in page
    assert f"- [ ] <!-- p:{TWO} -->" in page
    assert three.latest_outcomes()[TWO] is State.REFUSED

    tick(three, TWO)
    three.run()
    assert three.latest_outcomes()[TWO] is State.PROPOSED
    assert "2611.00002" in three.proposed()
    assert "taken out" not in three.page().read_text(encoding="utf-8").split("How to correct")[0]
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before


def test_a_box_ticked_again_of_a_paper_that_is_in_the_list_by_now_is_its_acceptance(
    three: World,
) -> None:
    """Whoever wanted it back has put it in by hand: the list has it, so nothing is asked."""
    three.run()
    proposed = three.proposed()
    untick(three, ONE, TWO, THREE)
    three.run()
    tick(three, TWO)
    three.commit("\n".join(line for line in proposed.split("\n")
                           if "2611.00001" not in line and "2611.00003" not in line))  # fmt: skip
    three.run()

    assert three.latest_outcomes() == {
        ONE: State.REFUSED,
        TWO: State.ACCEPTED,
        THREE: State.REFUSED,
    }
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before, "two outcomes take turns"


def test_a_box_ticked_again_too_late_is_no_refusal(three: World) -> None:
    """The paper was withdrawn meanwhile, so it does not come back; but nobody refuses it now."""
    three.run()
    untick(three, TWO)
    three.run()
    tick(three, TWO)
    gone = record(2, version=2, comment="This paper has been withdrawn by the authors.",
                  updated="2026-11-17T09:00:00Z")  # fmt: skip
    three.forget()
    three.sources = [FakeSource([record(1), gone, record(3), record(4)])]
    for _ in range(3):
        three.run()
        assert three.pulls() == [(1, OPEN, (ONE, THREE, FOUR))]
        assert three.latest_outcomes()[TWO] is State.REJECTED


def test_what_was_unticked_takes_no_time_once_more(tmp_path: Path) -> None:
    four = world(tmp_path, 1, 2, 3, 4, ids=("first",), minutes=ReviewBudget(per_week=4))
    four.run()
    assert four.pulls() == [(1, OPEN, (ONE, TWO))]
    four.now += timedelta(weeks=1)
    untick(four, TWO)
    four.run()
    assert four.pulls() == [(1, OPEN, (ONE, THREE, FOUR))]


def test_a_mind_changed_between_two_runs_changes_nothing(three: World) -> None:
    three.run()
    untick(three, TWO)
    tick(three, TWO)
    three.run()
    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE))]


def twice_closed(world: World) -> World:
    """Its first two pull requests were closed by the maintainer."""
    world.run()
    world.forge.close(world.target(), 1)
    later = publishing(world, 1, 2, 3, 4)
    later.run()
    later.forge.close(later.target(), 2)
    return publishing(later, 1, 2, 3, 4, 5)


def test_after_two_closed_in_a_row_the_list_is_left_in_peace(three: World) -> None:
    later = twice_closed(three)
    ran = later.run()
    assert [state for _, state, _ in later.pulls()] == [CLOSED, CLOSED]
    assert (ran.lists[0].step, later.latest_outcomes()[FIVE]) == ("pause", State.DEFERRED)
    assert "nothing is proposed until 2026-12-16" in ran.lists[0].reason
    assert "its last two pull requests were closed" in told_in(later, "current")
    assert "until 2026-12-16" in told_in(later, "current")
    before = tree(later.state)
    later.run()
    assert tree(later.state) == before

    later.now += timedelta(weeks=4)
    later.run()
    assert later.pulls()[2:] == [(3, OPEN, (FIVE,))]
    assert "Paused lists" not in told_in(later, "current")


def test_an_emptied_one_is_no_refusal_of_the_list(three: World) -> None:
    three.run()
    untick(three, ONE, TWO, THREE)
    three.run()
    later = publishing(three, 4)
    later.run()
    later.forge.close(later.target(), 2)
    last = publishing(later, 5)
    last.run()
    assert [state for _, state, _ in last.pulls()] == [CLOSED, CLOSED, OPEN]


# --- moved ------------------------------------------------------------------------------


def moved(text: str, number: int) -> str:
    """The list with one of the new entries under another heading, as a person does it."""
    entry = next(line for line in text.splitlines() if f"2611.0000{number}" in line)
    return text.replace(f"{entry}\n", "").replace("## Outlines\n\n", f"## Outlines\n\n{entry}\n")


REPORTS, OUTLINES = ("The first list", "Reports"), ("The first list", "Outlines")


def sections(world: World) -> dict[str, tuple[str, ...] | None]:
    return {paper: history(world, paper)[-2].section for paper in (ONE, TWO, THREE)}


def labels(world: World) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    every = [each for paper in (ONE, TWO, THREE) for each in history(world, paper)]
    return [(each.paper_id, each.proposed, each.chosen) for each in section_moves(every)]


@pytest.mark.parametrize("when", ["on the branch", "after the merge", "runs later"])
def test_an_entry_that_a_person_moved_teaches_its_section(three: World, when: str) -> None:
    three.run()
    if when == "on the branch":
        three.commit(moved(three.proposed(), 2), branch="medvl-watch/first")
        three.run()
    three.forge.merge(three.target(), 1)
    if when == "runs later":
        three.run()
        assert labels(three) == []
    if when != "on the branch":
        three.commit(moved(three.forge.read(three.target()).content.decode(), 2))
    ran = three.run()

    assert set(three.latest_outcomes().values()) == {State.ACCEPTED}
    assert sections(three) == {ONE: REPORTS, TWO: OUTLINES, THREE: REPORTS}
    assert labels(three) == [(TWO, REPORTS, OUTLINES)]
    assert "moved by hand from The first list > Reports to The first list > Outlines" in (
        history(three, TWO)[-2].reason
    )
    assert ran.lists[0].states["accepted"] == (1 if when == "runs later" else 3)
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before


def test_an_entry_moved_back_teaches_nothing(three: World) -> None:
    three.run()
    three.forge.merge(three.target(), 1)
    merged = three.forge.read(three.target()).content.decode()
    three.commit(moved(merged, 2))
    three.run()
    three.commit(merged)
    three.run()

    assert labels(three) == []
    assert sections(three)[TWO] == REPORTS
