"""Which papers the classifier judges, and what follows from its verdicts on every list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from medvl_watch.offers.outcomes import (
    DECIDED_OR_PROPOSED,
    IDENTITY_IN_DOUBT,
    WAITS_FOR_TIME,
    defer_for_time,
    overall_outcome,
    verdict_outcomes,
)
from medvl_watch.offers.reviewer_time import ReviewRequest, ReviewTime
from medvl_watch.records import Decision, Outcome, Paper, State, Verdict

OPEN_TO_REJUDGING = frozenset({State.REFERRED, State.REJECTED, State.DEFERRED})
"""The states over all lists in which a paper may be judged again."""


def papers_decided_or_proposed(latest_outcomes: Iterable[Outcome]) -> frozenset[str]:
    """The papers for which a new verdict comes too late: on some list they are proposed, or a
    person or the list itself has decided."""
    return frozenset(
        each.paper_id
        for each in latest_outcomes
        if each.list_id and each.state in DECIDED_OR_PROPOSED
    )


def papers_to_judge(
    unjudged: Iterable[Paper],
    changed: Iterable[Paper],
    again: Iterable[Paper],
    decided_or_proposed: Collection[str],
) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
    """The papers to judge for the first time, or as they have `changed`, and those to judge
    `again` although nothing is new of them."""
    first = {paper.id: paper for paper in unjudged}
    first |= {paper.id: paper for paper in changed if paper.id not in decided_or_proposed}
    return tuple(first.values()), tuple(paper for paper in again if paper.id not in first)


def may_be_rejudged(verdict: Verdict) -> bool:
    """Whether another classifier may judge otherwise: not of a paper that may be another one
    under a second name, which no classifier can tell."""
    return IDENTITY_IN_DOUBT not in verdict.flags


def verdict_in_force(
    fresh: Verdict, recorded: Verdict | None, latest_outcomes: Iterable[Outcome]
) -> Verdict:
    """The verdict that the bot uses: the recorded one if a fresh one comes too late.
    `latest_outcomes` are the paper's own."""
    if recorded is None:
        return fresh
    is_late = bool(papers_decided_or_proposed(latest_outcomes)) or not may_be_rejudged(recorded)
    return recorded if is_late else fresh


def same_decisions(verdicts: Iterable[Verdict], earlier: Mapping[str, Verdict]) -> frozenset[str]:
    """The papers on which the decision is still the earlier one."""
    return frozenset(
        each.paper_id
        for each in verdicts
        if each.paper_id in earlier and earlier[each.paper_id].decision is each.decision
    )


def counts_of(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """The number of verdicts by decision: all three decisions, or nothing without verdicts."""
    counted = Counter(each.decision for each in verdicts)
    return {each.value: counted[each] for each in Decision} if counted else {}


# --- the time of whoever reads the digest -----------------------------------------------


def waits_for_time(outcome: Outcome) -> bool:
    """Whether the paper waits for whoever reads the digest."""
    is_deferred = not outcome.list_id and outcome.state is State.DEFERRED
    return is_deferred and outcome.reason == WAITS_FOR_TIME


def new_doubts(verdicts: Iterable[Verdict], in_digest: Collection[str]) -> tuple[Verdict, ...]:
    """The verdicts that refer a paper which is not in the digest yet, one per paper."""
    found = {
        each.paper_id: each
        for each in verdicts
        if each.decision is Decision.REFER and each.paper_id not in in_digest
    }
    return tuple(found.values())


def without_time(doubts: Iterable[Verdict], time: ReviewTime, now: datetime) -> frozenset[str]:
    """The papers for which the reader of the digest has no time left this week."""
    return frozenset(time.share(requests(doubts, time, now), 0, now).waiting)


def requests(
    doubts: Iterable[Verdict], time: ReviewTime, now: datetime
) -> tuple[ReviewRequest, ...]:
    """The review requests to the reader of the digest."""
    return tuple(
        time.request(each.paper_id, State.REFERRED, each.relevance, now) for each in doubts
    )


# --- what follows -----------------------------------------------------------------------


def outcomes_of_verdicts(
    verdicts: Iterable[Verdict],
    list_ids: Collection[str],
    latest_outcomes: Mapping[str, Mapping[str, Outcome]],
    waiting: Collection[str],
    now: datetime,
) -> Iterator[Outcome]:
    """What follows from the verdicts, on each list and over all of them. `latest_outcomes` has each
    paper's latest outcomes by list; the papers `waiting` wait for a person's time."""
    for verdict in verdicts:
        before = latest_outcomes.get(verdict.paper_id, {})
        outcomes = verdict_outcomes(verdict, list_ids, before, now)
        yield from (defer_for_time(each) if each.paper_id in waiting else each for each in outcomes)
        if verdict.decision is Decision.PROPOSE:
            after = {**before, **{each.list_id: each for each in outcomes}}
            yield overall_outcome(verdict.paper_id, after, now)
