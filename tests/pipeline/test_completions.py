"""Entries completed along with the week's pull request, where a list wants it."""

from __future__ import annotations

from pathlib import Path

import pytest

from medvl_watch.changes import PullState
from medvl_watch.publish import marker
from medvl_watch.records import Record, State
from tests.fakes import FakeSource, World, paper_id, record, world
from tests.pipeline.test_manners import tick, untick
from tests.publish.examples import tree

OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED
ONE, SEVEN, EIGHT, NINE = (paper_id(number) for number in (1, 7, 8, 9))


def entry(number: int, code: str = "") -> str:
    one = record(number)
    link = f" [[code]({code})]" if code else ""
    return f"- {one.title}. [[paper]({one.url})]{link}\n"


TEXT = f"""\
# The first list

## Reports

{entry(21, "https://github.com/a/one")}{entry(7)}{entry(22, "https://github.com/b/two")}\
{entry(9)}{entry(23, "https://github.com/c/three")}
## Outlines

- Drawing around a lesson. [[paper](https://arxiv.org/abs/2401.00003)]
"""


def with_code(number: int) -> Record:
    return record(number, code_urls=(f"https://github.com/ada/code{number}",))


@pytest.fixture
def listed(tmp_path: Path) -> World:
    """A new paper, and two that the list has without their code."""
    made = world(tmp_path, ids=("first",), completes=True)
    made.seed("first").write_text(TEXT, encoding="utf-8")
    made.sources = [FakeSource([record(1), with_code(7), with_code(9)])]
    return made


def completed(world_: World) -> list[int]:
    text = world_.proposed()
    return [number for number in (7, 9) if f"github.com/ada/code{number}" in text]


def test_entries_are_completed_in_the_same_pull_request(listed: World) -> None:
    listed.run()  # the papers are found in the list, and completed at once

    assert listed.pulls() == [(1, OPEN, (ONE, f"complete:{SEVEN}", f"complete:{NINE}"))]
    assert completed(listed) == [7, 9]
    page = listed.page().read_text(encoding="utf-8")
    assert "Add 1 paper to The first list" in page
    assert "except for the 2 entries under “Completed”" in page
    assert listed.latest_outcomes() == {
        ONE: State.PROPOSED, SEVEN: State.DUPLICATE, NINE: State.DUPLICATE,
    }  # fmt: skip
    old, new = TEXT.splitlines(), listed.proposed().splitlines()
    assert len(new) == len(old) + 1
    assert [line for line in old if line not in new] == [entry(7).strip(), entry(9).strip()]
    before = tree(listed.state)
    listed.run()
    assert tree(listed.state) == before


def test_an_entry_that_is_unticked_stays_as_it_is_for_good(listed: World) -> None:
    listed.run()
    listed.run()
    untick(listed, f"complete:{SEVEN}")
    listed.run()
    assert completed(listed) == [9]
    assert listed.pulls() == [(1, OPEN, (ONE, f"complete:{NINE}"))]
    before = tree(listed.state)
    listed.run()
    assert tree(listed.state) == before

    listed.forge.merge(listed.target(), 1)
    listed.sources = [FakeSource([record(1), record(2), with_code(7), with_code(9)])]
    listed.run()
    assert listed.pulls()[1:] == [(2, OPEN, (paper_id(2),))]
    assert listed.latest_outcomes()[SEVEN] is State.DUPLICATE


def test_a_pull_request_closed_with_them_declines_them(listed: World) -> None:
    listed.run()
    listed.run()
    listed.forge.close(listed.target(), 1)
    listed.sources = [FakeSource([record(2), with_code(7), with_code(9)])]
    listed.run()
    listed.run()
    assert listed.pulls()[1:] == [(2, OPEN, (paper_id(2),))]
    assert completed(listed) == []


def test_they_come_only_along_with_papers(listed: World) -> None:
    listed.sources = [FakeSource([with_code(7), with_code(9)])]
    listed.run()
    listed.run()
    assert listed.pulls() == []


def test_a_pull_request_emptied_of_papers_is_closed_and_declines_no_entry(listed: World) -> None:
    listed.run()
    listed.run()
    untick(listed, ONE)
    listed.run()
    assert [state for _, state, _ in listed.pulls()] == [CLOSED]

    tick(listed, ONE)
    listed.run()
    assert listed.pulls()[1:] == [(2, OPEN, (ONE, f"complete:{SEVEN}", f"complete:{NINE}"))]


def test_no_more_than_agreed(listed: World) -> None:
    listed.completions = 1
    listed.run()
    listed.run()
    assert completed(listed) == [7]


def test_a_list_that_does_not_want_it_is_left_as_it_is(listed: World) -> None:
    listed.completes = False
    listed.run()
    listed.run()
    assert completed(listed) == []
    assert "no line of yours is changed" in listed.page().read_text(encoding="utf-8")


def test_a_state_with_completed_entries_is_read_back() -> None:
    state = marker.HiddenState(
        list="a", papers=(ONE, f"complete:{NINE}"), refused=(f"complete:{ONE}",)
    )
    assert marker.read(f"text\n\n{marker.write(state)}\n") == state


def test_a_retracted_paper_on_the_list_is_named_and_its_entry_stays(listed: World) -> None:
    listed.run()  # the papers are found in the list
    withdrawn = record(9, version=2, comment="This paper has been withdrawn by the authors")
    listed.sources = [FakeSource([record(1), record(7), withdrawn])]
    listed.run()

    page = listed.page().read_text(encoding="utf-8")
    named = page.partition("### News of papers on your list")[2]
    assert str(record(9).arxiv_id) in named
    assert str(record(7).arxiv_id) not in named
    assert entry(9).strip() in listed.proposed()


def renamed(number: int) -> Record:
    return record(number, version=2, title="A language model that reads lessons aloud")


def test_an_entry_gets_the_new_title_of_its_paper(listed: World) -> None:
    listed.sources = [FakeSource([record(1), record(7), record(9)])]
    listed.run()
    listed.sources = [FakeSource([record(1), record(7), renamed(9)])]
    listed.run()

    assert listed.pulls() == [(1, OPEN, (ONE, f"complete:{NINE}"))]
    old, new = TEXT.splitlines(), listed.proposed().splitlines()
    assert [line for line in old if line not in new] == [entry(9).strip()]
    assert entry(9).replace(record(9).title, renamed(9).title).strip() in new
    page = listed.page().read_text(encoding="utf-8")
    assert "title" in page.partition("### Completed")[2].splitlines()[4]
    assert "### News of papers" not in page, "the entry says it"
    before = tree(listed.state)
    listed.run()
    assert tree(listed.state) == before


def test_a_new_title_that_nobody_wants_completed_is_told(listed: World) -> None:
    listed.completes = False
    listed.sources = [FakeSource([record(1), record(9)])]
    listed.run()
    listed.sources = [FakeSource([record(1), record(2), renamed(9)])]
    listed.run()
    page = listed.page().read_text(encoding="utf-8")
    told = page.partition("### News of papers on your list")[2]
    assert f"renamed, before: “{record(9).title}”" in told
    assert entry(9).strip() in listed.proposed()


def test_a_list_that_merges_at_once_gets_no_more_in_a_week(listed: World) -> None:
    listed.completions = 1
    listed.run()
    listed.forge.merge(listed.target(), 1)
    listed.sources = [FakeSource([record(2), with_code(7), with_code(9)])]
    listed.run()
    assert listed.pulls()[1:] == [(2, OPEN, (paper_id(2),))]


def test_a_retraction_notice_reaches_the_list_that_holds_the_paper(listed: World) -> None:
    listed.sources = [FakeSource([record(1), record(9)])]
    listed.run()
    notice = Record(
        id="doi:10.1016/j.media.2026.9", title=f"Retraction Note: {record(9).title}",
        doi="10.1016/j.media.2026.9", url="https://doi.org/10.1016/j.media.2026.9",
        authors=record(9).authors, origin=record(9).origin,
    )  # fmt: skip
    listed.sources = [FakeSource([record(1), record(2), record(9)], notices=[notice])]
    listed.run()

    told = listed.page().read_text(encoding="utf-8").partition("### News of papers")[2]
    assert str(record(9).arxiv_id) in told
    assert "retracted" in told
    assert entry(9).strip() in listed.proposed(), "whether it stays is for a person to decide"
    before = tree(listed.state)
    listed.run()
    assert tree(listed.state) == before


def test_the_digest_tells_what_happened_to_listed_papers(listed: World) -> None:
    listed.sources = [FakeSource([record(1), record(7), record(9)])]
    listed.run()
    gone = record(9, version=2, comment="This paper has been withdrawn by the authors")
    listed.sources = [FakeSource([record(1), with_code(7), gone])]
    listed.run()
    listed.digest("current")

    (page,) = (listed.state / "forge" / "issues").glob("digest-*.md")
    told = page.read_text(encoding="utf-8").partition("## News of listed papers (2)")[2]
    lines = [line for line in told.splitlines() if line.startswith("- ")][:2]
    assert [line.partition("): ")[2] for line in lines] == [
        "withdrawn · The first list",
        "its code was released: https:\u200b//github.com/ada/code7 · The first list",
    ]
