"""What a list is offered and what becomes of it: decisions without a forge or a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from medvl_watch.changes import Edit, PullRequest, PullState, Refusal, Target
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.paper_matching import identify_entries
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers.candidates import candidates, outcomes_of_edit
from medvl_watch.offers.consideration import JudgedPaper
from medvl_watch.offers.limits import OfferLimits
from medvl_watch.offers.list_context import ListContext, ListFacts, context_of
from medvl_watch.offers.list_plan import ListPlan, outcomes_of_plan
from medvl_watch.offers.maintainer_decisions import OwnPull
from medvl_watch.offers.next_step import Intent, Step
from medvl_watch.offers.outcomes import new_outcomes
from medvl_watch.offers.section_examples import missing_sections, router_of
from medvl_watch.records import Decision, Outcome, Paper, State, Verdict
from tests.fakes import LIST, NOW, paper_id, record, taxonomy, verdict

ONE, TWO = paper_id(1), paper_id(2)
TEXT = LIST.format(id="first")


def context(text: str = TEXT, latest_outcomes: Mapping[str, Outcome] | None = None) -> ListContext:
    document = parse(text)
    return ListContext(
        target=Target(id="first", title="First", repository="a/first", map_id="first"),
        router=router_of(document, taxonomy(), taxonomy().lists["first"]),
        document=document,
        identities=identify_entries(document),
        latest_outcomes=latest_outcomes or {},
        now=NOW,
    )


def judged(number: int = 1, said: Verdict | None = None, **facts: object) -> JudgedPaper:
    one = record(number, **facts)
    paper = Paper(id=paper_id(number), facts=replace(one, id=paper_id(number)), records=(one,))
    return JudgedPaper(paper=paper, verdict=said or verdict(paper.id))


def stood(state: State, **more: object) -> dict[str, Outcome]:
    known = {"paper_id": ONE, "list_id": "first", "reason": "why", "at": NOW}
    return {ONE: Outcome(state=state, **(known | more))}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        (None, True),
        (State.DEFERRED, True),
        (State.PROPOSED, True),
        (State.REFERRED, True),
        (State.REJECTED, True),
        (State.REFUSED, False),
        (State.ACCEPTED, False),
        (State.DUPLICATE, False),
    ],
)
def test_what_is_settled_is_not_opened_again(before: State | None, offered: bool) -> None:
    found = candidates([judged()], context(latest_outcomes=stood(before) if before else {}))

    assert bool(found.additions) is offered
    assert found.outcomes == ()


@pytest.mark.parametrize(
    ("one", "text", "state", "reason"),
    [
        pytest.param(
            judged(said=verdict(ONE, words=0.5, outlines=0.45), abstract=""),
            TEXT, State.REFERRED, "its section is uncertain: The first list > Reports",
            id="two sections that fit alike",
        ),
        pytest.param(
            judged(said=verdict(ONE, words=0.1)), TEXT, State.REFERRED, "may not fit any section",
            id="a section that fits weakly",
        ),
        pytest.param(
            judged(), TEXT.replace("Telling what a scan says", record(1).title), State.DUPLICATE,
            "title", id="the list has its title",
        ),
        pytest.param(
            judged(), TEXT.replace("2401.00002", "2611.00001"), State.REFERRED,
            "gives its address", id="the list has its address under another title",
        ),
    ],
)  # fmt: skip
def test_papers_that_end_before_they_are_offered(
    one: JudgedPaper, text: str, state: State, reason: str
) -> None:
    found = candidates([one], context(text))

    assert found.additions == ()
    assert [end.state for end in found.outcomes] == [state]
    assert (
        reason.removeprefix("its section is uncertain: The first list > ")
        in found.outcomes[0].reason
    )


def test_a_withdrawn_paper_is_not_offered() -> None:
    one = judged()
    found = candidates([replace(one, paper=replace(one.paper, withdrawn=True))], context())

    assert [(end.state, end.reason) for end in found.outcomes] == [
        (State.REJECTED, "withdrawn by its authors")
    ]


@pytest.mark.parametrize("decision", [Decision.REFER, Decision.REJECT])
@pytest.mark.parametrize("offered", [True, False])
def test_a_paper_not_to_propose_leaves_only_where_it_was_offered(
    decision: Decision, offered: bool
) -> None:
    latest_outcomes = stood(State.PROPOSED) if offered else {}
    found = candidates(
        [judged(said=verdict(ONE, decision, reason="no"))], context(latest_outcomes=latest_outcomes)
    )

    assert found.additions == ()
    assert len(found.outcomes) == offered


def test_the_best_come_first_whatever_the_order() -> None:
    weaker = replace(verdict(ONE), relevance=0.91)
    pair = [judged(1, weaker), judged(2)]

    for order in (pair, pair[::-1]):
        found = candidates(order, context())
        assert [addition.paper.id for addition in found.additions] == [TWO, ONE]


def test_what_people_settled_is_recorded_with_the_pull_request() -> None:
    closed = PullRequest(
        number=4, title="", body="", branch="b", state=PullState.CLOSED, head="c" * 40
    )
    document = parse(TEXT)
    facts = ListFacts(
        target=context().target,
        document=document,
        identities=identify_entries(document),
        pulls=[OwnPull(pull=closed, is_readable=True, entries=(ONE,))],
        papers={ONE: judged().paper},
    )
    found, (outcome,) = context_of(facts, taxonomy(), OfferLimits(), NOW)

    assert (outcome.state, outcome.pull_request, outcome.list_id) == (State.REFUSED, 4, "first")
    assert found.latest_outcomes == {ONE: outcome}


def plan_of(
    step: Step,
    entries: tuple[str, ...],
    waiting: tuple[str, ...] = (),
    outcomes: tuple[Outcome, ...] = (),
) -> ListPlan:
    one = candidates([judged(), judged(2)], context())
    return ListPlan(
        intent=Intent(step=step, entries=entries, waiting=waiting, reason="a person has pushed"),
        edit=insert(TEXT, one.additions),
        completed=(),
        outcomes=outcomes,
        unsure={},
        waiting=0,
    )


def test_what_stands_in_the_pull_request_and_what_waits() -> None:
    plan = plan_of(Step.CREATE, (ONE,), (TWO,))
    first, second = outcomes_of_plan(plan, context(), 7)

    assert (first.state, first.pull_request, first.reason) == (
        State.PROPOSED, 7, "in pull request 7",
    )  # fmt: skip
    lines = {each.paper_id: each.line for each in plan.edit.placed}
    assert first.line == lines[ONE]
    assert (second.state, second.pull_request, second.line) == (State.DEFERRED, None, None)
    assert second.reason == "the pull request is full; to be added by a later pull request"


END = Outcome(paper_id=ONE, list_id="first", state=State.REFERRED, reason="no place", at=NOW)
PROPOSED = replace(END, state=State.PROPOSED, reason="in pull request 1", pull_request=1)


@pytest.mark.parametrize(
    ("step", "state"),
    [
        pytest.param(Step.UPDATE, State.PROPOSED, id="one of two sections took it"),
        pytest.param(Step.LEAVE, State.REFERRED, id="still in a pull request left alone"),
    ],
)
def test_a_paper_has_one_outcome(step: Step, state: State) -> None:
    known = replace(context(), proposed_papers={ONE: 1})
    found = outcomes_of_plan(plan_of(step, (ONE,), outcomes=(END,)), known, 1)

    assert [each.state for each in found] == [state]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.REFUSED, State.DUPLICATE])
def test_a_pull_request_left_alone_does_not_reopen_what_is_settled(state: State) -> None:
    known = replace(context(latest_outcomes=stood(state)), proposed_papers={ONE: 1})
    assert outcomes_of_plan(plan_of(Step.LEAVE, (ONE,)), known, 1) == ()


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        pytest.param(None, PROPOSED, True, id="the first word"),
        pytest.param(PROPOSED, replace(PROPOSED, line=9), False, id="another line"),
        pytest.param(PROPOSED, replace(PROPOSED, pull_request=2), True, id="another pull request"),
        pytest.param(END, replace(END, at=NOW.replace(year=2027)), False, id="only later"),
        pytest.param(END, replace(END, reason="another"), True, id="another reason"),
        pytest.param(END, PROPOSED, True, id="another state"),
    ],
)
def test_news_is_what_was_not_known(before: Outcome | None, after: Outcome, is_news: bool) -> None:
    found = new_outcomes([after], {ONE: before} if before else {})

    assert found == ((after,) if is_news else ())


def test_what_the_editor_could_not_place_is_referred() -> None:
    edit = Edit(before=TEXT, after=TEXT, refused=(Refusal(paper_id=ONE, reason="no such section"),))

    assert [(end.state, end.reason) for end in outcomes_of_edit(edit, context())] == [
        (State.REFERRED, "no such section")
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(TEXT, None, id="all there"),
        pytest.param(TEXT.replace("## Outlines", "## Rims"), "section 'Outlines'", id="one gone"),
        pytest.param("# Else\n\n- a [b](https://b.example.org)\n", "and 1 more", id="both gone"),
    ],
)
def test_sections_that_the_map_names_and_the_list_lacks(text: str, reason: str | None) -> None:
    made = context(text)
    problem = missing_sections(made.target, taxonomy(), made.document)

    assert (problem is None) is (reason is None)
    if problem is not None and reason is not None:
        assert reason in str(problem)
