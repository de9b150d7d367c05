"""How much of people's time a week may take, and which papers get it.

Best first, never padded. A paper that waits gains on newer ones with every week, so that one
in doubt is looked at in the end, however many good ones keep coming.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from medvl_watch.records import Outcome, State

GAIN_PER_WEEK = 0.1
"""Relevance (0..1) that a week of waiting counts as: after ten weeks no newcomer goes before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBudget:
    """A reviewer's minutes in a week, and those that one paper takes."""

    per_week: float = math.inf
    proposed: float = 2
    referred: float = 1

    def of(self, state: State) -> float:
        return self.proposed if state is State.PROPOSED else self.referred

    def spent(self, outcomes: Iterable[Outcome]) -> float:
        """The minutes that these outcomes took; a paper told of twice is looked at once."""
        told = {(each.paper_id, each.state) for each in outcomes}
        return sum(self.of(state) for _, state in told if state in ASKING)


ASKING = frozenset({State.PROPOSED, State.REFERRED})
"""The states in which a person is asked to look at a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """A paper that would be proposed or referred; `since` is when it began to wait."""

    paper_id: str
    state: State
    relevance: float
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewShare:
    """Who gets the reviewer's time now, and who waits for another week. Proposals that only
    lack room in the pull request are in neither."""

    taken: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def share(
    asks: Iterable[ReviewRequest], minutes: ReviewBudget, spent: float, room: float, now: datetime
) -> ReviewShare:
    """Give what is left of the week to the best papers; at most `room` of them are proposed.

    A paper that does not fit leaves its place to the next that does.
    """
    left = minutes.per_week - spent
    taken: list[str] = []
    waiting: list[str] = []
    for ask in ranked(asks, now):
        if ask.state is State.PROPOSED and room < 1:
            continue
        if minutes.of(ask.state) > left:
            waiting.append(ask.paper_id)
            continue
        left -= minutes.of(ask.state)
        room -= ask.state is State.PROPOSED
        taken.append(ask.paper_id)
    return ReviewShare(taken=tuple(taken), waiting=tuple(waiting))


def ranked(asks: Iterable[ReviewRequest], now: datetime) -> Sequence[ReviewRequest]:
    """The best first, with what waiting is worth."""
    return sorted(asks, key=lambda ask: (-_worth(ask, now), ask.paper_id))


def _worth(ask: ReviewRequest, now: datetime) -> float:
    weeks = max(timedelta(), now - ask.since) // timedelta(days=7)
    return ask.relevance + GAIN_PER_WEEK * weeks


def waiting_since(deferred: Iterable[Outcome]) -> dict[str, datetime]:
    """When each paper began to wait, out of all outcomes in which it was put off."""
    since: dict[str, datetime] = {}
    for outcome in deferred:
        since[outcome.paper_id] = min(outcome.at, since.get(outcome.paper_id, outcome.at))
    return since


def week_of(now: datetime) -> datetime:
    """When the week of this moment began: Monday 00:00 in the moment's own time zone."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
