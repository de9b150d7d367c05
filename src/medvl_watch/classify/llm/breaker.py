"""A circuit breaker: no more calls to an endpoint that does not answer."""

from __future__ import annotations

from threading import Lock

from medvl_watch.classify.llm import reasons
from medvl_watch.errors import WatchError


class Breaker:
    """Stops calls after `limit` failures in a row, or at once if no other call can succeed.

    Used from several threads at once.
    """

    def __init__(self, limit: int) -> None:
        self._lock = Lock()
        self._limit = limit
        self._failures_in_a_row = 0
        self._failures = 0
        self._reason = ""
        self._error: WatchError | None = None
        self._last_failure: WatchError | None = None

    @property
    def reason(self) -> str:
        """Why calls have been stopped, in a word or two; empty if they have not."""
        with self._lock:
            return self._reason

    @property
    def error(self) -> WatchError | None:
        """Why calls have been stopped, as an error; None if they have not."""
        with self._lock:
            return self._error

    @property
    def report(self) -> WatchError | None:
        """What to report to the user if papers got no answer: why calls have been stopped, or
        the last failure."""
        with self._lock:
            return self._error or self._last_failure

    def record_success(self) -> None:
        with self._lock:
            self._failures_in_a_row = 0

    def record_failure(self, kind: str, reason: str, address: str) -> None:
        """Record a paper without a usable answer; `kind` is one of the constants in `reasons`."""
        with self._lock:
            self._failures_in_a_row += 1
            self._failures += 1
            self._last_failure = reasons.no_answer(
                address, self._failures, kind, reason, stopped=False
            )
            if self._failures_in_a_row >= self._limit and not self._reason:
                self._reason = "circuit open"
                self._error = reasons.no_answer(
                    address, self._failures_in_a_row, kind, reason, stopped=True
                )

    def stop(self, reason: str, error: WatchError | None) -> None:
        """Stop all calls at once."""
        with self._lock:
            if not self._reason:
                self._reason, self._error = reason, error
