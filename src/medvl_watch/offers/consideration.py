"""What is done with one paper on one list, and why.

`consider` is the one place that decides about a paper and a list. A run asks it about every
paper that may concern the list, `classify` and `list insert` about those that a person gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from medvl_watch.changes import Addition, AlreadyListed, Edit
from medvl_watch.classify.routing import Route
from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.lists.paper_matching import Conflict, match_paper
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.offers.list_context import ListContext
from medvl_watch.offers.maintainer_decisions import is_chosen
from medvl_watch.offers.outcomes import SETTLED, WAITS_FOR_TIME, WITHDRAWN, comes_later
from medvl_watch.records import Decision, Outcome, Paper, State, Verdict


class OfferAction(StrEnum):
    """What is done with a paper on one list: put it into the pull request, let a person choose
    its section there, ask a person whether it belongs on the list, or leave the list alone."""

    PROPOSE = "propose"
    CHOOSE = "choose"
    REFER = "refer"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPaper:
    """A paper with the verdict on it."""

    paper: Paper
    verdict: Verdict

    @classmethod
    def on_request(cls, paper: Paper) -> Self:
        """A paper that a person wants on a list for which nothing else is known: only the list
        itself says where it goes."""
        verdict = Verdict(paper_id=paper.id, relevance=1.0, decision=Decision.PROPOSE)
        return cls(paper=paper, verdict=verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consideration:
    """What is done with a paper on one list, and why.

    `waits_for` says why it is not done yet, if it is not. `sections` are those to write into,
    or those that a person would choose from; `route` names them. `line` is the 1-based line of
    the list that stands against the paper, and `proof` how it is known that it is this paper's.
    `additions` are what the pull request is to add, also while that has to wait. `outcome` is
    what has to be recorded of the paper, unless it is added or there is nothing to say.
    """

    action: OfferAction
    reason: str = ""
    waits_for: str = ""
    route: Route = field(default_factory=Route)
    sections: tuple[SectionGuess, ...] = ()
    line: int | None = None
    proof: str = ""
    additions: tuple[Addition, ...] = ()
    outcome: Outcome | None = None


def consider(candidate: JudgedPaper, context: ListContext) -> Consideration:
    """What is done with one paper on a list, whatever becomes of others.

    What people, or the list itself, have settled is not opened again. Where a person chose the
    section, no verdict stands against the paper.
    """
    found = _decide(candidate, context)
    return replace(found, waits_for=_wait(candidate, found, context))


_SETTLED = {
    State.ACCEPTED: "it is in the list",
    State.REFUSED: "it was refused",
    State.DUPLICATE: "the list has it already",
}


def _decide(candidate: JudgedPaper, context: ListContext) -> Consideration:
    paper, before = candidate.paper, context.latest_outcomes.get(candidate.paper.id)
    found = match_paper(paper.facts, context.identities)
    is_settled = before is not None and before.state in SETTLED
    is_wanted = (
        candidate.verdict.decision is Decision.PROPOSE or paper.id in context.chosen_sections
    )
    if paper.withdrawn and not is_settled:
        outcome = context.outcome(paper.id, State.REJECTED, WITHDRAWN)
        return Consideration(action=OfferAction.NOTHING, reason=WITHDRAWN, outcome=outcome)
    if isinstance(found, AlreadyListed):
        is_news = is_wanted and not is_settled
        return Consideration(
            action=OfferAction.NOTHING,
            reason=_SETTLED[State.DUPLICATE],
            line=found.line,
            proof=found.proof,
            outcome=_duplicate(found, context) if is_news else _verdict_against(candidate, context),
        )
    if before is not None and is_settled:
        words = _SETTLED[before.state]
        reason = f"{words} ({before.reason})" if before.reason else words
        return Consideration(action=OfferAction.NOTHING, reason=reason)
    if not is_wanted:
        return _refer_or_leave(candidate, found, context)
    if found is not None:
        return _conflict(candidate, found, context)
    return _place(candidate, context)


def _duplicate(found: AlreadyListed, context: ListContext) -> Outcome:
    return context.outcome(found.paper_id, State.DUPLICATE, found.proof, found.line)


def _conflict(candidate: JudgedPaper, found: Conflict, context: ListContext) -> Consideration:
    reason = f"the list gives its address ({found.key}) to another title"
    outcome = context.outcome(candidate.paper.id, State.REFERRED, reason, found.line)
    return Consideration(
        action=OfferAction.REFER, reason=found.reason, line=found.line, outcome=outcome
    )


def _place(candidate: JudgedPaper, context: ListContext) -> Consideration:
    """Where a paper that is wanted goes: into the sections that a person chose, else where the
    list itself would put it."""
    paper, verdict = candidate.paper, candidate.verdict
    route = context.router.route(verdict, paper.facts)
    keys = context.chosen_sections.get(paper.id, frozenset())
    chosen = tuple(each for each in route.ranked if is_chosen(each.path, path_key(each.path), keys))
    if not chosen and verdict.decision is not Decision.PROPOSE:
        # the list no longer has the section that was chosen
        return _refer_or_leave(candidate, None, context)
    if not chosen and route.doubt:
        return _unsure(paper, route, context)
    sections = chosen or route.sections
    additions = tuple(
        Addition(paper=paper.facts, section=context.full_path(each.path), opens=each.opens)
        for each in sections
    )
    if paper.id in context.proposed_papers:
        reason = f"it is proposed (in pull request {context.proposed_papers[paper.id]})"
        return Consideration(action=OfferAction.NOTHING, reason=reason, additions=additions)
    return Consideration(
        action=OfferAction.PROPOSE, route=route, sections=sections, additions=additions
    )


def _unsure(paper: Paper, route: Route, context: ListContext) -> Consideration:
    if not route.sections:
        outcome = context.outcome(paper.id, State.REJECTED, route.doubt)
        return Consideration(action=OfferAction.NOTHING, reason=route.reason, outcome=outcome)
    return Consideration(
        action=OfferAction.CHOOSE,
        reason=route.short_doubt,
        route=route,
        sections=route.candidates,
        outcome=context.outcome(paper.id, State.REFERRED, route.doubt),
    )


def _refer_or_leave(
    candidate: JudgedPaper, found: Conflict | None, context: ListContext
) -> Consideration:
    """A paper that the verdict speaks against: a person decides in the digest, if anybody."""
    verdict, outcome = candidate.verdict, _verdict_against(candidate, context)
    if verdict.decision is Decision.REJECT:
        return Consideration(action=OfferAction.NOTHING, outcome=outcome)
    if found is not None:
        return Consideration(
            action=OfferAction.REFER, reason=found.reason, line=found.line, outcome=outcome
        )
    route = context.router.route(verdict, candidate.paper.facts)
    if not route.sections and outcome is None:
        return Consideration(action=OfferAction.NOTHING, reason=route.reason)
    return Consideration(
        action=OfferAction.REFER,
        reason=verdict.reason,
        route=route,
        sections=route.sections,
        outcome=outcome,
    )


def _verdict_against(candidate: JudgedPaper, context: ListContext) -> Outcome | None:
    """What is recorded on this list of a verdict against a paper: news only if it was offered, or
    if the verdict is that of the list's own classifier."""
    verdict, paper_id = candidate.verdict, candidate.paper.id
    is_news = context.is_in_state(paper_id, State.PROPOSED)
    if context.has_own_classifier:
        was_referred = any(
            context.is_in_state(paper_id, state) for state in (State.REFERRED, State.DEFERRED)
        )
        is_news = is_news or was_referred or verdict.decision is Decision.REFER
    if not is_news:
        return None
    state = State.REJECTED if verdict.decision is Decision.REJECT else State.REFERRED
    return context.outcome(candidate.paper.id, state, verdict.reason)


def after_edit(
    found: Consideration, candidate: JudgedPaper, edit: Edit, context: ListContext
) -> Consideration:
    """The same once the editor has tried to make its additions, in an edit of this paper alone:
    it may know the paper, or be unable to write it."""
    if not found.additions or edit.placed:
        return found
    known = next(iter(edit.already_listed), None)
    if known is not None:
        return Consideration(
            action=OfferAction.NOTHING,
            reason=_SETTLED[State.DUPLICATE],
            line=known.line,
            proof=known.proof,
            outcome=_duplicate(known, context),
        )
    reason = edit.refused[0].reason if edit.refused else "the editor cannot write it"
    outcome = context.outcome(candidate.paper.id, State.REFERRED, reason)
    refused = Consideration(action=OfferAction.REFER, reason=reason, outcome=outcome)
    return replace(refused, waits_for=_wait(candidate, refused, context))


# --- when -------------------------------------------------------------------------------


def _wait(candidate: JudgedPaper, found: Consideration, context: ListContext) -> str:
    """Why the paper has to wait for a later pull request or a later week; empty if it has not."""
    if found.action is OfferAction.PROPOSE:
        return _wait_for_pull_request(candidate, context)
    if found.action is OfferAction.NOTHING:
        return ""
    return _wait_for_answer(candidate, context, is_for_list=found.outcome is not None)


def _wait_for_answer(candidate: JudgedPaper, context: ListContext, *, is_for_list: bool) -> str:
    """Why a person is not asked yet: the list's reviewer, or else whoever reads the digest."""
    paper_id = candidate.paper.id
    is_in_digest = not is_for_list and paper_id in context.in_digest
    if is_in_digest or asks_nothing_new(paper_id, State.REFERRED, context):
        return ""
    time = context.time if is_for_list else context.digest_time
    request = time.request(paper_id, State.REFERRED, candidate.verdict.relevance, context.now)
    share = time.share_of(request, context.room.free, context.now)
    return WAITS_FOR_TIME if paper_id in share.waiting else ""


def _wait_for_pull_request(candidate: JudgedPaper, context: ListContext) -> str:
    paper_id, room = candidate.paper.id, context.room
    if not room.takes(paper_id):
        return comes_later(room.reason)
    if paper_id in room.requested or asks_nothing_new(paper_id, State.PROPOSED, context):
        return ""
    time = context.time
    request = time.request(paper_id, State.PROPOSED, candidate.verdict.relevance, context.now)
    share = time.share_of(request, room.free, context.now)
    if paper_id in share.granted:
        return ""
    return WAITS_FOR_TIME if paper_id in share.waiting else comes_later(room.reason)


def asks_nothing_new(paper_id: str, state: State, context: ListContext) -> bool:
    """Whether to propose or refer the paper takes no more of the reviewer's time: they were
    asked before, or asked for it themselves. What our open pull requests add was asked, whether
    or not the ledger knows of it; a paper whose pull request ended without a decision on it, such
    as one that was merged into another branch, has to be looked at again."""
    if paper_id in context.chosen_sections:
        return True
    if state is State.PROPOSED:
        return paper_id in context.proposed_papers
    return context.is_in_state(paper_id, state)
