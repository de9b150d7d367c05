"""Counts the answers, tokens and costs of a run, and describes an estimate of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from medvl_watch.classify.llm.budget import Budget
from medvl_watch.classify.llm.prices import Price
from medvl_watch.classify.llm.protocols import PaymentLog
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.errors import WatchError

SECONDS_PER_CALL = 3.0
"""The usual duration of a call to a hosted model; a small model on one core takes ten times as
long."""
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a classifier has done since it was created.

    `answered` counts the papers with an answer of the model, and `cached` those among them whose
    answer came from the cache. `not_asked` counts the papers that a model must not or need not
    judge: withdrawn and suspicious ones. `fallbacks` counts the papers without a usable answer
    by reason. `canaries` counts the known papers that were asked among the others. `usd` is None
    if the price of the model is unknown.
    """

    answered: int = 0
    cached: int = 0
    not_asked: int = 0
    fallbacks: Mapping[str, int] = field(default_factory=dict)
    canaries: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0

    @property
    def papers(self) -> int:
        """The number of all papers."""
        return self.answered + self.fallback_papers + self.not_asked

    @property
    def fallback_papers(self) -> int:
        return sum(self.fallbacks.values())

    def __str__(self) -> str:
        money = "price unknown" if self.usd is None else f"{self.usd:.4f} USD"
        why = ", ".join(f"{count} {reason}" for reason, count in self.fallbacks.items())
        return (
            f"{self.answered} answered ({self.cached} from the cache), "
            f"{self.fallback_papers} by the fallback{f' ({why})' if why else ''}, "
            f"{self.not_asked} not asked; {self.calls} calls"
            f"{f' ({self.canaries} about known papers)' if self.canaries else ''}, "
            f"{self.input_tokens} + {self.output_tokens} tokens, {money}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Upper estimates of what judging some papers takes.

    `usd` is None if the price is unknown; `left_usd` is the rest of the budget.
    """

    papers: int
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    left_usd: float
    seconds: float = 0.0

    @property
    def fits(self) -> bool:
        """Whether the budget certainly suffices."""
        return self.usd is not None and self.usd <= self.left_usd

    def __str__(self) -> str:
        money = "at an unknown price" if self.usd is None else f"at most {self.usd:.4f} USD"
        return (
            f"{self.papers} papers: {self.calls} calls, at most {self.input_tokens} + "
            f"{self.output_tokens} tokens, {money}, about {_duration(self.seconds)}; "
            f"{self.left_usd:.4f} USD of the budget left"
        )


def _duration(seconds: float) -> str:
    if seconds >= _SECONDS_PER_HOUR:
        return f"{seconds / _SECONDS_PER_HOUR:.1f} h"
    return f"{math.ceil(seconds / 60)} min"


@dataclass(frozen=True, slots=True)
class Reservation:
    """The highest possible cost of a call in US dollars. `number` is that of the payment log;
    None if the call is free or the log cannot be written."""

    usd: float
    number: int | None = None


class UsageCounter:
    """Reserves and charges every call, and counts. Used from several threads at once.

    If `price` is None, the price is unknown and no call can be reserved.
    """

    def __init__(
        self,
        settings: LlmSettings,
        price: Price | None,
        payment_log: PaymentLog,
        spent_before: float,
    ) -> None:
        self.price = price
        self._model = settings.model
        self._max_output_tokens = settings.max_output_tokens
        self._payment_log = payment_log
        self._budget_usd = settings.budget_usd
        self._budget = Budget(settings.budget_usd, price=price, spent_before=spent_before)
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._fallbacks: Counter[str] = Counter()
        self._usd = 0.0
        self._problems: list[WatchError] = []

    @property
    def budget(self) -> Budget:
        return self._budget

    @property
    def problem(self) -> WatchError | None:
        """The first problem with storing answers or payments."""
        with self._lock:
            return self._problems[0] if self._problems else None

    @property
    def usage(self) -> Usage:
        with self._lock:
            usd = None if self.price is None else self._usd
            return Usage(**self._counts, fallbacks=dict(self._fallbacks), usd=usd)

    def reserve(self, input_tokens: int) -> Reservation | None:
        """Reserve the highest possible cost of a call, in this process and in the payment log,
        which other processes see; None if the budget does not suffice."""
        usd = self._budget.reserve(input_tokens, self._max_output_tokens)
        if not usd:
            return None if usd is None else Reservation(0.0)
        try:
            number = self._payment_log.reserve(usd, self._budget_usd)
        except WatchError as error:
            self.record_problem(error)
            return Reservation(usd)
        if number is None:  # another process has spent the rest
            self._budget.charge(usd, 0, 0)
            return None
        return Reservation(usd, number)

    def charge(self, reserved: Reservation, input_tokens: int, output_tokens: int) -> float:
        """Charge the actual cost of a call in place of the reservation, and return it in US
        dollars."""
        usd = self._budget.charge(reserved.usd, input_tokens, output_tokens)
        self._record_payment(input_tokens, output_tokens, usd, reserved.number)
        return usd

    def release(self, reserved: Reservation) -> None:
        """Count a call that no server processed and that costs nothing."""
        self._budget.charge(reserved.usd, 0, 0)
        self.count(calls=1)
        if reserved.number is not None:
            try:
                self._payment_log.release(reserved.number)
            except WatchError as error:
                self.record_problem(error)

    def charge_batch_answer(self, input_tokens: int, output_tokens: int, price: Price) -> float:
        """Charge an answer from a batch at the price of batches, and return the cost in US
        dollars."""
        usd = price.cost(input_tokens, output_tokens)
        self._budget.spend(usd)
        self._record_payment(input_tokens, output_tokens, usd)
        return usd

    def count(self, **counts: int) -> None:
        """Add to the counts of `Usage` with these names."""
        with self._lock:
            self._counts.update(counts)

    def count_fallback(self, reason: str) -> None:
        with self._lock:
            self._fallbacks[reason] += 1

    def record_problem(self, problem: WatchError) -> None:
        """Record that an answer or a payment could not be stored; the answers stay valid."""
        with self._lock:
            self._problems.append(problem)

    def _record_payment(
        self, input_tokens: int, output_tokens: int, usd: float, reservation: int | None = None
    ) -> None:
        with self._lock:
            self._counts.update(calls=1, input_tokens=input_tokens, output_tokens=output_tokens)
            self._usd += usd
        try:
            self._payment_log.record_payment(
                model=self._model,
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                usd=usd,
                reservation=reservation,
            )
        except WatchError as error:
            self.record_problem(error)
