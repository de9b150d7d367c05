"""What the bot does about one list: what its pull request shall hold, and what becomes of the
papers.

The editor tries all that the list may take; then the pull request's room and its reviewer's
time decide what comes now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.changes import Edit, Refusal
from medvl_watch.classify.routing import Route
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.offers.candidates import Candidates, candidates, outcomes_of_edit
from medvl_watch.offers.completions import EntryCompletion, completed_text
from medvl_watch.offers.consideration import (
    Consideration,
    JudgedPaper,
    OfferAction,
    after_edit,
    asks_nothing_new,
    consider,
)
from medvl_watch.offers.list_context import ListContext, ListFacts
from medvl_watch.offers.maintainer_decisions import (
    AS_CHOSEN,
    ChosenSections,
    is_chosen,
    is_named,
    is_paper,
)
from medvl_watch.offers.next_step import Intent, Step, plan
from medvl_watch.offers.outcomes import (
    ON_THE_LIST,
    SETTLED,
    WAITS_FOR_TIME,
    comes_later,
    new_outcomes,
)
from medvl_watch.offers.reviewer_time import ReviewRequest, ReviewShare
from medvl_watch.records import Outcome, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """All papers that the list may take, and what the editor made of them."""

    candidates: Candidates
    edit: Edit

    @property
    def placed(self) -> tuple[str, ...]:
        """The papers that it could write, in the order of the edit."""
        return tuple(dict.fromkeys(each.paper_id for each in self.edit.placed))

    @property
    def already_listed(self) -> tuple[str, ...]:
        """The papers that the list was found to hold, which the ledger may not know yet."""
        found = (each for each in self.candidates.outcomes if each.state is State.DUPLICATE)
        listed = (each.paper_id for each in self.edit.already_listed)
        return (*(each.paper_id for each in found), *listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """What shall become of a list: the step, the text with what it adds and completes, what
    has to be recorded of papers that are not added (`unsure` are the routes of those that a
    person has to choose a section for, `refusals` what the editor could not write), and how many
    wait for a reviewer's time."""

    intent: Intent
    edit: Edit
    completed: Sequence[EntryCompletion]
    outcomes: Sequence[Outcome]
    unsure: Mapping[str, Route]
    waiting: int
    refusals: Sequence[Refusal] = ()


def consider_with_edit(
    candidate: JudgedPaper, facts: ListFacts, context: ListContext
) -> Consideration:
    """What is done with one paper, once the editor has tried to write it."""
    found = consider(candidate, context)
    if found.action is not OfferAction.PROPOSE or facts.document is None:
        return found
    edit = insert(facts.text, found.additions, templates=facts.target.templates)
    return after_edit(found, candidate, edit, context)


def try_papers(papers: Sequence[JudgedPaper], facts: ListFacts, context: ListContext) -> Trial:
    """Let the editor write all that the list may take."""
    found = candidates(papers, context)
    edit = insert(facts.text, found.additions, templates=facts.target.templates)
    return Trial(candidates=found, edit=edit)


def plan_list(
    trial: Trial,
    completed: Sequence[EntryCompletion],
    papers: Mapping[str, JudgedPaper],
    facts: ListFacts,
    context: ListContext,
) -> ListPlan:
    """What of a trial comes now. Entries that can be `completed` come along with papers, never
    alone."""
    outcomes = (*trial.candidates.outcomes, *outcomes_of_edit(trial.edit, context))
    requests = _requests(trial.placed, outcomes, papers, context)
    share = context.time.share(requests, context.room.free, context.now)
    intent = plan(
        facts.pulls,
        _by_priority(trial.placed, share, context),
        facts.version,
        context.room,
        also=[each.entry_id for each in completed],
        is_listed=facts.is_listed,
        base=(facts.target.path, facts.branch),
        moved=_moved(trial.edit, context),
    )
    completed = [each for each in completed if each.entry_id in intent.entries]
    edit = trial.edit
    if completed or not set(trial.placed) <= set(intent.entries):
        additions = [each for each in trial.candidates.additions if each.paper.id in intent.entries]
        text = completed_text(facts, completed)
        edit = insert(text, additions, templates=facts.target.templates)
    return ListPlan(
        intent=intent,
        edit=edit,
        completed=completed,
        outcomes=_defer_waiting(outcomes, share.waiting, context),
        unsure=trial.candidates.unsure,
        waiting=len(share.waiting),
        refusals=trial.edit.refused,
    )


def _moved(edit: Edit, context: ListContext) -> frozenset[str]:
    """The papers that now go where a person said in words, and were proposed elsewhere."""
    found = set()
    for placement in edit.placed:
        chosen = context.chosen_sections.get(placement.paper_id, frozenset())
        before = context.latest_outcomes.get(placement.paper_id)
        if before is None or before.state is not State.PROPOSED or before.section is None:
            continue
        named = frozenset(filter(is_named, chosen))
        is_there, was_there = (
            is_chosen(each, path_key(each), named) for each in (placement.section, before.section)
        )
        if is_there and not was_there:
            found.add(placement.paper_id)
    return frozenset(found)


# --- which papers come first -------------------------------------------------------------


def _requests(
    placed: Iterable[str],
    outcomes: Iterable[Outcome],
    papers: Mapping[str, JudgedPaper],
    context: ListContext,
) -> tuple[ReviewRequest, ...]:
    """The review requests that this run would add: the papers `placed`, and those referred for the
    first time."""
    states = {
        each.paper_id: State.REFERRED
        for each in outcomes
        if each.state is State.REFERRED and each.paper_id in papers
    }
    states |= dict.fromkeys(placed, State.PROPOSED)
    return tuple(
        context.time.request(paper_id, state, papers[paper_id].verdict.relevance, context.now)
        for paper_id, state in states.items()
        if not asks_nothing_new(paper_id, state, context)
    )


def _defer_waiting(
    outcomes: Iterable[Outcome], waiting: Collection[str], context: ListContext
) -> tuple[Outcome, ...]:
    """The outcomes, where papers that wait for reviewer time are DEFERRED and not REFERRED."""
    others = (
        each
        for each in outcomes
        if each.paper_id not in waiting or each.state is not State.REFERRED
    )
    deferred = (context.outcome(each, State.DEFERRED, WAITS_FOR_TIME) for each in waiting)
    return (*others, *deferred)


def _by_priority(placed: Sequence[str], share: ReviewShare, context: ListContext) -> list[str]:
    """The papers that may be proposed: first those whose section a person chose, then those that
    got reviewer time (best first), then those already proposed or without room."""
    place = {paper_id: at for at, paper_id in enumerate(share.granted)}
    place |= dict.fromkeys(context.chosen_sections, -1)
    wanted = [each for each in placed if each not in share.waiting]
    return sorted(wanted, key=lambda each: place.get(each, len(place)))


# --- what became of them ----------------------------------------------------------------


def outcomes_of_plan(
    made: ListPlan, context: ListContext, number: int | None
) -> tuple[Outcome, ...]:
    """What has to be recorded once the plan is carried out: the news, one outcome per paper.
    `number` is that of the pull request, None where none was opened or in a dry run."""
    outcomes = _one_per_paper(made, _outcomes_of_intent(made, context, number), context)
    return new_outcomes(outcomes, context.latest_outcomes)


def _outcomes_of_intent(
    made: ListPlan, context: ListContext, number: int | None
) -> tuple[Outcome, ...]:
    """Papers that stand in the pull request `number`, and papers that wait for the next."""
    if made.intent.step is Step.LEAVE:
        return _waiting(made.intent, context)
    places = {placement.paper_id: placement for placement in made.edit.placed}
    outcomes = [
        replace(
            _proposed(paper_id, number, context),
            section=places[paper_id].section if paper_id in places else None,
            line=places[paper_id].line if number and paper_id in places else None,
        )
        for paper_id in filter(is_paper, made.intent.entries)
    ]
    return (*outcomes, *_waiting(made.intent, context))


def _proposed(paper_id: str, number: int | None, context: ListContext) -> Outcome:
    name = f"in pull request {number}" if number else "would be in a pull request"
    reason = name + AS_CHOSEN * (paper_id in context.chosen_sections)
    return replace(context.outcome(paper_id, State.PROPOSED, reason), pull_request=number)


def _waiting(intent: Intent, context: ListContext) -> tuple[Outcome, ...]:
    reason = comes_later(context.room.reason)
    return tuple(context.outcome(each, State.DEFERRED, reason) for each in intent.waiting)


def _left_outcomes(made: ListPlan, context: ListContext) -> tuple[Outcome, ...]:
    """Papers that stand in pull requests which this run leaves alone."""
    intent = made.intent
    is_left = intent.step is Step.LEAVE
    return tuple(
        _proposed(paper_id, number, context)
        for paper_id, number in sorted(context.proposed_papers.items())
        if is_left or (number != intent.pull_number and paper_id not in intent.entries)
    )


def _one_per_paper(
    made: ListPlan, of_intent: Iterable[Outcome], context: ListContext
) -> tuple[Outcome, ...]:
    """One outcome per paper, out of what was found about it and what pull requests hold.

    A paper that stands in the pull request in one of its sections is proposed, whatever
    another section said. But a pull request that is left alone may still hold papers that
    the list no longer takes, or that people have settled.
    """
    settled = {key for key, before in context.latest_outcomes.items() if before.state in SETTLED}
    left = (each for each in _left_outcomes(made, context) if each.paper_id not in settled)
    changed = (each for each in of_intent if each.paper_id not in settled)
    ordered = (*left, *made.outcomes, *changed)
    return tuple({each.paper_id: each for each in ordered}.values())


def unfinished_choices(context: ListContext) -> ChosenSections:
    """What people chose for papers that the list does not hold yet: to be remembered."""
    return {
        paper_id: keys
        for paper_id, keys in context.chosen_sections.items()
        if paper_id not in context.latest_outcomes
        or context.latest_outcomes[paper_id].state not in ON_THE_LIST
    }
