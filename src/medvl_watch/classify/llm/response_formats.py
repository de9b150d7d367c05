"""Which form of asking an endpoint can do, learned from what it did in this process.

A form that once brought a usable answer is kept: an error after that is a hiccup. A form that
failed twice where another worked, without ever working itself, is not tried again.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from medvl_watch.classify.llm.protocols import ResponseFormat

_STRIKES = 2


class ResponseFormats:
    """The forms from the strictest down. Used from several threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._worked: set[ResponseFormat] = set()
        self._strikes = dict.fromkeys(ResponseFormat, 0)

    @property
    def start(self) -> ResponseFormat:
        """The strictest form that may still work."""
        with self._lock:
            for form in ResponseFormat:
                if form in self._worked or self._strikes[form] < _STRIKES:
                    return form
        return ResponseFormat.TEXT

    def is_proven(self, form: ResponseFormat) -> bool:
        with self._lock:
            return form in self._worked

    def learn(self, *, worked: ResponseFormat, failed: Iterable[ResponseFormat]) -> None:
        """One form brought a usable answer to a question on which these others failed.

        A question on which all of them fail teaches nothing: it may be the question.
        """
        with self._lock:
            self._worked.add(worked)
            for form in failed:
                self._strikes[form] += 1

    @staticmethod
    def below(form: ResponseFormat) -> ResponseFormat | None:
        """The next form to try; None after the last."""
        forms = list(ResponseFormat)
        place = forms.index(form) + 1
        return forms[place] if place < len(forms) else None
