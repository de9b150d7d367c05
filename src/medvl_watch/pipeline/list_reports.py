"""What a run did on one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from medvl_watch.changes import Action, Published, PullState
from medvl_watch.errors import WatchError
from medvl_watch.offers.maintainer_decisions import OwnPull
from medvl_watch.publish.dashboard import PullStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReport:
    """The result for one list: the number of papers by state, how many wait for review time, and
    the pull request."""

    list_id: str
    states: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    step: str = ""
    reason: str = ""
    published: Published | None = None
    open_pulls: tuple[PullStanding, ...] = ()
    problem: WatchError | None = None


def open_pulls_after(
    pulls: Sequence[OwnPull], published: Published | None
) -> tuple[PullStanding, ...]:
    """Our pull requests that are open after this run."""
    found = {
        each.number: PullStanding(
            number=each.number, address=each.pull.address, note=each.frozen_because
        )
        for each in pulls
        if each.state is PullState.OPEN
    }
    if published and published.number:
        if published.action is Action.CLOSED:
            found.pop(published.number, None)
        elif published.number not in found:
            found[published.number] = PullStanding(
                number=published.number, address=published.address
            )
    return tuple(found[number] for number in sorted(found))
