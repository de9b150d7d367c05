"""Takes the exam of the configured language model, for the commands that need it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from medvl_watch.classify.exam.papers import Exam
from medvl_watch.classify.exam.result import ExamKey, ExamResult
from medvl_watch.classify.exam.taking import ExamQuestion, exam_questions, take_exam
from medvl_watch.classify.llm.classifier import LlmClassifier
from medvl_watch.classify.llm.usage import Estimate
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.register import LLM_CLASSIFIERS, OpenClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.judges import judge_of
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import (
    LoadedSettings,
    read_prompt,
    read_settings,
    read_taxonomy,
)
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.exam_results import (
    RESULT_NAME,
    exam_path,
    find_result,
    key_of,
    read_exam,
    save_result,
)
from medvl_watch.list_copies import ListedSections, NamedList
from medvl_watch.lists.parsing.document import parse
from medvl_watch.state import locked_folder
from medvl_watch.storage.model_files import bundled_model, read_model
from medvl_watch.storage.user_files import read_list

_REPORT_EVERY = 10


@dataclass(frozen=True)
class ExamSession:
    """The exam of the configured model. `judge` is an open classifier with that model."""

    settings: Settings
    taxonomy: Taxonomy
    judge: OpenClassifier
    moment: datetime

    @cached_property
    def key(self) -> ExamKey:
        """What the result is valid for. Raises ConfigError."""
        return _exam_key(self.settings, self.taxonomy)

    @cached_property
    def exam(self) -> Exam:
        return read_exam(exam_path(self.settings.classifier.exam))

    @cached_property
    def questions(self) -> Sequence[ExamQuestion]:
        """The questions with the local verdicts. Raises ConfigError."""
        model = read_model(self.settings.classifier.model or bundled_model())
        return exam_questions(self.exam, LocalClassifier(self.taxonomy, model), self._lists)

    @cached_property
    def _lists(self) -> ListedSections:
        """The lists that the exam names; their files are beside it, in the folder `lists`."""
        folder = exam_path(self.settings.classifier.exam).parent / "lists"
        names = dict.fromkeys(each.list_id for each in self.exam.papers if each.list_id)
        documents = [
            NamedList(name, name, name, parse(read_list(folder / f"{name}.md"))) for name in names
        ]
        return ListedSections(self.settings, self.taxonomy, documents)

    @property
    def _occasion(self) -> str:
        """A new exam asks every question afresh, also if it goes on after a cut."""
        before = _latest_result(self.settings, self.key)
        return f"after {before.taken_at}" if before else ""

    @property
    def result(self) -> ExamResult | None:
        """The valid result, if there is one."""
        found = _latest_result(self.settings, self.key)
        return found if _is_valid(found) else None

    def estimate(self) -> Estimate:
        """What the exam takes; answers in the cache are free. Raises ConfigError."""
        papers = [(each.paper.paper, each.lists) for each in self.questions]
        return _model_of(self.judge).estimate_known(papers, self._occasion)

    def take(self, progress: Callable[[int, int], None]) -> ExamResult:
        """Ask the model, and save the result in the state folder.

        `progress` gets the numbers of answers so far and of papers. Raises the error that stopped
        the calls, if one did; then nothing is saved, and the exam goes on where it stopped.
        """
        model = _model_of(self.judge)
        started, before = time.monotonic(), model.usage
        answers = take_exam(
            self.exam,
            self.questions,
            model,
            self._lists,
            occasion=self._occasion,
            concurrency=model.settings.concurrency,
            progress=lambda done: progress(done, len(self.questions)),
        )
        if model.obstacle is not None:
            raise model.obstacle
        usage = model.usage
        usd = None if usage.usd is None or before.usd is None else usage.usd - before.usd
        result = ExamResult(
            key=self.key,
            taken_at=self.moment.isoformat(timespec="seconds"),
            answers=answers,
            calls=usage.calls - before.calls,
            input_tokens=usage.input_tokens - before.input_tokens,
            output_tokens=usage.output_tokens - before.output_tokens,
            usd=usd,
            seconds=round(time.monotonic() - started, 1),
        )
        save_result(result, self.settings.state / RESULT_NAME)
        return result


def ensure_exam(
    option: Path | LoadedSettings | None, tell: Callable[[str], None]
) -> WatchError | None:
    """Before a run: take the exam if the model has no valid result and the budget certainly
    suffices. Returns the error if it could not be taken. Raises ConfigError for settings that
    are not valid, and what `locked_folder` raises."""
    settings, _ = option if isinstance(option, tuple) else read_settings(option)
    chosen = settings.classifier
    if settings.shared_classifier not in LLM_CLASSIFIERS or not chosen.llm.take_exam:
        return None
    taxonomy, moment = read_taxonomy(settings), now()
    if _is_valid(latest_result(settings, taxonomy)):
        return None
    with locked_folder(settings.state), judge_of(settings, taxonomy, moment) as judge:
        session = ExamSession(settings, taxonomy, judge, moment)
        if _model_of(judge).obstacle is not None:
            return None
        try:
            estimate = session.estimate()
            if not estimate.fits:
                return ConfigError(
                    f"the exam of {chosen.llm.model} may cost more than is left of the budget "
                    f"({estimate})",
                    where="classifier.llm.budget_usd",
                    remedy="raise it, or take the exam with `medvl-watch exam`",
                )
            tell(f"{chosen.llm.model} takes the exam first ({estimate})")
            session.take(every_tenth(tell))
        except WatchError as error:
            return error
    return None


def latest_result(settings: Settings, taxonomy: Taxonomy) -> ExamResult | None:
    """The result that holds for the configured model with today's prompt and taxonomy; one that a
    later answer contradicted has a `problem`. Raises ConfigError."""
    return _latest_result(settings, _exam_key(settings, taxonomy))


def _exam_key(settings: Settings, taxonomy: Taxonomy) -> ExamKey:
    chosen = settings.classifier
    return key_of(chosen.llm, read_prompt(settings), taxonomy, exam_path(chosen.exam))


def _latest_result(settings: Settings, key: ExamKey) -> ExamResult | None:
    return find_result(key, settings.state, settings.classifier.exam_result)


def _is_valid(result: ExamResult | None) -> bool:
    return result is not None and not result.problem


def every_tenth(tell: Callable[[str], None]) -> Callable[[int, int], None]:
    """Reports progress after every tenth paper."""

    def report(done: int, count: int) -> None:
        if done % _REPORT_EVERY == 0 or done == count:
            tell(f"exam: {done} of {count} papers")

    return report


def _model_of(judge: OpenClassifier) -> LlmClassifier:
    """Raises ConfigError for a classifier without a language model."""
    if judge.llm is None:
        raise ConfigError(
            f"the classifier {judge.classifier.name!r} asks no language model",
            remedy="name llm or cascade as classifier.name",
        )
    return judge.llm.classifier
