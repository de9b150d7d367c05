"""Stops asking an endpoint that does not answer."""

from __future__ import annotations

from threading import Lock

from medvl_watch.errors import ModelError, WatchError


class Breaker:
    """Opens after `limit` failures in a row, or at once for a reason that no other call can
    change. Used from several threads at once."""

    def __init__(self, limit: int) -> None:
        self._lock = Lock()
        self._limit = limit
        self._in_a_row = 0
        self._reason = ""
        self._error: WatchError | None = None

    @property
    def reason(self) -> str:
        """Why nothing more is asked; empty while asking goes on."""
        with self._lock:
            return self._reason

    @property
    def error(self) -> WatchError | None:
        """What a person has to be told, if anything."""
        with self._lock:
            return self._error

    def success(self) -> None:
        with self._lock:
            self._in_a_row = 0

    def failure(self, reason: str, where: str) -> None:
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= self._limit and not self._reason:
                self._reason = "circuit open"
                self._error = ModelError(
                    f"the model failed for {self._in_a_row} papers in a row (last: {reason})",
                    where=where,
                    remedy="see that the server runs; the papers were judged without it",
                )

    def stop(self, reason: str, error: WatchError | None) -> None:
        """Open at once."""
        with self._lock:
            if not self._reason:
                self._reason, self._error = reason, error
