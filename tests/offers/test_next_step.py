"""What a maintainer did decides: tables of pull requests as they are, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.offers.maintainer_decisions import (
    MaintainerDecision,
    OwnPull,
    latest_decisions,
    open_pull,
    papers_taken_out,
)
from medvl_watch.offers.next_step import Intent, Step, paused_until, plan, room_in
from medvl_watch.publish import marker
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.records import State

OLD, NEW, THEIRS = "a" * 40, "b" * 40, "c" * 40
LIST = b"# The list\n"
OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED
ONE, TWO, THREE = "arxiv:1", "arxiv:2", "doi:10.1/3"


def pull(
    number: int,
    state: PullState,
    papers: Sequence[str],
    *,
    unticked: Sequence[str] = (),
    refused: Sequence[str] = (),
    head: str = NEW,
    body: str | None = None,
    ticked: Sequence[str] = (),
    ours: bool = False,
    day: int | None = None,
    reviewed: bool = False,
    own_commit: str = "",
    base: str = "",
) -> OwnPull:
    boxes = [f"- [{' ' if id_ in unticked else 'x'}] <!-- p:{id_} --> T"
             for id_ in (*papers, *ticked)]  # fmt: skip
    told = marker.HiddenState(
        list="a-list",
        papers=tuple(papers),
        refused=tuple(refused),
        closed=ours,
        before=marker.blob_id(LIST),
        heads=(NEW, OLD),
        path="README.md",
        branch="main" if base else "",
    )
    text = "\n".join([marker.BEGIN, *boxes, marker.END])
    return own_pull(
        PullRequest(
            number=number,
            title="Add papers",
            body=marker.restate(text, told) if body is None else body,
            branch="medvl-watch/a-list",
            state=state,
            head=head,
            reviewed=reviewed,
            own_commit=own_commit,
            base=base,
            closed_at=datetime(2026, 11, day, tzinfo=UTC) if day else None,
        )
    )


def planned(
    pulls: Sequence[OwnPull],
    wanted: Sequence[str],
    content: bytes = LIST,
    limit: int = 15,
    *,
    unknown: Sequence[str] = (),
    paused: datetime | None = None,
    listed: Sequence[str] = (),
) -> Intent:
    room = room_in(pulls, limit, unknown=unknown, paused=paused)
    version = marker.blob_id(content)
    return plan(pulls, wanted, version, room, is_listed=lambda paper: paper in listed)


@pytest.mark.parametrize(
    ("pulls", "held", "expected"),
    [
        ([], [], {}),
        ([pull(1, OPEN, [ONE, TWO])], [], {}),
        ([pull(1, OPEN, [ONE, TWO], unticked=[TWO])], [], {TWO: State.REFUSED}),
        ([pull(1, OPEN, [ONE], refused=[TWO])], [], {TWO: State.REFUSED}),
        ([pull(1, CLOSED, [ONE])], [], {ONE: State.REFUSED}),
        ([pull(1, CLOSED, [ONE])], [ONE], {ONE: State.ACCEPTED}),
        (
            [pull(1, MERGED, [ONE, TWO, THREE], unticked=[TWO])],
            [ONE],
            {ONE: State.ACCEPTED, TWO: State.REFUSED, THREE: State.REFUSED},
        ),
        ([pull(1, MERGED, [ONE], unticked=[ONE])], [ONE], {ONE: State.ACCEPTED}),
        ([pull(1, CLOSED, [ONE]), pull(2, OPEN, [ONE])], [], {}),
        ([pull(1, CLOSED, [ONE]), pull(2, MERGED, [ONE])], [ONE], {ONE: State.ACCEPTED}),
        ([pull(1, CLOSED, [ONE], body="nothing to read")], [], {}),
        ([pull(1, CLOSED, [ONE, TWO], unticked=[ONE, TWO], ours=True)], [],
         {ONE: State.REFUSED, TWO: State.REFUSED}),
        ([pull(1, CLOSED, [ONE, TWO], unticked=[TWO], ours=True)], [], {TWO: State.REFUSED}),
        ([pull(1, CLOSED, [ONE], unticked=[ONE], ours=True)], [ONE], {ONE: State.ACCEPTED}),
        ([pull(1, CLOSED, [ONE], ours=True)], [ONE], {ONE: State.ACCEPTED}),
        ([pull(1, OPEN, [ONE], refused=[TWO, THREE], ticked=[TWO])], [], {THREE: State.REFUSED}),
        ([pull(1, CLOSED, [ONE], ours=True), pull(2, CLOSED, [ONE])], [], {ONE: State.REFUSED}),
    ],
    ids=[
        "nothing", "open", "unticked", "unticked and gone", "closed", "closed but listed",
        "merged with edits", "merged although unticked", "offered again", "the latest word counts",
        "unreadable", "emptied, closed by us", "ticked after we closed it", "listed by hand",
        "ticked again and listed by hand",
        "ticked again", "wanted once, refused later",
    ],
)  # fmt: skip
def test_people_settle_papers(
    pulls: list[OwnPull], held: list[str], expected: dict[str, State]
) -> None:
    found = latest_decisions(pulls, lambda paper: paper in held)
    settled = {each.paper_id: each.state for each in found if each.state is not State.DEFERRED}
    assert settled == expected
    assert all(str(each.number) in each.reason for each in found)


def test_a_settled_paper_says_by_what() -> None:
    assert latest_decisions([pull(7, CLOSED, [ONE])], lambda _: False) == (
        MaintainerDecision(
            paper_id=ONE,
            state=State.REFUSED,
            number=7,
            reason="pull request 7 was closed without a merge",
        ),
    )


@pytest.mark.parametrize(
    ("pulls", "wanted", "step", "papers", "waiting"),
    [
        ([], [], Step.NOTHING, (), ()),
        ([], [ONE], Step.CREATE, (ONE,), ()),
        ([pull(1, CLOSED, [ONE])], [TWO], Step.CREATE, (TWO,), ()),
        ([pull(1, OPEN, [ONE])], [ONE], Step.NOTHING, (ONE,), ()),
        ([pull(1, OPEN, [ONE])], [TWO, ONE], Step.UPDATE, (ONE, TWO), ()),
        ([pull(1, OPEN, [ONE, TWO])], [TWO], Step.UPDATE, (TWO,), ()),
        ([pull(1, OPEN, [ONE])], [], Step.LEAVE, (), ()),
        ([pull(1, OPEN, [ONE], head=THEIRS)], [ONE, TWO], Step.CREATE, (TWO,), ()),
        ([pull(1, OPEN, [ONE], head=THEIRS, own_commit=NEW)], [ONE], Step.NOTHING, (ONE,), ()),
        ([pull(1, OPEN, [ONE], head=OLD)], [ONE], Step.UPDATE, (ONE,), ()),
        ([pull(1, OPEN, [], body="their own words", own_commit=NEW)], [ONE],
         Step.UPDATE, (ONE,), ()),
        ([pull(1, OPEN, [], body="their own words")], [ONE], Step.CREATE, (ONE,), ()),
        ([pull(1, OPEN, [ONE, TWO])], [THREE, TWO, ONE], Step.NOTHING, (ONE, TWO), (THREE,)),
        ([pull(1, OPEN, [ONE, TWO], unticked=[ONE, TWO])], [], Step.CLOSE, (), ()),
        ([pull(1, OPEN, [ONE, TWO], unticked=[TWO])], [], Step.LEAVE, (), ()),
        ([pull(1, OPEN, [ONE], unticked=[ONE])], [TWO], Step.UPDATE, (TWO,), ()),
        ([pull(1, OPEN, [ONE], unticked=[ONE], head=THEIRS)], [], Step.LEAVE, (ONE,), ()),
        ([pull(1, OPEN, [ONE], reviewed=True)], [ONE, TWO], Step.CREATE, (TWO,), ()),
        ([pull(1, OPEN, [ONE], reviewed=True), pull(2, OPEN, [TWO])], [ONE, TWO, THREE],
         Step.UPDATE, (TWO, THREE), ()),
        ([pull(1, OPEN, [ONE], reviewed=True), pull(2, OPEN, [TWO], head=THEIRS)],
         [ONE, TWO, THREE], Step.PAUSE, (), (THREE,)),
        ([pull(1, OPEN, [ONE, TWO], reviewed=True)], [ONE], Step.LEAVE, (ONE, TWO), ()),
        ([pull(1, OPEN, [ONE, TWO], unticked=[TWO], reviewed=True)], [ONE, THREE],
         Step.UPDATE, (ONE,), (THREE,)),
        ([pull(1, OPEN, [ONE], refused=[TWO], ticked=[TWO], reviewed=True)], [ONE, TWO, THREE],
         Step.UPDATE, (ONE, TWO), (THREE,)),
        ([pull(1, OPEN, [ONE], unticked=[ONE], reviewed=True)], [], Step.CLOSE, (), ()),
    ],
    ids=[
        "nothing", "first", "after a close", "no news", "newcomers follow", "one left",
        "an empty answer closes nothing", "a person's branch", "brought up to date", "cut short",
        "unreadable, ours by its commit", "unreadable", "full",
        "all unticked", "one unticked, one gone for another reason", "emptied and filled anew",
        "emptied on a person's branch", "under review", "one under review, one open", "two frozen",
        "under review, one withdrawn",
        "under review, one unticked", "under review, one ticked again", "reviewed and emptied",
    ],
)  # fmt: skip
def test_what_is_done_about_it(
    pulls: list[OwnPull],
    wanted: list[str],
    step: Step,
    papers: tuple[str, ...],
    waiting: tuple[str, ...],
) -> None:
    intent = planned(pulls, wanted, limit=2)
    assert (intent.step, intent.entries, intent.waiting) == (step, papers, waiting)
    assert intent.reason


@pytest.mark.parametrize(
    ("found", "state"),
    [
        pytest.param(pull(1, CLOSED, [ONE], base="main"), State.REFUSED, id="closed"),
        pytest.param(pull(1, CLOSED, [ONE], base="dev"), None, id="retargeted and closed"),
        pytest.param(pull(1, MERGED, [ONE], base="main"), State.REFUSED, id="merged without it"),
        pytest.param(pull(1, MERGED, [ONE], base="dev"), None, id="merged elsewhere"),
        pytest.param(pull(1, MERGED, [ONE], base="dev", unticked=[ONE]), State.REFUSED,
                     id="unticked and merged elsewhere"),
    ],
)  # fmt: skip
def test_situation_42_only_what_becomes_of_the_branch_that_we_read_refuses(
    found: OwnPull, state: State | None
) -> None:
    decided = latest_decisions([found], lambda _: False, branch="main")
    assert [each.state for each in decided] == ([state] if state else [])


def test_situation_42_a_merge_after_the_default_branch_was_switched_refuses_nothing() -> None:
    merged = pull(1, MERGED, [ONE], base="main")
    assert latest_decisions([merged], lambda _: False, branch="trunk") == ()


def test_situation_21_a_merged_row_that_was_reworded_is_accepted() -> None:
    merged = pull(1, MERGED, [ONE, TWO], base="main")
    decided = latest_decisions(
        [merged], lambda _: False, is_recognised=lambda each: each == ONE, branch="main"
    )
    assert [each.state for each in decided] == [State.ACCEPTED, State.REFUSED]


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        pytest.param(("README.md", "main"), "no news", id="the same"),
        pytest.param(("docs/list.md", "main"), "the list's file has another path now", id="path"),
        pytest.param(("README.md", "trunk"), "the list has another branch now", id="branch"),
    ],
)
def test_situation_37_a_corrected_path_or_branch_moves_the_open_pull_request(
    base: tuple[str, str], reason: str
) -> None:
    pulls = [pull(1, OPEN, [ONE], base="main")]
    assert plan(pulls, [ONE], marker.blob_id(LIST), room_in(pulls), base=base).reason == reason


def test_papers_that_nobody_knows_any_more_are_not_taken_out() -> None:
    intent = planned([pull(1, OPEN, [ONE, TWO])], [TWO, THREE], unknown=[ONE])
    assert (intent.step, intent.entries, intent.waiting) == (Step.LEAVE, (ONE, TWO), (THREE,))
    unticked = pull(1, OPEN, [ONE, TWO], unticked=[ONE])
    assert planned([unticked], [TWO, THREE], unknown=[ONE]).entries == (TWO, THREE)


def test_a_list_that_has_moved_on_makes_the_change_anew() -> None:
    intent = planned([pull(1, OPEN, [ONE])], [ONE], b"# Another text\n")
    assert (intent.step, intent.reason) == (Step.UPDATE, "the list has moved on")


def test_the_oldest_of_several_open_ones_is_ours() -> None:
    first, second = pull(1, OPEN, [ONE]), pull(2, OPEN, [TWO])
    assert open_pull([pull(0, MERGED, []), first, second]) is first


def test_what_was_unticked_and_what_the_list_has_by_now_empty_a_pull_request() -> None:
    one = pull(1, OPEN, [ONE, TWO], unticked=[ONE])
    intent = planned([one], [], listed=[TWO])
    assert intent.step is Step.CLOSE


DAY = datetime(2026, 11, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pulls", "until"),
    [
        ([], None),
        ([pull(1, CLOSED, [ONE], day=10)], None),
        ([pull(1, CLOSED, [ONE], day=9), pull(2, CLOSED, [TWO], day=10)], 24),
        ([pull(1, CLOSED, [ONE], day=1), pull(2, CLOSED, [TWO], day=3)], None),
        ([pull(1, CLOSED, [ONE], day=9), pull(2, MERGED, [TWO]), pull(3, CLOSED, [ONE], day=10)],
         None),
        ([pull(1, CLOSED, [ONE], day=9), pull(2, CLOSED, [TWO], day=10, ours=True)], None),
        ([pull(1, CLOSED, [ONE], day=9), pull(2, CLOSED, [TWO], ours=True, day=10),
          pull(3, CLOSED, [THREE], day=11)], 25),
        ([pull(1, CLOSED, [ONE], day=9), pull(2, CLOSED, [TWO], day=10), pull(3, OPEN, [ONE])],
         None),
        ([pull(1, CLOSED, [ONE]), pull(2, CLOSED, [TWO])], None),
    ],
    ids=["nothing", "one closed", "two closed", "long ago", "a merge between", "closed by us",
         "closed by us between", "opened again by a person", "nobody knows when"],
)  # fmt: skip
def test_two_closed_in_a_row_leave_the_list_in_peace(
    pulls: list[OwnPull], until: int | None
) -> None:
    found = paused_until(pulls, timedelta(days=14), DAY)
    assert found == (DAY.replace(day=until) if until else None)

    intent = planned(pulls, [THREE], paused=found)
    assert (intent.step is Step.PAUSE) is (until is not None)
    if until:
        assert intent.waiting == (THREE,)
        assert f"until 2026-11-{until}" in intent.reason


def test_a_box_ticked_again_is_a_wish() -> None:
    pulls = [pull(1, OPEN, [ONE], refused=[TWO, THREE], ticked=[TWO])]
    found = latest_decisions(pulls, lambda _: False)
    assert {each.paper_id for each in found if each.state is State.DEFERRED} == {ONE, TWO}
    assert papers_taken_out(pulls[0]) == (THREE,)
