"""A maintainer ticks the section of a paper that the bot was not sure of."""

from __future__ import annotations

from pathlib import Path

import pytest

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.offers.maintainer_decisions import OwnPull, chosen_sections, section_key
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.publish import marker
from medvl_watch.records import Decision, State
from tests.fakes import LIST, FakeClassifier, World, paper_id, publishing, verdict, world
from tests.pipeline.test_attention import history
from tests.pipeline.test_manners import tick, untick
from tests.publish.examples import tree

OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED
ONE, TWO, THREE = (paper_id(number) for number in (1, 2, 3))
REPORTS, OUTLINES = ("The first list", "Reports"), ("The first list", "Outlines")


@pytest.fixture
def doubtful(tmp_path: Path) -> World:
    """Paper 1 goes among the reports; of paper 2 nobody knows where."""
    unsure = verdict(TWO, words=0.35, outlines=0.5)
    return world(tmp_path, 1, 2, ids=("first",), classifier=FakeClassifier({TWO: unsure}))


def choose(page: Path, paper: str, *sections: tuple[str, ...]) -> None:
    """Tick sections of a paper in a description, as a person does."""
    text = page.read_text(encoding="utf-8")
    for section in sections:
        box = f"<!-- s:{paper} {section_key(section)} -->"
        assert f"[ ] {box}" in text
        text = text.replace(f"[ ] {box}", f"[x] {box}")
    page.write_text(text, encoding="utf-8")


def section(text: str, name: str) -> str:
    return text.split(f"## {name}\n")[1].split("\n## ", maxsplit=1)[0]


def check_that_it_stays_and_is_accepted(world: World) -> None:
    before = tree(world.state)
    world.run()
    assert tree(world.state) == before
    world.forge.merge(world.target(), 1)
    world.run()
    assert set(world.latest_outcomes().values()) == {State.ACCEPTED}


def test_what_is_not_sure_can_be_chosen(doubtful: World) -> None:
    doubtful.run()
    page = doubtful.page().read_text(encoding="utf-8")
    assert doubtful.latest_outcomes() == {ONE: State.PROPOSED, TWO: State.REFERRED}
    assert f"  - [ ] <!-- s:{TWO} {section_key(REPORTS)} --> Reports\n" in page
    assert f"  - [ ] <!-- s:{TWO} {section_key(OUTLINES)} --> Outlines\n" in page
    assert "Not added: its section is uncertain." in page
    assert "tick its section under “Your decision”" in page

    choose(doubtful.page(), TWO, OUTLINES)
    doubtful.run()
    assert doubtful.pulls() == [(1, OPEN, (ONE, TWO))]
    assert "2611.00002" in section(doubtful.proposed(), "Outlines")
    assert "Your decision" not in doubtful.page().read_text(encoding="utf-8")
    said = [each.reason for each in history(doubtful, TWO)]
    assert "in pull request 1, in the section that a person ticked" in said
    check_that_it_stays_and_is_accepted(doubtful)


def test_a_choice_outlives_the_ledger_and_other_papers(doubtful: World) -> None:
    doubtful.run()
    choose(doubtful.page(), TWO, OUTLINES)
    doubtful.run()
    doubtful.forget()
    later = publishing(doubtful, 1, 2, 3)
    later.run()
    assert set(later.pulls()[0][2]) == {ONE, TWO, THREE}
    assert "2611.00002" in section(later.proposed(), "Outlines")


def test_two_ticked_sections_take_the_paper_twice(doubtful: World) -> None:
    doubtful.run()
    choose(doubtful.page(), TWO, OUTLINES, REPORTS)
    doubtful.run()
    proposed = doubtful.proposed()
    assert "2611.00002" in section(proposed, "Outlines")
    assert "2611.00002" in section(proposed, "Reports")
    page = doubtful.page().read_text(encoding="utf-8")
    assert "Your decision" not in page
    check_that_it_stays_and_is_accepted(doubtful)


def test_a_chosen_paper_can_be_taken_out_and_brought_back(doubtful: World) -> None:
    doubtful.run()
    choose(doubtful.page(), TWO, OUTLINES)
    doubtful.run()
    untick(doubtful, TWO)
    doubtful.run()
    assert doubtful.latest_outcomes()[TWO] is State.REFUSED
    assert "2611.00002" not in doubtful.proposed()
    tick(doubtful, TWO)
    doubtful.run()
    assert "2611.00002" in section(doubtful.proposed(), "Outlines")


def test_a_tick_in_a_merged_pull_request_is_kept_for_the_next(doubtful: World) -> None:
    doubtful.run()
    choose(doubtful.page(), TWO, OUTLINES)
    doubtful.forge.merge(doubtful.target(), 1)
    doubtful.run()
    assert doubtful.pulls() == [(1, MERGED, (ONE,)), (2, OPEN, (TWO,))]
    assert "2611.00002" in section(doubtful.proposed(), "Outlines")


def test_a_pull_request_that_a_person_closed_chooses_nothing(doubtful: World) -> None:
    doubtful.run()
    choose(doubtful.page(), TWO, OUTLINES)
    doubtful.forge.close(doubtful.target(), 1)
    doubtful.run()
    assert doubtful.pulls() == [(1, CLOSED, (ONE,))]
    assert doubtful.latest_outcomes() == {ONE: State.REFUSED, TWO: State.REFERRED}


def test_what_a_person_chose_waits_neither_for_time_nor_behind_others(tmp_path: Path) -> None:
    unsure = {TWO: verdict(TWO, words=0.35, outlines=0.5)}
    busy = world(tmp_path, 1, 2, ids=("first",), classifier=FakeClassifier(unsure),
                 minutes=ReviewBudget(per_week=3), limit=2)  # fmt: skip
    busy.run()
    choose(busy.page(), TWO, OUTLINES)
    later = publishing(busy, 1, 2, 3)
    later.run()
    assert later.pulls() == [(1, OPEN, (ONE, TWO))]
    assert later.latest_outcomes()[THREE] is State.DEFERRED


def test_a_choice_counts_more_than_a_later_verdict(doubtful: World) -> None:
    doubtful.run()
    choose(doubtful.page(), TWO, OUTLINES)
    doubtful.classifier.says = {TWO: verdict(TWO, Decision.REFER, words=0.5)}
    doubtful.run(rejudge=True)
    assert doubtful.pulls() == [(1, OPEN, (ONE, TWO))]
    assert "2611.00002" in section(doubtful.proposed(), "Outlines")


def test_a_choice_of_a_section_that_is_gone_chooses_nothing(doubtful: World) -> None:
    doubtful.run()
    choose(doubtful.page(), TWO, OUTLINES)
    text = LIST.format(id="first").replace("## Outlines", "## Contours")
    doubtful.commit(text)
    doubtful.classifier.says = {TWO: verdict(TWO, Decision.REFER, words=0.9)}
    doubtful.run(rejudge=True)
    assert doubtful.pulls() == [(1, OPEN, (ONE,))]
    assert doubtful.latest_outcomes()[TWO] is State.REFERRED


@pytest.mark.parametrize(
    "line",
    [
        f"- [x] <!-- s:{TWO} {section_key(('Elsewhere',))} --> a section that the list lacks",
        f"- [x] <!-- s:arxiv:2611.09999 {section_key(OUTLINES)} --> a paper that nobody knows",
        f"- [x] <!-- s:{TWO} ../../README.md --> no key",
    ],
    ids=["foreign section", "foreign paper", "no key"],
)
def test_a_box_that_we_did_not_offer_does_nothing(doubtful: World, line: str) -> None:
    doubtful.run()
    page = doubtful.page()
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(marker.END, f"{line}\n{marker.END}"), encoding="utf-8")
    doubtful.run()
    assert doubtful.pulls() == [(1, OPEN, (ONE,))]
    assert doubtful.latest_outcomes()[TWO] is State.REFERRED


def own_pull(number: int, state: PullState = OPEN, **more: object) -> OwnPull:
    pull = PullRequest(number=number, title="", body="", branch="b", state=state, head="h")
    return OwnPull(pull=pull, is_readable=True, **more)  # type: ignore[arg-type]


HERE, THERE = frozenset({"here"}), frozenset({"there"})
EMPTY = frozenset[str]()


@pytest.mark.parametrize(
    ("pulls", "chosen"),
    [
        pytest.param(
            [own_pull(1, section_boxes={ONE: HERE}), own_pull(2, section_boxes={ONE: EMPTY})],
            {ONE: HERE},
            id="ticked in one, asked in the next as well",
        ),
        pytest.param(
            [own_pull(1, section_boxes={ONE: HERE}), own_pull(2, section_boxes={ONE: THERE})],
            {ONE: THERE},
            id="ticked in both",
        ),
        pytest.param(
            [own_pull(1, remembered_sections={ONE: HERE}, section_boxes={ONE: EMPTY})],
            {},
            id="taken back in the same one",
        ),
        pytest.param([own_pull(1, CLOSED, section_boxes={ONE: HERE})], {}, id="closed by a person"),
    ],
)
def test_an_empty_box_does_not_speak_against_a_tick_elsewhere(
    pulls: list[OwnPull], chosen: dict[str, frozenset[str]]
) -> None:
    assert chosen_sections(pulls) == chosen


def test_a_box_outside_our_text_does_nothing(doubtful: World) -> None:
    doubtful.run()
    page = doubtful.page()
    line = f"- [x] <!-- s:{TWO} {section_key(OUTLINES)} --> quoted by somebody"
    page.write_text(f"{line}\n\n{page.read_text(encoding='utf-8')}", encoding="utf-8")
    doubtful.run()
    assert doubtful.pulls() == [(1, OPEN, (ONE,))]
