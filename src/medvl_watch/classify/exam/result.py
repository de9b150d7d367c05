"""The result of an exam, as it is kept in a file, and what it is valid for."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from medvl_watch.classify.exam.canaries import Canary, choose_canaries
from medvl_watch.classify.exam.outcome import CHANGED, ExamOutcome
from medvl_watch.classify.exam.papers import Exam
from medvl_watch.classify.exam.scores import ExamAnswer
from medvl_watch.classify.exam.weight import weigh


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamKey:
    """What an exam is valid for: the address and name of the model, and the beginnings of the
    SHA-256 of the prompt, the taxonomy and the exam's papers."""

    base_url: str
    model: str
    prompt: str
    taxonomy: str
    exam: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamResult:
    """The answers of one exam. `taken_at` is an ISO 8601 time. `usd` is None if the price is
    unknown; answers from the cache cost nothing again. `problem` is not empty if the model was
    later found to answer differently: then the exam has to be taken again."""

    key: ExamKey
    taken_at: str
    answers: tuple[ExamAnswer, ...]
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0
    problem: str = ""


_RESULT = TypeAdapter(ExamResult)


def result_to_json(result: ExamResult) -> bytes:
    """The content of the file."""
    return _RESULT.dump_json(result, indent=1) + b"\n"


def result_from_json(content: bytes) -> ExamResult | None:
    """The result in a file; None if the content is not one of this version."""
    try:
        return _RESULT.validate_json(content)
    except ValidationError:
        return None


def outcome_of(result: ExamResult | None, key: ExamKey, exam: Exam, occasion: str) -> ExamOutcome:
    """What follows from a result for the model with this key, in the run with this name."""
    if result is None or result.key != key:
        return ExamOutcome.without_exam()
    if result.problem:
        return ExamOutcome.without_exam(result.problem or CHANGED)
    weight = weigh(result.answers)
    if weight.ignored:
        return ExamOutcome(weight=weight)
    by_id = {each.paper_id: each for each in result.answers}
    known = (
        Canary(paper=each.paper, belongs=each.belongs, relevance=answer.relevance)
        for each in exam.papers
        for answer in [by_id.get(each.paper.id)]
        if answer is not None and answer.relevance is not None
    )
    return ExamOutcome(weight=weight, canaries=choose_canaries(known, occasion))
