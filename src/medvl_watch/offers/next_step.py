"""What to do about our pull request on a list: decided from what is there and what is wanted.

One rolling pull request per list, on a branch of a fixed name, made anew as one commit on
the list's base whenever it changes. A commit or a review of a person freezes the branch; two
closed pull requests in a row pause the list for some weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.offers.maintainer_decisions import OwnPull, chosen_sections, open_pull

MOST_AT_ONCE = 15
"""Papers in one pull request."""


class Step(StrEnum):
    """What to do about a list's pull request."""

    CREATE = "create"
    UPDATE = "update"
    LEAVE = "leave alone"
    CLOSE = "close"
    PAUSE = "pause"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The step, what the pull request shall hold, and the papers that have to wait.

    With LEAVE, `entries` are those that it holds already. `reason` is a clause for a person.
    """

    step: Step
    entries: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    pull: PullRequest | None = None
    reason: str = ""

    @property
    def pull_number(self) -> int | None:
        return self.pull.number if self.pull else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many papers may be added to a list's pull request now, and why no more than these.

    `limit` is how many it may hold in all. It takes none while it `is_closed_to_all`; while a
    person is reviewing it, it takes those that they `requested`, and these alone.
    """

    free: int = MOST_AT_ONCE
    limit: int = MOST_AT_ONCE
    reason: str = "the pull request is full"
    requested: frozenset[str] = frozenset()
    is_closed_to_all: bool = False

    def takes(self, paper_id: str) -> bool:
        """Whether the paper could be added, if it came alone."""
        return paper_id in self.requested or self.free > 0


def room_in(
    pulls: Sequence[OwnPull],
    limit: int = MOST_AT_ONCE,
    *,
    unknown: Collection[str] = (),
    paused: datetime | None = None,
) -> Room:
    """The room in our open pull request, or in the next one.

    `unknown` are papers of it of which nobody knows more than the id: made anew, it would lose
    them for good, so it is left alone unless they are unticked. Until `paused` no pull request
    is opened.
    """
    pull = open_pull(pulls)
    if pull is None:
        return _room_in_next(limit, paused)
    if pull.is_touched:
        reason = f"a person has pushed to the branch of pull request {pull.number}"
        return Room(free=0, limit=limit, reason=reason, is_closed_to_all=True)
    if not pull.unticked.issuperset(unknown):
        reason = f"the ledger does not know all papers of pull request {pull.number}"
        return Room(free=0, limit=limit, reason=reason, is_closed_to_all=True)
    if pull.pull.reviewed:
        reason = f"a person is reviewing pull request {pull.number}"
        requested = pull.ticked.union(chosen_sections([pull]))
        return Room(free=0, limit=limit, reason=reason, requested=requested)
    stay = sum(each not in pull.unticked for each in pull.papers)
    return Room(free=max(0, limit - stay), limit=limit)


def _room_in_next(limit: int, paused: datetime | None) -> Room:
    if paused is None:
        return Room(free=limit, limit=limit)
    reason = (
        f"two pull requests in a row were closed, so nothing is proposed until {paused:%Y-%m-%d}"
    )
    return Room(free=0, limit=limit, reason=reason, is_closed_to_all=True)


def paused_until(pulls: Sequence[OwnPull], pause: timedelta, now: datetime) -> datetime | None:
    """When a list may be offered something again whose last two pull requests were closed by
    people without a merge; None where it may be now."""
    if open_pull(pulls) is not None:
        return None
    last = [each for each in pulls if each.state is not PullState.CLOSED or each.closed_by_person]
    if len(last) < 2 or not all(each.closed_by_person for each in last[-2:]):
        return None
    closed_at = last[-1].pull.closed_at
    return closed_at + pause if closed_at and closed_at + pause > now else None


def _nobody(_: str) -> bool:
    return False


def plan(  # noqa: PLR0913  # what is there, what is wanted, and the bounds
    pulls: Sequence[OwnPull],
    wanted: Sequence[str],
    list_version: str,
    room: Room,
    *,
    also: Sequence[str] = (),
    is_listed: Callable[[str], bool] = _nobody,
) -> Intent:
    """What to do so that the papers `wanted` (best first, none of them settled) are proposed
    on the list in its present version (git's id of its content).

    Papers that are proposed already keep their place; newcomers follow as far as there is
    `room`, and the others wait for the next pull request. `is_listed` says what the list holds
    by now. `also` are completed entries that come along with papers, and never alone.
    """
    pull = open_pull(pulls)
    if pull is None:
        return _opened(wanted, room, also)
    newcomers = [paper for paper in wanted if paper not in pull.entries]
    if room.is_closed_to_all:
        return _left(pull, newcomers, room.reason)
    papers = tuple(paper for paper in pull.entries if paper in wanted)
    free = room.limit - len(papers)
    if pull.pull.reviewed:
        newcomers = [paper for paper in newcomers if paper in room.requested]
        if not newcomers and pull.unticked.isdisjoint(pull.entries):
            return _left(pull, [each for each in wanted if each not in pull.entries], room.reason)
        free = len(newcomers)
        also = [each for each in also if each in pull.entries]
    papers += tuple(newcomers[: max(0, free)])
    entries = (*papers, *also) if papers else ()
    step, reason = _step(pull, entries, list_version, is_listed)
    waiting = tuple(paper for paper in wanted if paper not in papers)
    return Intent(step=step, entries=entries, waiting=waiting, pull=pull.pull, reason=reason)


def _opened(wanted: Sequence[str], room: Room, also: Sequence[str]) -> Intent:
    if not wanted:
        return Intent(step=Step.NOTHING, reason="no news")
    if room.is_closed_to_all:
        return Intent(step=Step.PAUSE, waiting=tuple(wanted), reason=room.reason)
    entries, waiting = (*wanted[: room.free], *also), tuple(wanted[room.free :])
    return Intent(step=Step.CREATE, entries=entries, waiting=waiting, reason="new papers")


def _left(pull: OwnPull, newcomers: Sequence[str], reason: str) -> Intent:
    return Intent(
        step=Step.LEAVE,
        entries=pull.entries,
        waiting=tuple(newcomers),
        pull=pull.pull,
        reason=reason,
    )


def _step(
    pull: OwnPull,
    entries: tuple[str, ...],
    list_version: str,
    is_listed: Callable[[str], bool],
) -> tuple[Step, str]:
    if entries:
        reason = _stale(pull, entries, list_version)
        return (Step.UPDATE, reason) if reason else (Step.NOTHING, "no news")
    if pull.papers and all(each in pull.unticked or is_listed(each) for each in pull.papers):
        return Step.CLOSE, "every paper in it was unticked, or is in the list by now"
    # Nothing destructive without a person: an empty answer may be a fault of ours.
    return Step.LEAVE, "nothing is left to propose"


def _stale(pull: OwnPull, entries: tuple[str, ...], list_version: str) -> str:
    """Why an open pull request has to be made anew, or nothing."""
    if not pull.is_readable:
        return "its description no longer says what it holds"
    if entries != pull.entries:
        return "its papers have changed"
    if pull.pull.head not in pull.heads[:1]:
        return "the last run broke off before its branch moved"
    return "" if pull.made_on == list_version else "the list has moved on"
