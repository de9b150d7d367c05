"""The classifier `cascade`: a first classifier judges every paper, an adviser the unclear ones.

The adviser is asked about a paper if something that it could change is not clear:

- its relevance: the paper is referred, or its relevance is between half of the threshold for
  referring and `CLEAR`, so that it is proposed or rejected by a small margin
- its category: the best category of the taxonomy has a score below the threshold `sure`
- its section: on some list that may take it, a person would have to check the section

It is never asked about papers that are rejected clearly, nor about withdrawn and suspicious ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from medvl_watch.classify.llm.protocols import CandidateLists, NoCandidateLists
from medvl_watch.injection import detection
from medvl_watch.ports import Classifier
from medvl_watch.records import Decision, Paper, Verdict

CLEAR = 0.95
"""The relevance from which a proposal is clear."""
_CLEAR_FLAGS = frozenset({detection.SUSPICIOUS_TEXT, "withdrawn"})
_HALF = 0.5


class Adviser(Protocol):
    """Judges papers again that another classifier has judged."""

    def advise(
        self, papers: Sequence[Paper], first_verdicts: Sequence[Verdict]
    ) -> Sequence[Verdict]:
        """A verdict for each paper, in the same order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceScope:
    """Finds the papers to ask about. `refer` is the first classifier's threshold, and `sure` the
    score from which a category is clear."""

    refer: float
    sure: float
    lists: CandidateLists = field(default_factory=NoCandidateLists)

    def is_unclear(self, paper: Paper, verdict: Verdict) -> bool:
        """Whether the adviser should be asked about the paper."""
        if not _CLEAR_FLAGS.isdisjoint(verdict.flags):
            return False
        if verdict.decision is Decision.REJECT:
            return verdict.relevance >= _HALF * self.refer
        if verdict.decision is Decision.REFER or verdict.relevance < CLEAR:
            return True
        best = max((each.score for each in verdict.sections), default=0.0)
        return best < self.sure or self._section_in_doubt(paper, verdict)

    def _section_in_doubt(self, paper: Paper, verdict: Verdict) -> bool:
        return any(each.in_doubt for each in self.lists.candidates(paper, verdict))


@dataclass(frozen=True, slots=True)
class CascadeCounts:
    """The number of papers that were judged, and of those that went to the adviser."""

    papers: int = 0
    unclear_papers: int = 0

    @property
    def unclear_share(self) -> float:
        return self.unclear_papers / self.papers if self.papers else 0.0

    def __str__(self) -> str:
        if not self.unclear_papers:
            papers = "paper" if self.papers == 1 else "papers"
            return f"none of {self.papers} {papers} went to the model"
        return (
            f"{self.unclear_papers} of {self.papers} papers ({self.unclear_share:.1%}) "
            "went to the model"
        )


class CascadeClassifier:
    """Judges papers in two steps. Satisfies `ports.Classifier`.

    `counts` adds up all calls of `judge`. If the adviser returns the verdicts unchanged, the
    result is that of the first classifier.
    """

    name = "cascade"

    def __init__(self, first: Classifier, adviser: Adviser, scope: AdviceScope) -> None:
        self._first = first
        self._adviser = adviser
        self._scope = scope
        self.counts = CascadeCounts()

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input."""
        verdicts = list(self._first.judge(papers))
        unclear = [
            index
            for index, (paper, verdict) in enumerate(zip(papers, verdicts, strict=True))
            if self._scope.is_unclear(paper, verdict)
        ]
        advised_verdicts = self._adviser.advise(
            [papers[index] for index in unclear], [verdicts[index] for index in unclear]
        )
        for index, verdict in zip(unclear, advised_verdicts, strict=True):
            verdicts[index] = verdict
        self.counts = CascadeCounts(
            papers=self.counts.papers + len(verdicts),
            unclear_papers=self.counts.unclear_papers + len(unclear),
        )
        return verdicts

    def unclear_papers(self, papers: Sequence[Paper]) -> Sequence[Paper]:
        """The papers that would go to the adviser, for a cost estimate before a large run."""
        first_verdicts = zip(papers, self._first.judge(papers), strict=True)
        return [
            paper for paper, verdict in first_verdicts if self._scope.is_unclear(paper, verdict)
        ]
