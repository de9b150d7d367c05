"""What becomes of our pull request on a list: decided from what is there and what is wanted.

One rolling pull request per list, on a branch of a fixed name, made anew as one commit on
the list's base whenever it changes. What a person did always counts for more than what the
bot would like: a commit or a review of theirs freezes the branch; an unticked box or a closed
pull request refuses papers until their box is ticked again; two closed pull requests in a row
leave the list in peace for some weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from medvl_watch.changes import PullRequest, PullState
from medvl_watch.publish import choices, marker
from medvl_watch.records import State

BRANCH_PREFIX = "medvl-watch/"
MOST_AT_ONCE = 15


def branch_of(list_id: str) -> str:
    return f"{BRANCH_PREFIX}{list_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """People's latest word on a paper, and the pull request in which they said it: ACCEPTED,
    REFUSED, or DEFERRED where its box is ticked, so that nothing speaks against it."""

    paper_id: str
    state: State
    number: int
    reason: str


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
    """The step, the papers that the pull request shall hold, and those that have to wait.

    With LEAVE, `papers` are those that it holds already. `reason` is a clause for a person.
    """

    step: Step
    papers: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    pull: PullRequest | None = None
    reason: str = ""


def open_pull(pulls: Sequence[PullRequest]) -> PullRequest | None:
    """Our open pull request; the oldest, should there be several."""
    return next((pull for pull in pulls if pull.state is PullState.OPEN), None)


def touched(pull: PullRequest) -> bool | None:
    """Whether a person moved the branch; None where the body no longer tells."""
    state = marker.read(pull.body)
    if state is None or not state.heads:
        return None
    return pull.head not in state.heads


def room(pulls: Sequence[PullRequest], limit: int = MOST_AT_ONCE) -> int:
    """How many papers may be added to our pull request, or to a new one."""
    pull = open_pull(pulls)
    if pull is None:
        return limit
    if touched(pull) or pull.reviewed:
        return 0
    return max(0, limit - len(proposed_papers(pulls)))


def proposed_papers(pulls: Sequence[PullRequest]) -> tuple[str, ...]:
    """The papers that our open pull request adds, by the ids that they have there."""
    pull = open_pull(pulls)
    return marker.papers_in(pull.body) if pull else ()


def latest_words(pulls: Sequence[PullRequest], held: Callable[[str], bool]) -> tuple[Said, ...]:
    """What people said last of each paper that these pull requests (oldest first) tell of.

    `held` says whether the list at its base holds a paper now: then it is accepted, even if
    its box was ticked again besides. A box that is ticked in a pull request that is open, or
    that we closed ourselves, takes back what was said before.
    """
    said: dict[str, Said] = {}
    for pull in pulls:
        state = marker.read(pull.body)
        if state is None:
            continue
        refused = marker.refused(pull.body, state)
        for paper_id in (*state.papers, *state.refused):
            word, reason = _word(pull, state, refused=paper_id in refused, held=held(paper_id))
            said[paper_id] = Said(paper_id=paper_id, state=word, number=pull.number, reason=reason)
    return tuple(said.values())


def _word(
    pull: PullRequest, state: marker.HiddenState, *, refused: bool, held: bool
) -> tuple[State, str]:
    if held and pull.state is not PullState.OPEN:
        return State.ACCEPTED, f"in the list since pull request {pull.number} was {pull.state}"
    if refused:
        return State.REFUSED, f"unticked in pull request {pull.number}"
    if pull.state is PullState.CLOSED and not state.closed:
        return State.REFUSED, f"pull request {pull.number} was closed without a merge"
    if pull.state is PullState.MERGED:
        return State.REFUSED, f"left out when pull request {pull.number} was merged"
    return State.DEFERRED, f"ticked again in pull request {pull.number}"


def declined(pulls: Sequence[PullRequest]) -> frozenset[str]:
    """The papers whose entries people do not want completed: unticked, or in a pull request
    that they closed."""
    said: dict[str, bool] = {}
    for pull in pulls:
        state = marker.read(pull.body)
        if state is None:
            continue
        refused = marker.refused(pull.body, state)
        closed = pull.state is PullState.CLOSED and not state.closed
        for each in (*state.papers, *state.refused):
            if not marker.is_paper(each):
                said[each.removeprefix(marker.COMPLETING)] = each in refused or closed
    return frozenset(each for each, is_declined in said.items() if is_declined)


def taken_out(pulls: Sequence[PullRequest]) -> tuple[str, ...]:
    """The papers that people have unticked in our open pull request, those of now last."""
    pull = open_pull(pulls)
    state = marker.read(pull.body) if pull else None
    if pull is None or state is None:
        return ()
    refused = marker.refused(pull.body, state)
    return tuple(sorted(refused, key=lambda each: (each not in state.refused, each)))


def paused_until(pulls: Sequence[PullRequest], pause: timedelta, now: datetime) -> datetime | None:
    """When a list may be offered something again whose last two pull requests were closed by
    people without a merge; None where it may be now."""
    if open_pull(pulls) is not None:
        return None
    last = [pull for pull in pulls if not _closed_by_us(pull)][-2:]
    if len(last) < 2 or any(pull.state is not PullState.CLOSED for pull in last):
        return None
    closed_at = last[-1].closed_at
    return closed_at + pause if closed_at and closed_at + pause > now else None


def _closed_by_us(pull: PullRequest) -> bool:
    state = marker.read(pull.body)
    return pull.state is PullState.CLOSED and state is not None and state.closed


def _nobody(_: str) -> bool:
    return False


def plan(  # noqa: PLR0913 - what is there, what is wanted, and three bounds
    pulls: Sequence[PullRequest],
    wanted: Sequence[str],
    content: bytes,
    limit: int = MOST_AT_ONCE,
    *,
    also: Sequence[str] = (),
    listed: Callable[[str], bool] = _nobody,
    unknown: Collection[str] = (),
    paused: datetime | None = None,
) -> Intent:
    """What to do so that the papers `wanted` (best first, none of them settled) are proposed
    on the list that now reads `content`.

    Papers that are proposed already keep their place; newcomers follow up to `limit`, and
    the others wait for the next pull request. `listed` says what the list holds by now;
    `unknown` are papers of our pull request of which nobody knows more than the id: made anew,
    it would lose them for good, so it is left alone unless they are unticked;
    until `paused` no pull request is opened. `also` are completed entries that come along
    with papers, and never alone.
    """
    pull = open_pull(pulls)
    if pull is None:
        return _opened(wanted, limit, also, paused)
    state = marker.read(pull.body)
    proposed = state.papers if state else ()
    newcomers = [paper for paper in wanted if paper not in proposed]
    if touched(pull):
        return _left(pull, proposed, newcomers, "a person has pushed to the branch of")
    if not marker.unticked(pull.body).issuperset(unknown):
        return _left(pull, proposed, newcomers, "the ledger does not know all papers of")
    if pull.reviewed:
        ticked = marker.ticked(pull.body) | choices.chosen([pull]).keys()
        asked = [paper for paper in newcomers if paper in ticked]
        if not asked and not marker.unticked(pull.body) & set(proposed):
            return _left(pull, proposed, newcomers, "a person is reviewing")
        limit, newcomers = len(proposed) + len(asked), asked
        also = [each for each in also if each in proposed]
    papers = tuple(paper for paper in proposed if paper in wanted)
    room_left = max(0, limit - len(papers))
    papers += tuple(newcomers[:room_left])
    papers += tuple(also) if papers else ()
    step, reason = _step(pull, state, papers, content, listed)
    waiting = tuple(paper for paper in wanted if paper not in papers)
    return Intent(step=step, papers=papers, waiting=waiting, pull=pull, reason=reason)


def _opened(
    wanted: Sequence[str], limit: int, also: Sequence[str], paused: datetime | None
) -> Intent:
    if not wanted:
        return Intent(step=Step.NOTHING, reason="no news")
    if paused is None:
        papers, waiting = (*wanted[:limit], *also), tuple(wanted[limit:])
        return Intent(step=Step.CREATE, papers=papers, waiting=waiting, reason="new papers")
    reason = (
        f"two pull requests in a row were closed, so nothing is proposed until {paused:%Y-%m-%d}"
    )
    return Intent(step=Step.PAUSE, waiting=tuple(wanted), reason=reason)


def _left(
    pull: PullRequest, proposed: tuple[str, ...], newcomers: Sequence[str], why: str
) -> Intent:
    return Intent(
        step=Step.LEAVE,
        papers=proposed,
        waiting=tuple(newcomers),
        pull=pull,
        reason=f"{why} pull request {pull.number}",
    )


def _step(
    pull: PullRequest,
    state: marker.HiddenState | None,
    papers: tuple[str, ...],
    content: bytes,
    listed: Callable[[str], bool],
) -> tuple[Step, str]:
    if papers:
        reason = _stale(pull, state, papers, content)
        return (Step.UPDATE, reason) if reason else (Step.NOTHING, "no news")
    ours, unticked = marker.papers_in(pull.body), marker.unticked(pull.body)
    if ours and all(paper in unticked or listed(paper) for paper in ours):
        return Step.CLOSE, "every paper in it was unticked, or is in the list by now"
    # Nothing destructive without a person: an empty answer may be a fault of ours.
    return Step.LEAVE, "nothing is left to propose"


def _stale(
    pull: PullRequest, state: marker.HiddenState | None, papers: tuple[str, ...], content: bytes
) -> str:
    """Why an open pull request has to be made anew, or nothing."""
    if state is None:
        return "its description no longer says what it holds"
    if papers != state.papers:
        return "its papers have changed"
    if pull.head not in state.heads[:1]:
        return "the last run broke off before its branch moved"
    return "" if state.before == marker.blob_id(content) else "the list has moved on"
