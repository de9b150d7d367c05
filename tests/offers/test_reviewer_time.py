"""Whom a reviewer's minutes go to: tables, and what holds for any week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.offers.reviewer_time import (
    ReviewBudget,
    ReviewRequest,
    ReviewShare,
    ReviewTime,
    first_requests,
    list_time,
    ranked,
    week_of,
)
from medvl_watch.records import Outcome, State
from tests.fakes import NOW

P, R = State.PROPOSED, State.REFERRED
TEN = ReviewBudget(per_week=10, proposed=2, referred=1)


def ask(name: str, state: State = P, relevance: float = 0.9, weeks: int = 0) -> ReviewRequest:
    return ReviewRequest(
        paper_id=name, state=state, relevance=relevance, since=NOW - timedelta(weeks=weeks)
    )


def share(
    asks: list[ReviewRequest], budget: ReviewBudget, spent: float, room: float, now: datetime
) -> ReviewShare:
    return ReviewTime(budget=budget, spent=spent).share(asks, room, now)


def test_a_week_is_filled_to_the_last_minute_in_every_order_of_adding() -> None:
    """Fifteen times .45 and five times .65 are ten minutes, which no sum of floats says."""
    budget = ReviewBudget(per_week=10, decisions=9, proposed=0.45, referred=0.65)
    proposals = [ask(f"p{number:02}", P) for number in range(15)]
    questions = [ask(f"r{number}", R, 0.5) for number in range(6)]
    at_once = share([*proposals, *questions], budget, 0, 99, NOW)
    assert len(at_once.granted) == 20
    for spent in (sum([0.45] * 15 + [0.65] * 4), sum([0.65] * 4 + [0.45] * 15)):
        assert len(share(questions, budget, spent, 99, NOW).granted) == 1


@pytest.mark.parametrize(
    ("asks", "minutes", "room", "taken", "waiting"),
    [
        pytest.param([], (10, 0), 9, "", "", id="nobody"),
        pytest.param([ask("a")], (10, 0), 9, "a", "", id="one"),
        pytest.param([ask("a"), ask("b", relevance=0.95)], (2, 0), 9, "b", "a", id="the better"),
        pytest.param([ask("a"), ask("b")], (4, 2), 9, "a", "b", id="part is spent"),
        pytest.param([ask("a")], (10, 11), 9, "", "a", id="more than all is spent"),
        pytest.param([ask("a")], (0, 0), 9, "", "a", id="no minutes at all"),
        pytest.param([ask("a"), ask("b", R, 0.5)], (3, 0), 9, "ab", "", id="both kinds"),
        pytest.param([ask("a"), ask("b", R, 0.5)], (1, 0), 9, "b", "a", id="the one that fits"),
        pytest.param([ask("a"), ask("b")], (10, 0), 1, "a", "", id="a full pull request"),
        pytest.param([ask("a"), ask("b", R, 0.5)], (1, 0), 0, "b", "",
                     id="no room costs no minutes"),
        pytest.param([ask("a"), ask("b", R, 0.5, weeks=5)], (2, 0), 9, "b", "a",
                     id="who has waited for weeks"),
        pytest.param([ask("a"), ask("b", R, 0.5, weeks=3)], (2, 0), 9, "a", "b",
                     id="who has waited for less"),
    ],
)  # fmt: skip
def test_who_is_looked_at(
    asks: list[ReviewRequest], minutes: tuple[float, float], room: float, taken: str, waiting: str
) -> None:
    per_week, spent = minutes
    for order in (asks, asks[::-1]):
        found = share(order, replace(TEN, per_week=per_week), spent, room, NOW)
        assert (found.granted, found.waiting) == (tuple(taken), tuple(waiting))


def told(paper: str, state: State) -> Outcome:
    return Outcome(paper_id=paper, list_id="a", state=state, reason="", at=NOW)


@pytest.mark.parametrize(
    ("outcomes", "minutes"),
    [
        ([], 0),
        ([told("a", P)], 2),
        ([told("a", P), told("a", P)], 2),
        ([told("a", R), told("a", P)], 3),
        ([told("a", R), told("b", R), told("c", State.REJECTED), told("d", State.DEFERRED)], 2),
    ],
    ids=["nothing", "proposed", "told twice", "referred, then proposed", "only who was asked"],
)
def test_what_was_spent(outcomes: list[Outcome], minutes: float) -> None:
    assert TEN.spent(outcomes) == minutes


asks_of_any_kind = st.lists(
    st.builds(
        ReviewRequest,
        paper_id=st.uuids().map(str),
        state=st.sampled_from([P, R]),
        relevance=st.floats(0, 1),
        since=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
    max_size=30,
    unique_by=lambda ask: ask.paper_id,
)


@given(asks_of_any_kind, st.floats(0, 60), st.floats(0, 60), st.integers(0, 20))
def test_nobody_is_lost_and_nothing_is_overspent(
    asks: list[ReviewRequest], per_week: float, spent: float, room: int
) -> None:
    minutes = replace(TEN, per_week=per_week)
    found = share(asks, minutes, spent, room, NOW)
    by_id = {each.paper_id: each for each in asks}
    taken = [by_id[each] for each in found.granted]
    absent = set(by_id) - set(found.granted) - set(found.waiting)

    assert not set(found.granted) & set(found.waiting)
    assert not taken or sum(minutes.minutes_for(each.state) for each in taken) <= per_week - spent
    assert sum(each.state is P for each in taken) <= room
    assert all(by_id[each].state is P for each in absent)
    assert not absent or sum(each.state is P for each in taken) == room


@given(asks_of_any_kind, st.floats(0, 60))
def test_nobody_waits_for_one_of_the_same_kind_that_is_worth_less(
    asks: list[ReviewRequest], per_week: float
) -> None:
    found = share(asks, replace(TEN, per_week=per_week), 0, len(asks), NOW)
    order = [each.paper_id for each in ranked(asks, NOW)]
    for state in (P, R):
        same = [each.paper_id for each in asks if each.state is state]
        same.sort(key=order.index)
        flags = [each in found.granted for each in same]
        assert flags == sorted(flags, reverse=True)


@given(st.floats(0, 0.85), st.integers(5, 20))
def test_nobody_waits_for_ever(relevance: float, newcomers: int) -> None:
    """A weak paper, and every week more good ones than there is time for: at most those of the
    first eleven weeks go before, and each week has time for five."""
    now, waiting = NOW, [ReviewRequest(paper_id="weak", state=P, relevance=relevance, since=NOW)]
    for week in range(11 * newcomers // 5 + 2):
        waiting += [ReviewRequest(paper_id=f"{week}-{n}", state=P, relevance=1.0, since=now)
                    for n in range(newcomers)]  # fmt: skip
        taken = set(share(waiting, TEN, 0, 99, now).granted)
        if "weak" in taken:
            break
        waiting = [each for each in waiting if each.paper_id not in taken]
        now += timedelta(weeks=1)
    assert "weak" in taken


@pytest.mark.parametrize(
    "moment", ["2026-11-16T00:00:00", "2026-11-18T06:17:01.5", "2026-11-22T23:59:59"]
)
def test_the_week_begins_on_monday(moment: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert week_of(now) == datetime(2026, 11, 16, tzinfo=UTC)


def outcome(
    name: str, state: State, weeks: int, reason: str = "", pull: int | None = None
) -> Outcome:
    at = NOW - timedelta(weeks=weeks)
    return Outcome(
        paper_id=name, list_id="first", state=state, reason=reason, at=at, pull_request=pull
    )


def test_a_question_that_stays_open_is_asked_once_whatever_its_reason_by_now() -> None:
    history = [outcome("a", R, 2, "its section is uncertain"), outcome("a", R, 0, "another reason")]
    assert first_requests(history) == (history[0],)
    time = list_time(TEN, history, (), NOW)
    assert (time.spent, time.decisions) == (0, 0)


def test_a_paper_that_comes_again_in_another_pull_request_takes_time_again() -> None:
    history = [outcome("a", P, 2, pull=1), outcome("a", P, 0, pull=2), outcome("a", P, 0, pull=2)]
    assert first_requests(history) == tuple(history[:2])
    assert list_time(TEN, history, (), NOW).spent == 2


def test_of_papers_as_good_the_one_that_nobody_was_shown_comes_first() -> None:
    time = ReviewTime(budget=TEN, shown_elsewhere=frozenset({"a"}))
    seen, unseen = time.request("a", R, 0.6, NOW), time.request("b", R, 0.5, NOW)
    assert [each.paper_id for each in ranked([seen, unseen], NOW)] == ["b", "a"]
    much_better = time.request("a", R, 0.9, NOW)
    assert [each.paper_id for each in ranked([much_better, unseen], NOW)] == ["a", "b"]
