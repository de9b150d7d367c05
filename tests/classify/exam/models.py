"""Models that take the exam: one that knows, one that guesses, one that lies, one that fails."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.classify.exam.papers import Exam, ExamPaper, load_exam
from medvl_watch.classify.exam.scores import ExamAnswer

Opinion = Callable[[ExamPaper], float | None]


@cache
def bundled_exam() -> Exam:
    path = bundled_folder("seeds") / "exam.yaml"
    return load_exam(path.read_text(encoding="utf-8"), "exam.yaml")


def chance(text: str) -> float:
    """A number from 0 to 1 that has nothing to do with the text."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def knowing(paper: ExamPaper) -> float:
    """Right about nearly all papers, never quite certain."""
    is_wrong = chance(paper.paper.id) < 0.03
    return 0.05 + 0.1 * chance(paper.paper.facts.title) if paper.belongs is is_wrong else 0.93


def guessing(paper: ExamPaper) -> float:
    return chance(paper.paper.facts.title)


def lying(paper: ExamPaper) -> float:
    """Certain of the opposite."""
    return 0.02 if paper.belongs else 0.98


def praising(paper: ExamPaper) -> float:
    return 0.99


def failing(paper: ExamPaper) -> None:
    return None


def answers_of(opinion: Opinion, local: Callable[[ExamPaper], float]) -> tuple[ExamAnswer, ...]:
    """The answers of a model with this opinion, whose categories are right where it is."""
    answers = []
    for each in bundled_exam().papers:
        relevance = opinion(each)
        is_right = relevance is not None and (relevance > 0.5) is each.belongs
        answers.append(
            ExamAnswer(
                paper_id=each.paper.id,
                belongs=each.belongs,
                local_relevance=local(each),
                relevance=relevance,
                leaf_right=is_right if each.leaves else None,
                local_leaf_right=chance(each.paper.id + "leaf") < 0.7 if each.leaves else None,
            )
        )
    return tuple(answers)


def usual_local(paper: ExamPaper) -> float:
    """A local classifier that ranks nine in ten pairs of papers rightly."""
    return min(1.0, 0.35 * paper.belongs + 0.7 * chance(paper.paper.id + "local"))
