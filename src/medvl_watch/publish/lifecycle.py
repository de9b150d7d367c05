"""What becomes of our pull request on a list: decided from what is there and what is wanted.

One rolling pull request per list, on a branch of a fixed name, made anew as one commit on
the list's base whenever it changes. What a person did always counts for more than what the
bot would like: a commit of theirs freezes the branch, an unticked box or a closed pull
request refuses papers for good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from medvl_watch.publish import marker
from medvl_watch.records import PullRequest, PullState, State

BRANCH_PREFIX = "medvl-watch/"
MOST_AT_ONCE = 15


def branch_of(list_id: str) -> str:
    return f"{BRANCH_PREFIX}{list_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A paper that people have decided on: ACCEPTED or REFUSED, by which pull request."""

    paper_id: str
    state: State
    number: int
    reason: str


class Step(StrEnum):
    """What to do about a list's pull request."""

    CREATE = "create"
    UPDATE = "update"
    LEAVE = "leave alone"
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
    state = marker.read(pull.body)
    return 0 if touched(pull) else max(0, limit - len(state.papers if state else ()))


def settle(pulls: Sequence[PullRequest], held: Callable[[str], bool]) -> tuple[Settled, ...]:
    """The papers that these pull requests (oldest first) have settled, the latest word each.

    `held` says whether the list at its base holds a paper now. A paper that is ticked in an
    open pull request is not settled, whatever became of it before.
    """
    decided: dict[str, Settled] = {}
    for pull in pulls:
        state = marker.read(pull.body)
        if state is None:
            continue
        unticked = marker.unticked(pull.body) | set(state.refused)
        for paper_id in (*state.papers, *state.refused):
            decided.pop(paper_id, None)
            verdict = _decision(pull, unticked=paper_id in unticked, held=held(paper_id))
            if verdict is not None:
                decided[paper_id] = Settled(
                    paper_id=paper_id, state=verdict[0], number=pull.number, reason=verdict[1]
                )
    return tuple(decided.values())


def _decision(pull: PullRequest, *, unticked: bool, held: bool) -> tuple[State, str] | None:
    if held and pull.state is not PullState.OPEN:
        return State.ACCEPTED, f"in the list since pull request {pull.number} was {pull.state}"
    if unticked:
        return State.REFUSED, f"unticked in pull request {pull.number}"
    if pull.state is PullState.CLOSED:
        return State.REFUSED, f"pull request {pull.number} was closed without a merge"
    if pull.state is PullState.MERGED:
        return State.REFUSED, f"left out when pull request {pull.number} was merged"
    return None


def plan(
    pulls: Sequence[PullRequest],
    wanted: Sequence[str],
    content: bytes,
    limit: int = MOST_AT_ONCE,
) -> Intent:
    """What to do so that the papers `wanted` (best first, none of them settled) are proposed
    on the list that now reads `content`.

    Papers that are proposed already keep their place; newcomers follow up to `limit`, and
    the others wait for the next pull request.
    """
    pull = open_pull(pulls)
    state = marker.read(pull.body) if pull else None
    proposed = state.papers if state else ()
    if pull and touched(pull):
        return Intent(
            step=Step.LEAVE,
            papers=proposed,
            waiting=tuple(paper for paper in wanted if paper not in proposed),
            pull=pull,
            reason=f"a person has pushed to the branch of pull request {pull.number}",
        )
    papers = tuple(paper for paper in proposed if paper in wanted)
    room = max(0, limit - len(papers))
    newcomers = [paper for paper in wanted if paper not in papers]
    papers, waiting = (*papers, *newcomers[:room]), tuple(newcomers[room:])
    step, reason = _step(pull, state, papers, content)
    return Intent(step=step, papers=papers, waiting=waiting, pull=pull, reason=reason)


def _step(
    pull: PullRequest | None, state: marker.State | None, papers: tuple[str, ...], content: bytes
) -> tuple[Step, str]:
    if not papers:
        # Nothing destructive without a person: an empty answer may be a fault of ours.
        return (Step.LEAVE, "nothing is left to propose") if pull else (Step.NOTHING, "no news")
    if pull is None:
        return Step.CREATE, "new papers"
    reason = _stale(pull, state, papers, content)
    return (Step.UPDATE, reason) if reason else (Step.NOTHING, "no news")


def _stale(
    pull: PullRequest, state: marker.State | None, papers: tuple[str, ...], content: bytes
) -> str:
    """Why an open pull request has to be made anew, or nothing."""
    if state is None:
        return "its description no longer says what it holds"
    if papers != state.papers:
        return "its papers have changed"
    if pull.head not in state.heads[:1]:
        return "the last run broke off before its branch moved"
    return "" if state.before == marker.blob_id(content) else "the list has moved on"
