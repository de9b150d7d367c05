"""The classifier `cascade`: a first classifier judges every paper, an adviser the unclear ones.

A verdict is clear when its relevance is far from the first classifier's thresholds: more than
`below_refer` below the threshold for referring, or at least `above_propose` above the threshold
for proposing. Verdicts on withdrawn and suspicious papers are clear too, so that no language
model is asked about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from medvl_watch.injection import detection
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Verdict

_CLEAR_FLAGS = frozenset({detection.SUSPICIOUS_TEXT, "withdrawn"})


class Adviser(Protocol):
    """Judges papers again that another classifier has judged."""

    def advise(
        self, papers: Sequence[Paper], first_verdicts: Sequence[Verdict]
    ) -> Sequence[Verdict]:
        """A verdict for each paper, in the same order."""
        ...


@dataclass(frozen=True, slots=True)
class UnclearRange:
    """The range of relevance that is not clear: at least `low` and below `high`."""

    low: float
    high: float

    @classmethod
    def around(
        cls, *, refer: float, propose: float, below_refer: float, above_propose: float
    ) -> UnclearRange:
        """The range between a classifier's thresholds, extended by these margins."""
        return cls(max(0.0, refer - below_refer), propose + above_propose)

    def contains(self, verdict: Verdict) -> bool:
        return self.low <= verdict.relevance < self.high


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

    def __init__(self, first: Classifier, adviser: Adviser, unclear_range: UnclearRange) -> None:
        self._first = first
        self._adviser = adviser
        self._unclear_range = unclear_range
        self.counts = CascadeCounts()

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input."""
        verdicts = list(self._first.judge(papers))
        unclear = [index for index, verdict in enumerate(verdicts) if self._is_unclear(verdict)]
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
        return [paper for paper, verdict in first_verdicts if self._is_unclear(verdict)]

    def _is_unclear(self, verdict: Verdict) -> bool:
        return self._unclear_range.contains(verdict) and _CLEAR_FLAGS.isdisjoint(verdict.flags)
