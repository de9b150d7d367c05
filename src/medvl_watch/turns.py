"""Whose turn it is on one list, where its reviewer's week has no time for all: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from medvl_watch.attention import Ask, Share
from medvl_watch.outcomes import IN_PEOPLES_HANDS, WAITS_FOR_TIME
from medvl_watch.proposals import Desk, Judged
from medvl_watch.records import Outcome, State


def asks(
    placed: Iterable[str],
    ends: Iterable[Outcome],
    judged: Mapping[str, Judged],
    desk: Desk,
    since: Mapping[str, datetime],
) -> tuple[Ask, ...]:
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
        Ask(
            paper_id=paper_id,
            state=state,
            relevance=judged[paper_id].verdict.relevance,
            since=since.get(paper_id, desk.now),
        )
        for paper_id, state in states.items()
        if not _is_asked(paper_id, state, desk)
    )


def _is_asked(paper_id: str, state: State, desk: Desk) -> bool:
    before = desk.standing.get(paper_id)
    in_pull = state is State.PROPOSED and paper_id in desk.proposed
    is_wish = paper_id in desk.chosen
    return in_pull or is_wish or (before is not None and before.state is state)


def unrecorded(desk: Desk) -> tuple[Outcome, ...]:
    """What our pull request adds and the ledger does not know of, as proposed now: a run broke
    off between the two, or the ledger is new."""
    known = {key for key, each in desk.standing.items() if each.state in IN_PEOPLES_HANDS}
    return tuple(
        desk.end(each, State.PROPOSED, "in the pull request")
        for each in sorted(desk.proposed - known)
    )


def put_off(ends: Iterable[Outcome], waiting: Collection[str], desk: Desk) -> tuple[Outcome, ...]:
    """The ends without those of papers that wait for a reviewer's time, and their waiting."""
    kept = tuple(
        each for each in ends if each.paper_id not in waiting or each.state is not State.REFERRED
    )
    return (*kept, *(desk.end(each, State.DEFERRED, WAITS_FOR_TIME) for each in waiting))


def in_turn(placed: Sequence[str], given: Share, desk: Desk) -> list[str]:
    """The papers that may be proposed: those whose section a person chose, those whose turn it
    is, in their turn, then those that are proposed already or find no room."""
    place = {paper_id: at for at, paper_id in enumerate(given.taken)}
    place |= dict.fromkeys(desk.chosen, -1)
    wanted = [each for each in placed if each not in given.waiting]
    return sorted(wanted, key=lambda each: place.get(each, len(place)))
