"""What goes to an endpoint and what comes back: the seams of the LLM classifier.

The classifier knows these values and Protocols only; `server` fills them with the `openai`
package, `cachefile` with SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Protocol

from medvl_watch.classify.prompt import Message
from medvl_watch.errors import WatchError
from medvl_watch.records import Paper

Schema = Mapping[str, Any]
"""A JSON schema."""


class Form(StrEnum):
    """How a server is asked for JSON, strictest first."""

    SCHEMA = "JSON schema"
    TOOL = "forced tool"
    OBJECT = "JSON object"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a server answered. `problem` says in a clause why `text` is no answer, else it is
    empty. Tokens are the server's own count, or None where it gives none."""

    text: str
    problem: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None


class Failure(Enum):
    """What a failed call means for the next one."""

    FORM = auto()
    """400, 404, 422, 500: perhaps the server cannot do this form."""
    BUSY = auto()
    """429: ask again later."""
    BROKEN = auto()
    """No whole answer came: time-out, broken connection, 502 to 504."""
    FATAL = auto()
    """No other call can go better: wrong key, unknown model, no credit."""


class CallFailed(Exception):
    """A call without an answer. `reason` is a clause without secrets.

    `wait` is in seconds, where the server said when to come back; `error` is what a person
    has to be told where the failure is fatal.
    """

    def __init__(
        self,
        kind: Failure,
        reason: str,
        *,
        status: int | None = None,
        wait: float | None = None,
        error: WatchError | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.status = status
        self.wait = wait
        self.error = error


class Endpoint(Protocol):
    """A model behind an address. Used from several threads at once."""

    @property
    def where(self) -> str:
        """The address, for messages."""
        ...

    def complete(self, messages: Sequence[Message], form: Form, schema: Schema) -> Completion:
        """One answer. Raises CallFailed, and nothing else."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A usable answer as the model gave it, with what it took."""

    raw: str
    input_tokens: int
    output_tokens: int
    usd: float


class AnswerCache(Protocol):
    """Answers by the key of their question. Used from several threads at once."""

    def get(self, key: str) -> Kept | None: ...

    def put(self, key: str, kept: Kept) -> None:
        """Raises LedgerError if it cannot be written."""
        ...


class Purse(Protocol):
    """Remembers what was paid, beyond the run."""

    def paid(self, *, model: str, input_tokens: int, output_tokens: int, usd: float) -> None:
        """Note one call. Raises LedgerError if it cannot be written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A listed paper, with the ids of the taxonomy's nodes that it stands under."""

    title: str
    nodes: tuple[str, ...]


class Examples(Protocol):
    """The listed papers nearest to a paper, best first."""

    def near(self, paper: Paper, count: int) -> Sequence[Example]: ...


class NoExamples:
    """Where no list is at hand."""

    def near(self, paper: Paper, count: int) -> Sequence[Example]:  # noqa: ARG002  the Protocol's
        return ()


class Memory:
    """A cache and purse for one run, in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def get(self, key: str) -> Kept | None:
        return self._kept.get(key)

    def put(self, key: str, kept: Kept) -> None:
        self._kept[key] = kept

    def paid(self, *, model: str, input_tokens: int, output_tokens: int, usd: float) -> None:
        """Nothing outlives the run."""
