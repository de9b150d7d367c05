"""The register of classifiers by their names in the configuration.

A new classifier needs a function here and a line in `CLASSIFIERS`. `rules` and `local` use no
resources; `llm` and `cascade` hold a connection and an open cache file until they are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from medvl_watch.classify.cascade import AdviceScope, CascadeClassifier
from medvl_watch.classify.context import ClosingContext
from medvl_watch.classify.exam.outcome import ExamOutcome
from medvl_watch.classify.exam.result import ExamKey, outcome_of
from medvl_watch.classify.llm.protocols import CandidateLists, NearestPapers, NoCandidateLists
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import Model
from medvl_watch.classify.prompt import Prompt
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.subject.profile import SubjectProfile
from medvl_watch.classify.subject.several import BestSubjectClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.exam_results import exam_path, find_result, key_of, read_exam, record_change
from medvl_watch.ports import Classifier
from medvl_watch.state import make

if TYPE_CHECKING:
    from medvl_watch.classify.llm.setup import OpenLlm


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmInputs:
    """What `llm` and `cascade` are made from.

    `environment` has the API key, in the variable that the settings name. `state` is the folder
    for answers and payments; it is created if it does not exist. `lists` offers the sections of
    lists. `exam` is the file with the papers of the exam, by default the shipped one, and
    `exam_result` a result that the user keeps. `asks_canaries` says whether known papers are
    asked among the others (`classify.exam.canaries`).
    """

    settings: LlmSettings
    prompt: Callable[[], Prompt]
    environment: Mapping[str, str] = field(repr=False)
    state: Path
    now: datetime
    examples: NearestPapers | None = None
    lists: CandidateLists = field(default_factory=NoCandidateLists)
    exam: Path | None = None
    exam_result: Path | None = None
    asks_canaries: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierInputs:
    """What classifiers are made from, in addition to the taxonomy; each uses what it needs.

    `model` loads the trained model, `profiles` learns the subjects of the lists that are judged
    by their own entries. If `llm` is None, no language model may be asked: in a dry
    run, since answers cost money and are stored. Then `llm` and `cascade` judge as `local` does.
    """

    model: Callable[[], Model] | None = None
    profiles: Callable[[], Sequence[SubjectProfile]] | None = None
    llm: LlmInputs | None = None


@dataclass(frozen=True, slots=True)
class OpenClassifier(ClosingContext):
    """A classifier with its open resources, and a report of problems and costs."""

    classifier: Classifier
    llm: OpenLlm | None = None

    @property
    def problems(self) -> tuple[WatchError, ...]:
        """Problems that did not prevent a verdict on every paper: a wrong key, a used-up budget."""
        return self.llm.problems if self.llm else ()

    @property
    def usage_summary(self) -> str:
        """How often a language model was asked and what it cost; empty if none was asked."""
        if self.llm is None:
            return ""
        usage = self.llm.classifier.usage
        if not usage.papers and self.llm.classifier.problems:
            return ""  # a problem says why no model was asked
        summary = str(usage) if usage.papers else ""
        if isinstance(self.classifier, CascadeClassifier) and self.classifier.counts.papers:
            return ": ".join(filter(None, (str(self.classifier.counts), summary)))
        return summary

    def close(self) -> None:
        if self.llm is not None:
            self.llm.close()


def open_rules(taxonomy: Taxonomy, inputs: ClassifierInputs) -> OpenClassifier:  # noqa: ARG001  signature of all
    return OpenClassifier(RulesClassifier(taxonomy))


def open_local(taxonomy: Taxonomy, inputs: ClassifierInputs) -> OpenClassifier:
    return OpenClassifier(LocalClassifier(taxonomy, _load_model(inputs)))


def open_subject(taxonomy: Taxonomy, inputs: ClassifierInputs) -> OpenClassifier:
    """The lists judge by the subjects of their own entries."""
    profiles = inputs.profiles() if inputs.profiles else ()
    return OpenClassifier(BestSubjectClassifier(taxonomy, profiles))


def open_llm(taxonomy: Taxonomy, inputs: ClassifierInputs) -> OpenClassifier:
    """The language model judges every paper; `local` judges where it does not answer."""
    from medvl_watch.classify.llm import setup  # noqa: PLC0415  loads openai, which is slow

    model = _load_model(inputs)
    local = LocalClassifier(taxonomy, model)
    if inputs.llm is None:
        return OpenClassifier(local)
    prompt = inputs.llm.prompt()
    make(inputs.llm.state)
    key = key_of(inputs.llm.settings, prompt, taxonomy, exam_path(inputs.llm.exam))
    opened = setup.open_llm(
        inputs.llm.settings,
        taxonomy=taxonomy,
        prompt=prompt,
        fallback=local,
        environment=inputs.llm.environment,
        state=inputs.llm.state,
        now=inputs.llm.now,
        outcome=_exam_outcome(inputs.llm, key),
        examples=inputs.llm.examples,
        lists=inputs.llm.lists,
        thresholds=(model.propose, model.refer),
        on_changed_model=partial(record_change, key, inputs.llm.state, inputs.llm.exam_result),
    )
    return OpenClassifier(opened.classifier, opened)


def open_cascade(taxonomy: Taxonomy, inputs: ClassifierInputs) -> OpenClassifier:
    """`local` judges the clear papers; the language model is asked about the others."""
    opened = open_llm(taxonomy, inputs)
    if opened.llm is None or inputs.llm is None:
        return opened
    model = _load_model(inputs)
    scope = AdviceScope(refer=model.refer, sure=taxonomy.placing.sure, lists=inputs.llm.lists)
    first = LocalClassifier(taxonomy, model)
    cascade = CascadeClassifier(first, opened.llm.classifier, scope)
    return replace(opened, classifier=cascade)


def _exam_outcome(inputs: LlmInputs, key: ExamKey) -> ExamOutcome:
    """What the model's exam allows. The papers are read only for a model that passed."""
    result = find_result(key, inputs.state, inputs.exam_result)
    if result is None:
        return ExamOutcome.without_exam()
    exam = read_exam(exam_path(inputs.exam))
    outcome = outcome_of(result, key, exam, inputs.now.isoformat())
    return outcome if inputs.asks_canaries else replace(outcome, canaries=())


CLASSIFIERS: Mapping[str, Callable[[Taxonomy, ClassifierInputs], OpenClassifier]] = (
    MappingProxyType(
        {
            "rules": open_rules,
            "local": open_local,
            "llm": open_llm,
            "cascade": open_cascade,
            "subject": open_subject,
        }
    )
)
LLM_CLASSIFIERS = frozenset({"llm", "cascade"})
"""The names of the classifiers that may call a language model."""


def open_classifier(
    name: str, taxonomy: Taxonomy, inputs: ClassifierInputs | None = None
) -> OpenClassifier:
    """Open the classifier with this name.

    Raises ConfigError if the name is unknown, the trained model cannot be read, or the answers
    of the language model cannot be stored.
    """
    if name not in CLASSIFIERS:
        raise ConfigError(
            f"there is no classifier {name!r}", remedy=f"use one of {', '.join(CLASSIFIERS)}"
        )
    return CLASSIFIERS[name](taxonomy, inputs or ClassifierInputs())


def _load_model(inputs: ClassifierInputs) -> Model:
    if inputs.model is None:
        raise ConfigError(
            "this classifier needs a trained model", remedy="name one, or use `rules`"
        )
    return inputs.model()
