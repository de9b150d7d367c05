"""Judges papers for a list that has a classifier of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.subject.several import strength_of_verdict
from medvl_watch.offers.consideration import JudgedPaper
from medvl_watch.offers.judgements import may_be_rejudged
from medvl_watch.offers.list_context import ListFacts
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.pipeline.workers import recording
from medvl_watch.ports import Classifier
from medvl_watch.records import State, Verdict

_RECENT = timedelta(weeks=8)
"""Papers that were first seen earlier are judged again only if the list waits for them."""
_OPEN = frozenset({State.PROPOSED, State.DEFERRED, State.REFERRED})


def judge_for_list(
    parts: PipelineParts, classifier: Classifier, facts: ListFacts, now: datetime
) -> dict[str, JudgedPaper]:
    """The papers that may concern the list, with the verdicts of its own classifier.

    The ledger keeps one verdict per paper: that of the list which it fits best.
    """
    waiting = [key for key, each in facts.latest_outcomes.items() if each.state in _OPEN]
    recent = parts.ledger.first_seen(now - _RECENT, now + timedelta(seconds=1))
    papers = {paper.id: paper for paper in parts.ledger.papers(waiting)}
    papers |= {paper.id: paper for paper, _ in recent}
    recorded = parts.ledger.verdicts(papers)
    fresh = {each.paper_id: each for each in classifier.judge(tuple(papers.values()))}
    verdicts = {
        key: verdict if key not in recorded or may_be_rejudged(recorded[key]) else recorded[key]
        for key, verdict in fresh.items()
    }
    with recording(parts.locks, "verdicts"):
        before = parts.ledger.verdicts(papers) if parts.locks.are_shared else recorded
        better = [each for key, each in verdicts.items() if _goes_before(each, before.get(key))]
        parts.ledger.save_verdicts(better, now)
    return {key: JudgedPaper(paper=papers[key], verdict=verdicts[key]) for key in papers}


def _goes_before(verdict: Verdict, recorded: Verdict | None) -> bool:
    if recorded is None or recorded.classifier == verdict.classifier:
        return recorded != verdict
    return strength_of_verdict(verdict)[0] > strength_of_verdict(recorded)[0]


def with_shared_verdicts(
    parts: PipelineParts, judged: Mapping[str, JudgedPaper]
) -> dict[str, JudgedPaper]:
    """The papers, judged again by the shared classifier where the ledger has the verdict of a
    list's own one."""
    own = [each.paper for each in judged.values() if _is_of_own(each.verdict, parts)]
    fresh = parts.classifier.judge(own)
    again = {
        paper.id: JudgedPaper(paper=paper, verdict=verdict)
        for paper, verdict in zip(own, fresh, strict=True)
    }
    return {**judged, **again}


def _is_of_own(verdict: Verdict, parts: PipelineParts) -> bool:
    return verdict.classifier == SubjectClassifier.name != parts.classifier.name
