"""Puts the classifier on a loopback server, with a clock that does not wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from medvl_watch.classify.exam.outcome import ExamOutcome
from medvl_watch.classify.exam.weight import ModelWeight
from medvl_watch.classify.llm.classifier import LlmClassifier
from medvl_watch.classify.llm.environment import Environment
from medvl_watch.classify.llm.protocols import (
    AnswerCache,
    CachedAnswer,
    CandidateLists,
    Endpoint,
    NearestPapers,
    NoCandidateLists,
    NoNearestPapers,
    PaymentLog,
)
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.server import Server
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.prompt import load_prompt
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.errors import WatchError
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Record, Verdict
from tests.classify.llm.modelserver import Behaviour, ModelServer, run_server
from tests.classify.taxonomies import SEEDS, small_taxonomy

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
TAXONOMY = small_taxonomy()
PROMPT = load_prompt(
    (SEEDS.parent / "prompts" / "classify.md").read_text(encoding="utf-8"), "classify.md"
)
RULES = RulesClassifier(TAXONOMY)
KEY = "sk-very-secret-key-0123456789"


PASSED = ExamOutcome(
    weight=ModelWeight(
        slope=1.0,
        most_evidence=4.0,
        skill=0.9,
        leaf_trust=0.7,
        section_trust=0.7,
        better_than_local=True,
    )
)
"""A model that did well in its exam; no known papers are asked among the others."""


class FakeTime:
    """Sleeping only moves the clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self._lock = Lock()

    def clock(self) -> float:
        with self._lock:
            return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


def paper(name: str, title: str, abstract: str = "", **more: Any) -> Paper:
    paper_id = f"arxiv:{name}"
    return Paper(id=paper_id, facts=Record(id=paper_id, title=title, abstract=abstract), **more)


PAPERS = (
    paper("2501.00001", "Report generation for chest x rays", "Medical images and text."),
    paper("2501.00002", "Clinical questions about images", "Answering them with language."),
    paper("2501.00003", "Segmentation of x rays by text", "Clinical language helps."),
    paper("2501.00004", "Medical vision language training", "On images and reports."),
    paper("2501.00005", "A car in the snow", "It does not start."),
)
FIRST_VERDICTS = tuple(RULES.judge(PAPERS))


@dataclass(frozen=True)
class Harness:
    classifier: LlmClassifier
    server: ModelServer
    time: FakeTime
    endpoint: Server


def settings_for(address: str, **changes: Any) -> LlmSettings:
    given: dict[str, Any] = {
        "base_url": address,
        "model": "small",
        "timeout": 5,
        "concurrency": 1,
        **changes,
    }
    return LlmSettings(**given)


@contextmanager
def open_harness(
    behave: Behaviour,
    *,
    cache: AnswerCache | None = None,
    payment_log: PaymentLog | None = None,
    nearest_papers: NearestPapers | None = None,
    fallback: Classifier = RULES,
    response_formats: ResponseFormats | None = None,
    spent_before: float = 0.0,
    key_problem: WatchError | None = None,
    key: str = KEY,
    outcome: ExamOutcome = PASSED,
    lists: CandidateLists | None = None,
    on_changed_model: Callable[[], None] = lambda: None,
    **changes: Any,
) -> Iterator[Harness]:
    store = MemoryStore()
    with run_server(behave) as server:
        time = FakeTime()
        settings = settings_for(server.address, **changes)
        endpoint = Server(settings, key, clock=_real_clock, now=lambda: NOW)
        yield Harness(
            classifier=make_classifier(
                settings,
                endpoint,
                time,
                cache=cache or store,
                payment_log=payment_log or store,
                nearest_papers=nearest_papers or NoNearestPapers(),
                fallback=fallback,
                response_formats=response_formats or ResponseFormats(),
                spent_before=spent_before,
                key_problem=key_problem,
                outcome=outcome,
                lists=lists,
                on_changed_model=on_changed_model,
            ),
            server=server,
            time=time,
            endpoint=endpoint,
        )
        endpoint.close()


def make_classifier(
    settings: LlmSettings,
    endpoint: Endpoint,
    time: FakeTime,
    *,
    cache: AnswerCache,
    payment_log: PaymentLog,
    nearest_papers: NearestPapers,
    fallback: Classifier,
    response_formats: ResponseFormats,
    spent_before: float = 0.0,
    key_problem: WatchError | None = None,
    outcome: ExamOutcome = PASSED,
    lists: CandidateLists | None = None,
    on_changed_model: Callable[[], None] = lambda: None,
) -> LlmClassifier:
    relevance = TAXONOMY.relevance
    return LlmClassifier(
        settings,
        taxonomy=TAXONOMY,
        prompt=PROMPT,
        fallback=fallback,
        environment=Environment(
            endpoint=endpoint,
            cache=cache,
            payment_log=payment_log,
            nearest_papers=nearest_papers,
            clock=time.clock,
            sleep=time.sleep,
            spent_before=spent_before,
            key_problem=key_problem,
            lists=lists or NoCandidateLists(),
            occasion="this run",
            on_changed_model=on_changed_model,
        ),
        response_formats=response_formats,
        thresholds=(relevance.propose, relevance.refer),
        outcome=outcome,
    )


def _real_clock() -> float:
    import time

    return time.monotonic()


def without_fallback_flags(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts without what says that no model was heard."""
    return [
        replace(each, flags=tuple(flag for flag in each.flags if not is_fallback(flag)))
        for each in verdicts
    ]


def is_fallback(flag: str) -> bool:
    return flag.startswith("llm-fallback: ")


def is_judged_by_fallback(verdict: Verdict) -> bool:
    return any(is_fallback(flag) for flag in verdict.flags)


class MemoryStore:
    """A cache and purse whose contents a test can look at."""

    def __init__(self, answers: Mapping[str, CachedAnswer] | None = None) -> None:
        self.answers = dict(answers or {})
        self.unusable: dict[str, CachedAnswer] = {}
        self.payments: list[float] = []
        self.reserved: dict[int, float] = {}
        self._reservations = 0
        self._lock = Lock()

    def get(self, key: str) -> CachedAnswer | None:
        return self.answers.get(key)

    def put(self, key: str, answer: CachedAnswer) -> None:
        self.answers[key] = answer

    def put_unusable(self, answer: CachedAnswer, reason: str) -> None:
        self.unusable[answer.paper_id] = answer

    def discard(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.answers.pop(key, None)

    def reserve(self, usd: float, budget: float) -> int | None:
        with self._lock:
            if sum(self.payments) + sum(self.reserved.values()) + usd > budget + 1e-12:
                return None
            self._reservations += 1
            number = self._reservations
            self.reserved[number] = usd
            return number

    def release(self, reservation: int) -> None:
        with self._lock:
            self.reserved.pop(reservation, None)

    def record_payment(
        self,
        *,
        model: str,
        input_tokens: int,
        output_tokens: int,
        usd: float,
        reservation: int | None = None,
    ) -> None:
        with self._lock:
            self.payments.append(usd)
            self.reserved.pop(reservation or 0, None)
