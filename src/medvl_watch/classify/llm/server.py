"""An OpenAI-compatible endpoint, through the `openai` package, which is imported on first use.

The retries of the package are off, since `client` decides when to call again. The time and size
of a reply are limited. The API key goes into the request and nowhere else.
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
"""The name of the schema and of the tool in requests."""
_LARGEST_REPLY = 1_000_000  # bytes
_NO_KEY = "none"  # the package demands a key, even for servers that need none


def open_client(settings: LlmSettings, key: str) -> OpenAI:
    """The client of the package. Raises ConfigError if the package is not installed, or cannot
    use the proxies that the environment names."""
    try:
        import openai  # noqa: PLC0415  slow to import, and optional
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
            remedy="check that HTTP_PROXY, HTTPS_PROXY and ALL_PROXY are addresses of proxies, "
            "and none of them a SOCKS proxy",
        ) from error
    return openai.OpenAI(
        api_key=key or _NO_KEY,
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=0,
        http_client=transport,
    )


class Server:
    """An endpoint with one model. Satisfies `protocols.Endpoint`.

    `clock` returns seconds, for time limits; `now` returns the current time, for a Retry-After
    header that contains a date.
    """

    def __init__(
        self,
        settings: LlmSettings,
        key: str,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self.address = settings.base_url
        self.errors = ErrorTranslation(settings, key, now)
        self._settings = settings
        self._key = key
        self._clock = clock
        self._lock = Lock()
        self._client: OpenAI | None = None
        self._limit_name = "max_tokens"
        self._temperature = settings.temperature

    @property
    def client(self) -> OpenAI:
        """The client of the package, created on first use."""
        with self._lock:
            if self._client is None:
                self._client = open_client(self._settings, self._key)
            return self._client

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def complete(
        self, messages: Sequence[ChatMessage], response_format: ResponseFormat, schema: Schema
    ) -> ChatCompletion:
        """One completion. Raises CallFailed, and nothing else."""
        try:
            create: Any = self.client.chat.completions.with_streaming_response.create
        except WatchError as error:
            raise CallFailed(CallFailure.FATAL, error.what, error=error) from error
        import openai  # noqa: PLC0415  slow to import

        for _ in range(3):  # two parameters may have to be changed
            request = self.request(messages, response_format, schema)
            try:
                completion = read_completion(self._read_body(create, request))
                return replace(completion, text=self.errors.without_key(completion.text))
            except CallFailed:
                raise
            except openai.BadRequestError as error:
                if not self._change_parameter(error, request):
                    raise self.errors.translate(error) from error
            except Exception as error:
                # Not only exceptions of the package: a key with characters that a header cannot
                # have raises ValueError, and a refusal with a broken body an exception of the
                # HTTP library.
                raise self.errors.translate(error) from error
        raise CallFailed(
            CallFailure.FORMAT, "the server refuses the request's parameters", status=400
        )

    def request(
        self, messages: Sequence[ChatMessage], response_format: ResponseFormat, schema: Schema
    ) -> dict[str, Any]:
        """The body of a request, which is also a line of a batch's input file."""
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [{"role": each.role, "content": each.content} for each in messages],
            self._limit_name: self._settings.max_output_tokens,
            **_FORMAT_PARAMETERS[response_format](schema),
        }
        if self._temperature is not None:
            body["temperature"] = self._temperature
        return body

    def _read_body(self, create: Any, request: Mapping[str, Any]) -> bytes:
        """The body of the reply.

        The time-out of the package applies to each read from the socket
        (https://www.python-httpx.org/advanced/timeouts/); here it applies to the whole reply.
        """
        end = self._clock() + self._settings.timeout
        body = bytearray()
        with create(**request) as response:
            chunks = response.iter_bytes()  # without a chunk size, which would wait for more bytes
            while True:
                try:
                    chunk = next(chunks, None)
                except Exception as error:
                    raise CallFailed(CallFailure.BROKEN, "the reply broke off") from error
                if chunk is None:
                    return bytes(body)
                body += chunk
                if self._clock() > end:
                    raise CallFailed(CallFailure.BROKEN, "no complete reply in time")
                if len(body) > _LARGEST_REPLY:
                    raise CallFailed(CallFailure.BROKEN, "the reply was too large")

    def _change_parameter(self, error: APIStatusError, request: Mapping[str, Any]) -> bool:
        """Stop sending the parameter for which a request was refused, if that is possible.

        Newer models refuse `max_tokens` and `temperature`, which older servers need
        (https://platform.openai.com/docs/guides/reasoning). Returns whether the next request
        will be without that parameter, no matter which thread changed it.
        """
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


def _schema_parameters(schema: Schema) -> dict[str, Any]:
    json_schema = {"name": NAME, "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": json_schema}}


def _tool_parameters(schema: Schema) -> dict[str, Any]:
    tool = {"type": "function", "function": {"name": NAME, "parameters": schema}}
    choice = {"type": "function", "function": {"name": NAME}}
    return {"tools": [tool], "tool_choice": choice}


_FORMAT_PARAMETERS: Mapping[ResponseFormat, Callable[[Schema], dict[str, Any]]] = {
    ResponseFormat.SCHEMA: _schema_parameters,
    ResponseFormat.TOOL: _tool_parameters,
    ResponseFormat.OBJECT: lambda _: {"response_format": {"type": "json_object"}},
    ResponseFormat.TEXT: lambda _: {},
}
