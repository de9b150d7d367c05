"""What is done with one paper on one list: without a forge or a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.changes import AlreadyListed, Edit, Refusal
from medvl_watch.offers.candidates import candidates, with_queue
from medvl_watch.offers.consideration import JudgedPaper, OfferAction, after_edit, consider
from medvl_watch.offers.list_context import ListContext
from medvl_watch.offers.maintainer_decisions import section_key
from medvl_watch.offers.next_step import Room
from medvl_watch.offers.outcomes import WAITS_FOR_TIME
from medvl_watch.offers.reviewer_time import ReviewBudget, ReviewTime
from medvl_watch.records import Decision, State
from tests.fakes import NOW, verdict
from tests.offers.test_candidates import ONE, context, judged, stood

PROPOSE, CHOOSE, REFER, NOTHING = OfferAction
FULL = Room(free=0)
REVIEWED = Room(free=0, reason="a person is reviewing", requested=frozenset({ONE}))
NO_TIME = ReviewTime(budget=ReviewBudget(per_week=0))
TIME_FOR_ONE = ReviewTime(budget=ReviewBudget(per_week=2))
OUTLINES = {ONE: frozenset({section_key(("The first list", "Outlines"))})}
GONE = {ONE: frozenset({section_key(("The first list", "Elsewhere"))})}
UNSURE = judged(said=verdict(ONE, words=0.5, outlines=0.45), abstract="")
REFERRED = judged(said=verdict(ONE, Decision.REFER, reason="in doubt"))
REJECTED = judged(said=verdict(ONE, Decision.REJECT, reason="out"))


def on(**more: object) -> ListContext:
    return replace(context(), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("candidate", "known", "action", "waits_for"),
    [
        pytest.param(judged(), on(), PROPOSE, "", id="a clear paper"),
        pytest.param(UNSURE, on(), CHOOSE, "", id="a section in doubt"),
        pytest.param(UNSURE, on(chosen_sections=OUTLINES), PROPOSE, "", id="a chosen section"),
        pytest.param(UNSURE, on(chosen_sections=GONE), CHOOSE, "", id="a choice that is gone"),
        pytest.param(REFERRED, on(), REFER, "", id="a verdict in doubt"),
        pytest.param(REFERRED, on(chosen_sections=OUTLINES), PROPOSE, "",
                     id="a chosen section against the verdict"),
        pytest.param(REFERRED, on(chosen_sections=GONE), REFER, "",
                     id="a choice that is gone, and a verdict in doubt"),
        pytest.param(REJECTED, on(), NOTHING, "", id="out of scope"),
        pytest.param(judged(), on(room=FULL), PROPOSE, "full; to be added", id="no room"),
        pytest.param(judged(), on(room=FULL, time=NO_TIME), PROPOSE, "full; to be added",
                     id="no room, and no time"),
        pytest.param(UNSURE, on(room=FULL), CHOOSE, "", id="to be asked takes no room"),
        pytest.param(judged(), on(room=REVIEWED), PROPOSE, "", id="asked for in a review"),
        pytest.param(judged(2), on(room=REVIEWED), PROPOSE, "reviewing", id="not asked for"),
        pytest.param(judged(), on(time=NO_TIME), PROPOSE, WAITS_FOR_TIME, id="no time"),
        pytest.param(UNSURE, on(time=NO_TIME), CHOOSE, WAITS_FOR_TIME, id="no time to choose"),
        pytest.param(UNSURE, on(time=NO_TIME, chosen_sections=OUTLINES), PROPOSE, "",
                     id="whoever chose has had the time"),
        pytest.param(UNSURE, on(time=NO_TIME, latest_outcomes=stood(State.REFERRED)), CHOOSE, "",
                     id="asked before"),
        pytest.param(judged(), on(time=NO_TIME, proposed_papers={ONE: 1}), NOTHING, "",
                     id="in the pull request"),
        pytest.param(REFERRED, on(digest_time=NO_TIME), REFER, WAITS_FOR_TIME,
                     id="no time to read the digest"),
        pytest.param(REFERRED, on(digest_time=NO_TIME, in_digest=frozenset({ONE})), REFER, "",
                     id="in the digest already"),
        pytest.param(REFERRED, on(time=NO_TIME), REFER, "", id="the digest has its own reader"),
    ],
)  # fmt: skip
def test_what_is_done_and_when(
    candidate: JudgedPaper, known: ListContext, action: OfferAction, waits_for: str
) -> None:
    found = consider(candidate, known)

    assert found.action is action
    assert waits_for in found.waits_for
    assert bool(found.waits_for) is bool(waits_for)


def test_a_better_paper_in_the_queue_goes_before() -> None:
    weaker = replace(judged(), verdict=replace(verdict(ONE), relevance=0.91))
    alone = on(time=TIME_FOR_ONE)

    assert consider(weaker, alone).waits_for == ""
    assert consider(weaker, with_queue(alone, [judged(2)])).waits_for == WAITS_FOR_TIME
    assert consider(judged(2), with_queue(alone, [weaker, judged(2)])).waits_for == ""


def test_a_better_proposal_in_the_queue_goes_before_a_question() -> None:
    unsure = replace(UNSURE, verdict=replace(UNSURE.verdict, relevance=0.91))
    alone = on(time=TIME_FOR_ONE)

    assert consider(unsure, with_queue(alone, [judged(2)])).waits_for == WAITS_FOR_TIME
    full = replace(alone, room=FULL)
    assert consider(unsure, with_queue(full, [judged(2)])).waits_for == "", "it takes no minutes"


def test_a_paper_that_has_waited_for_weeks_goes_before_a_better_one() -> None:
    weaker = replace(judged(), verdict=replace(verdict(ONE), relevance=0.91))
    since = {ONE: NOW - timedelta(weeks=3)}
    alone = on(time=replace(TIME_FOR_ONE, waiting_since=since))

    assert consider(weaker, with_queue(alone, [judged(2)])).waits_for == ""
    assert consider(judged(2), with_queue(alone, [weaker])).waits_for == WAITS_FOR_TIME


def test_what_only_a_person_settles_is_in_no_queue() -> None:
    assert with_queue(on(), [REJECTED, REFERRED]).time.queue == ()
    assert [each.state for each in with_queue(on(), [UNSURE]).time.queue] == [State.REFERRED]


@pytest.mark.parametrize(
    ("edit", "action", "reason"),
    [
        pytest.param({"refused": (Refusal(paper_id=ONE, reason="no such style"),)}, REFER,
                     "no such style", id="refused"),
        pytest.param({"already_listed": (AlreadyListed(paper_id=ONE, line=7, proof="title"),)},
                     NOTHING, "the list has it already", id="on the list"),
    ],
)  # fmt: skip
def test_what_the_editor_cannot_write_is_not_proposed(
    edit: Mapping[str, object], action: OfferAction, reason: str
) -> None:
    known = on()
    made = Edit(before="", after="", **edit)  # type: ignore[arg-type]
    found = after_edit(consider(judged(), known), judged(), made, known)

    assert (found.action, found.reason, found.additions) == (action, reason, ())
    assert found.outcome is not None


decisions = st.sampled_from(tuple(Decision))
states = st.none() | st.sampled_from(tuple(State))


@given(decision=decisions, before=states, withdrawn=st.booleans(), chosen=st.booleans(),
       proposed=st.booleans())  # fmt: skip
def test_a_run_passes_over_no_paper_on_which_there_is_something_to_do(
    *, decision: Decision, before: State | None, withdrawn: bool, chosen: bool, proposed: bool
) -> None:
    one = judged(said=verdict(ONE, decision, reason="why"))
    one = replace(one, paper=replace(one.paper, withdrawn=withdrawn))
    known = on(
        latest_outcomes=stood(before) if before else {},
        chosen_sections=OUTLINES if chosen else {},
        proposed_papers={ONE: 1} if proposed else {},
    )
    alone, run = consider(one, known), candidates([one], known)

    assert run.additions == alone.additions
    assert run.outcomes == ((alone.outcome,) if alone.outcome else ())
    assert not (alone.additions and alone.outcome)


def test_without_its_text_a_list_is_known_by_its_map() -> None:
    bare = replace(context(), document=None, identities=())
    found = consider(judged(), bare)

    assert found.action is PROPOSE
