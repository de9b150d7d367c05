"""Which papers a list is offered out of all that have a verdict, and in which sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from medvl_watch.changes import Addition, Edit
from medvl_watch.classify.routing import Route
from medvl_watch.offers.consideration import JudgedPaper, OfferAction, consider
from medvl_watch.offers.list_context import ListContext
from medvl_watch.offers.outcomes import SETTLED
from medvl_watch.records import Decision, Outcome, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The additions to try, best paper first, and what has to be recorded of papers that are
    not added; of those that a person has to choose a section for, the routes by their ids."""

    additions: tuple[Addition, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    unsure: Mapping[str, Route] = field(default_factory=dict)


def candidates(papers: Iterable[JudgedPaper], context: ListContext) -> Candidates:
    """What to offer this list, of these papers, as far as nothing has to wait."""
    additions: list[Addition] = []
    outcomes: list[Outcome] = []
    unsure: dict[str, Route] = {}
    for each in sorted(papers, key=_best_first):
        if not _is_open(each, context):
            continue
        found = consider(each, context)
        additions.extend(found.additions)
        if found.outcome is not None:
            outcomes.append(found.outcome)
        if found.action is OfferAction.CHOOSE:
            unsure[each.paper.id] = found.route
    return Candidates(additions=tuple(additions), outcomes=tuple(outcomes), unsure=unsure)


def _best_first(candidate: JudgedPaper) -> tuple[float, str]:
    return (-candidate.verdict.relevance, candidate.paper.id)


def _is_open(candidate: JudgedPaper, context: ListContext) -> bool:
    """Whether there can be anything to do or to record: `consider` says so of all others too,
    but takes its time."""
    paper_id = candidate.paper.id
    if paper_id in context.latest_outcomes and context.latest_outcomes[paper_id].state in SETTLED:
        return False
    return (
        candidate.verdict.decision is Decision.PROPOSE
        or candidate.paper.withdrawn
        or paper_id in context.chosen_sections
        or context.is_in_state(paper_id, State.PROPOSED)
        or (context.has_own_classifier and _is_own_news(candidate, context))
    )


def _is_own_news(candidate: JudgedPaper, context: ListContext) -> bool:
    """Whether the list's own classifier doubts the paper, or no longer does."""
    states = (State.REFERRED, State.DEFERRED)
    is_doubtful = candidate.verdict.decision is Decision.REFER
    return is_doubtful or any(context.is_in_state(candidate.paper.id, state) for state in states)


def with_queue(context: ListContext, waiting: Iterable[JudgedPaper]) -> ListContext:
    """The same list with the papers that wait for its pull request or for its reviewer's time:
    a better one goes before the paper that is considered."""
    requests = []
    for each in waiting:
        found = consider(each, context)
        if found.additions or (found.outcome and found.outcome.state is State.REFERRED):
            state = State.PROPOSED if found.additions else State.REFERRED
            relevance = each.verdict.relevance
            requests.append(context.time.request(each.paper.id, state, relevance, context.now))
    return replace(context, time=replace(context.time, queue=tuple(requests)))


def outcomes_of_edit(edit: Edit, context: ListContext) -> tuple[Outcome, ...]:
    """What the editor found out: papers that the list holds, and papers it cannot take in any
    of their sections."""
    placed = {each.paper_id for each in edit.placed}
    duplicates = (
        context.outcome(each.paper_id, State.DUPLICATE, each.proof, each.line)
        for each in edit.already_listed
    )
    refused = (
        context.outcome(each.paper_id, State.REFERRED, each.reason)
        for each in edit.refused
        if each.paper_id not in placed
    )
    return (*duplicates, *refused)
