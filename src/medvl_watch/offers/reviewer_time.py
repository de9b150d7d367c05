"""How many review minutes a week has, and which papers get them.

The best papers come first, and unused minutes are not filled up. The rank of a waiting paper
rises every week, so that a doubtful paper is reviewed in the end, however many better ones
arrive. The reviewer of each list and the reader of the digest have separate budgets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from medvl_watch.offers.outcomes import WAITS_FOR_TIME
from medvl_watch.records import Outcome, State

GAIN_PER_WEEK = 0.1
"""Added to the relevance (0..1) for each week of waiting: after ten weeks no newer paper can
rank higher."""

SHOWN_ELSEWHERE = 0.2
"""Taken from the relevance where another list's reviewer was shown the paper: of papers that are
about as good, one that nobody has seen yet comes first."""

_DECIMALS = 6
"""Of minutes. Fractions such as .45 have no exact float: unrounded, whether the last paper of a
full week fits, and whether ten minutes are eleven, depends on the order of adding."""

UNDER_REVIEW = frozenset({State.PROPOSED, State.REFERRED})
"""The states in which a person is asked to look at a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBudget:
    """A reviewer's minutes in a week, those that one paper takes, and how many papers a list's
    reviewer is asked to decide on in a week."""

    per_week: float = math.inf
    decisions: float = math.inf
    proposed: float = 2
    referred: float = 1

    def minutes_for(self, state: State) -> float:
        """The minutes that a paper takes which is proposed, or else referred."""
        return self.proposed if state is State.PROPOSED else self.referred

    def spent(self, outcomes: Iterable[Outcome]) -> float:
        """The minutes that these outcomes took, of one list; the same state of a paper counts
        once."""
        requests = {(each.paper_id, each.state) for each in outcomes if each.state in UNDER_REVIEW}
        states = [state for _, state in requests]
        return self.minutes(states.count(State.PROPOSED), states.count(State.REFERRED))

    def minutes(self, proposed: int, referred: int) -> float:
        """The minutes that so many papers take."""
        return round(proposed * self.proposed + referred * self.referred, _DECIMALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """A paper that would be proposed or referred; `since` is when it began to wait, and
    `is_shown` whether another list's reviewer was shown it."""

    paper_id: str
    state: State
    relevance: float
    since: datetime
    is_shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewShare:
    """Which papers get the reviewer's time now, and which wait for another week. Proposals that
    only lack room in the pull request are in neither."""

    granted: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTime:
    """A reviewer's current week: the budget, the minutes spent, the papers that they were asked
    to decide on, when each deferred paper began to wait, the papers that other lists' reviewers
    were shown, and the queue of other requests."""

    budget: ReviewBudget = field(default_factory=ReviewBudget)
    spent: float = 0
    decisions: int = 0
    waiting_since: Mapping[str, datetime] = field(default_factory=dict)
    shown_elsewhere: frozenset[str] = frozenset()
    queue: tuple[ReviewRequest, ...] = ()

    def request(
        self, paper_id: str, state: State, relevance: float, now: datetime
    ) -> ReviewRequest:
        since = self.waiting_since.get(paper_id, now)
        return ReviewRequest(
            paper_id=paper_id,
            state=state,
            relevance=relevance,
            since=since,
            is_shown=paper_id in self.shown_elsewhere,
        )

    def share(self, requests: Iterable[ReviewRequest], room: float, now: datetime) -> ReviewShare:
        """Give the remaining minutes to the best papers; at most `room` are proposed.

        If a paper needs more minutes than remain, the next one that fits gets them.
        """
        left = round(self.budget.per_week - self.spent, _DECIMALS)
        decisions = self.budget.decisions - self.decisions
        granted: list[str] = []
        waiting: list[str] = []
        for request in ranked(requests, now):
            is_proposal = request.state is State.PROPOSED
            if is_proposal and room < 1:
                continue
            minutes = self.budget.minutes_for(request.state)
            if minutes > left or (not is_proposal and decisions < 1):
                waiting.append(request.paper_id)
                continue
            left = round(left - minutes, _DECIMALS)
            room -= is_proposal
            decisions -= not is_proposal
            granted.append(request.paper_id)
        return ReviewShare(granted=tuple(granted), waiting=tuple(waiting))

    def share_of(self, request: ReviewRequest, room: float, now: datetime) -> ReviewShare:
        """The same for one request and those in the queue."""
        others = (each for each in self.queue if each.paper_id != request.paper_id)
        return self.share((request, *others), room, now)


def ranked(requests: Iterable[ReviewRequest], now: datetime) -> Sequence[ReviewRequest]:
    """The requests by relevance, the gain for waiting, and whether anybody was shown the paper,
    highest first."""
    return sorted(requests, key=lambda each: (-_worth(each, now), each.paper_id))


def _worth(request: ReviewRequest, now: datetime) -> float:
    weeks = max(timedelta(), now - request.since) // timedelta(days=7)
    return request.relevance + GAIN_PER_WEEK * weeks - SHOWN_ELSEWHERE * request.is_shown


def first_requests(history: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes (of one list, oldest first) by which a person was asked to look at a paper:
    for the first time, or again in another pull request. That a question stays open, for whatever
    reason by now, asks nothing new."""
    found: dict[tuple[str, State, int | None], Outcome] = {}
    for each in history:
        if each.state in UNDER_REVIEW:
            number = each.pull_request if each.state is State.PROPOSED else None
            found.setdefault((each.paper_id, each.state, number), each)
    return tuple(found.values())


# --- what a week took so far -------------------------------------------------------------


def list_time(
    budget: ReviewBudget,
    history: Sequence[Outcome],
    unrecorded: Iterable[Outcome],
    now: datetime,
) -> ReviewTime:
    """The week of a list's reviewer. `history` has the list's outcomes, oldest first;
    `unrecorded` has what its pull request holds and no outcome records."""
    recent = [each for each in first_requests(history) if each.at >= week_of(now)]
    deferred = (each for each in history if each.state is State.DEFERRED)
    return ReviewTime(
        budget=budget,
        spent=budget.spent([*recent, *unrecorded]),
        decisions=len({each.paper_id for each in recent if each.state is State.REFERRED}),
        waiting_since=_first(deferred),
    )


def digest_time(budget: ReviewBudget, history: Sequence[Outcome], now: datetime) -> ReviewTime:
    """The week of whoever reads the digest. `history` has the outcomes of all lists and for all
    lists; what a list's own reviewer was asked about a section does not count here."""
    of_all = first_requests(each for each in history if not each.list_id)
    recent = [each for each in of_all if each.at >= week_of(now) and each.state is State.REFERRED]
    by_lists = {each.paper_id for each in history if each.list_id and each.state is State.REFERRED}
    deferred = (
        each
        for each in history
        if not each.list_id and each.state is State.DEFERRED and each.reason == WAITS_FOR_TIME
    )
    return ReviewTime(
        budget=replace(budget, decisions=math.inf),
        spent=budget.spent(each for each in recent if each.paper_id not in by_lists),
        waiting_since=_first(deferred),
    )


def _first(outcomes: Iterable[Outcome]) -> dict[str, datetime]:
    """When each paper first had one of these outcomes."""
    since: dict[str, datetime] = {}
    for outcome in outcomes:
        since[outcome.paper_id] = min(outcome.at, since.get(outcome.paper_id, outcome.at))
    return since


def week_of(now: datetime) -> datetime:
    """When the week of this moment began: Monday 00:00 in the moment's own time zone."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
