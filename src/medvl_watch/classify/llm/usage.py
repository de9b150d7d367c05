"""The books of a run: answers, tokens and money, and what a run would take."""

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

SECONDS_A_CALL = 3.0
"""Of a hosted model, as a rule; a small one on one core takes ten times as long."""
_AN_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a classifier did since it was made. `fallbacks` counts by reason; `usd` is None
    where the model's price is unknown."""

    answered: int = 0
    cached: int = 0
    not_asked: int = 0
    """Papers that no model may or need judge: withdrawn ones, suspicious ones."""
    fallbacks: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = 0.0

    @property
    def papers(self) -> int:
        """Papers that came before the classifier."""
        return self.answered + self.fallen_back + self.not_asked

    @property
    def fallen_back(self) -> int:
        return sum(self.fallbacks.values())

    def __str__(self) -> str:
        money = "price unknown" if self.usd is None else f"{self.usd:.4f} USD"
        why = ", ".join(f"{count} {reason}" for reason, count in self.fallbacks.items())
        return (
            f"{self.answered} answered ({self.cached} from the cache), "
            f"{self.fallen_back} by the fallback{f' ({why})' if why else ''}, "
            f"{self.not_asked} not asked; {self.calls} calls, "
            f"{self.input_tokens} + {self.output_tokens} tokens, {money}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What judging some papers would take, at most. `usd` is None for an unknown price."""

    papers: int
    calls: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    left_usd: float
    seconds: float = 0.0

    @property
    def fits(self) -> bool:
        """Whether the budget surely suffices."""
        return self.usd is not None and self.usd <= self.left_usd

    def __str__(self) -> str:
        money = "at a price unknown" if self.usd is None else f"at most {self.usd:.4f} USD"
        return (
            f"{self.papers} papers: {self.calls} calls, at most {self.input_tokens} + "
            f"{self.output_tokens} tokens, {money}, about {_duration(self.seconds)}; "
            f"{self.left_usd:.4f} USD of the budget left"
        )


def _duration(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= _AN_HOUR else f"{math.ceil(seconds / 60)} min"


class UsageCounter:
    """Reserves and books every call, and counts. Used from several threads at once.

    `price` is None where nobody knows it: then no call can be reserved.
    """

    def __init__(
        self, settings: LlmSettings, price: Price | None, purse: PaymentLog, spent_before: float
    ) -> None:
        self.price = price
        self._model = settings.model
        self._output_at_most = settings.max_output_tokens
        self._purse = purse
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
        """The first thing that could not be written down."""
        with self._lock:
            return self._problems[0] if self._problems else None

    @property
    def usage(self) -> Usage:
        with self._lock:
            usd = None if self.price is None else self._usd
            return Usage(**self._counts, fallbacks=dict(self._fallbacks), usd=usd)

    def reserve(self, input_tokens: int) -> float | None:
        """Set aside what a call can cost at most; None if the budget does not hold it."""
        return self._budget.reserve(input_tokens, self._output_at_most)

    def book(self, reserved: float, input_tokens: int, output_tokens: int) -> float:
        """The true cost of a call, in US dollars."""
        usd = self._budget.book(reserved, input_tokens, output_tokens)
        self._write(input_tokens, output_tokens, usd)
        return usd

    def book_nothing(self, reserved: float) -> None:
        """A call that no server worked on: it is counted, and costs nothing."""
        self._budget.book(reserved, 0, 0)
        self.add(calls=1)

    def book_batched(self, input_tokens: int, output_tokens: int, price: Price) -> float:
        """The cost of an answer that came by a batch, at the batch's price."""
        usd = price.of(input_tokens, output_tokens)
        self._budget.take(usd)
        self._write(input_tokens, output_tokens, usd)
        return usd

    def add(self, **counts: int) -> None:
        """Add to the figures of `Usage` with these names."""
        with self._lock:
            self._counts.update(counts)

    def fell_back(self, reason: str) -> None:
        with self._lock:
            self._fallbacks[reason] += 1

    def note(self, problem: WatchError) -> None:
        """Something could not be written down; the answers are good all the same."""
        with self._lock:
            self._problems.append(problem)

    def _write(self, input_tokens: int, output_tokens: int, usd: float) -> None:
        with self._lock:
            self._counts.update(calls=1, input_tokens=input_tokens, output_tokens=output_tokens)
            self._usd += usd
        try:
            self._purse.paid(
                model=self._model,
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                usd=usd,
            )
        except WatchError as error:
            self.note(error)
