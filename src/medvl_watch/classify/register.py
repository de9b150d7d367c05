"""The classifiers by their names in the configuration. A new one is a function and a line.

`rules` and `local` need nothing of the world once they are made; `llm` and `cascade` hold a
connection and a file of answers until they are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from medvl_watch.classify.cascade import CascadeClassifier, UnclearRange
from medvl_watch.classify.context import ClosingContext
from medvl_watch.classify.llm.protocols import NearestPapers
from medvl_watch.classify.llm.settings import CascadeSettings, LlmSettings
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import Model
from medvl_watch.classify.prompt import Prompt
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.ports import Classifier
from medvl_watch.state import make

if TYPE_CHECKING:
    from medvl_watch.classify.llm.setup import OpenLlm


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmInputs:
    """What `llm` and `cascade` are made of. `environment` holds the key under the settings'
    name; `state` is a folder for answers and what they cost, made if need be."""

    settings: LlmSettings
    cascade: CascadeSettings
    prompt: Callable[[], Prompt]
    environment: Mapping[str, str] = field(repr=False)
    state: Path
    now: datetime
    examples: NearestPapers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierInputs:
    """What classifiers are made of beside the taxonomy; each takes its part.

    `model` gives the trained model. Without `service` no language model may be asked (a dry
    run: answers cost money and are kept), and what would ask one judges as `local` does.
    """

    model: Callable[[], Model] | None = None
    service: LlmInputs | None = None


@dataclass(frozen=True, slots=True)
class OpenClassifier(ClosingContext):
    """A classifier with what has to be closed after use, and told after judging."""

    classifier: Classifier
    llm: OpenLlm | None = None

    @property
    def problems(self) -> tuple[WatchError, ...]:
        """What went wrong though every paper was judged: a wrong key, a budget used up."""
        return self.llm.problems if self.llm else ()

    @property
    def spent(self) -> str:
        """What a language model was asked, and what it cost; empty where none was."""
        if self.llm is None:
            return ""
        usage = self.llm.classifier.usage
        told = str(usage) if usage.papers else ""
        if isinstance(self.classifier, CascadeClassifier) and self.classifier.spent.judged:
            return ": ".join(filter(None, (str(self.classifier.spent), told)))
        return told

    def close(self) -> None:
        if self.llm is not None:
            self.llm.close()


def open_rules(taxonomy: Taxonomy, means: ClassifierInputs) -> OpenClassifier:  # noqa: ARG001  as the others
    return OpenClassifier(RulesClassifier(taxonomy))


def open_local(taxonomy: Taxonomy, means: ClassifierInputs) -> OpenClassifier:
    return OpenClassifier(LocalClassifier(taxonomy, _model(means)))


def open_llm(taxonomy: Taxonomy, means: ClassifierInputs) -> OpenClassifier:
    """Every paper is shown to the language model; `local` judges where it does not answer."""
    from medvl_watch.classify.llm import setup  # noqa: PLC0415 - loads openai: only who asks for it

    model = _model(means)
    local = LocalClassifier(taxonomy, model)
    service = means.service
    if service is None:
        return OpenClassifier(local)
    prompt = service.prompt()
    make(service.state)
    opened = setup.open_llm(
        service.settings,
        taxonomy=taxonomy,
        prompt=prompt,
        fallback=local,
        environment=service.environment,
        state=service.state,
        now=service.now,
        examples=service.examples,
        thresholds=(model.propose, model.refer),
    )
    return OpenClassifier(opened.classifier, opened)


def open_cascade(taxonomy: Taxonomy, means: ClassifierInputs) -> OpenClassifier:
    """`local` decides what is clear; the language model is asked about the rest."""
    opened = open_llm(taxonomy, means)
    if opened.llm is None or means.service is None:
        return opened
    model = _model(means)
    band = UnclearRange.around(
        refer=model.refer,
        propose=model.propose,
        below_refer=means.service.cascade.below_refer,
        above_propose=means.service.cascade.above_propose,
    )
    first = LocalClassifier(taxonomy, model)
    return replace(opened, classifier=CascadeClassifier(first, opened.llm.classifier, band))


CLASSIFIERS: Mapping[str, Callable[[Taxonomy, ClassifierInputs], OpenClassifier]] = (
    MappingProxyType(
        {"rules": open_rules, "local": open_local, "llm": open_llm, "cascade": open_cascade}
    )
)
ASKING = frozenset({"llm", "cascade"})
"""Those that may call a language model."""


def open_classifier(
    name: str, taxonomy: Taxonomy, means: ClassifierInputs | None = None
) -> OpenClassifier:
    """The classifier of this name. Raises ConfigError for a name that is not registered, for
    a model that cannot be read, and where answers cannot be kept."""
    if name not in CLASSIFIERS:
        raise ConfigError(
            f"there is no classifier {name!r}", remedy=f"use one of {', '.join(CLASSIFIERS)}"
        )
    return CLASSIFIERS[name](taxonomy, means or ClassifierInputs())


def _model(means: ClassifierInputs) -> Model:
    if means.model is None:
        raise ConfigError(
            "this classifier needs a trained model", remedy="name one, or use `rules`"
        )
    return means.model()
