"""The chain from sources to pull requests, run after run, on real repositories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.changes import Addition, Edit, PullState
from medvl_watch.errors import ExitCode, ListError, SourceError, SourceLimited
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.offers import list_plan
from medvl_watch.papers.linking import LinkResult, link
from medvl_watch.pipeline import polling
from medvl_watch.publish import marker
from medvl_watch.records import Decision, Record, State
from medvl_watch.sources.poll_window import LONGEST, OVERLAP
from tests.fakes import (
    LIST,
    NOW,
    FakeClassifier,
    FakeSource,
    World,
    paper_id,
    publishing,
    record,
    verdict,
    world,
)
from tests.publish.examples import tree

OPEN, MERGED, CLOSED = PullState.OPEN, PullState.MERGED, PullState.CLOSED
ONE, TWO, THREE, FOUR = (paper_id(number) for number in (1, 2, 3, 4))


def test_the_first_run_opens_a_pull_request_on_every_list(both: World) -> None:
    ran = both.run()

    assert ran.code is ExitCode.DONE
    assert ran.polled.fresh == 3
    for list_id in ("first", "second"):
        assert both.pulls(list_id) == [(1, OPEN, (ONE, TWO, THREE))]
        assert set(both.latest_outcomes(list_id).values()) == {State.PROPOSED}
    assert set(both.overall().values()) == {State.PROPOSED}


def test_the_pull_request_only_adds_lines(three: World) -> None:
    three.run()
    before, after = LIST.format(id="first").splitlines(), three.proposed().splitlines()

    added = [line for line in after if line not in before]
    assert [line for line in after if line in before] == before
    assert len(added) == 3
    assert all(f"2611.0000{number}" in "".join(added) for number in (1, 2, 3))


def test_the_second_run_writes_nothing_at_all(three: World) -> None:
    three.run()
    before = tree(three.state)

    ran = three.run()

    assert tree(three.state) == before
    assert (ran.polled.fresh, ran.polled.decisions) == (0, {})
    assert all(not report.states and report.published is None for report in ran.lists)


def test_only_what_is_new_is_judged(three: World) -> None:
    three.run()
    publishing(three, 1, 2, 3, 4).run()

    assert three.classifier.judged == [ONE, TWO, THREE, FOUR]


def test_a_newcomer_joins_the_open_pull_request(three: World) -> None:
    three.run()
    publishing(three, 4).run()

    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE, FOUR))]


def test_a_merge_is_an_acceptance(three: World) -> None:
    three.run()
    three.forge.merge(three.target(), 1)
    ran = three.run()

    assert three.latest_outcomes() == dict.fromkeys((ONE, TWO, THREE), State.ACCEPTED)
    assert three.pulls() == [(1, MERGED, (ONE, TWO, THREE))]
    assert dict(ran.lists[0].states) == {"accepted": 3}
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before


@pytest.mark.parametrize("forgotten", [False, True], ids=["ledger kept", "ledger deleted"])
def test_what_was_closed_never_comes_back(three: World, *, forgotten: bool) -> None:
    three.run()
    three.forge.close(three.target(), 1)
    three.run()
    if forgotten:
        three.forget()
    later = publishing(three, 1, 2, 3, 4)
    later.run()

    assert later.pulls() == [(1, CLOSED, (ONE, TWO, THREE)), (2, OPEN, (FOUR,))]
    assert later.latest_outcomes() == {
        **dict.fromkeys((ONE, TWO, THREE), State.REFUSED),
        FOUR: State.PROPOSED,
    }


@pytest.mark.parametrize("forgotten", [False, True], ids=["ledger kept", "ledger deleted"])
def test_a_closed_paper_stays_away_after_a_new_version(three: World, *, forgotten: bool) -> None:
    three.run()
    three.forge.close(three.target(), 1)
    if forgotten:
        three.forget()
    newer = record(1, version=2, abstract="Report generation, done again.",
                   updated="2026-11-17T09:00:00Z")  # fmt: skip
    three.sources = [FakeSource([newer])]
    three.run()
    three.run()

    assert three.pulls() == [(1, CLOSED, (ONE, TWO, THREE))]
    assert three.latest_outcomes()[ONE] is State.REFUSED


@pytest.mark.parametrize("forgotten", [False, True], ids=["ledger kept", "ledger deleted"])
def test_an_unticked_paper_is_taken_out_for_good(three: World, *, forgotten: bool) -> None:
    three.run()
    untick(three.page(), TWO)
    three.run()

    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    assert "2611.00002" not in three.proposed()
    assert three.latest_outcomes()[TWO] is State.REFUSED

    if forgotten:
        three.forget()
    three.run()
    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    assert three.latest_outcomes()[TWO] is State.REFUSED


def untick(page: Path, paper: str) -> None:
    text = page.read_text(encoding="utf-8")
    where = next(line for line in text.splitlines() if f"p:{paper}" in line)
    page.write_text(text.replace(where, where.replace("[x]", "[ ]", 1)), encoding="utf-8")
    assert paper in marker.unticked(page.read_text(encoding="utf-8"))


def test_a_branch_that_a_person_edits_is_left_alone(three: World) -> None:
    three.run()
    edited = three.proposed() + "\nA line of mine.\n"
    three.commit(edited, branch="medvl-watch/first")
    later = publishing(three, 1, 2, 3, 4)
    ran = later.run()

    assert later.proposed() == edited
    assert later.pulls() == [(1, OPEN, (ONE, TWO, THREE)), (2, OPEN, (FOUR,))]
    assert later.latest_outcomes()[FOUR] is State.PROPOSED
    assert ran.problems == []
    before = tree(later.state)
    later.run()
    assert tree(later.state) == before


def test_a_box_unticked_beside_a_commit_of_a_person_settles_once(three: World) -> None:
    three.run()
    untick(three.page(), TWO)
    three.commit(three.proposed() + "\nMine.\n", branch="medvl-watch/first")
    three.run()

    assert three.latest_outcomes()[TWO] is State.REFUSED
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before, "two outcomes take turns"


def test_a_paper_added_by_somebody_else_leaves_the_pull_request(three: World) -> None:
    three.run()
    entry = next(line for line in three.proposed().splitlines() if "2611.00002" in line)
    old = "- Telling what a scan says."
    three.commit(LIST.format(id="first").replace(old, f"{entry}\n{old}"))
    three.run()

    assert three.latest_outcomes()[TWO] is State.DUPLICATE
    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    assert three.proposed().count("2611.00002") == 1
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before


def test_a_paper_added_to_the_base_of_an_edited_branch_settles_once(three: World) -> None:
    three.run()
    proposed = three.proposed()
    three.commit(proposed + "\nMine.\n", branch="medvl-watch/first")
    three.commit(proposed)
    three.run()

    assert set(three.latest_outcomes().values()) == {State.DUPLICATE}
    before = tree(three.state)
    three.run()
    assert tree(three.state) == before, "two outcomes take turns"


def test_a_full_pull_request_makes_the_others_wait(tmp_path: Path) -> None:
    four = world(tmp_path, 1, 2, 3, 4, limit=2, ids=("first",))
    four.run()
    assert four.pulls() == [(1, OPEN, (ONE, TWO))]
    assert four.latest_outcomes()[THREE] is four.latest_outcomes()[FOUR] is State.DEFERRED
    before = tree(four.state)
    four.run()
    assert tree(four.state) == before

    four.forge.merge(four.target(), 1)
    four.run()
    assert four.pulls() == [(1, MERGED, (ONE, TWO)), (2, OPEN, (THREE, FOUR))]
    assert four.latest_outcomes() == {
        ONE: State.ACCEPTED,
        TWO: State.ACCEPTED,
        THREE: State.PROPOSED,
        FOUR: State.PROPOSED,
    }


def test_a_paper_withdrawn_after_its_proposal_leaves_the_pull_request(three: World) -> None:
    three.run()
    gone = record(2, version=2, comment="This paper has been withdrawn by the authors.",
                  updated="2026-11-17T09:00:00Z")  # fmt: skip
    three.sources = [FakeSource([record(1), gone, record(3)])]
    three.run()

    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    assert three.latest_outcomes()[TWO] is State.REJECTED
    assert three.overall()[TWO] is State.REJECTED, "nobody need look at a withdrawn paper"


@pytest.mark.parametrize(
    ("decision", "state"), [(Decision.REJECT, State.REJECTED), (Decision.REFER, State.REFERRED)]
)
def test_a_new_version_can_end_what_waited(
    tmp_path: Path, decision: Decision, state: State
) -> None:
    two = world(tmp_path, 1, 2, limit=1, ids=("first",))
    two.run()
    assert two.latest_outcomes()[TWO] is State.DEFERRED
    two.classifier = FakeClassifier({TWO: verdict(TWO, decision, reason="it turned out otherwise")})
    two.sources = [FakeSource([record(2, version=2, abstract="Another subject.",
                                      updated="2026-11-17T09:00:00Z")])]  # fmt: skip
    two.run()

    assert two.overall()[TWO] is state
    assert two.latest_outcomes()[TWO] is state
    two.forge.merge(two.target(), 1)
    two.run()
    assert two.pulls() == [(1, MERGED, (ONE,))]


def test_an_unsure_section_is_referred_and_told_in_the_pull_request(tmp_path: Path) -> None:
    two = world(tmp_path, 1, 2)
    two.classifier = FakeClassifier({TWO: verdict(TWO, words=0.4, outlines=0.55)})
    two.run()

    assert two.latest_outcomes()[TWO] is State.REFERRED
    assert two.pulls() == [(1, OPEN, (ONE,))]
    assert "section is uncertain" in two.page().read_text(encoding="utf-8")


def test_a_paper_no_list_has_a_place_for_is_referred_once(tmp_path: Path) -> None:
    one = world(tmp_path, 1, ids=("second",))
    one.classifier = FakeClassifier({ONE: verdict(ONE, outlines=0.95)})
    one.run()

    assert one.latest_outcomes("second") == {ONE: State.REJECTED}
    assert one.overall() == {ONE: State.REFERRED}
    assert one.pulls("second") == []


# --- trouble ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(SourceError("gave a web page", where="venue"), ExitCode.PARTLY, id="failure"),
        pytest.param(SourceLimited("asks us to wait", where="venue"), ExitCode.LATER, id="limit"),
        pytest.param(KeyError("entries"), ExitCode.PARTLY, id="an internal error"),
    ],
)
def test_one_source_failing_does_not_stop_the_other(
    three: World, error: Exception, code: ExitCode
) -> None:
    broken = FakeSource([record(4)], name="venue", error=error)
    three.sources = [broken, *three.sources]
    ran = three.run()

    assert ran.code is code
    assert len(ran.problems) == 1
    assert str(ran.problems[0]).startswith("venue: ")
    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE))]

    broken.error = None
    assert three.run().code is ExitCode.DONE
    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE, FOUR))]


def test_one_paper_the_classifier_fails_on_does_not_stop_the_others(three: World) -> None:
    three.classifier.broken = frozenset({TWO})
    ran = three.run()

    assert ran.code is ExitCode.PARTLY
    assert len(ran.problems) == 1
    assert str(ran.problems[0]).startswith(
        f"{TWO}: unexpected ZeroDivisionError, an internal error"
    )
    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    assert three.overall()[TWO] is State.DEFERRED

    three.classifier.broken = frozenset()
    assert three.run().code is ExitCode.DONE
    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE))]


def test_one_paper_the_editor_breaks_on_does_not_stop_the_others(
    three: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(text: str, additions: Sequence[Addition], **how: Any) -> Edit:
        if any(each.paper.id == TWO for each in additions):
            raise ZeroDivisionError
        return insert(text, additions, **how)

    with monkeypatch.context() as patched:
        patched.setattr(list_plan, "insert", breaking)
        ran = three.run()
    assert ran.code is ExitCode.PARTLY
    assert str(ran.problems[0]).startswith(f"first, {TWO}: unexpected ZeroDivisionError")
    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    assert three.latest_outcomes()[TWO] is State.DEFERRED

    assert three.run().code is ExitCode.DONE
    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE))]


def test_one_record_that_cannot_be_linked_does_not_stop_the_others(
    three: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its source does not count as read, so that it comes again."""

    def breaking(records: Sequence[Record], *known: Any) -> LinkResult:
        if any(each.id == TWO for each in records):
            raise ZeroDivisionError
        return link(records, *known)

    three.sources = [FakeSource([record(1), record(2), record(3)], live=True)]
    with monkeypatch.context() as patched:
        patched.setattr(polling, "link", breaking)
        ran = three.run()
    assert [each.where for each in ran.problems] == [TWO]
    assert three.pulls() == [(1, OPEN, (ONE, THREE))]
    with three.opened() as (parts, _):
        assert [each.last_good for each in parts.ledger.receipts()] == [None]

    assert three.run().code is ExitCode.DONE
    assert three.pulls() == [(1, OPEN, (ONE, TWO, THREE))]


def test_what_breaks_on_all_of_them_together_is_the_lists_trouble(
    three: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(text: str, additions: Sequence[Addition], **how: Any) -> Edit:
        if len(additions) > 1:
            raise ZeroDivisionError
        return insert(text, additions, **how)

    monkeypatch.setattr(list_plan, "insert", breaking)
    ran = three.run()
    assert [each.where for each in ran.problems] == ["first"]
    assert three.pulls() == []


def test_a_week_that_nothing_could_judge_is_no_quiet_week(three: World) -> None:
    three.classifier.broken = frozenset({ONE, TWO, THREE})
    three.run()
    published = three.digest("current").published
    assert published
    text = Path(published.address).read_text(encoding="utf-8")
    assert "| the classifier | 3 |" in text
    assert "No paper of this week" not in text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(None, "cannot be read", id="missing"),
        pytest.param(b"# List\n\n## Reports\n\n- caf\xe9\n", "not UTF-8", id="not UTF-8"),
        pytest.param(b"# List\n\n## Elsewhere\n\n- A [b](https://b.example.org)\n",
                     "no section", id="its sections gone"),
    ],
)  # fmt: skip
def test_one_list_failing_does_not_stop_the_other(
    both: World, content: bytes | None, reason: str
) -> None:
    good = both.seed("first").read_bytes()
    both.seed("first").unlink()
    if content is not None:
        both.seed("first").write_bytes(content)
    ran = both.run()

    assert ran.code is ExitCode.PARTLY
    assert [type(one) for one in ran.problems] == [ListError]
    assert reason in str(ran.problems[0])
    assert both.pulls("second") == [(1, OPEN, (ONE, TWO, THREE))]
    assert both.pulls("first") == []
    if content is not None:
        assert both.seed("first").read_bytes() == content, "a list that fails is left as it is"

    both.seed("first").write_bytes(good)
    assert both.run().code is ExitCode.DONE
    assert both.pulls("first") == [(1, OPEN, (ONE, TWO, THREE))]


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda file: file.unlink(), id="deleted"),
        pytest.param(lambda file: file.write_bytes(b"garbage" * 1000), id="garbage"),
        pytest.param(
            lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
            id="cut off",
        ),
        pytest.param(lambda file: file.write_bytes(b""), id="empty"),
    ],
)
def test_the_ledger_is_only_memory(both: World, harm: object) -> None:
    both.run()
    before = tree(both.state / "forge")
    states = both.latest_outcomes(), both.latest_outcomes("second"), both.overall()
    assert callable(harm)
    harm(both.ledger_file)
    both.run()

    assert tree(both.state / "forge") == before
    assert (both.latest_outcomes(), both.latest_outcomes("second"), both.overall()) == states


def test_a_lost_ledger_takes_out_nothing_that_it_no_longer_knows(three: World) -> None:
    """The papers are too old to be announced again, so nobody could put them back."""
    three.run()
    three.forget()
    later = publishing(three, 3, 4)
    ran = later.run()
    assert ran.problems == []
    assert later.pulls() == [(1, OPEN, (ONE, TWO, THREE))]
    assert "2611.00001" in later.proposed()
    assert later.latest_outcomes() == {THREE: State.PROPOSED, FOUR: State.DEFERRED}
    assert "does not know all papers of pull request 1" in ran.lists[0].reason
    before = tree(later.state)
    later.run()
    assert tree(later.state) == before

    later.forge.merge(later.target(), 1)
    later.run()
    assert later.pulls()[1:] == [(2, OPEN, (FOUR,))]


def test_what_people_untick_goes_though_the_ledger_is_lost(three: World) -> None:
    three.run()
    three.forget()
    untick(three.page(), ONE)
    untick(three.page(), TWO)
    later = publishing(three, 3, 4)
    later.run()
    assert later.pulls() == [(1, OPEN, (THREE, FOUR))]


def test_a_lost_ledger_beside_a_commit_of_a_person(three: World) -> None:
    three.run()
    three.commit(three.proposed() + "\nMine.\n", branch="medvl-watch/first")
    three.forget()
    later = publishing(three, 3, 4)
    ran = later.run()
    assert ran.problems == []
    assert later.latest_outcomes() == {THREE: State.PROPOSED, FOUR: State.PROPOSED}
    assert later.pulls()[1:] == [(2, OPEN, (FOUR,))]


# --- identity over time -------------------------------------------------------------------


def test_a_refusal_is_found_under_another_name_of_the_paper(tmp_path: Path) -> None:
    """A new ledger may meet the print first; the pull request knows it by its preprint."""
    one = world(tmp_path, 1)
    one.run()
    one.forge.close(one.target(), 1)
    one.forget()
    printed = record(1, id="doi:10.1007/978-3-1-1_1", doi="10.1007/978-3-1-1_1",
                     arxiv_id=None, venue="MICCAI 2026")  # fmt: skip
    one.sources = [FakeSource([printed], name="miccai")]
    one.run()

    assert one.pulls() == [(1, CLOSED, (ONE,))]
    assert one.latest_outcomes() == {"doi:10.1007/978-3-1-1_1": State.REFUSED}


def test_a_doubtful_identity_is_referred_not_proposed_twice(tmp_path: Path) -> None:
    one = world(tmp_path, 1)
    one.run()
    nameless = record(2, title=record(1).title, authors=(), abstract="")
    one.sources = [FakeSource([nameless])]
    one.run()

    assert one.pulls() == [(1, OPEN, (ONE,))]
    assert one.overall()[TWO] is State.REFERRED


# --- windows ------------------------------------------------------------------------------


def asked(world: World) -> list[timedelta]:
    source = world.sources[0]
    assert isinstance(source, FakeSource)
    return [one.until - one.since for one in source.windows]


def test_an_outage_is_caught_up(three: World) -> None:
    source = three.sources[0]
    assert isinstance(source, FakeSource)
    three.run()
    source.error = SourceError("down", where="arxiv")
    three.now += timedelta(days=40)
    three.run()
    source.error = None
    three.run()

    assert asked(three)[0] == timedelta(days=14)
    assert asked(three)[2] == three.now - NOW + OVERLAP


def test_what_could_not_be_kept_without_a_verdict_is_read_again(tmp_path: Path) -> None:
    """A version that makes a paper clear came, and the classifier broke on it."""
    one = world(tmp_path, ids=("first",))
    one.classifier = FakeClassifier({ONE: verdict(ONE, Decision.REFER)})
    one.sources = [FakeSource([record(1)], live=True)]
    one.run()
    newer = record(1, version=2, abstract="It is clear now.", updated="2026-11-18T09:00:00Z")
    one.sources = [FakeSource([newer], live=True)]
    one.classifier = FakeClassifier(broken=frozenset({ONE}))
    assert one.run().code is ExitCode.PARTLY

    one.now += timedelta(days=40)
    one.classifier = FakeClassifier()
    one.run()
    assert asked(one)[1] == timedelta(days=40, hours=2) + OVERLAP, "back to the last good poll"
    assert one.latest_outcomes() == {ONE: State.PROPOSED}
    one.run()
    assert asked(one)[2] == timedelta(days=14)


def test_a_long_outage_is_caught_up_as_far_as_agreed(three: World) -> None:
    three.run()
    three.now += timedelta(days=182)
    three.run()
    assert asked(three)[1] == timedelta(days=182, hours=2) + OVERLAP

    three.now += LONGEST
    three.run()
    assert asked(three)[2] == LONGEST


def test_the_outage_of_one_source_does_not_widen_the_window_of_another(three: World) -> None:
    good = FakeSource([record(1)], name="good", live=True)
    dead = FakeSource([], name="dead", live=True)
    three.sources = [good, dead]
    three.run()
    dead.error = SourceError("down", where="dead")
    for _ in range(6):
        three.now += timedelta(days=5)
        three.run()
    dead.error = None
    three.run()

    assert {one.until - one.since for one in good.windows} == {timedelta(days=14)}
    assert dead.windows[-1].until - dead.windows[-1].since > timedelta(days=30)


def test_the_window_that_a_person_asks_for_is_not_cut(three: World) -> None:
    three.run(days=300)

    assert asked(three) == [timedelta(days=300)]


def test_a_source_that_is_no_longer_read_does_not_widen_the_window(three: World) -> None:
    kept = FakeSource([record(1)], live=True)
    three.sources = [FakeSource([], name="gone", live=True), kept]
    three.run()
    three.sources = [kept]
    for _ in range(3):
        three.now += timedelta(days=10)
        three.run()

    assert asked(three)[-1] == timedelta(days=10, hours=1) + OVERLAP
