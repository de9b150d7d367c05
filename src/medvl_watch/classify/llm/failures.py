"""Translates the exceptions of the `openai` package into ours, by what they mean for the next call.

A reason may contain words of the server, on one line and short, but never the API key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from medvl_watch.classify.llm.protocols import CallFailed, CallFailure
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.errors import ModelDenied, ModelError, WatchError
from medvl_watch.redaction import redact
from medvl_watch.retry_after import seconds_to_wait

if TYPE_CHECKING:
    from openai import APIStatusError

_LONGEST_REASON = 200
_MAYBE_THE_FORMAT = frozenset({400, 404, 413, 422, 500})
_TEMPORARY = frozenset({408, 409, 425})
_NOT_SENT = frozenset(
    {
        "ConnectError",
        "ConnectTimeout",
        "LocalProtocolError",
        "PoolTimeout",
        "ProxyError",
        "UnsupportedProtocol",
        "WriteError",
        "WriteTimeout",
    }
)
"""Exceptions of the HTTP library (https://www.python-httpx.org/exceptions/) that occur before a
server has received the whole request. They are compared by name, since the `openai` package may
use one of two HTTP libraries with the same names."""
# https://platform.openai.com/docs/guides/error-codes
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_NO_MODEL = re.compile(
    r"\b(?:unknown|invalid|no such) model\b|"
    r"\bmodel(?: [`'\"]?[\w./:@-]{1,200}[`'\"]?)?(?: does)? not (?:found|exist)\b",
    re.IGNORECASE,
)


class ErrorTranslation:
    """Translates the exceptions of calls to one endpoint.

    `now` returns the current time, for a Retry-After header that contains a date.
    """

    def __init__(self, settings: LlmSettings, key: str, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._key = key
        self._now = now

    def translate(self, error: Exception) -> CallFailed:
        """What an exception of the package means for the next call."""
        import openai  # noqa: PLC0415  slow to import

        if isinstance(error, openai.APIStatusError):
            return self._by_response(error)
        if type(error.__cause__).__name__ in _NOT_SENT:
            return CallFailed(CallFailure.UNREACHED, "the server cannot be reached")
        if isinstance(error, openai.APITimeoutError):
            return CallFailed(CallFailure.BROKEN, "no reply in time")
        if isinstance(error, openai.APIConnectionError):
            return CallFailed(CallFailure.BROKEN, "the connection failed")
        if status := _status_of_unread_response(error):
            return self._by_status(status, f"HTTP {status}")
        # A ValueError means that the request could not be built, so it was not sent. The
        # message is left out: it may quote a header, and with it the key.
        kind = CallFailure.UNREACHED if isinstance(error, ValueError) else CallFailure.BROKEN
        return CallFailed(kind, f"the call failed ({type(error).__name__})")

    def _by_response(self, error: APIStatusError) -> CallFailed:
        status, code = error.status_code, str(error.code or "")
        message = self._short_message(error.message)
        if code in _NO_CREDIT or status == 402:
            return self._fatal(
                ModelDenied(
                    f"the account has no credit left (HTTP {status})",
                    where=self._settings.base_url,
                    remedy="top it up, or use the classifier `local`, which costs nothing",
                )
            )
        if status in {401, 403}:
            name = self._settings.api_key_env
            no_key = f"{name} contains no key, and a call without a key was refused"
            what = f"the key in {name} was refused" if self._key else no_key
            return self._fatal(
                ModelDenied(
                    f"{what} (HTTP {status})",
                    where=self._settings.base_url,
                    remedy="put a valid key for this address into that environment variable",
                )
            )
        if _is_unknown_model(status, code, message):
            return self._fatal(
                ModelError(
                    f"the server has no model {self._settings.model!r}",
                    where=self._settings.base_url,
                    remedy="set `model` in [classifier.llm] to one that the server has",
                )
            )
        if status in {429, 503}:
            wait = seconds_to_wait(error.response.headers.get("retry-after"), self._now())
            return CallFailed(CallFailure.BUSY, f"HTTP {status}", status=status, retry_after=wait)
        return self._by_status(status, message)

    def _by_status(self, status: int, message: str) -> CallFailed:
        """What a status means that does not concern the key, the credit or the model."""
        if status in _MAYBE_THE_FORMAT:
            return CallFailed(CallFailure.FORMAT, message or f"HTTP {status}", status=status)
        if status >= 500 or status in _TEMPORARY:
            return CallFailed(CallFailure.BROKEN, f"HTTP {status}", status=status)
        redirect = "a redirect, which is not followed"
        meaning = redirect if status < 400 else "so no other call can succeed"
        return self._fatal(
            ModelError(
                f"the server answers with HTTP {status}, {meaning}",
                where=self._settings.base_url,
                remedy="check that base_url is the address of an OpenAI-compatible server itself",
            )
        )

    def _fatal(self, error: WatchError) -> CallFailed:
        return CallFailed(CallFailure.FATAL, error.what, error=error)

    def _short_message(self, text: str) -> str:
        """The server's message without the key, on one line, cut to `_LONGEST_REASON`."""
        text = self.without_key(text)
        printable = "".join(each if each.isprintable() else " " for each in text)
        return " ".join(printable.split())[:_LONGEST_REASON]

    def without_key(self, text: str) -> str:
        """The text with stars in place of the API key, in case a server repeats it."""
        return redact(text, self._key)


def _status_of_unread_response(error: BaseException | None) -> int:
    """The HTTP status of a refusal whose body could not be read; 0 if it was not a refusal."""
    while error is not None:
        status = getattr(getattr(error, "response", None), "status_code", 0)
        if isinstance(status, int) and status >= 300:
            return status
        error = error.__context__
    return 0


def _is_unknown_model(status: int, code: str, message: str) -> bool:
    """Whether the server lacks the model; not whether the model lacks an ability."""
    return code == "model_not_found" or (status in {400, 404} and bool(_NO_MODEL.search(message)))
