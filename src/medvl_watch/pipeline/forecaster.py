"""Predicts what a run would do with a paper on a list.

Everything is read as a run reads it; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from medvl_watch.changes import Target
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.lists.parsing.document import Document
from medvl_watch.offers import judgements
from medvl_watch.offers.candidates import with_queue
from medvl_watch.offers.consideration import Consideration, JudgedPaper
from medvl_watch.offers.limits import OfferLimits
from medvl_watch.offers.list_context import ListContext, ListFacts, context_of
from medvl_watch.offers.list_plan import consider_with_edit
from medvl_watch.offers.maintainer_decisions import OwnPull
from medvl_watch.offers.outcomes import refer_if_doubtful
from medvl_watch.offers.reviewer_time import ReviewTime
from medvl_watch.papers.link_decisions import LinkDecisions
from medvl_watch.papers.linking import identify
from medvl_watch.pipeline.list_classifiers import ListClassifier
from medvl_watch.pipeline.list_state import known_facts, reader_time
from medvl_watch.pipeline.polling import known_papers
from medvl_watch.ports import Ledger
from medvl_watch.records import Decision, Outcome, Paper, Record, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownList:
    """A list that was read: its id or file name, its facts, and the context for new papers."""

    name: str
    facts: ListFacts
    context: ListContext
    judge: ListClassifier = field(default_factory=ListClassifier)

    def consider(self, judged: JudgedPaper) -> Consideration:
        """What a run would do with the paper."""
        return consider_with_edit(judged, self.facts, self.context)

    def verdict(self, paper: Paper, verdict: Verdict) -> Verdict:
        """The verdict that holds for this list; `verdict` is that of the shared classifier."""
        if self.judge.own is not None:
            (verdict,) = self.judge.own.judge([paper])
        return self.without_proposal(verdict)

    def without_proposal(self, verdict: Verdict) -> Verdict:
        """The verdict, which at most refers the paper if the classifier does not know the list."""
        if self.judge.problem is None or verdict.decision is not Decision.PROPOSE:
            return verdict
        reason = "the classifier does not know the subject of this list"
        return replace(verdict, decision=Decision.REFER, reason=reason)


class Forecaster:
    """Predicts a run from what the ledger knows; without a `ledger`, it predicts the first run."""

    def __init__(
        self, taxonomy: Taxonomy, limits: OfferLimits, now: datetime, ledger: Ledger | None
    ) -> None:
        self._taxonomy = taxonomy
        self._limits = limits
        self._now = now
        self._ledger = ledger
        latest_outcomes = ledger.latest_outcomes(list_id="") if ledger else ()
        in_digest = {each.paper_id for each in latest_outcomes if each.state is State.REFERRED}
        self._in_digest = frozenset(in_digest)
        self._digest_time = self._time_of_reader(latest_outcomes)

    def known_list(
        self,
        target: Target,
        document: Document | None,
        pulls: Sequence[OwnPull] = (),
        *,
        name: str = "",
        judge: ListClassifier | None = None,
    ) -> KnownList:
        """The list with its state in the ledger; `judge` says who judges papers for it."""
        judge = judge or ListClassifier()
        facts = known_facts(target, document, pulls, self._ledger)
        context, _ = context_of(facts, self._taxonomy, self._limits, self._now)
        context = replace(context, digest_time=self._digest_time, in_digest=self._in_digest)
        deferred = (
            each for each in context.latest_outcomes.values() if each.state is State.DEFERRED
        )
        context = with_queue(context, self._recorded(deferred))
        context = replace(context, has_own_classifier=judge.own is not None)
        return KnownList(name=name or target.id, facts=facts, context=context, judge=judge)

    def judged(self, record: Record, verdict: Verdict) -> JudgedPaper:
        """The paper as the ledger knows it, with the verdict that a run would use."""
        ledger = self._ledger
        known = known_papers(ledger, [record]) if ledger else ({}, ())
        decisions = LinkDecisions(ledger.link_decisions() if ledger else ())
        paper, doubt = identify(record, *known, decisions)
        fresh = refer_if_doubtful(replace(verdict, paper_id=paper.id), doubt)
        if ledger is None:
            return JudgedPaper(paper=paper, verdict=fresh)
        recorded = ledger.verdicts([paper.id]).get(paper.id)
        latest_outcomes = ledger.latest_outcomes(papers=[paper.id])
        verdict = judgements.verdict_in_force(fresh, recorded, latest_outcomes)
        return JudgedPaper(paper=paper, verdict=verdict)

    def _time_of_reader(self, latest_outcomes: Sequence[Outcome]) -> ReviewTime:
        """The review time of the digest's reader this week, and the papers that wait for it."""
        if self._ledger is None:
            return ReviewTime(budget=self._limits.time)
        time = reader_time(self._ledger, self._limits.time, self._now)
        waiting = self._recorded(filter(judgements.waits_for_time, latest_outcomes))
        doubts = judgements.new_doubts((each.verdict for each in waiting), ())
        return replace(time, queue=judgements.requests(doubts, time, self._now))

    def _recorded(self, outcomes: Iterable[Outcome]) -> Sequence[JudgedPaper]:
        """The papers of these outcomes, with their verdicts."""
        if self._ledger is None:
            return ()
        verdicts = self._ledger.verdicts(each.paper_id for each in outcomes)
        return [
            JudgedPaper(paper=each, verdict=verdicts[each.id])
            for each in self._ledger.papers(verdicts)
        ]
