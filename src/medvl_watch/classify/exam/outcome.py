"""What follows from a model's exam for a run."""

from __future__ import annotations

from dataclasses import dataclass

from medvl_watch.classify.exam.canaries import Canary
from medvl_watch.classify.exam.weight import ModelWeight

NO_EXAM = "it has not taken the exam with this prompt and taxonomy"
CHANGED = "it answered known papers differently from its exam"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamOutcome:
    """The weight of the model, and the papers to ask among others (`exam.canaries`)."""

    weight: ModelWeight
    canaries: tuple[Canary, ...] = ()

    @classmethod
    def without_exam(cls, reason: str = NO_EXAM) -> ExamOutcome:
        """The outcome for a model that has no valid exam: it is ignored."""
        return cls(weight=ModelWeight(ignored=reason))
