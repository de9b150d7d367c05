"""Asks an endpoint one question: through the response formats, with retries and one correction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from medvl_watch.classify.llm import reasons
from medvl_watch.classify.llm.answer_schema import Answer, AnswerSchema
from medvl_watch.classify.llm.completion import NOT_THE_FORMAT
from medvl_watch.classify.llm.prices import max_input_tokens, max_tokens
from medvl_watch.classify.llm.protocols import (
    CachedAnswer,
    CallFailed,
    CallFailure,
    ChatCompletion,
    Endpoint,
    ResponseFormat,
)
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.llm.usage import UsageCounter
from medvl_watch.classify.prompt import ChatMessage
from medvl_watch.errors import WatchError

_FIRST_PAUSE = 1.0  # seconds; doubled before each further attempt


@dataclass(slots=True)
class CallCosts:
    """The costs of all calls for one question so far, and the text of the last reply."""

    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    raw: str = ""

    def add(self, input_tokens: int, output_tokens: int, usd: float) -> None:
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        self.usd += usd

    def cached_answer(self, question: Question) -> CachedAnswer:
        """The last reply and all costs, for the cache."""
        return question.describe(
            CachedAnswer(
                raw=self.raw,
                input_tokens=self.input_tokens,
                output_tokens=self.output_tokens,
                usd=self.usd,
            )
        )


@dataclass(frozen=True, slots=True)
class UsableAnswer:
    """A usable answer, and its raw text with the costs for the cache."""

    answer: Answer
    cached: CachedAnswer


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no usable answer.

    `kind` is one of the constants in `reasons`, for counting; `reason` may contain words of the
    server. `stop` says that no other question can succeed either; `error` is then the report for
    the user.
    """

    kind: str
    reason: str = ""
    stop: bool = False
    error: WatchError | None = None

    @property
    def flag(self) -> str:
        """The reason for the flag of a verdict. It contains no words of the server."""
        unusable = self.kind == reasons.UNUSABLE
        return f"{self.kind}: {self.reason}" if unusable else self.kind


class RateLimiter:
    """Makes every thread wait when a server asks one of them to wait.

    `clock` returns seconds, and `sleep` waits for seconds.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._not_before = 0.0

    def pause(self, seconds: float) -> None:
        """Let no thread call for this number of seconds."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def wait(self) -> None:
        """Wait until calls are allowed."""
        with self._lock:
            seconds = self._not_before - self._clock()
        if seconds > 0:
            self._sleep(seconds)


class QuestionClient:
    """Asks questions at one endpoint. Used from several threads at once; never raises."""

    def __init__(  # noqa: PLR0913  one parameter per collaborator
        self,
        endpoint: Endpoint,
        answer_schema: AnswerSchema,
        *,
        settings: LlmSettings,
        response_formats: ResponseFormats,
        rate_limiter: RateLimiter,
        usage_counter: UsageCounter,
    ) -> None:
        self._endpoint = endpoint
        self._answer_schema = answer_schema
        self._settings = settings
        self._response_formats = response_formats
        self._rate_limiter = rate_limiter
        self._usage_counter = usage_counter

    def ask(self, question: Question, costs: CallCosts) -> UsableAnswer | NoAnswer:
        """A usable answer, or why there is none; the costs of all calls are added to `costs`."""
        response_format = self._response_formats.strictest
        messages = question.messages
        failed_formats: set[ResponseFormat] = set()
        is_second_try = False
        while True:
            outcome = self._call(messages, response_format, costs)
            if isinstance(outcome, NoAnswer):
                return outcome
            if isinstance(outcome, CallFailed):
                next_format = self._response_formats.next_after(response_format)
                if next_format is None:
                    return NoAnswer(_kind(outcome), outcome.reason)
                failed_formats.add(response_format)
                response_format = next_format
                continue
            answer = self._answer_schema.read(outcome, question)
            if isinstance(answer, Answer):
                self._response_formats.record(
                    worked=response_format, failed=failed_formats - {response_format}
                )
                return UsableAnswer(answer, costs.cached_answer(question))
            if is_second_try:
                return NoAnswer(reasons.UNUSABLE, answer.reason)
            is_second_try = True
            messages = question.correction(answer.reason)
            if outcome.problem not in NOT_THE_FORMAT:
                failed_formats.add(response_format)
                # A format that has worked before is not the cause.
                if not self._response_formats.has_worked(response_format):
                    next_format = self._response_formats.next_after(response_format)
                    response_format = next_format or response_format

    def _call(
        self, messages: Sequence[ChatMessage], response_format: ResponseFormat, costs: CallCosts
    ) -> ChatCompletion | CallFailed | NoAnswer:
        """One reply, after retries; CallFailed if the response format may be the cause."""
        pause = _FIRST_PAUSE
        for attempt in range(1, self._settings.attempts + 1):
            self._rate_limiter.wait()
            try:
                return self._call_within_budget(messages, response_format, costs)
            except _BudgetUsedUpError:
                return NoAnswer(
                    reasons.BUDGET, stop=True, error=reasons.out_of_budget(self._settings)
                )
            except CallFailed as failed:
                if failed.kind is CallFailure.FATAL:
                    return NoAnswer(_kind(failed), failed.reason, stop=True, error=failed.error)
                is_temporary = failed.status == 500 and self._response_formats.has_worked(
                    response_format
                )
                is_last = attempt == self._settings.attempts
                if failed.kind is CallFailure.FORMAT and (is_last or not is_temporary):
                    return failed
                wait = pause if failed.retry_after is None else failed.retry_after
                if wait > self._settings.patience:
                    error = reasons.wait_too_long(self._settings, wait)
                    return NoAnswer(reasons.BUSY, failed.reason, stop=True, error=error)
                if is_last:
                    return NoAnswer(_kind(failed), failed.reason)
                self._rate_limiter.pause(wait)
                pause *= 2
        raise AssertionError("unreachable: the last attempt returns")

    def _call_within_budget(
        self, messages: Sequence[ChatMessage], response_format: ResponseFormat, costs: CallCosts
    ) -> ChatCompletion:
        """One reply; its highest possible cost is reserved before and replaced afterwards."""
        max_input = max_input_tokens(messages, self._answer_schema.schema)
        reserved = self._usage_counter.reserve(max_input)
        if reserved is None:
            raise _BudgetUsedUpError
        try:
            completion = self._endpoint.complete(
                messages, response_format, self._answer_schema.schema
            )
        except CallFailed as failed:
            if failed.may_have_cost:
                costs.add(max_input, 0, self._usage_counter.charge(reserved, max_input, 0))
            else:
                self._usage_counter.release(reserved)
            raise
        input_tokens, output_tokens = completion.input_tokens, completion.output_tokens
        if input_tokens is None:
            input_tokens = max_input
        if output_tokens is None:
            output_tokens = min(max_tokens(completion.text), self._settings.max_output_tokens)
        usd = self._usage_counter.charge(reserved, input_tokens, output_tokens)
        costs.add(input_tokens, output_tokens, usd)
        costs.raw = completion.text
        return completion


class _BudgetUsedUpError(Exception):
    pass


def _kind(failed: CallFailed) -> str:
    match failed.kind:
        case CallFailure.BUSY:
            return reasons.BUSY
        case CallFailure.UNREACHED:
            return reasons.UNREACHED
        case CallFailure.BROKEN:
            return reasons.BROKEN
        case CallFailure.FATAL:
            return reasons.REFUSED
        case CallFailure.FORMAT:
            return f"HTTP {failed.status}" if failed.status else "call refused"
