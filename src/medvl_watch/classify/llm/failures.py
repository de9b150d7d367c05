"""What a failed call means for the next one: the errors of the `openai` package as ours.

What a server said may stand in a reason, on one line and short; the key never does.
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
_PERHAPS_THE_FORM = frozenset({400, 404, 413, 422, 500})
_PASSING = frozenset({408, 409, 425})
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
"""Errors of the transport before a server had the whole question, by name: the package goes by
one of two transports."""
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_NO_MODEL = re.compile(
    r"\b(?:unknown|invalid|no such) model\b|"
    r"\bmodel(?: [`'\"]?[\w./:@-]{1,200}[`'\"]?)?(?: does)? not (?:found|exist)\b",
    re.IGNORECASE,
)


class ErrorTranslation:
    """Reads the errors of calls to one endpoint. `now` is for a Retry-After that is a date."""

    def __init__(self, settings: LlmSettings, key: str, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._key = key
        self._now = now

    def of(self, error: Exception) -> CallFailed:
        """What an exception of the package means for the next call."""
        import openai  # noqa: PLC0415  heavy

        if isinstance(error, openai.APIStatusError):
            return self._failed(error)
        if type(error.__cause__).__name__ in _NOT_SENT:
            return CallFailed(CallFailure.UNREACHED, "no server can be reached there")
        if isinstance(error, openai.APITimeoutError):
            return CallFailed(CallFailure.BROKEN, "no reply in time")
        if isinstance(error, openai.APIConnectionError):
            return CallFailed(CallFailure.BROKEN, "the connection failed")
        if status := _refused_by(error):
            return self._by_status(status, f"HTTP {status}")
        # What cannot be put into a request was not sent. In no words of the error's: it may
        # quote a header, and with it the key.
        kind = CallFailure.UNREACHED if isinstance(error, ValueError) else CallFailure.BROKEN
        return CallFailed(kind, f"the call failed ({type(error).__name__})")

    def _failed(self, error: APIStatusError) -> CallFailed:
        status, code = error.status_code, str(error.code or "")
        said = self._said(error.message)
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
            alone = f"{name} holds no key, and a call without one was refused"
            what = f"the key in {name} was refused" if self._key else alone
            return self._fatal(
                ModelDenied(
                    f"{what} (HTTP {status})",
                    where=self._settings.base_url,
                    remedy="put a valid key for this address into that environment variable",
                )
            )
        if _names_no_model(status, code, said):
            return self._fatal(
                ModelError(
                    f"there is no model {self._settings.model!r} there",
                    where=self._settings.base_url,
                    remedy="name one that the server has as `model` in [classifier.llm]",
                )
            )
        if status in {429, 503}:
            wait = seconds_to_wait(error.response.headers.get("retry-after"), self._now())
            return CallFailed(CallFailure.BUSY, f"HTTP {status}", status=status, wait=wait)
        return self._by_status(status, said)

    def _by_status(self, status: int, said: str) -> CallFailed:
        """What a status means that says nothing of key, credit or model."""
        if status in _PERHAPS_THE_FORM:
            return CallFailed(CallFailure.FORM, said or f"HTTP {status}", status=status)
        if status >= 500 or status in _PASSING:
            return CallFailed(CallFailure.BROKEN, f"HTTP {status}", status=status)
        redirect = "a redirect, which is not followed"
        meaning = redirect if status < 400 else "which no other call can change"
        return self._fatal(
            ModelError(
                f"the server answers with HTTP {status}, {meaning}",
                where=self._settings.base_url,
                remedy="see that base_url is the address of an OpenAI-compatible server itself",
            )
        )

    def _fatal(self, error: WatchError) -> CallFailed:
        return CallFailed(CallFailure.FATAL, error.what, error=error)

    def _said(self, text: str) -> str:
        """What the server said, on one line, short, without our key."""
        text = self.without_key(text)
        shown = "".join(each if each.isprintable() else " " for each in text)
        return " ".join(shown.split())[:_LONGEST_REASON]

    def without_key(self, text: str) -> str:
        """The text with stars for our key, should a server repeat it."""
        return redact(text, self._key)


def _refused_by(error: BaseException | None) -> int:
    """The status of the refusal whose body could not be read; 0 if this was none."""
    while error is not None:
        status = getattr(getattr(error, "response", None), "status_code", 0)
        if isinstance(status, int) and status >= 300:
            return status
        error = error.__context__
    return 0


def _names_no_model(status: int, code: str, said: str) -> bool:
    """Whether the model is what is lacking, and not something that the model cannot do."""
    return code == "model_not_found" or (status in {400, 404} and bool(_NO_MODEL.search(said)))
