"""Scores the answers of an exam: how well relevance, leaf and section agree with the verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CANNOT_TELL = 0.5
_SAME_ANSWER = 0.2
"""Two answers to the same question agree if their relevance differs by at most this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamAnswer:
    """What a model and the local classifier said about one paper of the exam.

    Relevance is from 0 to 1. `relevance` is None if the model gave no usable answer. The other
    values are None where there is nothing to compare: no leaf for a paper that does not belong,
    no section for one without a list. `repeated` is the relevance of a second answer to the same
    question.
    """

    paper_id: str
    belongs: bool
    local_relevance: float
    relevance: float | None = None
    repeated: float | None = None
    leaf_right: bool | None = None
    local_leaf_right: bool | None = None
    section_right: bool | None = None
    local_section_right: bool | None = None

    @property
    def opinion(self) -> float:
        """The relevance; without a usable answer that of a model that cannot tell."""
        return _CANNOT_TELL if self.relevance is None else self.relevance


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`right` of `count` answers were right."""

    right: int
    count: int

    @classmethod
    def of(cls, answers: Iterable[bool | None]) -> Share:
        """Count the answers that are not None."""
        counted = [each for each in answers if each is not None]
        return cls(right=sum(counted), count=len(counted))

    @property
    def odds(self) -> float:
        """The odds that an answer is right, with one right and one wrong answer added, so that a
        short exam proves neither certainty nor ignorance."""
        return (self.right + 1) / (self.count - self.right + 1)

    def __str__(self) -> str:
        return (
            f"{self.right / self.count:.2f} ({self.right} of {self.count})" if self.count else "-"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamScores:
    """The figures of an exam, each for the model and for the local classifier.

    `auc` is the probability that a paper that belongs gets a higher relevance than one that does
    not (0.5 by chance). `brier` is the mean squared error of relevance (0 is perfect, .25 is a
    model that always says 0.5).
    """

    papers: int
    answered: int
    auc: float
    local_auc: float
    brier: float
    local_brier: float
    leaf: Share
    local_leaf: Share
    section: Share
    local_section: Share
    repeats: Share

    @property
    def is_better_than_local(self) -> bool:
        """Whether the model ranks the papers of the exam better than the local classifier."""
        return self.auc > self.local_auc


def score(answers: Sequence[ExamAnswer]) -> ExamScores:
    """The figures of these answers."""
    return ExamScores(
        papers=len(answers),
        answered=sum(each.relevance is not None for each in answers),
        auc=area_under_curve([(each.opinion, each.belongs) for each in answers]),
        local_auc=area_under_curve([(each.local_relevance, each.belongs) for each in answers]),
        brier=_brier([(each.opinion, each.belongs) for each in answers]),
        local_brier=_brier([(each.local_relevance, each.belongs) for each in answers]),
        leaf=Share.of(each.leaf_right for each in answers),
        local_leaf=Share.of(each.local_leaf_right for each in answers),
        section=Share.of(each.section_right for each in answers),
        local_section=Share.of(each.local_section_right for each in answers),
        repeats=Share.of(
            None if each.repeated is None else abs(each.repeated - each.opinion) <= _SAME_ANSWER
            for each in answers
        ),
    )


def area_under_curve(answers: Sequence[tuple[float, bool]]) -> float:
    """The share of pairs of a paper that belongs and one that does not in which the first has
    the higher relevance; ties count half. 0.5 without such a pair."""
    belonging = [relevance for relevance, belongs in answers if belongs]
    others = [relevance for relevance, belongs in answers if not belongs]
    if not belonging or not others:
        return _CANNOT_TELL
    wins = sum((one > other) + (one == other) / 2 for one in belonging for other in others)
    return wins / (len(belonging) * len(others))


def _brier(answers: Sequence[tuple[float, bool]]) -> float:
    return sum((relevance - belongs) ** 2 for relevance, belongs in answers) / max(1, len(answers))
