"""Stops asking an endpoint that does not answer."""

from __future__ import annotations

from threading import Lock

from medvl_watch.classify.llm import reasons
from medvl_watch.errors import WatchError


class Breaker:
    """Opens after `limit` failures in a row, or at once for a reason that no other call can
    change. Used from several threads at once."""

    def __init__(self, limit: int) -> None:
        self._lock = Lock()
        self._limit = limit
        self._in_a_row = 0
        self._failed = 0
        self._reason = ""
        self._error: WatchError | None = None
        self._last: WatchError | None = None

    @property
    def reason(self) -> str:
        """Why nothing more is asked; empty while asking goes on."""
        with self._lock:
            return self._reason

    @property
    def error(self) -> WatchError | None:
        """Why nothing more is asked, as a sentence."""
        with self._lock:
            return self._error

    @property
    def told(self) -> WatchError | None:
        """What a person has to be told of papers without an answer, if there were any."""
        with self._lock:
            return self._error or self._last

    def success(self) -> None:
        with self._lock:
            self._in_a_row = 0

    def failure(self, kind: str, reason: str, where: str) -> None:
        """A paper got no usable answer, for a reason of this kind."""
        with self._lock:
            self._in_a_row += 1
            self._failed += 1
            self._last = reasons.no_answer(where, self._failed, kind, reason, stopped=False)
            if self._in_a_row >= self._limit and not self._reason:
                self._reason = "circuit open"
                self._error = reasons.no_answer(where, self._in_a_row, kind, reason, stopped=True)

    def stop(self, reason: str, error: WatchError | None) -> None:
        """Open at once."""
        with self._lock:
            if not self._reason:
                self._reason, self._error = reason, error
