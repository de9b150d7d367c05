"""A list as it was read, with our pull requests on it and what the ledger knows of them.

`ListFacts` is what a shell has read; `ListContext` is what follows from it for the papers that
may be offered. The bot, `classify` and `list insert` all build the one from the other here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from medvl_watch.changes import AlreadyListed, Target
from medvl_watch.classify.routing import Router
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.lists.paper_matching import (
    EntryIdentity,
    match_paper,
    may_be_listed,
    sections_of,
)
from medvl_watch.lists.parsing.document import Document, full_path, text_of
from medvl_watch.offers.digest_answers import DigestAnswers
from medvl_watch.offers.limits import OfferLimits
from medvl_watch.offers.maintainer_decisions import (
    ChosenSections,
    MaintainerDecision,
    OwnPull,
    chosen_sections,
    latest_decisions,
    open_pull,
    papers_taken_out,
    proposed_papers,
)
from medvl_watch.offers.next_step import Room, paused_until, room_in
from medvl_watch.offers.outcomes import (
    DECIDED_OR_PROPOSED,
    SETTLED,
    TAKEN_BACK,
    acceptance,
    new_outcomes,
)
from medvl_watch.offers.reviewer_time import ReviewTime, list_time
from medvl_watch.offers.section_examples import router_of
from medvl_watch.records import Headings, Outcome, Paper, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """What was read of a list: its text, our pull requests on it, oldest first, and what the
    ledger knows.

    `document` is None where only the list's map in the taxonomy is known; `version` is the id
    that git gives its content, `branch` the one it was read from. `papers` are those that the
    pull requests and the `answers` in digests name, by the ids that they have there: a new ledger
    may have met a paper in another record first and call it otherwise. `latest_outcomes` has the
    latest outcome of each paper on the list, `history` all in which one was proposed, referred or
    deferred, oldest first; `shown_elsewhere` are the papers that other lists' reviewers were shown.
    """

    target: Target
    document: Document | None = None
    version: str = ""
    branch: str = ""
    identities: Sequence[EntryIdentity] = ()
    pulls: Sequence[OwnPull] = ()
    answers: DigestAnswers = field(default_factory=DigestAnswers)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    latest_outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    history: Sequence[Outcome] = ()
    shown_elsewhere: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return text_of(self.document) if self.document else ""

    def is_listed(self, paper_id: str) -> bool:
        """Whether the list holds a paper that a pull request names."""
        paper = self.papers.get(paper_id)
        return paper is not None and isinstance(
            match_paper(paper.facts, self.identities), AlreadyListed
        )

    def is_recognised(self, paper_id: str) -> bool:
        """Whether the list holds an entry that may be the paper's under other words: one of its
        addresses under another title, or much of its title. Good enough for a paper that was
        proposed and merged, not to leave one out."""
        paper = self.papers.get(paper_id)
        return paper is not None and may_be_listed(paper.facts, self.identities)

    def chosen_sections(self) -> ChosenSections:
        """The sections that people ticked, by the ids that the ledger gives the papers."""
        in_digests = self.answers.chosen.get(self.target.id, {})
        found = {**in_digests, **chosen_sections(self.pulls)}
        return {self.papers[each].id: found[each] for each in found if each in self.papers}

    def undone_refusals(self) -> Mapping[str, int]:
        """The papers whose refusal a person took back, by the ids that the ledger gives them, and
        the number of the latest pull request of which that is said."""
        undone = self.answers.undone.get(self.target.id, {})
        return {self.papers[each].id: undone[each] for each in undone if each in self.papers}

    def proposed_papers(self) -> Mapping[str, int]:
        """The papers that our open pull requests add, by the ids that the ledger gives them, and
        the numbers of these pull requests."""
        found = proposed_papers(self.pulls)
        return {self.papers[each].id: found[each] for each in found if each in self.papers}

    def unknown_papers(self) -> tuple[str, ...]:
        """The papers of our open pull request that the ledger does not know: it is a new one."""
        pull = open_pull(self.pulls)
        return tuple(each for each in pull.papers if each not in self.papers) if pull else ()

    def papers_taken_out(self, number: int | None) -> list[Paper]:
        """The papers that people have unticked in our pull request of this number."""
        pull = next((each for each in self.pulls if each.number == number), None)
        ids = papers_taken_out(pull)
        return [replace(self.papers[each], id=each) for each in ids if each in self.papers]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext:
    """What decides which papers a list is offered.

    What it holds, each paper's latest outcome on it, the papers that our open pull requests add
    with the numbers of these, the sections that people chose for papers, the room in the pull
    request, and the time of the list's reviewer and of whoever reads the digest, who was asked
    about the papers `in_digest` already. With `has_own_classifier`, verdicts hold for this list
    alone, so papers in doubt are referred to its reviewer.
    """

    target: Target
    router: Router
    now: datetime
    document: Document | None = None
    identities: Sequence[EntryIdentity] = ()
    latest_outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    chosen_sections: ChosenSections = field(default_factory=dict)
    proposed_papers: Mapping[str, int] = field(default_factory=dict)
    room: Room = field(default_factory=Room)
    time: ReviewTime = field(default_factory=ReviewTime)
    digest_time: ReviewTime = field(default_factory=ReviewTime)
    in_digest: frozenset[str] = frozenset()
    has_own_classifier: bool = False

    def outcome(self, paper_id: str, state: State, reason: str, line: int | None = None) -> Outcome:
        return Outcome(
            paper_id=paper_id,
            list_id=self.target.id,
            state=state,
            reason=reason,
            at=self.now,
            line=line,
        )

    def is_in_state(self, paper_id: str, state: State) -> bool:
        """Whether this is the paper's latest state on the list."""
        before = self.latest_outcomes.get(paper_id)
        return before is not None and before.state is state

    def full_path(self, section: Headings) -> Headings:
        """The section with all its headings, where the list's text is known."""
        return full_path(self.document, section) if self.document else section

    def after(self, outcomes: Iterable[Outcome]) -> ListContext:
        """The same list once these outcomes are its papers' latest."""
        return replace(
            self,
            latest_outcomes={**self.latest_outcomes, **{each.paper_id: each for each in outcomes}},
        )


def context_of(
    facts: ListFacts, taxonomy: Taxonomy, limits: OfferLimits, now: datetime
) -> tuple[ListContext, tuple[Outcome, ...]]:
    """What follows from the facts, and the outcomes that are new to the ledger: what people
    decided in our pull requests since the last run, which the context counts in."""
    room = room_in(
        facts.pulls,
        limits.papers,
        unknown=facts.unknown_papers(),
        paused=paused_until(facts.pulls, limits.pause, now),
    )
    context = ListContext(
        target=facts.target,
        router=router_of(
            facts.document, taxonomy, taxonomy.lists.get(facts.target.map_id), facts.target.id
        ),
        now=now,
        document=facts.document,
        identities=facts.identities,
        latest_outcomes=facts.latest_outcomes,
        chosen_sections=facts.chosen_sections(),
        proposed_papers=facts.proposed_papers(),
        room=room,
    )
    decided = _decided(facts, context)
    context = context.after(decided)
    time = list_time(limits.time, facts.history, _unrecorded(context), now)
    time = replace(time, shown_elsewhere=facts.shown_elsewhere)
    return replace(context, time=time), decided


def _unrecorded(context: ListContext) -> tuple[Outcome, ...]:
    """What our pull request adds and the ledger does not know of, as proposed now: a run broke
    off between the two, or the ledger is new."""
    recorded = {
        key for key, each in context.latest_outcomes.items() if each.state in DECIDED_OR_PROPOSED
    }
    return tuple(
        context.outcome(each, State.PROPOSED, "in the pull request")
        for each in sorted(context.proposed_papers.keys() - recorded)
    )


def _decided(facts: ListFacts, context: ListContext) -> tuple[Outcome, ...]:
    """What people decided in our pull requests, as far as it is new.

    What became of an unknown paper is read again once a source brings the paper.
    """
    decisions = [
        replace(each, paper_id=facts.papers[each.paper_id].id)
        for each in latest_decisions(
            facts.pulls,
            facts.is_listed,
            is_recognised=facts.is_recognised,
            branch=facts.branch,
        )
        if each.paper_id in facts.papers
    ]
    papers = {paper.id: paper for paper in facts.papers.values()}
    undone = facts.undone_refusals()
    unwanted = {key: why for key, why in _unwanted_in_digests(facts).items() if key not in undone}
    outcomes = [*_refused_in_digests(unwanted, context), *_taken_back(undone, context)]
    for decision in decisions:
        is_refusal = decision.state is State.REFUSED
        if is_refusal and decision.number <= undone.get(decision.paper_id, -1):
            continue
        before = facts.latest_outcomes.get(decision.paper_id)
        if not is_decision(decision, before):
            continue
        if decision.state is State.DEFERRED and decision.paper_id in unwanted:
            continue  # its box in a pull request is older than the one in the digest, or a slip
        outcome = replace(
            context.outcome(decision.paper_id, decision.state, decision.reason),
            pull_request=decision.number,
        )
        if outcome.state is State.ACCEPTED:
            sections = sections_of(papers[decision.paper_id].facts, facts.identities)
            outcome = acceptance(outcome, before, sections)
        outcomes.append(outcome)
    return new_outcomes(outcomes, facts.latest_outcomes)


def _unwanted_in_digests(facts: ListFacts) -> Mapping[str, str]:
    """The papers that people want on no list, by the ids that the ledger gives them, and what
    they ticked."""
    unwanted = facts.answers.refused | facts.answers.off_subject
    return {
        facts.papers[each].id: facts.answers.reason_against(each)
        for each in sorted(unwanted)
        if each in facts.papers
    }


def _refused_in_digests(unwanted: Mapping[str, str], context: ListContext) -> list[Outcome]:
    """What is recorded of these papers, as far as the list does not hold them."""
    return [
        context.outcome(paper_id, State.REFUSED, reason)
        for paper_id, reason in unwanted.items()
        if paper_id not in context.latest_outcomes
        or context.latest_outcomes[paper_id].state not in SETTLED
    ]


def _taken_back(undone: Mapping[str, int], context: ListContext) -> list[Outcome]:
    """What is recorded of refused papers whose refusal a person took back: they wait again."""
    found = []
    for paper_id, number in undone.items():
        before = context.latest_outcomes.get(paper_id)
        if before and before.state is State.REFUSED and (before.pull_request or 0) <= number:
            found.append(context.outcome(paper_id, State.DEFERRED, TAKEN_BACK))
    return found


def is_decision(decision: MaintainerDecision, before: Outcome | None) -> bool:
    """Whether a person decided something: a box that is ticked means no more than that, unless
    its paper was refused before."""
    was_refused = before is not None and before.state is State.REFUSED
    return decision.state is not State.DEFERRED or was_refused
