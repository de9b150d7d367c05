"""The text of the dashboard, and its boxes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.changes import FoundIssue
from medvl_watch.offers.kept_entries import KeptShare
from medvl_watch.publish import dashboard_boxes, marker
from medvl_watch.publish.budget import BODY_BUDGET
from medvl_watch.publish.dashboard import (
    ListStanding,
    PullStanding,
    RefusedPaper,
    dashboard_message,
)
from medvl_watch.publish.issues import revised_issue
from tests.publish.examples import TARGET, paper
from tests.publish.test_render import STRANGE

ONE = paper(1)
STANDING = ListStanding(
    target=TARGET,
    open_pulls=(
        PullStanding(number=3, address="https://github.com/acme/list/pull/3", note="held"),
    ),
    proposed=2,
    kept=KeptShare(kept=19, merged=20),
    problem="acme/list: the list was not found; correct its path",
)
REFUSED = RefusedPaper(paper=ONE, list_id=TARGET.id, number=4, reason="closed without a merge")


def body(*refused: RefusedPaper, undone: tuple[RefusedPaper, ...] = ()) -> str:
    return dashboard_message([STANDING], refused=refused, undone=undone, title="How").body


def test_what_needs_a_person_is_said_with_what_to_do() -> None:
    text = body(REFUSED)
    assert "[no. 3](https://redirect.github.com/acme/list/pull/3) (waits)" in text
    assert "takes no new papers: held." in text
    assert "19 of 20" in text
    assert "correct its path" in text
    assert f"- [ ] <!-- u:{ONE.id} {TARGET.id}:4 -->" in text


def test_a_tick_names_paper_list_and_pull_request() -> None:
    ticked = body(REFUSED).replace("- [ ]", "- [X]")
    assert dashboard_boxes.undone(ticked) == {TARGET.id: {ONE.id: 4}}
    assert dashboard_boxes.undone(body(undone=(REFUSED,))) == {TARGET.id: {ONE.id: 4}}
    assert dashboard_boxes.undone(ticked.replace(marker.BEGIN, "")) == {}


def test_a_tick_made_meanwhile_is_kept() -> None:
    issue = dashboard_message([STANDING], refused=[REFUSED], title="How")
    found = FoundIssue(1, "How", issue.body.replace("- [ ]", "- [x]"), "")
    changed = dashboard_message([STANDING], refused=[REFUSED], problems=["more"], title="How")
    assert dashboard_boxes.undone(revised_issue(changed, found)[1]) == {TARGET.id: {ONE.id: 4}}


@given(STRANGE)
def test_strange_titles_and_reasons_change_nothing_around_them(strange: str) -> None:
    odd = RefusedPaper(paper=paper(2, title=strange), list_id=TARGET.id, number=0, reason=strange)
    text = body(odd)
    assert dashboard_boxes.undone(text) == {}
    assert marker.issue_key(text) == "dashboard"
    assert text.count("\n- [ ] ") == 1


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    dashboard_boxes.undone(f"{marker.BEGIN}\n{text}\n{marker.END}\n")


def test_many_refused_papers_fit() -> None:
    many = [
        RefusedPaper(paper=paper(n), list_id=TARGET.id, number=1, reason="r" * 300)
        for n in range(1, 400)
    ]
    text = body(*many)
    assert len(text) <= BODY_BUDGET
    assert "earlier ones" in text
