"""A budget that no call can exceed.

The highest possible cost of a call is reserved before the call, and replaced by its actual cost
afterwards. Actual and reserved costs together never exceed the budget, however many threads call.
"""

from __future__ import annotations

from threading import Lock

from medvl_watch.classify.llm.prices import Price

_ROUNDING = 1e-12


class Budget:
    """An amount of US dollars that may be spent. Used from several threads at once."""

    def __init__(self, usd: float, *, price: Price | None, spent_before: float = 0.0) -> None:
        self._lock = Lock()
        self._price = price
        self._left = max(0.0, usd - spent_before) if usd > 0 else 0.0
        self._closed = usd <= 0 or price is None or self._left <= 0 < max(price.input, price.output)

    @property
    def left(self) -> float:
        """US dollars that are neither spent nor reserved."""
        with self._lock:
            return self._left

    @property
    def is_closed(self) -> bool:
        """Whether no call at all is allowed."""
        return self._closed

    def spend(self, usd: float) -> None:
        """Count money that was spent without a reservation."""
        with self._lock:
            self._left = max(0.0, self._left - usd)

    def reserve(self, input_tokens: int, output_tokens: int) -> float | None:
        """Reserve the cost of a call, in US dollars; None if the budget does not suffice."""
        if self._closed or self._price is None:
            return None
        cost = self._price.cost(input_tokens, output_tokens)
        with self._lock:
            if cost > self._left + _ROUNDING:
                return None
            self._left -= cost
        return cost

    def charge(self, reserved: float, input_tokens: int, output_tokens: int) -> float:
        """Replace a reservation by the actual cost of the call, and return that cost."""
        cost = self._price.cost(input_tokens, output_tokens) if self._price else 0.0
        with self._lock:
            self._left += reserved - cost
        return cost
