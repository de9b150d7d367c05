"""The response formats that an endpoint supports, as learned from its replies in this process.

A format that has once led to a usable answer counts as supported: a later error is temporary. A
format that failed twice where another one worked, and that never worked itself, is not tried
again.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from medvl_watch.classify.llm.protocols import ResponseFormat

_MOST_FAILURES = 2


class ResponseFormats:
    """Chooses among the response formats. Used from several threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._worked: set[ResponseFormat] = set()
        self._failures = dict.fromkeys(ResponseFormat, 0)

    @property
    def strictest(self) -> ResponseFormat:
        """The strictest format that may work."""
        with self._lock:
            for each in ResponseFormat:
                if each in self._worked or self._failures[each] < _MOST_FAILURES:
                    return each
        return ResponseFormat.TEXT

    def has_worked(self, response_format: ResponseFormat) -> bool:
        with self._lock:
            return response_format in self._worked

    def record(self, *, worked: ResponseFormat, failed: Iterable[ResponseFormat]) -> None:
        """Record that one format led to a usable answer to a question on which others failed.

        A question on which all formats fail is not recorded, since the question may be the cause.
        """
        with self._lock:
            self._worked.add(worked)
            for each in failed:
                self._failures[each] += 1

    @staticmethod
    def next_after(response_format: ResponseFormat) -> ResponseFormat | None:
        """The next less strict format; None after the last one."""
        formats = list(ResponseFormat)
        index = formats.index(response_format) + 1
        return formats[index] if index < len(formats) else None
