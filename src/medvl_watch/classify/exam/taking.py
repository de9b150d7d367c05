"""Takes the exam: asks a model about every paper, and compares its answers with the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from medvl_watch.classify.exam.papers import Exam, ExamPaper
from medvl_watch.classify.exam.scores import ExamAnswer
from medvl_watch.classify.llm.answer_schema import Answer
from medvl_watch.classify.llm.list_labels import label_sections
from medvl_watch.classify.llm.protocols import ListCandidates
from medvl_watch.classify.llm.question import is_exempt
from medvl_watch.classify.taxonomy import ancestry
from medvl_watch.ports import Classifier
from medvl_watch.records import Headings, Paper, Verdict

_REPEATED = "repeated"


class Examinee(Protocol):
    """A model that answers questions about known papers."""

    def ask_known(
        self, paper: Paper, lists: Sequence[ListCandidates] = (), occasion: str = ""
    ) -> Answer | str:
        """The answer, or the reason why there is none."""
        ...


class ExamLists(Protocol):
    """Offers the sections of the lists that the exam names."""

    def candidates_in(self, list_id: str, paper: Paper, verdict: Verdict) -> ListCandidates | None:
        """The candidates in one list; None if there is no such list or nothing to choose."""
        ...

    def first_section(self, list_id: str, paper: Paper, verdict: Verdict) -> Headings:
        """The section that the list's own entries suggest; empty if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """One paper with the local verdict and the sections that are offered."""

    paper: ExamPaper
    local: Verdict
    lists: tuple[ListCandidates, ...] = ()


def exam_questions(exam: Exam, local: Classifier, lists: ExamLists) -> Sequence[ExamQuestion]:
    """The questions of an exam, without papers that a model is never asked about.

    Every question shows the sections of one list, also for papers that do not belong: the list
    must not betray the answer.
    """
    names = sorted({each.list_id for each in exam.papers if each.list_id})
    papers = [each for each in exam.papers if not is_exempt(each.paper)]
    verdicts = local.judge([each.paper for each in papers])
    questions = []
    for number, (each, verdict) in enumerate(zip(papers, verdicts, strict=True)):
        name = each.list_id or (names[number % len(names)] if names else "")
        found = lists.candidates_in(name, each.paper, verdict)
        questions.append(ExamQuestion(each, verdict, (found,) if found else ()))
    return questions


def take_exam(  # noqa: PLR0913  one parameter per collaborator
    exam: Exam,
    questions: Sequence[ExamQuestion],
    examinee: Examinee,
    lists: ExamLists,
    *,
    occasion: str = "",
    concurrency: int,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[ExamAnswer, ...]:
    """Ask every question, and a tenth of them twice. `progress` gets the number of answers so
    far. Answers are cached, so that an exam that was cut off goes on where it stopped; on another
    `occasion` every question is asked afresh."""
    repeated = {each.paper.id for each in exam.repeated}

    def ask(question: ExamQuestion) -> ExamAnswer:
        paper = question.paper.paper
        answer = examinee.ask_known(paper, question.lists, occasion)
        again: Answer | str = ""
        if paper.id in repeated and isinstance(answer, Answer):
            again = examinee.ask_known(paper, question.lists, f"{occasion} {_REPEATED}")
        return compare(exam, question, answer, again, lists)

    answers: list[ExamAnswer] = []
    with ThreadPoolExecutor(concurrency, "exam") as pool:
        try:
            for each in pool.map(ask, questions):
                answers.append(each)
                progress(len(answers))
        finally:
            pool.shutdown(cancel_futures=True)
    return tuple(answers)


def compare(
    exam: Exam,
    question: ExamQuestion,
    answer: Answer | str,
    again: Answer | str,
    lists: ExamLists,
) -> ExamAnswer:
    """The model's answer and the local verdict beside our verdict."""
    paper, local = question.paper, question.local
    local_nodes = [(each.node, each.score) for each in local.sections]
    is_answered = isinstance(answer, Answer)
    section_right = local_section_right = None
    if question.lists and paper.section:
        first = lists.first_section(paper.list_id, paper.paper, local)
        local_section_right = _is_section(first, paper.section)
        section_right = is_answered and _is_section(_chosen(answer, question), paper.section)
    return ExamAnswer(
        paper_id=paper.paper.id,
        belongs=paper.belongs,
        local_relevance=local.relevance,
        relevance=answer.relevance if isinstance(answer, Answer) else None,
        repeated=again.relevance if isinstance(again, Answer) else None,
        leaf_right=_leaf_right(exam, paper, answer.sections if isinstance(answer, Answer) else ()),
        local_leaf_right=_leaf_right(exam, paper, local_nodes),
        section_right=section_right,
        local_section_right=local_section_right,
    )


def _leaf_right(exam: Exam, paper: ExamPaper, nodes: Sequence[tuple[str, float]]) -> bool | None:
    """Whether the best leaf of an opinion is one of the paper's; None if it has none. Nodes
    below a leaf count for it."""
    if not paper.leaves:
        return None
    scores: dict[str, float] = {}
    for node, score in nodes:
        leaf = next((each for each in ancestry(node) if each in exam.leaves), None)
        if leaf is not None:
            scores[leaf] = scores.get(leaf, 0.0) + score
    return bool(scores) and max(scores, key=lambda leaf: scores[leaf]) in paper.leaves


def _chosen(answer: Answer | str, question: ExamQuestion) -> Headings:
    """The path of the section with the best score; empty if none was chosen."""
    if not isinstance(answer, Answer) or not answer.list_sections:
        return ()
    return _targets(question.lists).get(answer.list_sections[0][0], ())


def _targets(lists: Sequence[ListCandidates]) -> Mapping[str, Headings]:
    return {label: path for label, (_, path) in label_sections(lists, "").targets.items()}


def _is_section(found: Headings, right: Headings) -> bool:
    """Whether a path ends with the right one; the list's title may come first."""
    return bool(found) and found[len(found) - len(right) :] == right
