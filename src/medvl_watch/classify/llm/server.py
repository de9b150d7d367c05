"""An OpenAI-compatible endpoint, by the `openai` package, which is imported on the first call.

The package's own retries are off, since the asker knows better when to ask again. A reply is
read with an end to its time and size. The key goes into the request and nowhere else.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from medvl_watch.classify.llm.completion import read_completion
from medvl_watch.classify.llm.exchange import CallFailed, Completion, Failure, Form, Schema
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.prompt import Message
from medvl_watch.errors import ConfigError, ModelDenied, ModelError, WatchError

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

NAME = "verdict"
"""What the schema and the tool are called in requests."""
_LARGEST_REPLY = 1_000_000
_LONGEST_REASON = 200
_PERHAPS_THE_FORM = frozenset({400, 404, 422, 500})
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_NO_MODEL = re.compile(
    r"\b(?:unknown|invalid|no such) model\b|"
    r"\bmodel(?: [`'\"]?[\w./:@-]{1,200}[`'\"]?)?(?: does)? not (?:found|exist)\b",
    re.IGNORECASE,
)
_NO_KEY_NEEDED = "none"


def open_client(settings: LlmSettings, key: str) -> OpenAI:
    """The package's client. Raises ConfigError if the package is not installed."""
    try:
        import openai  # noqa: PLC0415  heavy, and not everybody has it
    except ImportError as error:
        raise ConfigError(
            "the classifier `llm` needs the package openai",
            remedy="install it with: pip install 'medvl-watch[llm]'",
        ) from error
    return openai.OpenAI(
        api_key=key or _NO_KEY_NEEDED,
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(
            follow_redirects=False,  # a paper's text goes where the configuration says
            timeout=settings.timeout,
        ),
    )


class Server:
    """An endpoint with one model. Satisfies `exchange.Endpoint`.

    `clock` counts seconds, `now` says the time of day (for a Retry-After that is a date).
    """

    def __init__(
        self,
        settings: LlmSettings,
        key: str,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self.where = settings.base_url
        self._settings = settings
        self._key = key
        self._clock = clock
        self._now = now
        self._lock = Lock()
        self._client: OpenAI | None = None
        self._limit_name = "max_tokens"
        self._temperature = settings.temperature

    @property
    def client(self) -> OpenAI:
        """The package's client, made on first use."""
        with self._lock:
            if self._client is None:
                self._client = open_client(self._settings, self._key)
            return self._client

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def complete(self, messages: Sequence[Message], form: Form, schema: Schema) -> Completion:
        """One answer. Raises CallFailed, and nothing else."""
        try:
            create: Any = self.client.chat.completions.with_streaming_response.create
        except WatchError as error:
            raise CallFailed(Failure.FATAL, error.what, error=error) from error
        import openai  # noqa: PLC0415  heavy

        for _ in range(3):  # each parameter that a model refuses is changed once
            request = self.request(messages, form, schema)
            try:
                return read_completion(self._body(create, request))
            except CallFailed:
                raise
            except openai.BadRequestError as error:
                if not self._adapt(error):
                    raise self._failed(error) from error
            except Exception as error:
                # Not only the package's own: a key that no header can hold is a ValueError, a
                # refusal whose body breaks off one of the transport.
                raise self.translated(error) from error
        raise CallFailed(Failure.FORM, "the server refuses the request's parameters", status=400)

    def translated(self, error: Exception) -> CallFailed:
        """What an exception of the package means for the next call."""
        import openai  # noqa: PLC0415  heavy

        if isinstance(error, openai.APIStatusError):
            return self._failed(error)
        if isinstance(error, openai.APITimeoutError):
            return CallFailed(Failure.BROKEN, "no reply in time")
        if isinstance(error, openai.APIConnectionError):
            return CallFailed(Failure.BROKEN, "the connection failed")
        return CallFailed(Failure.BROKEN, self._said(str(error)))

    def request(self, messages: Sequence[Message], form: Form, schema: Schema) -> dict[str, Any]:
        """The body of the request, as a batch's file holds it too."""
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            self._limit_name: self._settings.max_output_tokens,
            **_FORMS[form](schema),
        }
        if self._temperature is not None:
            body["temperature"] = self._temperature
        return body

    def _body(self, create: Any, request: Mapping[str, Any]) -> bytes:
        """The reply's body. A time-out of the package is one for each piece of a reply; this
        is one for the whole."""
        end = self._clock() + self._settings.timeout
        pieces = bytearray()
        with create(**request) as response:
            chunks = response.iter_bytes()  # as they come: a size would wait for so many
            while True:
                try:
                    chunk = next(chunks, None)
                except Exception as error:
                    raise CallFailed(Failure.BROKEN, "the reply broke off") from error
                if chunk is None:
                    return bytes(pieces)
                pieces += chunk
                if self._clock() > end:
                    raise CallFailed(Failure.BROKEN, "no whole reply in time")
                if len(pieces) > _LARGEST_REPLY:
                    raise CallFailed(Failure.BROKEN, "the reply had no end")

    def _adapt(self, error: APIStatusError) -> bool:
        """Newer models refuse parameters that older servers need. True if one was changed."""
        with self._lock:
            if error.param == "max_tokens" and self._limit_name == "max_tokens":
                self._limit_name = "max_completion_tokens"
                return True
            if error.param == "temperature" and self._temperature is not None:
                self._temperature = None
                return True
        return False

    def _failed(self, error: APIStatusError) -> CallFailed:
        status, code = error.status_code, str(error.code or "")
        said = self._said(error.message)
        if code in _NO_CREDIT:
            return self._fatal(ModelDenied("the account has no credit left", where=self.where))
        if status in {401, 403}:
            return self._fatal(
                ModelDenied(
                    f"the key in {self._settings.api_key_env} was refused (HTTP {status})",
                    where=self.where,
                    remedy="put a valid key for this address into that environment variable",
                )
            )
        if _names_no_model(status, code, said):
            return self._fatal(
                ModelError(
                    f"there is no model {self._settings.model!r} there",
                    where=self.where,
                    remedy="name one that the server has as `model` in [classifier.llm]",
                )
            )
        if status in {429, 503}:
            wait = retry_after(error.response.headers.get("retry-after"), self._now())
            return CallFailed(Failure.BUSY, f"HTTP {status}", status=status, wait=wait)
        kind = Failure.FORM if status in _PERHAPS_THE_FORM else Failure.BROKEN
        return CallFailed(kind, said or f"HTTP {status}", status=status)

    def _fatal(self, error: WatchError) -> CallFailed:
        return CallFailed(Failure.FATAL, error.what, error=error)

    def _said(self, text: str) -> str:
        """What the server said, on one line, short, without our key."""
        for secret in (self._key, base64.b64encode(self._key.encode()).decode()):
            text = text.replace(secret, "***") if len(secret) > 3 else text
        return " ".join(text.split())[:_LONGEST_REASON]


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for; None if it says nothing that makes sense."""
    text = (header or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if seconds == seconds else None  # noqa: PLR0124  not a number


def _names_no_model(status: int, code: str, said: str) -> bool:
    """Whether the model is what is lacking, and not something that the model cannot do."""
    return code == "model_not_found" or (status in {400, 404} and bool(_NO_MODEL.search(said)))


def _by_schema(schema: Schema) -> dict[str, Any]:
    described = {"name": NAME, "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _by_tool(schema: Schema) -> dict[str, Any]:
    tool = {"type": "function", "function": {"name": NAME, "parameters": schema}}
    choice = {"type": "function", "function": {"name": NAME}}
    return {"tools": [tool], "tool_choice": choice}


_FORMS: Mapping[Form, Callable[[Schema], dict[str, Any]]] = {
    Form.SCHEMA: _by_schema,
    Form.TOOL: _by_tool,
    Form.OBJECT: lambda _: {"response_format": {"type": "json_object"}},
    Form.TEXT: lambda _: {},
}
