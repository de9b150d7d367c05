"""The classifier `cascade`: a first classifier decides what is clear, an adviser the rest.

A case is clear when the first classifier's relevance is well away from its own thresholds:
more than `below_refer` under the one for referring, or at least `above_propose` over the one
for proposing. What it found withdrawn or suspicious is clear too: no model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from medvl_watch.injection import detection
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Verdict

_NOT_FOR_A_MODEL = frozenset({detection.SUSPICIOUS_TEXT, "withdrawn"})


class Adviser(Protocol):
    """Looks again at papers that another classifier has judged."""

    def advise(self, papers: Sequence[Paper], firsts: Sequence[Verdict]) -> Sequence[Verdict]:
        """A verdict for each paper, in the same order."""
        ...


@dataclass(frozen=True, slots=True)
class UnclearRange:
    """Relevance from `low` on and below `high` is not clear."""

    low: float
    high: float

    @classmethod
    def around(
        cls, *, refer: float, propose: float, below_refer: float, above_propose: float
    ) -> UnclearRange:
        """The band around a classifier's thresholds, with these margins outside of them."""
        return cls(max(0.0, refer - below_refer), propose + above_propose)

    def holds(self, verdict: Verdict) -> bool:
        return self.low <= verdict.relevance < self.high


@dataclass(frozen=True, slots=True)
class CascadeCounts:
    """How many papers were judged, and how many of them the adviser was asked about."""

    judged: int = 0
    asked: int = 0

    @property
    def share(self) -> float:
        return self.asked / self.judged if self.judged else 0.0

    def __str__(self) -> str:
        if not self.asked:
            papers = "paper" if self.judged == 1 else "papers"
            return f"none of {self.judged} {papers} went to the model"
        return f"{self.asked} of {self.judged} papers ({self.share:.1%}) went to the model"


class CascadeClassifier:
    """Judges papers in two steps. Satisfies `ports.Classifier`; `spent` counts over all calls.

    With an adviser that has nothing to say it gives the first classifier's verdicts.
    """

    name = "cascade"

    def __init__(self, first: Classifier, adviser: Adviser, band: UnclearRange) -> None:
        self._first = first
        self._adviser = adviser
        self._band = band
        self.spent = CascadeCounts()

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict a paper, in the order of the input."""
        verdicts = list(self._first.judge(papers))
        unclear = [place for place, verdict in enumerate(verdicts) if self._is_unclear(verdict)]
        advised = self._adviser.advise(
            [papers[place] for place in unclear], [verdicts[place] for place in unclear]
        )
        for place, verdict in zip(unclear, advised, strict=True):
            verdicts[place] = verdict
        self.spent = CascadeCounts(
            judged=self.spent.judged + len(verdicts), asked=self.spent.asked + len(unclear)
        )
        return verdicts

    def unclear(self, papers: Sequence[Paper]) -> Sequence[Paper]:
        """The papers that would go to the adviser: for an estimate before a large run."""
        firsts = zip(papers, self._first.judge(papers), strict=True)
        return [paper for paper, verdict in firsts if self._is_unclear(verdict)]

    def _is_unclear(self, verdict: Verdict) -> bool:
        return self._band.holds(verdict) and _NOT_FOR_A_MODEL.isdisjoint(verdict.flags)
