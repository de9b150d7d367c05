"""What a maintainer did decides: tables of pull requests as they are, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from medvl_watch.publish import lifecycle, marker
from medvl_watch.publish.lifecycle import Settled, Step, plan, settle
from medvl_watch.records import PullRequest, PullState, State

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
) -> PullRequest:
    boxes = [f"- [{' ' if id_ in unticked else 'x'}] <!-- p:{id_} --> T" for id_ in papers]
    told = marker.State(
        list="a-list",
        papers=tuple(papers),
        refused=tuple(refused),
        before=marker.blob_id(LIST),
        heads=(NEW, OLD),
    )
    text = "\n".join([marker.BEGIN, *boxes, marker.END])
    return PullRequest(
        number=number,
        title="Add papers",
        body=marker.restate(text, told) if body is None else body,
        branch="medvl-watch/a-list",
        state=state,
        head=head,
    )


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
    ],
    ids=[
        "nothing", "open", "unticked", "unticked and gone", "closed", "closed but listed",
        "merged with edits", "merged although unticked", "offered again", "the latest word counts",
        "unreadable",
    ],
)  # fmt: skip
def test_people_settle_papers(
    pulls: list[PullRequest], held: list[str], expected: dict[str, State]
) -> None:
    found = settle(pulls, lambda paper: paper in held)
    assert {each.paper_id: each.state for each in found} == expected
    assert all(str(each.number) in each.reason for each in found)


def test_a_settled_paper_says_by_what() -> None:
    assert settle([pull(7, CLOSED, [ONE])], lambda _: False) == (
        Settled(
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
        ([pull(1, OPEN, [ONE], head=THEIRS)], [ONE, TWO], Step.LEAVE, (ONE,), (TWO,)),
        ([pull(1, OPEN, [ONE], head=OLD)], [ONE], Step.UPDATE, (ONE,), ()),
        ([pull(1, OPEN, [], body="their own words")], [ONE], Step.UPDATE, (ONE,), ()),
        ([pull(1, OPEN, [ONE, TWO])], [THREE, TWO, ONE], Step.NOTHING, (ONE, TWO), (THREE,)),
    ],
    ids=[
        "nothing", "first", "after a close", "no news", "newcomers follow", "one left",
        "an empty answer closes nothing", "a person's branch", "cut short", "unreadable", "full",
    ],
)  # fmt: skip
def test_what_is_done_about_it(
    pulls: list[PullRequest],
    wanted: list[str],
    step: Step,
    papers: tuple[str, ...],
    waiting: tuple[str, ...],
) -> None:
    intent = plan(pulls, wanted, LIST, limit=2)
    assert (intent.step, intent.papers, intent.waiting) == (step, papers, waiting)
    assert intent.reason


def test_a_list_that_has_moved_on_makes_the_change_anew() -> None:
    intent = plan([pull(1, OPEN, [ONE])], [ONE], b"# Another text\n")
    assert (intent.step, intent.reason) == (Step.UPDATE, "the list has moved on")


def test_the_oldest_of_several_open_ones_is_ours() -> None:
    first, second = pull(1, OPEN, [ONE]), pull(2, OPEN, [TWO])
    assert lifecycle.open_pull([pull(0, MERGED, []), first, second]) is first
