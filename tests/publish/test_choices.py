"""What ticked sections say: tables of pull requests as they are, and what follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.offers.maintainer_decisions import (
    chosen_sections,
    latest_decisions,
    section_key,
)
from medvl_watch.offers.next_step import Step, plan, room_in
from medvl_watch.publish import choices, marker
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.messages import Option, ReferredItem, pull_request_message
from medvl_watch.records import Decision, State
from tests.offers.test_next_step import LIST, NEW, OLD
from tests.publish.examples import TARGET, item, paper, verdict
from tests.publish.test_render import STRANGE

OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED
ONE, TWO = "arxiv:1", "arxiv:2"
HERE, THERE = ("Here",), ("Over", "there")


def pull(
    number: int,
    state: PullState,
    boxes: str = "",
    *,
    remembered: tuple[tuple[str, ...], ...] = (),
    ours: bool = False,
    reviewed: bool = False,
) -> PullRequest:
    """A pull request that holds paper 1 and offers sections for paper 2: `boxes` are those of
    HERE and THERE, as they are ticked (`x `, ` x`, `xx`), or none."""
    told = marker.HiddenState(
        list="a-list",
        papers=(ONE,),
        closed=ours,
        before=marker.blob_id(LIST),
        heads=(NEW, OLD),
        chosen={TWO: tuple(map(section_key, remembered))} if remembered else {},
    )
    lines = [marker.BEGIN, f"- [x] <!-- p:{ONE} --> T", "- T"]
    lines += [f"  - [{box}] {choices.comment(TWO, section)} words"
              for box, section in zip(boxes, (HERE, THERE), strict=False)]  # fmt: skip
    return PullRequest(
        number=number,
        title="Add papers",
        body=marker.restate("\n".join([*lines, marker.END]), told),
        branch="medvl-watch/a-list",
        state=state,
        head=NEW,
        reviewed=reviewed,
    )


@pytest.mark.parametrize(
    ("pulls", "sections"),
    [
        ([], ()),
        ([pull(1, OPEN, "  ")], ()),
        ([pull(1, OPEN, "x ")], (HERE,)),
        ([pull(1, OPEN, "xx")], (HERE, THERE)),
        ([pull(1, OPEN, remembered=(HERE,))], (HERE,)),
        ([pull(1, OPEN, " x", remembered=(HERE,))], (THERE,)),
        ([pull(1, OPEN, "  ", remembered=(HERE,))], ()),
        ([pull(1, MERGED, "x ")], (HERE,)),
        ([pull(1, MERGED, "x "), pull(2, OPEN, " x")], (THERE,)),
        ([pull(1, MERGED, "x "), pull(2, OPEN)], (HERE,)),
        ([pull(1, CLOSED, "x ")], ()),
        ([pull(1, CLOSED, "x ", ours=True)], (HERE,)),
        ([replace(pull(1, OPEN, "x "), body="- [x] <!-- s:arxiv:2 0123456789ab --> x")], ()),
    ],
    ids=[
        "no pull request", "nothing ticked", "one ticked", "two ticked", "remembered",
        "a box against the memory", "unticked against the memory", "merged before the next run",
        "a later word", "no later word", "closed by a person", "closed by us", "no state of ours",
    ],
)  # fmt: skip
def test_the_latest_word_counts(
    pulls: list[PullRequest], sections: tuple[tuple[str, ...], ...]
) -> None:
    expected = {TWO: frozenset(map(section_key, sections))} if sections else {}
    assert chosen_sections([own_pull(each) for each in pulls]) == expected


@pytest.mark.parametrize(
    ("boxes", "step", "papers"),
    [("x ", Step.UPDATE, (ONE, TWO)), ("  ", Step.CREATE, (TWO, "arxiv:3"))],
    ids=["a section ticked", "none ticked: the others come in a next one"],
)
def test_during_a_review_only_what_the_reviewer_asks_for_comes(
    boxes: str, step: Step, papers: tuple[str, ...]
) -> None:
    pulls = [own_pull(pull(1, OPEN, boxes, reviewed=True))]
    version = marker.blob_id(LIST)
    intent = plan(pulls, [ONE, TWO, "arxiv:3"], version, room_in(pulls))
    assert (intent.step, intent.entries) == (step, papers)


def test_a_tick_that_comes_while_we_write_is_kept() -> None:
    change_body = pull(1, OPEN, "  ").body
    assert "[x] <!-- s:" in choices.tick(change_body, pull(1, OPEN, " x").body)


DOUBTFUL = ReferredItem(
    paper=paper(2),
    verdict=verdict(paper(2), Decision.REFER),
    reason="its section is uncertain",
    options=(
        Option(path=("L", *HERE), shown=HERE, score=0.6),
        Option(path=("L", *THERE), shown=THERE, score=0.25),
    ),
)


def test_a_doubtful_paper_offers_its_sections() -> None:
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x", referred=[DOUBTFUL]).body
    two = paper(2).id
    assert f"  - [ ] <!-- s:{two} {section_key(('L', *HERE))} --> Here\n" in body
    assert f"  - [ ] <!-- s:{two} {section_key(('L', *THERE))} --> Over \u203a there\n" in body
    assert f"  - [ ] <!-- n:{two} --> not for this list\n" in body
    assert len(marker.ticks(body)) == 1, "these are no boxes of proposed papers"


def test_not_for_this_list_refuses_the_paper() -> None:
    two = paper(2).id
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x", referred=[DOUBTFUL]).body
    ticked = body.replace(f"[ ] <!-- n:{two}", f"[x] <!-- n:{two}")
    shown = PullRequest(number=1, title="", body=ticked, branch="b", state=OPEN, head=NEW)
    found = own_pull(shown)
    assert found.refused == {two}
    decided = latest_decisions([found], lambda _: False)
    assert {each.paper_id: each.state for each in decided}[two] is State.REFUSED
    assert choices.tick(body, ticked) == ticked
    assert own_pull(replace(found.pull, body=body)).refused == frozenset()


def test_a_paper_of_two_sections_is_one_paper_with_one_box() -> None:
    about = paper(1)
    items = [item(about, line=12, section=HERE), item(about, line=30, section=THERE)]
    message = pull_request_message(TARGET, items, before=b"x")
    assert message.title.startswith("Add 1 paper to ")
    assert message.body.count("arxiv:2411.00001 -->") == 1
    assert "- The same paper also here: [Seeing and saying" in message.body
    state = marker.read(message.body)
    assert state is not None
    assert state.papers == (about.id,)


@settings(deadline=None)
@given(STRANGE)
def test_no_heading_forges_a_box(heading: str) -> None:
    evil = (heading, f"{heading} --> - [x] <!-- s:{ONE} 0123456789ab --> {marker.END}")
    option = Option(path=evil, shown=evil, score=0.5)
    referred = [replace(DOUBTFUL, options=(option,))]
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x", referred=referred).body
    ticked = body.replace("[ ] <!-- s:", "[x] <!-- s:")
    said = PullRequest(number=1, title="", body=ticked, branch="b", state=OPEN, head=NEW)
    assert chosen_sections([own_pull(said)]) == {paper(2).id: {section_key(evil)}}


def test_of_more_than_a_state_can_hold_some_is_remembered() -> None:
    keys = frozenset(section_key((str(number),)) for number in range(marker.MOST_SECTIONS + 1))
    chosen = {f"arxiv:2401.{number:05}": keys for number in range(marker.MOST_CHOSEN + 1)}
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x", chosen=chosen).body
    state = marker.read(body)
    assert state is not None
    assert {len(each) for each in state.chosen.values()} == {marker.MOST_SECTIONS}
    assert len(state.chosen) == marker.MOST_CHOSEN


def test_what_was_chosen_is_remembered() -> None:
    chosen = {TWO: frozenset({section_key(HERE), section_key(THERE)})}
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x", chosen=chosen).body
    said = PullRequest(number=1, title="", body=body, branch="b", state=OPEN, head=NEW)
    assert chosen_sections([own_pull(said)]) == chosen
