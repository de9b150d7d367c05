"""Creates the classifier `llm` from its settings and the API key."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from medvl_watch.classify.context import ClosingContext
from medvl_watch.classify.exam.outcome import ExamOutcome
from medvl_watch.classify.llm.answer_cache import AnswerCacheFile
from medvl_watch.classify.llm.classifier import LlmClassifier
from medvl_watch.classify.llm.environment import Environment
from medvl_watch.classify.llm.protocols import (
    CandidateLists,
    NearestPapers,
    NoCandidateLists,
    NoNearestPapers,
)
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.server import Server
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.prompt import Prompt
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ModelDenied, WatchError
from medvl_watch.ports import Classifier

CACHE_NAME = "answers.sqlite"
_RESPONSE_FORMATS: dict[tuple[str, str], ResponseFormats] = {}
"""The response formats of each endpoint and model, as learned in this process."""


@dataclass(frozen=True, slots=True)
class OpenLlm(ClosingContext):
    """The classifier with its open resources."""

    classifier: LlmClassifier
    server: Server
    cache: AnswerCacheFile

    @property
    def problems(self) -> tuple[WatchError, ...]:
        """The problems to report to the user: with the cache file, and with calls."""
        damaged = (self.cache.problem,) if self.cache.problem else ()
        return (*damaged, *self.classifier.problems)

    def close(self) -> None:
        self.server.close()
        self.cache.close()


def open_llm(  # noqa: PLR0913  one parameter per collaborator
    settings: LlmSettings,
    *,
    taxonomy: Taxonomy,
    prompt: Prompt,
    fallback: Classifier,
    environment: Mapping[str, str],
    state: Path,
    now: datetime,
    outcome: ExamOutcome,
    examples: NearestPapers | None = None,
    lists: CandidateLists | None = None,
    thresholds: tuple[float, float] | None = None,
    on_changed_model: Callable[[], None] = lambda: None,
) -> OpenLlm:
    """Open the classifier with a real endpoint; `openai` is imported on the first call.

    `state` is an existing folder for the cache file. `outcome` is that of the model's exam.
    `thresholds` are those of the fallback (propose, refer), by default those of the taxonomy. A
    missing key raises no error: the fallback judges every paper, and `problems` says so. Raises
    LedgerError if the folder cannot be used.
    """
    key = environment.get(settings.api_key_env, "").strip()
    server = Server(settings, key, clock=time.monotonic, now=lambda: datetime.now(UTC))
    cache = AnswerCacheFile(state / CACHE_NAME, now)
    propose, refer = thresholds or (taxonomy.relevance.propose, taxonomy.relevance.refer)
    classifier = LlmClassifier(
        settings,
        taxonomy=taxonomy,
        prompt=prompt,
        fallback=fallback,
        environment=Environment(
            endpoint=server,
            cache=cache,
            payment_log=cache,
            nearest_papers=examples or NoNearestPapers(),
            clock=time.monotonic,
            sleep=time.sleep,
            spent_before=cache.spent_this_month(),
            key_problem=find_key_problem(settings, environment),
            lists=lists or NoCandidateLists(),
            occasion=now.isoformat(),
            on_changed_model=on_changed_model,
        ),
        response_formats=_RESPONSE_FORMATS.setdefault(
            (settings.base_url, settings.model), ResponseFormats()
        ),
        thresholds=(propose, refer),
        outcome=outcome,
    )
    return OpenLlm(classifier, server, cache)


def find_key_problem(settings: LlmSettings, environment: Mapping[str, str]) -> WatchError | None:
    """The problem if the API key is missing where one is needed, or has characters that an HTTP
    header cannot contain; None if there is no problem."""
    key = environment.get(settings.api_key_env, "").strip()
    if not (key.isascii() and key.isprintable()):
        return ModelDenied(
            f"the environment variable {settings.api_key_env} does not contain a valid key: "
            "a key consists of printable ASCII characters",
            where=settings.base_url,
            remedy="copy the key again",
        )
    if settings.is_local or key:
        return None
    return ModelDenied(
        f"the environment variable {settings.api_key_env} contains no key",
        where=settings.base_url,
        remedy="set it, or use the classifier `local`, which needs none",
    )
