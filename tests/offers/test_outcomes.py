"""From verdicts and lists' answers to states: tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medvl_watch.offers import outcomes
from medvl_watch.offers.outcomes import WAITS_FOR_PUBLISH, WITHDRAWN
from medvl_watch.records import Decision, Outcome, State
from tests.fakes import NOW, paper_id, verdict

ONE = paper_id(1)


def on(list_id: str, state: State, reason: str = "why") -> Outcome:
    return Outcome(paper_id=ONE, list_id=list_id, state=state, reason=reason, at=NOW)


def states(ends: tuple[Outcome, ...]) -> dict[str, State]:
    return {end.list_id: end.state for end in ends}


@pytest.mark.parametrize(
    ("decision", "before", "after"),
    [
        pytest.param(
            Decision.PROPOSE, {}, {"a": State.DEFERRED, "b": State.DEFERRED}, id="new and relevant"
        ),
        pytest.param(Decision.REFER, {}, {"": State.REFERRED}, id="new and doubtful"),
        pytest.param(Decision.REJECT, {}, {"": State.REJECTED}, id="new and irrelevant"),
        pytest.param(
            Decision.PROPOSE,
            {"a": State.REFUSED, "b": State.REJECTED},
            {"b": State.DEFERRED},
            id="what a person refused stays refused",
        ),
        pytest.param(
            Decision.PROPOSE,
            {"a": State.PROPOSED, "b": State.DUPLICATE},
            {},
            id="what is proposed or held stays so",
        ),
        pytest.param(
            Decision.REJECT,
            {"a": State.DEFERRED, "b": State.REFERRED},
            {"": State.REJECTED, "a": State.REJECTED, "b": State.REJECTED},
            id="what waited ends",
        ),
        pytest.param(
            Decision.REFER,
            {"a": State.ACCEPTED, "b": State.REJECTED},
            {"": State.REFERRED},
            id="what has ended does not end again",
        ),
    ],
)
def test_what_a_verdict_means(
    decision: Decision, before: dict[str, State], after: dict[str, State]
) -> None:
    latest_outcomes = {list_id: on(list_id, state) for list_id, state in before.items()}
    ends = outcomes.verdict_outcomes(verdict(ONE, decision), ["a", "b"], latest_outcomes, NOW)

    assert states(ends) == after
    assert all(end.reason for end in ends)


def test_a_verdict_without_words_gives_its_number() -> None:
    (end,) = outcomes.verdict_outcomes(verdict(ONE, Decision.REFER), ["a"], {}, NOW)

    assert end.reason == "relevance 0.50"


ORDER = [
    State.ACCEPTED,
    State.PROPOSED,
    State.DEFERRED,
    State.REFERRED,
    State.REFUSED,
    State.DUPLICATE,
    State.REJECTED,
]


@pytest.mark.parametrize("strong", ORDER)
@pytest.mark.parametrize("weak", ORDER)
def test_the_strongest_state_of_any_list_is_the_papers(strong: State, weak: State) -> None:
    if ORDER.index(strong) >= ORDER.index(weak):
        return
    for pair in ((strong, weak), (weak, strong)):
        by_list = {"a": on("a", pair[0]), "b": on("b", pair[1])}
        assert outcomes.overall_outcome(ONE, by_list, NOW).state is strong


def test_every_state_has_its_place_in_the_order() -> None:
    assert set(outcomes.PRECEDENCE) == set(State)


@pytest.mark.parametrize(
    ("by_list", "state", "reason"),
    [
        pytest.param({"a": on("a", State.PROPOSED, "in pull request 3")}, State.PROPOSED,
                     "in pull request 3 (a)", id="one list"),
        pytest.param({"b": on("b", State.DEFERRED, WAITS_FOR_PUBLISH),
                      "a": on("a", State.DEFERRED, WAITS_FOR_PUBLISH)}, State.DEFERRED,
                     f"{WAITS_FOR_PUBLISH} (a, b)", id="one reason on two lists"),
        pytest.param({"a": on("a", State.DUPLICATE, "title"), "b": on("b", State.DUPLICATE, "doi")},
                     State.DUPLICATE, "duplicate on 2 lists (a, b)", id="two reasons"),
        pytest.param({"a": on("a", State.REJECTED, "no section"),
                      "b": on("b", State.REJECTED, "another scope")}, State.REFERRED,
                     "relevant, but no list has a section for it", id="a place on no list"),
        pytest.param({"a": on("a", State.REJECTED, WITHDRAWN),
                      "b": on("b", State.REJECTED, "no section")}, State.REJECTED, WITHDRAWN,
                     id="withdrawn"),
        pytest.param({"a": on("a", State.REJECTED, WITHDRAWN), "b": on("b", State.ACCEPTED, "in")},
                     State.ACCEPTED, "in (b)", id="withdrawn after a list took it"),
    ],
)  # fmt: skip
def test_the_reason_over_all_lists(by_list: dict[str, Outcome], state: State, reason: str) -> None:
    said = outcomes.overall_outcome(ONE, by_list, NOW)

    assert (said.state, said.reason, said.list_id) == (state, reason, "")


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("doubt", ["", "the same title (arxiv:1)"])
def test_a_doubt_makes_a_proposal_a_question(decision: Decision, doubt: str) -> None:
    given = verdict(ONE, decision)
    found = outcomes.refer_if_doubtful(given, doubt)

    if doubt and decision is Decision.PROPOSE:
        assert found.decision is Decision.REFER
        assert doubt in found.reason
    else:
        assert found == given


def test_papers_are_grouped_with_the_latest_word_of_each_list() -> None:
    older, newer = on("a", State.DEFERRED), on("a", State.PROPOSED)
    overall = on("", State.PROPOSED)
    other = replace(on("a", State.REFUSED), paper_id="arxiv:2")

    assert outcomes.by_paper([older, newer, overall, other]) == {
        ONE: {"a": newer},
        "arxiv:2": {"a": other},
    }
