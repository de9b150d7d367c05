"""The classifier `subject` over several lists: each paper is judged for the list that it fits best.

A poll uses it, since a paper is kept once, whatever the number of lists.
"""

from __future__ import annotations

from collections.abc import Sequence

from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.subject.profile import SubjectProfile
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.records import Decision, Paper, Verdict

_BY_DECISION = (Decision.REJECT, Decision.REFER, Decision.PROPOSE)


class BestSubjectClassifier:
    """Judges papers by several profiles. Satisfies `ports.Classifier`."""

    name = SubjectClassifier.name

    def __init__(self, taxonomy: Taxonomy, profiles: Sequence[SubjectProfile]) -> None:
        self._classifiers = [SubjectClassifier(taxonomy, profile) for profile in profiles]

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """The verdict for the list that fits each paper best. Without any list, all papers are
        rejected for now: they are judged again when the list is read."""
        if not self._classifiers:
            return [_not_yet(paper) for paper in papers]
        by_list = [classifier.judge(papers) for classifier in self._classifiers]
        return [max(verdicts, key=strength_of_verdict) for verdicts in zip(*by_list, strict=True)]


def strength_of_verdict(verdict: Verdict) -> tuple[int, float]:
    """By which the most favourable of several verdicts is found."""
    return _BY_DECISION.index(verdict.decision), verdict.relevance


def _not_yet(paper: Paper) -> Verdict:
    return Verdict(
        paper_id=paper.id,
        relevance=0.0,
        decision=Decision.REJECT,
        classifier=SubjectClassifier.name,
        reason="no list has been read yet whose subject decides about it",
    )
