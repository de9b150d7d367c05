"""The requests to and replies from an endpoint, and the interfaces of the LLM classifier.

The classifier depends only on these values and Protocols. `server` implements them with the
`openai` package, `answer_cache` with SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Protocol

from medvl_watch.classify.neighbours import ListedNeighbour
from medvl_watch.classify.prompt import ChatMessage
from medvl_watch.errors import WatchError
from medvl_watch.records import Headings, Paper, Verdict

Schema = Mapping[str, Any]
"""A JSON schema."""


class ResponseFormat(StrEnum):
    """The ways to ask a server for JSON, the strictest first.

    The first three are `json_schema`, a forced tool call and `json_object` of
    https://platform.openai.com/docs/guides/structured-outputs; many servers lack some of them.
    """

    SCHEMA = "JSON schema"
    TOOL = "forced tool"
    OBJECT = "JSON object"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletion:
    """The reply of a server to one call.

    `problem` says in a clause why `text` is not an answer; it is empty otherwise. Tokens are the
    server's own count, or None if it gives none.
    """

    text: str
    problem: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None


class CallFailure(Enum):
    """Why a call failed, by what it means for the next call."""

    FORMAT = auto()
    """400, 404, 413, 422, 500: the server may not support this response format."""
    BUSY = auto()
    """429, 503: try again later."""
    UNREACHED = auto()
    """No server received the whole request: closed port, unknown host."""
    BROKEN = auto()
    """No complete reply came: time-out, broken connection, 502, 504."""
    FATAL = auto()
    """No other call can succeed: wrong key, unknown model, no credit, redirect."""


class CallFailed(Exception):
    """A call without a reply. `reason` is a clause without secrets.

    `retry_after` is the wait in seconds that the server asks for, if it does; `error` is what
    to report to the user if the failure is fatal.
    """

    def __init__(
        self,
        kind: CallFailure,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        error: WatchError | None = None,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        self.error = error

    @property
    def may_have_cost(self) -> bool:
        """Whether the server may charge for the call: it received the whole request, and did
        not refuse it with an HTTP status."""
        return self.kind is CallFailure.BROKEN and self.status is None


class Endpoint(Protocol):
    """A model at an address. Used from several threads at once."""

    @property
    def address(self) -> str:
        """The base URL, for messages."""
        ...

    def complete(
        self, messages: Sequence[ChatMessage], response_format: ResponseFormat, schema: Schema
    ) -> ChatCompletion:
        """One completion. Raises CallFailed, and nothing else."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedAnswer:
    """The raw text of a model's answer, with its cost and its question.

    `version` names the prompt, taxonomy and model; `shown` has the titles of the listed papers
    that the model was shown as examples.
    """

    raw: str
    input_tokens: int
    output_tokens: int
    usd: float
    paper_id: str = ""
    version: str = ""
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedBatch:
    """A batch as recorded here.

    `keys` are the keys of its questions. `max_usd` is reserved from the budget until the batch
    `is_finished`. `tag` is our own name for the batch; `id` is the service's, empty until the
    service has assigned it.
    """

    tag: str
    keys: frozenset[str]
    max_usd: float
    id: str = ""
    is_finished: bool = False
    submitted_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateSection:
    """A section of a list that may take a paper, with titles of its entries. `path` has
    `{year}` and `{venue}` for such levels, which the paper's own data decide."""

    path: Headings
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCandidates:
    """The sections of one list that may take a paper, in the order of the file.

    `in_doubt` says that a person would have to check the section without a model. `fields` are
    the described fields (`records.DescribedField`) that entries of the list have.
    """

    list_id: str
    title: str
    sections: tuple[CandidateSection, ...]
    in_doubt: bool = False
    fields: tuple[str, ...] = ()


class CandidateLists(Protocol):
    """Offers the sections of lists. Used from several threads at once."""

    def candidates(self, paper: Paper, verdict: Verdict) -> Sequence[ListCandidates]:
        """The lists that may take the paper and have several sections for it."""
        ...


class NoCandidateLists:
    """Offers nothing, for use where no list is available."""

    def candidates(self, paper: Paper, verdict: Verdict) -> Sequence[ListCandidates]:  # noqa: ARG002  signature of the Protocol
        return ()


class AnswerCache(Protocol):
    """Answers by the key of their question. Used from several threads at once."""

    def get(self, key: str) -> CachedAnswer | None: ...

    def put_unusable(self, answer: CachedAnswer, reason: str) -> None:
        """Store what a model wrote instead of a usable answer, and the reason why it is not
        usable. It replaces the previous one on the same paper; `get` never returns it. Raises
        LedgerError if it cannot be written."""
        ...

    def put(self, key: str, answer: CachedAnswer) -> None:
        """Raises LedgerError if it cannot be written."""
        ...

    def discard(self, keys: Sequence[str]) -> None:
        """Delete the answers with these keys, which turned out not to be reliable. Raises
        LedgerError if they cannot be deleted."""
        ...


class PaymentLog(Protocol):
    """Records payments, and keeps one budget for all processes. Amounts are in US dollars."""

    def reserve(self, usd: float, budget: float) -> int | None:
        """Reserve an amount, and return a number for it; None if the payments and reservations
        of this month and the amount exceed the budget together. Raises LedgerError if it cannot
        be written."""
        ...

    def release(self, reservation: int) -> None:
        """Give a reservation back. Raises LedgerError if it cannot be written."""
        ...

    def record_payment(
        self,
        *,
        model: str,
        input_tokens: int,
        output_tokens: int,
        usd: float,
        reservation: int | None = None,
    ) -> None:
        """Record the cost of one call, in place of its reservation. Raises LedgerError if it
        cannot be written."""
        ...


class NearestPapers(Protocol):
    """Finds the listed papers nearest to a paper. Used from several threads at once."""

    def nearest(self, paper: Paper, count: int) -> Sequence[ListedNeighbour]:
        """At most `count` listed papers, the nearest first."""
        ...


class NoNearestPapers:
    """Finds nothing, for use where no list is available."""

    def nearest(self, paper: Paper, count: int) -> Sequence[ListedNeighbour]:  # noqa: ARG002  signature of the Protocol
        return ()
