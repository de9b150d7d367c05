"""Whose turn it is on one list, where its reviewer's week has no time for all: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from medvl_watch.offers.candidates import JudgedPaper, ListContext
from medvl_watch.offers.outcomes import IN_PEOPLES_HANDS, WAITS_FOR_TIME
from medvl_watch.offers.reviewer_time import ReviewRequest, ReviewShare
from medvl_watch.records import Outcome, State


def asks(
    placed: Iterable[str],
    ends: Iterable[Outcome],
    judged: Mapping[str, JudgedPaper],
    context: ListContext,
    since: Mapping[str, datetime],
) -> tuple[ReviewRequest, ...]:
    """What a reviewer of the list would be asked newly: the papers `placed` and those referred
    for the first time. What a person is asked already, or asked for, takes no more of their
    time; what our pull request adds is asked, whether or not the ledger knows of it. `since`
    tells when those that wait began to."""
    states = {
        each.paper_id: State.REFERRED
        for each in ends
        if each.state is State.REFERRED and each.paper_id in judged
    }
    states |= dict.fromkeys(placed, State.PROPOSED)
    return tuple(
        ReviewRequest(
            paper_id=paper_id,
            state=state,
            relevance=judged[paper_id].verdict.relevance,
            since=since.get(paper_id, context.now),
        )
        for paper_id, state in states.items()
        if not _is_asked(paper_id, state, context)
    )


def _is_asked(paper_id: str, state: State, context: ListContext) -> bool:
    before = context.standing.get(paper_id)
    in_pull = state is State.PROPOSED and paper_id in context.proposed
    is_wish = paper_id in context.chosen
    return in_pull or is_wish or (before is not None and before.state is state)


def unrecorded(context: ListContext) -> tuple[Outcome, ...]:
    """What our pull request adds and the ledger does not know of, as proposed now: a run broke
    off between the two, or the ledger is new."""
    known = {key for key, each in context.standing.items() if each.state in IN_PEOPLES_HANDS}
    return tuple(
        context.end(each, State.PROPOSED, "in the pull request")
        for each in sorted(context.proposed - known)
    )


def put_off(
    ends: Iterable[Outcome], waiting: Collection[str], context: ListContext
) -> tuple[Outcome, ...]:
    """The ends without those of papers that wait for a reviewer's time, and their waiting."""
    kept = tuple(
        each for each in ends if each.paper_id not in waiting or each.state is not State.REFERRED
    )
    return (*kept, *(context.end(each, State.DEFERRED, WAITS_FOR_TIME) for each in waiting))


def in_turn(placed: Sequence[str], given: ReviewShare, context: ListContext) -> list[str]:
    """The papers that may be proposed: those whose section a person chose, those whose turn it
    is, in their turn, then those that are proposed already or find no room."""
    place = {paper_id: at for at, paper_id in enumerate(given.taken)}
    place |= dict.fromkeys(context.chosen, -1)
    wanted = [each for each in placed if each not in given.waiting]
    return sorted(wanted, key=lambda each: place.get(each, len(place)))
