"""What the classifier `llm` uses from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from medvl_watch.classify.llm.protocols import (
    AnswerCache,
    CandidateLists,
    Endpoint,
    NearestPapers,
    NoCandidateLists,
    PaymentLog,
)
from medvl_watch.errors import WatchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the classifier uses from outside.

    `spent_before` is what this month's budget has already paid for, in US dollars. `key_problem`
    is what is wrong with the API key; then no call is made. `clock` returns seconds, and `sleep`
    waits for seconds. `occasion` names this run; known papers are asked afresh on each occasion.
    `on_changed_model` is called if the model is found to answer differently from its exam; it may
    raise a WatchError.
    """

    endpoint: Endpoint
    cache: AnswerCache
    payment_log: PaymentLog
    nearest_papers: NearestPapers
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    spent_before: float = 0.0
    key_problem: WatchError | None = None
    lists: CandidateLists = field(default_factory=NoCandidateLists)
    occasion: str = ""
    on_changed_model: Callable[[], None] = lambda: None
