"""What a list is offered and what becomes of it: decisions without a forge or a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from medvl_watch.changes import Edit, Refusal, Target
from medvl_watch.lists.editing.holdings import holdings
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers import candidates
from medvl_watch.offers.candidates import JudgedPaper, ListContext
from medvl_watch.offers.list_sections import missing_sections, router_of
from medvl_watch.publish.lifecycle import Intent, Said, Step
from medvl_watch.records import Decision, Outcome, Paper, State, Verdict
from tests.fakes import LIST, NOW, paper_id, record, taxonomy, verdict

ONE, TWO = paper_id(1), paper_id(2)
TEXT = LIST.format(id="first")


def context(text: str = TEXT, standing: Mapping[str, Outcome] | None = None) -> ListContext:
    document = parse(text)
    return ListContext(
        target=Target(id="first", title="First", repository="a/first", map_id="first"),
        router=router_of(document, taxonomy(), taxonomy().lists["first"]),
        document=document,
        holdings=holdings(document),
        standing=standing or {},
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
    found = candidates.candidates([judged()], context(standing=stood(before) if before else {}))

    assert bool(found.additions) is offered
    assert found.ends == ()


@pytest.mark.parametrize(
    ("one", "text", "state", "reason"),
    [
        pytest.param(
            judged(said=verdict(ONE, words=0.5, outlines=0.45), abstract=""),
            TEXT, State.REFERRED, "its section is uncertain: The first list > Reports",
            id="two sections that fit alike",
        ),
        pytest.param(
            judged(said=verdict(ONE, words=0.1)), TEXT, State.REJECTED, "fits too weakly",
            id="no section that fits",
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
    found = candidates.candidates([one], context(text))

    assert found.additions == ()
    assert [end.state for end in found.ends] == [state]
    assert (
        reason.removeprefix("its section is uncertain: The first list > ") in found.ends[0].reason
    )


def test_a_withdrawn_paper_is_not_offered() -> None:
    one = judged()
    found = candidates.candidates(
        [replace(one, paper=replace(one.paper, withdrawn=True))], context()
    )

    assert [(end.state, end.reason) for end in found.ends] == [
        (State.REJECTED, "withdrawn by its authors")
    ]


@pytest.mark.parametrize("decision", [Decision.REFER, Decision.REJECT])
@pytest.mark.parametrize("offered", [True, False])
def test_a_paper_not_to_propose_leaves_only_where_it_was_offered(
    decision: Decision, offered: bool
) -> None:
    standing = stood(State.PROPOSED) if offered else {}
    found = candidates.candidates(
        [judged(said=verdict(ONE, decision, reason="no"))], context(standing=standing)
    )

    assert found.additions == ()
    assert len(found.ends) == offered


def test_the_best_come_first_whatever_the_order() -> None:
    weaker = replace(verdict(ONE), relevance=0.91)
    pair = [judged(1, weaker), judged(2)]

    for order in (pair, pair[::-1]):
        found = candidates.candidates(order, context())
        assert [addition.paper.id for addition in found.additions] == [TWO, ONE]


def test_what_people_settled_is_recorded_with_the_pull_request() -> None:
    words = [Said(paper_id=ONE, state=State.REFUSED, number=4, reason="closed")]
    (end,) = candidates.ends_of_words(words, context().target, NOW)

    assert (end.state, end.pull_request, end.list_id) == (State.REFUSED, 4, "first")


def told(step: Step, papers: tuple[str, ...], waiting: tuple[str, ...] = ()) -> Intent:
    return Intent(step=step, papers=papers, waiting=waiting, reason="a person has pushed")


def test_what_stands_in_the_pull_request_and_what_waits() -> None:
    one = judged()
    edit = insert(TEXT, candidates.candidates([one, judged(2)], context()).additions)
    ends = candidates.ends_of_intent(told(Step.CREATE, (ONE,), (TWO,)), edit, context(), 7)

    first, second = ends
    assert (first.state, first.pull_request, first.reason) == (
        State.PROPOSED, 7, "in pull request 7",
    )  # fmt: skip
    assert first.line == edit.placed[0].line
    assert (second.state, second.pull_request, second.line) == (State.DEFERRED, None, None)
    assert "the pull request is full" in second.reason


END = Outcome(paper_id=ONE, list_id="first", state=State.REFERRED, reason="no place", at=NOW)
PROPOSED = replace(END, state=State.PROPOSED, reason="in pull request 1", pull_request=1)


@pytest.mark.parametrize(
    ("step", "before", "said"),
    [
        pytest.param(Step.UPDATE, {}, State.PROPOSED, id="one of two sections took it"),
        pytest.param(Step.LEAVE, {}, State.REFERRED, id="still in a pull request left alone"),
    ],
)
def test_a_paper_has_one_outcome(step: Step, before: dict[str, Outcome], said: State) -> None:
    ends = candidates.one_each([END], [PROPOSED], context(standing=before), step)

    assert [end.state for end in ends] == [said]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.REFUSED, State.DUPLICATE])
def test_a_pull_request_left_alone_does_not_reopen_what_is_settled(state: State) -> None:
    assert candidates.one_each([], [PROPOSED], context(standing=stood(state)), Step.LEAVE) == ()


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
    found = candidates.news([after], context(standing={ONE: before} if before else {}))

    assert found == ((after,) if is_news else ())


def test_what_the_editor_could_not_place_is_referred() -> None:
    edit = Edit(before=TEXT, after=TEXT, refused=(Refusal(paper_id=ONE, reason="no such section"),))

    assert [(end.state, end.reason) for end in candidates.ends_of_edit(edit, context())] == [
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
