"""An OpenAI-compatible endpoint, by the `openai` package, which is imported on the first call.

The package's own retries are off, since the asker knows better when to ask again. A reply is
read with an end to its time and size. The key goes into the request and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from medvl_watch.classify.llm.completion import read_completion
from medvl_watch.classify.llm.failures import ErrorTranslation
from medvl_watch.classify.llm.protocols import (
    CallFailed,
    CallFailure,
    ChatCompletion,
    ResponseFormat,
    Schema,
)
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.prompt import ChatMessage
from medvl_watch.errors import ConfigError, WatchError

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

NAME = "verdict"
"""What the schema and the tool are called in requests."""
_LARGEST_REPLY = 1_000_000
_NO_KEY_NEEDED = "none"


def open_client(settings: LlmSettings, key: str) -> OpenAI:
    """The package's client. Raises ConfigError if the package is not installed, or cannot work
    with the proxies of the environment."""
    try:
        import openai  # noqa: PLC0415  heavy, and not everybody has it
    except ImportError as error:
        raise ConfigError(
            "the classifier `llm` needs the package openai",
            remedy="install it with: pip install 'medvl-watch[llm]'",
        ) from error
    try:
        transport = openai.DefaultHttpxClient(
            follow_redirects=False,  # a paper's text goes where the configuration says
            timeout=settings.timeout,
        )
    except (ImportError, ValueError) as error:
        raise ConfigError(
            f"no connection can be made ({type(error).__name__})",
            where=settings.base_url,
            remedy="see that HTTP_PROXY, HTTPS_PROXY and ALL_PROXY hold addresses of proxies, "
            "none of them SOCKS",
        ) from error
    return openai.OpenAI(
        api_key=key or _NO_KEY_NEEDED,
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=0,
        http_client=transport,
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
        self.failures = ErrorTranslation(settings, key, now)
        self._settings = settings
        self._key = key
        self._clock = clock
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

    def complete(
        self, messages: Sequence[ChatMessage], form: ResponseFormat, schema: Schema
    ) -> ChatCompletion:
        """One answer. Raises CallFailed, and nothing else."""
        try:
            create: Any = self.client.chat.completions.with_streaming_response.create
        except WatchError as error:
            raise CallFailed(CallFailure.FATAL, error.what, error=error) from error
        import openai  # noqa: PLC0415  heavy

        for _ in range(3):  # each parameter that a model refuses is changed once
            request = self.request(messages, form, schema)
            try:
                completion = read_completion(self._body(create, request))
                return replace(completion, text=self.failures.without_key(completion.text))
            except CallFailed:
                raise
            except openai.BadRequestError as error:
                if not self._adapt(error, request):
                    raise self.failures.of(error) from error
            except Exception as error:
                # Not only the package's own: a key that no header can hold is a ValueError, a
                # refusal whose body breaks off one of the transport.
                raise self.failures.of(error) from error
        raise CallFailed(
            CallFailure.FORM, "the server refuses the request's parameters", status=400
        )

    def request(
        self, messages: Sequence[ChatMessage], form: ResponseFormat, schema: Schema
    ) -> dict[str, Any]:
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
                    raise CallFailed(CallFailure.BROKEN, "the reply broke off") from error
                if chunk is None:
                    return bytes(pieces)
                pieces += chunk
                if self._clock() > end:
                    raise CallFailed(CallFailure.BROKEN, "no whole reply in time")
                if len(pieces) > _LARGEST_REPLY:
                    raise CallFailed(CallFailure.BROKEN, "the reply had no end")

    def _adapt(self, error: APIStatusError, request: Mapping[str, Any]) -> bool:
        """Newer models refuse parameters that older servers need. True if the next request is
        without the one that this one was refused for, whichever thread changed it."""
        if error.param not in request:
            return False
        with self._lock:
            if error.param == "max_tokens":
                self._limit_name = "max_completion_tokens"
                return True
            if error.param == "temperature":
                self._temperature = None
                return True
        return False


def _by_schema(schema: Schema) -> dict[str, Any]:
    described = {"name": NAME, "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def _by_tool(schema: Schema) -> dict[str, Any]:
    tool = {"type": "function", "function": {"name": NAME, "parameters": schema}}
    choice = {"type": "function", "function": {"name": NAME}}
    return {"tools": [tool], "tool_choice": choice}


_FORMS: Mapping[ResponseFormat, Callable[[Schema], dict[str, Any]]] = {
    ResponseFormat.SCHEMA: _by_schema,
    ResponseFormat.TOOL: _by_tool,
    ResponseFormat.OBJECT: lambda _: {"response_format": {"type": "json_object"}},
    ResponseFormat.TEXT: lambda _: {},
}
