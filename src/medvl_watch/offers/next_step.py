"""What to do about our pull request on a list: decided from what is there and what is wanted.

One rolling pull request per list, made anew as one commit on the list's base whenever it
changes. A commit, a review or a new base branch by a person freezes it: what people tick in it
still counts, and newer papers come in a next one. Two closed pull requests in a row pause the
list for some weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.offers.maintainer_decisions import (
    OwnPull,
    chosen_sections,
    frozen_pulls,
    open_pull,
)

MOST_AT_ONCE = 15
"""Papers in one pull request."""

MOST_FROZEN = 2
"""Open pull requests that people have changed, besides which no other one is opened."""


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

    `limit` is how many it may hold in all. It takes none while it `is_closed_to_all`.
    `requested` are papers that people ticked in a pull request that they are reviewing, which
    takes these whatever the room.
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
    frozen = frozen_pulls(pulls)
    reviewed = [pull for pull in frozen if pull.is_writable]
    requested = frozenset[str]().union(
        *(pull.ticked.union(chosen_sections([pull])) for pull in reviewed)
    )
    pull = open_pull(pulls)
    if pull is None:
        return replace(_room_in_next(limit, frozen, paused), requested=requested)
    if not pull.unticked.issuperset(unknown):
        reason = f"the ledger does not know all papers of pull request {pull.number}"
        return Room(free=0, limit=limit, reason=reason, is_closed_to_all=True)
    stay = sum(each not in pull.unticked for each in pull.papers)
    return Room(free=max(0, limit - stay), limit=limit, requested=requested)


def _room_in_next(limit: int, frozen: Sequence[OwnPull], paused: datetime | None) -> Room:
    if len(frozen) >= MOST_FROZEN:
        reason = f"{len(frozen)} pull requests that people have changed or are reviewing are open"
        return Room(free=0, limit=limit, reason=reason, is_closed_to_all=True)
    if paused is None:
        return Room(free=limit, limit=limit)
    reason = (
        f"two pull requests in a row were closed, so nothing is proposed until {paused:%Y-%m-%d}"
    )
    return Room(free=0, limit=limit, reason=reason, is_closed_to_all=True)


def paused_until(pulls: Sequence[OwnPull], pause: timedelta, now: datetime) -> datetime | None:
    """When a list may be offered something again whose last two pull requests were closed by
    people without a merge; None where it may be now."""
    if any(pull.state is PullState.OPEN for pull in pulls):
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
    base: tuple[str, str] = ("", ""),
    moved: frozenset[str] = frozenset(),
) -> Intent:
    """What to do so that the papers `wanted` (best first, none of them settled) are proposed
    on the list in its present version (git's id of its content).

    Papers that are proposed already keep their place; newcomers follow as far as there is
    `room`, and the others wait for the next pull request. `is_listed` says what the list holds
    by now. `also` are completed entries that come along with papers, and never alone. `base` are
    the list's path and branch, where they are known; `moved` are papers that a person wants in
    another section than the one in which they were proposed.

    A pull request that a person is reviewing comes first if something was ticked in it.
    """
    frozen = frozen_pulls(pulls)
    for each in frozen:
        if each.is_writable and (answer := _answer(each, wanted, room, also, is_listed)):
            return answer
    in_frozen = {paper for each in frozen for paper in each.entries}
    wanted = [paper for paper in wanted if paper not in in_frozen]
    also = [each for each in also if each not in in_frozen]
    pull = open_pull(pulls)
    if pull is None:
        return _left(frozen[0], (), "") if frozen and not wanted else _opened(wanted, room, also)
    newcomers = [paper for paper in wanted if paper not in pull.entries]
    if room.is_closed_to_all:
        return _left(pull, newcomers, room.reason)
    papers = tuple(paper for paper in pull.entries if paper in wanted)
    papers += tuple(newcomers[: max(0, room.limit - len(papers))])
    entries = (*papers, *also) if papers else ()
    step, reason = _step(
        pull, entries, is_listed, lambda: _stale(pull, entries, list_version, base, moved)
    )
    waiting = tuple(paper for paper in wanted if paper not in papers)
    return Intent(step=step, entries=entries, waiting=waiting, pull=pull.pull, reason=reason)


def _answer(
    pull: OwnPull,
    wanted: Sequence[str],
    room: Room,
    also: Sequence[str],
    is_listed: Callable[[str], bool],
) -> Intent | None:
    """What to do about the boxes that were ticked or unticked in a pull request that a person is
    reviewing; None if nothing was."""
    asked_here = pull.ticked.union(chosen_sections([pull]))
    newcomers = [each for each in wanted if each not in pull.entries and each in asked_here]
    if not newcomers and pull.unticked.isdisjoint(pull.entries):
        return None
    papers = (*(each for each in pull.entries if each in wanted), *newcomers)
    entries = (*papers, *(each for each in also if each in pull.entries)) if papers else ()
    step, reason = _step(pull, entries, is_listed, lambda: "a person has ticked boxes in it")
    waiting = tuple(each for each in wanted if each not in papers and each not in room.requested)
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
        reason=reason or pull.frozen_because,
    )


def _step(
    pull: OwnPull,
    entries: tuple[str, ...],
    is_listed: Callable[[str], bool],
    why_update: Callable[[], str],
) -> tuple[Step, str]:
    if entries:
        reason = why_update()
        return (Step.UPDATE, reason) if reason else (Step.NOTHING, "no news")
    if pull.papers and all(each in pull.unticked or is_listed(each) for each in pull.papers):
        return Step.CLOSE, "every paper in it was unticked, or is in the list by now"
    # Nothing destructive without a person: an empty answer may be a fault of ours.
    return Step.LEAVE, "nothing is left to propose"


def _stale(
    pull: OwnPull,
    entries: tuple[str, ...],
    list_version: str,
    base: tuple[str, str],
    moved: frozenset[str],
) -> str:
    """Why an open pull request has to be made anew, or nothing."""
    if not pull.is_readable:
        return "its description no longer says what it holds"
    if entries != pull.entries:
        return "its papers have changed"
    if moved.intersection(entries):
        return "a person wants a paper in another section"
    if pull.heads[:1] not in {(pull.pull.head,), (pull.pull.own_commit,)}:
        return "the last run broke off before it was done"
    return _elsewhere(pull, *base) or (
        "" if pull.made_on == list_version else "the list has moved on"
    )


def _elsewhere(pull: OwnPull, path: str, branch: str) -> str:
    """What is new about where the list is, if anything is."""
    if pull.made_for not in {"", path} and path:
        return "the list's file has another path now"
    is_other = bool(branch) and pull.pull.base not in {"", branch}
    return "the list has another branch now" if is_other else ""
