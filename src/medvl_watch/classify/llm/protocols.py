"""What goes to an endpoint and what comes back: the seams of the LLM classifier.

The classifier knows these values and Protocols only; `server` fills them with the `openai`
package, `cachefile` with SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Protocol

from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.prompt import ChatMessage
from medvl_watch.errors import WatchError
from medvl_watch.records import Paper

Schema = Mapping[str, Any]
"""A JSON schema."""


class ResponseFormat(StrEnum):
    """How a server is asked for JSON, strictest first."""

    SCHEMA = "JSON schema"
    TOOL = "forced tool"
    OBJECT = "JSON object"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletion:
    """What a server answered. `problem` says in a clause why `text` is no answer, else it is
    empty. Tokens are the server's own count, or None where it gives none."""

    text: str
    problem: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None


class CallFailure(Enum):
    """What a failed call means for the next one."""

    FORM = auto()
    """400, 404, 413, 422, 500: perhaps the server cannot do this form."""
    BUSY = auto()
    """429: ask again later."""
    UNREACHED = auto()
    """No server took the whole question: closed port, unknown name."""
    BROKEN = auto()
    """No whole answer came: time-out, broken connection, 502 to 504."""
    FATAL = auto()
    """No other call can go better: wrong key, unknown model, no credit, a redirect."""


class CallFailed(Exception):
    """A call without an answer. `reason` is a clause without secrets.

    `wait` is in seconds, where the server said when to come back; `error` is what a person
    has to be told where the failure is fatal.
    """

    def __init__(
        self,
        kind: CallFailure,
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

    @property
    def may_have_cost(self) -> bool:
        """Whether a server may have worked on the question, and charges for it: it took the
        whole of it, and did not refuse it by a status."""
        return self.kind is CallFailure.BROKEN and self.status is None


class Endpoint(Protocol):
    """A model behind an address. Used from several threads at once."""

    @property
    def where(self) -> str:
        """The address, for messages."""
        ...

    def complete(
        self, messages: Sequence[ChatMessage], form: ResponseFormat, schema: Schema
    ) -> ChatCompletion:
        """One answer. Raises CallFailed, and nothing else."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedAnswer:
    """A usable answer as the model gave it, with what it took and what it answers: `version`
    names prompt, taxonomy and model, `shown` holds the listed papers that went with it."""

    raw: str
    input_tokens: int
    output_tokens: int
    usd: float
    paper_id: str = ""
    version: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedBatch:
    """A batch as we know it: `keys` are its questions, `usd_at_most` is held back for it until
    it `is_over`. `id` is empty before the service has named it; `tag` is our own name for it."""

    tag: str
    keys: frozenset[str]
    usd_at_most: float
    id: str = ""
    is_over: bool = False
    at: str = ""


class AnswerCache(Protocol):
    """Answers by the key of their question. Used from several threads at once."""

    def get(self, key: str) -> CachedAnswer | None: ...

    def put_unusable(self, kept: CachedAnswer, why: str) -> None:
        """Keep what came instead of an answer on a paper, in place of what came before, and
        `why` it is none; `get` never gives it. Raises LedgerError if it cannot be written."""
        ...

    def put(self, key: str, kept: CachedAnswer) -> None:
        """Raises LedgerError if it cannot be written."""
        ...


class PaymentLog(Protocol):
    """Remembers what was paid, beyond the run."""

    def paid(self, *, model: str, input_tokens: int, output_tokens: int, usd: float) -> None:
        """Note one call. Raises LedgerError if it cannot be written."""
        ...


class NearestPapers(Protocol):
    """The listed papers nearest to a paper, best first. Used from several threads at once."""

    def nearest(self, paper: Paper, count: int) -> Sequence[ListedNeighbour]: ...


class NoNearestPapers:
    """Where no list is at hand."""

    def nearest(self, paper: Paper, count: int) -> Sequence[ListedNeighbour]:  # noqa: ARG002  the Protocol's
        return ()
