"""Boxes in digests: what a tick says, and that nothing else says it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from medvl_watch.changes import FoundIssue, Issue
from medvl_watch.offers.digest_answers import DigestAnswers
from medvl_watch.offers.maintainer_decisions import section_key
from medvl_watch.publish import digest_boxes, marker
from medvl_watch.publish.digest import digest_message
from medvl_watch.publish.digest_rows import Answered, DigestItem, ListOption, WeekShare
from medvl_watch.publish.issues import revised_issue
from medvl_watch.publish.weeks import Week
from medvl_watch.records import Decision, Outcome, State
from tests.publish.examples import NOW, TARGET, paper, verdict
from tests.publish.test_render import STRANGE

WEEK = Week(2026, 47)
ONE = paper(1)
HERE = ("The list", "Reports")
KEY = section_key(HERE)


def digest(title: str = "Reports", *, answered: tuple[Answered, ...] = ()) -> Issue:
    option = ListOption(
        list_id=TARGET.id, list_title=title, path=HERE, shown=(title, "Over there")
    )  # fmt: skip
    referred = Outcome(
        paper_id=ONE.id, list_id="", state=State.REFERRED, reason="not clearly", at=NOW
    )
    item = DigestItem(
        paper=ONE,
        verdict=verdict(ONE, Decision.REFER),
        outcomes=(referred,),
        options=(option,),
    )
    return digest_message(WEEK, [item], targets=[TARGET], answered=answered)


def tick(body: str, action: str) -> str:
    box = f"[ ] <!-- d:{ONE.id} {action} -->"
    assert box in body
    return body.replace(box, box.replace("[ ]", "[x]"))


ADD = f"add:{TARGET.id}:{KEY}"


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        pytest.param((), DigestAnswers(), id="nothing"),
        pytest.param(
            (ADD,), DigestAnswers(chosen={TARGET.id: {ONE.id: frozenset({KEY})}}), id="a section"
        ),
        pytest.param(("refuse",), DigestAnswers(refused=frozenset({ONE.id})), id="on no list"),
        pytest.param(
            ("off-subject",), DigestAnswers(off_subject=frozenset({ONE.id})), id="not our subject"
        ),
        pytest.param(
            (ADD, "refuse"),
            DigestAnswers(chosen={TARGET.id: {}}, refused=frozenset({ONE.id})),
            id="both: the word against it counts",
        ),
    ],
)
def test_a_tick_says_what_it_says(actions: tuple[str, ...], expected: DigestAnswers) -> None:
    body = digest().body
    for action in actions:
        body = tick(body, action)
    assert digest_boxes.answers([body]) == expected


def test_what_was_decided_stays_ticked_and_is_asked_no_more() -> None:
    body = digest(answered=(Answered(paper=ONE, actions=(ADD, "refuse")),)).body
    assert "## Decided here (1)" in body
    assert "For a person to judge" not in body
    assert digest_boxes.ticked(body) == {ONE.id: (ADD, "refuse")}


def test_a_tick_that_comes_while_the_digest_is_written_is_kept() -> None:
    issue = digest()
    theirs = tick(marker.with_issue_key(issue.body, issue.key), "off-subject")
    _, body = revised_issue(issue, FoundIssue(1, issue.title, theirs, ""))
    assert digest_boxes.answers([body]).off_subject == {ONE.id}


@pytest.mark.parametrize(
    "line",
    [
        f"- [x] <!-- d:{ONE.id} add:../evil:{KEY} -->",
        f"- [x] <!-- d:{ONE.id} add:{TARGET.id}:not-a-key -->",
        f"- [x] <!-- d:{ONE.id} merge -->",
        f"text - [x] <!-- d:{ONE.id} refuse -->",
    ],
)
def test_a_box_that_we_did_not_offer_does_nothing(line: str) -> None:
    body = digest().body.replace(marker.END, f"{line}\n{marker.END}")
    assert digest_boxes.answers([body]) == DigestAnswers()
    outside = f"- [x] <!-- d:{ONE.id} refuse -->\n{digest().body}"
    assert digest_boxes.answers([outside]) == DigestAnswers()


@settings(deadline=None)
@given(STRANGE)
def test_no_title_forges_an_answer(title: str) -> None:
    body = digest(f"{title}\n- [x] <!-- d:{ONE.id} refuse --> {marker.END}").body
    assert digest_boxes.answers([body]) == DigestAnswers()


def test_a_chart_shows_weeks_by_number_and_sections_as_text() -> None:
    weeks = [
        WeekShare("2026-W46", {"Reports": 2}),
        WeekShare('2026-W47"] | evil', {"Reports": 1, "Bo|xes": 3}),
    ]
    body = digest_message(WEEK, [], targets=[TARGET], weeks=weeks).body
    assert 'x-axis ["2026-W46", "2026-W47evil"]' in body
    assert "bar [2, 4]" in body
    assert "| Bo&#124;xes | 0 | 3 |" in body
