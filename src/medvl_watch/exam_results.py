"""The results of exams on disk: in the state folder, and in a file that can be kept in git."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.classify.exam.outcome import CHANGED
from medvl_watch.classify.exam.papers import Exam, load_exam
from medvl_watch.classify.exam.result import (
    ExamKey,
    ExamResult,
    result_from_json,
    result_to_json,
)
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.prompt import Prompt
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError, os_reason
from medvl_watch.storage.user_files import read_text
from medvl_watch.storage.whole_files import write_whole

RESULT_NAME = "exam.json"
"""The file in the state folder."""


def exam_path(own: Path | None) -> Path:
    """The file with the papers of the exam: the user's own, or the one that is shipped."""
    return own or bundled_folder("seeds") / "exam.yaml"


def read_exam(path: Path) -> Exam:
    """The papers of the exam. Raises ConfigError."""
    return load_exam(_text(path), str(path))


def key_of(settings: LlmSettings, prompt: Prompt, taxonomy: Taxonomy, exam: Path) -> ExamKey:
    """What a result must be valid for. Raises ConfigError if the exam cannot be read."""
    text = _text(exam).replace("\r\n", "\n")
    return ExamKey(
        base_url=settings.base_url,
        model=settings.model,
        prompt=prompt.sha,
        taxonomy=taxonomy.digest,
        exam=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def find_result(key: ExamKey, state: Path, kept: Path | None) -> ExamResult | None:
    """The result for this model, prompt, taxonomy and exam: that in the state folder, or else
    the one that the user keeps; None if there is none."""
    for path in filter(None, (state / RESULT_NAME, kept)):
        try:
            result = result_from_json(path.read_bytes())
        except OSError:
            continue
        if result is not None and result.key == key:
            return result
    return None


def save_result(result: ExamResult, path: Path) -> None:
    """Write a result in place of an earlier one. Raises ConfigError."""
    try:
        write_whole(path, result_to_json(result))
    except OSError as error:
        raise ConfigError(
            f"the result of the exam cannot be written ({os_reason(error)})",
            where=str(path),
            remedy="check that the folder can be written",
        ) from error


def record_change(key: ExamKey, state: Path, kept: Path | None) -> None:
    """Record that the model was found to answer differently, so that the result is no longer
    valid. Raises ConfigError."""
    result = find_result(key, state, kept)
    if result is not None:
        save_result(replace(result, problem=CHANGED), state / RESULT_NAME)


def _text(path: Path) -> str:
    return read_text(path, "name another file as classifier.exam in the configuration")
