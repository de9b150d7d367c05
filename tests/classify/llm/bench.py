"""Puts the classifier on a loopback server, with a clock that does not wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from medvl_watch.classify.llm.classifier import Environment, LlmClassifier
from medvl_watch.classify.llm.protocols import (
    AnswerCache,
    CachedAnswer,
    Endpoint,
    NearestPapers,
    NoNearestPapers,
    PaymentLog,
)
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.server import Server
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.llm.verdict_rule import VerdictRule
from medvl_watch.classify.prompt import load_prompt
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.errors import WatchError
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Record, Verdict
from tests.classify.llm.modelserver import Behaviour, ModelServer, serving
from tests.classify.small import SEEDS, small

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
TAXONOMY = small()
PROMPT = load_prompt(
    (SEEDS.parent / "prompts" / "classify.md").read_text(encoding="utf-8"), "classify.md"
)
RULES = RulesClassifier(TAXONOMY)
KEY = "sk-very-secret-key-0123456789"


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
FIRSTS = tuple(RULES.judge(PAPERS))


@dataclass(frozen=True)
class Bench:
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
def bench(
    behave: Behaviour,
    *,
    cache: AnswerCache | None = None,
    purse: PaymentLog | None = None,
    examples: NearestPapers | None = None,
    fallback: Classifier = RULES,
    ladder: ResponseFormats | None = None,
    spent_before: float = 0.0,
    refused: WatchError | None = None,
    key: str = KEY,
    **changes: Any,
) -> Iterator[Bench]:
    book = Book()
    with serving(behave) as server:
        time = FakeTime()
        settings = settings_for(server.address, **changes)
        endpoint = Server(settings, key, clock=_real_clock, now=lambda: NOW)
        yield Bench(
            classifier=made(
                settings,
                endpoint,
                time,
                cache=cache or book,
                purse=purse or book,
                examples=examples or NoNearestPapers(),
                fallback=fallback,
                ladder=ladder or ResponseFormats(),
                spent_before=spent_before,
                refused=refused,
            ),
            server=server,
            time=time,
            endpoint=endpoint,
        )
        endpoint.close()


def made(
    settings: LlmSettings,
    endpoint: Endpoint,
    time: FakeTime,
    *,
    cache: AnswerCache,
    purse: PaymentLog,
    examples: NearestPapers,
    fallback: Classifier,
    ladder: ResponseFormats,
    spent_before: float = 0.0,
    refused: WatchError | None = None,
) -> LlmClassifier:
    relevance = TAXONOMY.relevance
    return LlmClassifier(
        settings,
        taxonomy=TAXONOMY,
        prompt=PROMPT,
        fallback=fallback,
        around=Environment(
            endpoint=endpoint,
            cache=cache,
            purse=purse,
            examples=examples,
            clock=time.clock,
            sleep=time.sleep,
            spent_before=spent_before,
            refused=refused,
        ),
        ladder=ladder,
        rule=VerdictRule(
            propose=relevance.propose,
            refer=relevance.refer,
            trust=settings.trust,
            may_move=settings.may_move,
        ),
    )


def _real_clock() -> float:
    import time

    return time.monotonic()


def unflagged(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts without what says that no model was heard."""
    return [
        replace(each, flags=tuple(flag for flag in each.flags if not is_fallback(flag)))
        for each in verdicts
    ]


def is_fallback(flag: str) -> bool:
    return flag.startswith("llm-fallback: ")


def fell_back(verdict: Verdict) -> bool:
    return any(is_fallback(flag) for flag in verdict.flags)


class Book:
    """A cache and purse whose contents a test can look at."""

    def __init__(self, kept: Mapping[str, CachedAnswer] | None = None) -> None:
        self.kept = dict(kept or {})
        self.unusable: dict[str, CachedAnswer] = {}
        self.payments: list[float] = []

    def get(self, key: str) -> CachedAnswer | None:
        return self.kept.get(key)

    def put(self, key: str, kept: CachedAnswer) -> None:
        self.kept[key] = kept

    def put_unusable(self, kept: CachedAnswer, why: str) -> None:
        self.unusable[kept.paper_id] = kept

    def paid(self, *, model: str, input_tokens: int, output_tokens: int, usd: float) -> None:
        self.payments.append(usd)
