"""Puts the classifier `llm` together: settings and key in, classifier out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from medvl_watch.classify.context import ClosingContext
from medvl_watch.classify.llm.answer_cache import AnswerCacheFile
from medvl_watch.classify.llm.classifier import Environment, LlmClassifier
from medvl_watch.classify.llm.protocols import NearestPapers, NoNearestPapers
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.server import Server
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.llm.verdict_rule import VerdictRule
from medvl_watch.classify.prompt import Prompt
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ModelDenied, WatchError
from medvl_watch.ports import Classifier

CACHE_NAME = "answers.sqlite"
_LADDERS: dict[tuple[str, str], ResponseFormats] = {}  # what each endpoint can do, for this process


@dataclass(frozen=True, slots=True)
class OpenLlm(ClosingContext):
    """The classifier with what has to be closed after use."""

    classifier: LlmClassifier
    server: Server
    cache: AnswerCacheFile

    @property
    def problems(self) -> tuple[WatchError, ...]:
        """What a person has to be told of the answers' file, and after judging."""
        damaged = (self.cache.problem,) if self.cache.problem else ()
        return (*damaged, *self.classifier.problems)

    def close(self) -> None:
        self.server.close()
        self.cache.close()


def open_llm(  # noqa: PLR0913  the wiring, once
    settings: LlmSettings,
    *,
    taxonomy: Taxonomy,
    prompt: Prompt,
    fallback: Classifier,
    environment: Mapping[str, str],
    state: Path,
    now: datetime,
    examples: NearestPapers | None = None,
    thresholds: tuple[float, float] | None = None,
) -> OpenLlm:
    """The classifier over a real endpoint; `openai` is imported on the first call.

    `state` is an existing folder for the answers; `thresholds` are the fallback's (propose,
    refer), by default those of the taxonomy. A missing key is no error here: every paper goes
    to the fallback, and `problems` says so. Raises LedgerError if the folder cannot be used.
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
        around=Environment(
            endpoint=server,
            cache=cache,
            purse=cache,
            examples=examples or NoNearestPapers(),
            clock=time.monotonic,
            sleep=time.sleep,
            spent_before=cache.spent_this_month(),
            refused=missing_key(settings, environment),
        ),
        ladder=_LADDERS.setdefault((settings.base_url, settings.model), ResponseFormats()),
        rule=VerdictRule(
            propose=propose, refer=refer, trust=settings.trust, may_move=settings.may_move
        ),
    )
    return OpenLlm(classifier, server, cache)


def missing_key(settings: LlmSettings, environment: Mapping[str, str]) -> WatchError | None:
    """What to tell a person who gave no key where one is needed, or one that no request can
    hold; None if all is well."""
    key = environment.get(settings.api_key_env, "").strip()
    if not (key.isascii() and key.isprintable()):
        return ModelDenied(
            f"the environment variable {settings.api_key_env} holds what cannot be a key: "
            "it has other characters than letters, digits and signs of ASCII",
            where=settings.base_url,
            remedy="copy the key anew",
        )
    if settings.is_local or key:
        return None
    return ModelDenied(
        f"the environment variable {settings.api_key_env} holds no key",
        where=settings.base_url,
        remedy="set it, or use the classifier `local`, which needs none",
    )
