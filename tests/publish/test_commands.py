"""Words of people in comments: which are commands, and what they change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.changes import PullRequest, PullState, Remark
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.offers.maintainer_decisions import OwnPull, is_chosen
from medvl_watch.publish import commands
from medvl_watch.publish.commands import Command, Verb

ONE, TWO = "arxiv:2411.00001", "doi:10.1000/x2"
HERE = ("The list", "Methods", "2026")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "/medvl reject 2411.00001 not about images",
            [Command(verb=Verb.REJECT, paper="2411.00001")],
            id="reject with a reason",
        ),
        pytest.param(
            "Thanks!\n/medvl accept arXiv:2411.00001v2\n",
            [Command(verb=Verb.ACCEPT, paper="arXiv:2411.00001v2")],
            id="accept below other words",
        ),
        pytest.param(
            '/medvl section 2411.00001 "Methods > 2026"',
            [Command(verb=Verb.SECTION, paper="2411.00001", section=("Methods", "2026"))],
            id="section",
        ),
        pytest.param(
            "/MEDVL Hold\n/medvl resume",
            [Command(verb=Verb.HOLD), Command(verb=Verb.RESUME)],
            id="two, in any case",
        ),
        pytest.param("/medvl", [None], id="nothing wanted"),
        pytest.param("/medvl section 2411.00001 Methods", [None], id="a section without quotes"),
        pytest.param("/medvl merge 2411.00001", [None], id="what it cannot do"),
        pytest.param("see /medvl hold", [], id="within a sentence"),
        pytest.param("> /medvl hold", [], id="quoted"),
        pytest.param("```\n/medvl hold\n```\n", [], id="code"),
        pytest.param("/medvlx hold", [], id="another word"),
    ],
)
def test_lines_that_begin_so_are_commands(text: str, expected: list[Command | None]) -> None:
    assert list(commands.read_commands(text)) == expected
    assert commands.has_command(text) is bool(expected)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    commands.read_commands(text)
    commands.read_commands(f"/medvl {text}")


def told(*bodies: str) -> OwnPull:
    pull = PullRequest(
        number=1,
        title="Add",
        body="",
        branch="medvl-watch",
        state=PullState.OPEN,
        head="1" * 40,
        remarks=tuple(Remark(id=n, body=each) for n, each in enumerate(bodies)),
    )
    return commands.with_commands(
        OwnPull(
            pull=pull,
            is_readable=True,
            entries=(ONE, TWO),
            heads=(pull.head,),
            ticked=frozenset({ONE, TWO}),
        )
    )


def test_a_rejected_paper_counts_as_unticked_until_it_is_accepted() -> None:
    assert told("/medvl reject 2411.00001").refused == {ONE}
    assert told("/medvl reject https://doi.org/10.1000/X2").refused == {TWO}
    assert told("/medvl reject 2411.00001", "/medvl accept 2411.00001").refused == frozenset()
    assert told("/medvl reject 2411.99999").refused == frozenset()


def test_a_section_is_chosen_by_its_last_headings() -> None:
    pull = told('/medvl section 2411.00001 "methods \u203a 2026"')
    chosen = pull.section_boxes[ONE]
    assert is_chosen(HERE, path_key(HERE), chosen)
    assert not is_chosen(("The list", "2026"), path_key(("The list", "2026")), chosen)
    (command,) = commands.read_commands(pull.pull.remarks[0].body)
    assert command
    assert commands.can_be_done(command, pull, [path_key(HERE)])
    assert not commands.can_be_done(command, pull, [path_key(("Methods", "2025"))])


def test_hold_and_resume() -> None:
    assert told("/medvl hold").frozen_because
    assert not told("/medvl hold", "/medvl resume").frozen_because
