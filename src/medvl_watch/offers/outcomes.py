"""What is recorded of a paper, on one list or over all lists: its state and the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from medvl_watch.records import Decision, Headings, Outcome, Paper, State, Verdict

WAITS_FOR_JUDGEMENT = "fetched, waits for the classifier"
WAITS_FOR_PUBLISH = "relevant, waits for the next pull request"
WAITS_FOR_TIME = "this week's review time is used up"
COMES_LATER = "to be added by a later pull request"
TAKEN_BACK = "its refusal was taken back in the dashboard"
IDENTITY_IN_DOUBT = "identity-in-doubt"
WITHDRAWN = "withdrawn by its authors"
MOVED_BY_HAND = "moved by hand"

_EARLIER_WORDING = {
    "waits for a week with time: the reviewer's minutes of this one are spent": WAITS_FOR_TIME,
    "it comes with a later one": COMES_LATER,
}
"""Reasons as versions up to 0.5 recorded them. Reasons are compared by value, so whoever changes
the words of one adds a row here."""

PRECEDENCE = (
    State.ACCEPTED,
    State.PROPOSED,
    State.DEFERRED,
    State.REFERRED,
    State.REFUSED,
    State.DUPLICATE,
    State.REJECTED,
)
"""A paper's state over all lists is the first of these that any list gave it."""

SETTLED = frozenset({State.ACCEPTED, State.REFUSED, State.DUPLICATE})
"""States of a paper on one list that only a person, or the list itself, can change."""

ON_THE_LIST = frozenset({State.ACCEPTED, State.DUPLICATE})
"""States of a paper that the list holds."""

MAY_CONCERN_A_LIST = frozenset(State) - {State.REJECTED}
"""States over all lists of the papers that a list may be offered."""

DECIDED_OR_PROPOSED = SETTLED | {State.PROPOSED}
"""States of a paper on one list in which a new verdict on it comes too late."""


def in_present_words(outcome: Outcome) -> Outcome:
    """An outcome that an earlier version recorded, with the reason as it is worded today."""
    for earlier, present in _EARLIER_WORDING.items():
        if earlier in outcome.reason:
            return replace(outcome, reason=outcome.reason.replace(earlier, present))
    return outcome


def comes_later(reason: str) -> str:
    """Why a paper waits which the list's pull request does not take now."""
    return f"{reason}; {COMES_LATER}"


def fetch_outcome(paper: Paper, now: datetime) -> Outcome:
    """The state of a paper that was read but not yet judged."""
    return Outcome(
        paper_id=paper.id, list_id="", state=State.DEFERRED, reason=WAITS_FOR_JUDGEMENT, at=now
    )


def refer_if_doubtful(verdict: Verdict, doubt: str) -> Verdict:
    """The verdict, which at most refers the paper where `doubt` says that it may be another one
    under a second name: to offer the same work twice is worse than to ask once."""
    if not doubt or verdict.decision is not Decision.PROPOSE:
        return verdict
    return replace(
        verdict,
        decision=Decision.REFER,
        reason=f"it may be a paper that is known already: {doubt}",
        flags=(*verdict.flags, IDENTITY_IN_DOUBT),
    )


def verdict_outcomes(
    verdict: Verdict, targets: Iterable[str], before: Mapping[str, Outcome], now: datetime
) -> tuple[Outcome, ...]:
    """What is recorded of a verdict: the paper waits for every list in `targets`, or is referred
    or rejected for all of them.

    `before` is the paper's latest outcome on each list. What is settled there stays; where
    the paper was waiting after an earlier verdict, it no longer does.
    """
    if verdict.decision is Decision.PROPOSE:
        state, reason = State.DEFERRED, WAITS_FOR_PUBLISH
        decided_or_proposed = {
            key for key, each in before.items() if each.state in DECIDED_OR_PROPOSED
        }
        lists = [each for each in targets if each not in decided_or_proposed]
    else:
        state = State.REFERRED if verdict.decision is Decision.REFER else State.REJECTED
        reason = verdict.reason or f"relevance {verdict.relevance:.2f}"
        waits = {State.DEFERRED, State.REFERRED}
        lists = ["", *(each for each, outcome in before.items() if outcome.state in waits)]
    return tuple(
        Outcome(paper_id=verdict.paper_id, list_id=list_id, state=state, reason=reason, at=now)
        for list_id in lists
    )


def defer_for_time(outcome: Outcome) -> Outcome:
    """The same paper while nobody has time to judge it."""
    return replace(outcome, state=State.DEFERRED, reason=WAITS_FOR_TIME)


def new_outcomes(
    outcomes: Iterable[Outcome], latest_outcomes: Mapping[str, Outcome]
) -> tuple[Outcome, ...]:
    """The outcomes of a list that differ from each paper's latest one. A paper that is still in
    the same pull request is not new, even if its line there has changed."""
    return tuple(each for each in outcomes if not _is_old(each, latest_outcomes.get(each.paper_id)))


def _is_old(outcome: Outcome, before: Outcome | None) -> bool:
    if before is None or before.state is not outcome.state:
        return False
    if outcome.state is State.PROPOSED:
        return before.pull_request == outcome.pull_request
    return replace(before, at=outcome.at) == outcome


def overall_outcome(paper_id: str, by_list: Mapping[str, Outcome], now: datetime) -> Outcome:
    """The paper's state over all lists, from its latest outcome on each.

    `by_list` must not be empty. A paper that no list has a section for is referred: it is
    relevant, so a person should see it once; a withdrawn one is not.
    """
    states = {outcome.state for outcome in by_list.values()}
    state = next(state for state in PRECEDENCE if state in states)
    names = sorted(list_id for list_id, outcome in by_list.items() if outcome.state is state)
    reasons = {by_list[name].reason for name in names}
    if state is State.REJECTED and WITHDRAWN in reasons:
        return Outcome(paper_id=paper_id, list_id="", state=state, reason=WITHDRAWN, at=now)
    if state is State.REJECTED:
        reason = "relevant, but no list has a section for it"
        return Outcome(paper_id=paper_id, list_id="", state=State.REFERRED, reason=reason, at=now)
    words = reasons.pop() if len(reasons) == 1 else f"{state.value} on {len(names)} lists"
    return Outcome(
        paper_id=paper_id,
        list_id="",
        state=state,
        reason=f"{words} ({', '.join(names)})",
        at=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionMove:
    """A person put an entry elsewhere than it was proposed: a label for the section."""

    paper_id: str
    list_id: str
    proposed: Headings
    chosen: Headings


def section_moves(history: Iterable[Outcome]) -> tuple[SectionMove, ...]:
    """What people moved, out of all outcomes, oldest first: where an accepted paper stands
    last, if that is not where it was proposed last."""
    proposed: dict[tuple[str, str], Headings] = {}
    chosen: dict[tuple[str, str], Headings] = {}
    for outcome in history:
        key = (outcome.paper_id, outcome.list_id)
        if outcome.section is not None and outcome.state is State.PROPOSED:
            proposed[key] = outcome.section
        elif outcome.section is not None and outcome.state is State.ACCEPTED:
            chosen[key] = outcome.section
    return tuple(
        SectionMove(paper_id=key[0], list_id=key[1], proposed=proposed[key], chosen=section)
        for key, section in chosen.items()
        if key in proposed and proposed[key] != section
    )


def acceptance(outcome: Outcome, before: Outcome | None, sections: Sequence[Headings]) -> Outcome:
    """What is recorded where a list holds a paper: the outcome with the section where it stands.

    `sections` are those where the list has the paper now, empty where that is not sure. An
    entry that stands elsewhere than it was proposed, or than it stood before, was moved.
    """
    if before is None or before.section is None or not sections:
        if before is not None and before.state is State.ACCEPTED:
            return before
        return replace(outcome, section=sections[0] if sections else None)
    if before.section in sections:
        is_recorded = before.state is State.ACCEPTED
        return before if is_recorded else replace(outcome, section=before.section)
    move = f"{MOVED_BY_HAND} from {' > '.join(before.section)} to {' > '.join(sections[0])}"
    return replace(outcome, section=sections[0], reason=f"{outcome.reason}; {move}")


def joined_outcomes(
    paper_id: str, other_id: str, latest: Iterable[Outcome], now: datetime
) -> tuple[Outcome, ...]:
    """What is recorded of a paper that a person made part of another one: it is rejected for all
    lists, and on each where it was waiting. What a list has, or was offered, stays recorded."""
    waits = {State.DEFERRED, State.REFERRED}
    lists = ["", *(each.list_id for each in latest if each.list_id and each.state in waits)]
    return tuple(
        Outcome(
            paper_id=paper_id,
            list_id=list_id,
            state=State.REJECTED,
            reason=f"the same paper as {other_id}, as a person decided",
            at=now,
        )
        for list_id in lists
    )


def by_paper(outcomes: Iterable[Outcome]) -> dict[str, dict[str, Outcome]]:
    """The latest outcome of each paper on each list; outcomes without a list are left out."""
    grouped: dict[str, dict[str, Outcome]] = {}
    for outcome in outcomes:
        if outcome.list_id:
            grouped.setdefault(outcome.paper_id, {})[outcome.list_id] = outcome
    return grouped
