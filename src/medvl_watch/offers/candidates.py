"""Which papers a list is offered, and what becomes of each: decided, not done.

Values in, values out: the pipeline reads the list and the ledger, asks here, and acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from medvl_watch.changes import Addition, Edit, Held, Target
from medvl_watch.classify.routing import Route, Router
from medvl_watch.lists.editing.holdings import Conflict, Holding, held
from medvl_watch.lists.parsing.document import Document, full_path
from medvl_watch.offers.outcomes import SETTLED, WITHDRAWN
from medvl_watch.publish.choices import Chosen, key_of
from medvl_watch.publish.lifecycle import Intent, Said, Step
from medvl_watch.publish.marker import is_paper
from medvl_watch.publish.messages import Option, ProposalItem, ReferredItem
from medvl_watch.records import Decision, Outcome, Paper, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPaper:
    """A paper with the verdict on it."""

    paper: Paper
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext:
    """A list as it lies before us: what it holds, each paper's latest outcome on it, the papers
    that our open pull request adds, and the sections that people chose for papers."""

    target: Target
    router: Router
    document: Document
    holdings: Sequence[Holding]
    standing: Mapping[str, Outcome]
    now: datetime
    chosen: Chosen = field(default_factory=dict)
    proposed: frozenset[str] = frozenset()

    def end(self, paper_id: str, state: State, reason: str, line: int | None = None) -> Outcome:
        return Outcome(
            paper_id=paper_id,
            list_id=self.target.id,
            state=state,
            reason=reason,
            at=self.now,
            line=line,
        )

    def after(self, ends: Iterable[Outcome]) -> ListContext:
        """The same list once these outcomes are its papers' latest."""
        return replace(self, standing={**self.standing, **{end.paper_id: end for end in ends}})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The additions to try, best paper first, and the papers that end before that; of those,
    by their ids, the routes between whose sections a person may choose."""

    additions: tuple[Addition, ...] = ()
    ends: tuple[Outcome, ...] = ()
    doubts: Mapping[str, Route] = field(default_factory=dict)


def candidates(judged: Iterable[JudgedPaper], context: ListContext) -> Candidates:
    """What to offer this list, of the papers `judged`.

    What people, or the list itself, have settled is not opened again.
    """
    additions: list[Addition] = []
    ends: list[Outcome] = []
    doubts: dict[str, Route] = {}
    for each in sorted(judged, key=_best_first):
        before = context.standing.get(each.paper.id)
        if before is not None and before.state in SETTLED:
            continue
        answer = _consider(each, before, context)
        if isinstance(answer, Route):
            doubts[each.paper.id] = answer
            ends.append(_doubted(each.paper, answer, context))
        elif isinstance(answer, Outcome):
            ends.append(answer)
        else:
            additions.extend(answer)
    return Candidates(additions=tuple(additions), ends=tuple(ends), doubts=doubts)


def _best_first(judged: JudgedPaper) -> tuple[float, str]:
    return (-judged.verdict.relevance, judged.paper.id)


def _consider(
    judged: JudgedPaper, before: Outcome | None, context: ListContext
) -> Outcome | Route | tuple[Addition, ...]:
    """The paper's end on this list, or a route that leaves its section in doubt, or where it
    goes. Where a person chose the section, no verdict stands against the paper."""
    paper, verdict = judged.paper, judged.verdict
    if paper.withdrawn:
        return context.end(paper.id, State.REJECTED, WITHDRAWN)
    is_relevant = verdict.decision is Decision.PROPOSE
    if not is_relevant and paper.id not in context.chosen:
        return _left_out(judged, before, context)
    found = held(paper.facts, context.holdings)
    if isinstance(found, Held):
        return context.end(paper.id, State.DUPLICATE, found.proof, found.line)
    if isinstance(found, Conflict):
        reason = f"the list gives its address ({found.key}) to another title"
        return context.end(paper.id, State.REFERRED, reason, found.line)
    route = context.router.route(verdict, paper.facts)
    keys = context.chosen.get(paper.id, frozenset())
    sections = [each for each in route.ranked if key_of(each.path) in keys]
    if not sections and (route.doubt or not is_relevant):
        # not relevant: what was chosen is no section any more
        return route if is_relevant else _left_out(judged, before, context)
    return tuple(
        Addition(
            paper=paper.facts, section=full_path(context.document, each.path), opens=each.opens
        )
        for each in sections or route.sections
    )


def _left_out(
    judged: JudgedPaper, before: Outcome | None, context: ListContext
) -> Outcome | tuple[()]:
    """What becomes of a paper that the verdict speaks against: news only if it was offered."""
    if before is None or before.state is not State.PROPOSED:
        return ()
    verdict = judged.verdict
    state = State.REJECTED if verdict.decision is Decision.REJECT else State.REFERRED
    return context.end(judged.paper.id, state, verdict.reason)


def _doubted(paper: Paper, route: Route, context: ListContext) -> Outcome:
    state = State.REFERRED if route.sections else State.REJECTED
    return context.end(paper.id, state, route.doubt)


# --- what became of them --------------------------------------------------------------


_AS_CHOSEN = ", in the section that a person ticked"


def ends_of_edit(edit: Edit, context: ListContext) -> tuple[Outcome, ...]:
    """What the editor found out: papers that the list holds, and papers it cannot take in any
    of their sections."""
    placed = {each.paper_id for each in edit.placed}
    duplicates = (
        context.end(each.paper_id, State.DUPLICATE, each.proof, each.line) for each in edit.held
    )
    refused = (
        context.end(each.paper_id, State.REFERRED, each.reason)
        for each in edit.refused
        if each.paper_id not in placed
    )
    return (*duplicates, *refused)


def ends_of_words(words: Iterable[Said], target: Target, now: datetime) -> tuple[Outcome, ...]:
    """What people decided in earlier pull requests."""
    return tuple(
        Outcome(
            paper_id=each.paper_id,
            list_id=target.id,
            state=each.state,
            reason=each.reason,
            at=now,
            pull_request=each.number,
        )
        for each in words
    )


def ends_of_intent(
    intent: Intent, edit: Edit, context: ListContext, number: int | None
) -> tuple[Outcome, ...]:
    """Papers that stand in the pull request `number`, and papers that wait for the next."""
    places = {placement.paper_id: placement for placement in edit.placed}
    name = f"in pull request {number}" if number else "would be in a pull request"
    because = intent.step in {Step.LEAVE, Step.PAUSE}
    why = intent.reason if because else "the pull request is full"
    # of a pull request that is left alone the ledger may know some by other ids, or not at all
    papers = sorted(context.proposed) if intent.step is Step.LEAVE else intent.papers
    told = [
        (paper_id, State.PROPOSED, name + (_AS_CHOSEN * (paper_id in context.chosen)), number)
        for paper_id in filter(is_paper, papers)
    ]
    told += [
        (paper_id, State.DEFERRED, f"{why}; it comes with a later one", None)
        for paper_id in intent.waiting
    ]
    return tuple(
        Outcome(
            paper_id=paper_id,
            list_id=context.target.id,
            state=state,
            reason=reason,
            at=context.now,
            section=places[paper_id].section if paper_id in places else None,
            line=places[paper_id].line if pull_request and paper_id in places else None,
            pull_request=pull_request,
        )
        for paper_id, state, reason, pull_request in told
    )


def one_each(
    ends: Iterable[Outcome], told: Iterable[Outcome], context: ListContext, step: Step
) -> tuple[Outcome, ...]:
    """One outcome a paper, out of the ends it came to and what the pull request tells.

    A paper that stands in the pull request in one of its sections is proposed, whatever
    another section said. But a pull request that is left alone may still hold papers whose
    end has come, or that people have settled.
    """
    settled = {key for key, before in context.standing.items() if before.state in SETTLED}
    unsettled = (each for each in told if each.paper_id not in settled)
    ordered = (*unsettled, *ends) if step is Step.LEAVE else (*ends, *unsettled)
    return tuple({each.paper_id: each for each in ordered}.values())


def is_decision(said: Said, before: Outcome | None) -> bool:
    """Whether people decided something: a box that is ticked means no more than that, unless
    its paper was refused before."""
    refused = before is not None and before.state is State.REFUSED
    return said.state is not State.DEFERRED or refused


def news(ends: Iterable[Outcome], context: ListContext) -> tuple[Outcome, ...]:
    """The outcomes that say something new. A paper that is in the same pull request as
    before is not news, whatever line it stands on there."""
    return tuple(end for end in ends if not _is_old(end, context.standing.get(end.paper_id)))


def _is_old(end: Outcome, before: Outcome | None) -> bool:
    if before is None or before.state is not end.state:
        return False
    if end.state is State.PROPOSED:
        return before.pull_request == end.pull_request
    return replace(before, at=end.at) == end


# --- what is said about them ----------------------------------------------------------


def items_of(edit: Edit, judged: Mapping[str, JudgedPaper]) -> tuple[ProposalItem, ...]:
    """The papers that an edit adds, as the pull request tells of them."""
    return tuple(
        ProposalItem(
            paper=judged[placement.paper_id].paper,
            verdict=judged[placement.paper_id].verdict,
            placement=placement,
        )
        for placement in edit.placed
    )


def referred_of(
    ends: Iterable[Outcome], judged: Mapping[str, JudgedPaper], doubts: Mapping[str, Route]
) -> tuple[ReferredItem, ...]:
    """The papers that a maintainer should decide on, as the pull request tells of them;
    `doubts` are the routes of those that only lack a sure section."""
    return tuple(
        ReferredItem(
            paper=judged[end.paper_id].paper,
            verdict=judged[end.paper_id].verdict,
            reason=doubts[end.paper_id].short_doubt if end.paper_id in doubts else end.reason,
            options=_options(doubts[end.paper_id]) if end.paper_id in doubts else (),
        )
        for end in sorted(ends, key=lambda end: end.paper_id)
        if end.state is State.REFERRED and end.paper_id in judged
    )


def _options(route: Route) -> tuple[Option, ...]:
    return tuple(
        Option(path=each.path, shown=route.display_path(each), score=each.score)
        for each in route.candidates
    )


def unfinished(context: ListContext) -> Chosen:
    """What people chose for papers that the list does not hold yet: to be remembered."""
    finished = {State.ACCEPTED, State.DUPLICATE}
    standing = {paper_id: each.state for paper_id, each in context.standing.items()}
    return {
        paper_id: keys
        for paper_id, keys in context.chosen.items()
        if standing.get(paper_id) not in finished
    }
