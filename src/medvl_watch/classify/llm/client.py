"""One question to an endpoint: down the ladder, patient with a busy server, one second try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from medvl_watch.classify.llm import reasons
from medvl_watch.classify.llm.answer_schema import Answer, AnswerForm
from medvl_watch.classify.llm.completion import NOT_THE_FORM
from medvl_watch.classify.llm.prices import input_at_most, tokens_at_most
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

_FIRST_PAUSE = 1.0  # seconds; doubled with each further one


@dataclass(slots=True)
class CallCosts:
    """What the calls for one question took so far, and what the last of them brought."""

    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    raw: str = ""

    def add(self, input_tokens: int, output_tokens: int, usd: float) -> None:
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        self.usd += usd

    def kept(self, question: Question) -> CachedAnswer:
        return question.kept(
            CachedAnswer(
                raw=self.raw,
                input_tokens=self.input_tokens,
                output_tokens=self.output_tokens,
                usd=self.usd,
            )
        )


@dataclass(frozen=True, slots=True)
class UsableAnswer:
    """A usable answer, and the raw text with what it took, for the cache."""

    answer: Answer
    kept: CachedAnswer


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no usable answer. `kind` is one of few words, for counting; `reason` may be
    in the server's words; `stop` says that no other question can fare better, `error` what a
    person has to be told then."""

    kind: str
    reason: str = ""
    stop: bool = False
    error: WatchError | None = None

    @property
    def flag(self) -> str:
        """The reason for a verdict's flag, in no words but ours."""
        unusable = self.kind == reasons.UNUSABLE
        return f"{self.kind}: {self.reason}" if unusable else self.kind


class RateLimiter:
    """Makes every thread wait when a server asks one of them to. Time comes from outside."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = Lock()
        self._not_before = 0.0

    def hold(self, seconds: float) -> None:
        """Nobody asks for so many seconds."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def wait(self) -> None:
        with self._lock:
            seconds = self._not_before - self._clock()
        if seconds > 0:
            self._sleep(seconds)


class QuestionClient:
    """Asks questions of one endpoint. Used from several threads at once; never raises."""

    def __init__(  # noqa: PLR0913  one part of the machinery each
        self,
        endpoint: Endpoint,
        form: AnswerForm,
        *,
        settings: LlmSettings,
        ladder: ResponseFormats,
        pace: RateLimiter,
        books: UsageCounter,
    ) -> None:
        self._endpoint = endpoint
        self._form = form
        self._settings = settings
        self._ladder = ladder
        self._pace = pace
        self._books = books

    def ask(self, question: Question, spent: CallCosts) -> UsableAnswer | NoAnswer:
        """A usable answer, or why there is none; what it took is added to `spent`."""
        form = self._ladder.start
        messages = question.messages
        doubted: set[ResponseFormat] = set()
        tried_before = False
        while True:
            outcome = self._call(messages, form, spent)
            if isinstance(outcome, NoAnswer):
                return outcome
            if isinstance(outcome, CallFailed):
                lower = self._ladder.below(form)
                if lower is None:
                    return NoAnswer(_kind(outcome), outcome.reason)
                doubted.add(form)
                form = lower
                continue
            read = self._form.read(outcome, question)
            if isinstance(read, Answer):
                self._ladder.learn(worked=form, failed=doubted - {form})
                return UsableAnswer(read, spent.kept(question))
            if tried_before:
                return NoAnswer(reasons.UNUSABLE, read.reason)
            tried_before = True
            messages = question.again(read.reason)
            if outcome.problem not in NOT_THE_FORM:
                doubted.add(form)
                if not self._ladder.is_proven(form):  # else it was this answer, not the form
                    form = self._ladder.below(form) or form

    def _call(
        self, messages: Sequence[ChatMessage], form: ResponseFormat, spent: CallCosts
    ) -> ChatCompletion | CallFailed | NoAnswer:
        """One answer; CallFailed if this form may be the trouble."""
        pause = _FIRST_PAUSE
        for attempt in range(1, self._settings.attempts + 1):
            self._pace.wait()
            try:
                return self._pay_for(messages, form, spent)
            except _BudgetUsedUpError:
                return NoAnswer(
                    reasons.BUDGET, stop=True, error=reasons.out_of_budget(self._settings)
                )
            except CallFailed as failed:
                if failed.kind is CallFailure.FATAL:
                    return NoAnswer(_kind(failed), failed.reason, stop=True, error=failed.error)
                hiccup = failed.status == 500 and self._ladder.is_proven(form)
                last = attempt == self._settings.attempts
                if failed.kind is CallFailure.FORM and (last or not hiccup):
                    return failed
                wait = pause if failed.wait is None else failed.wait
                if wait > self._settings.patience:
                    error = reasons.asked_to_wait(self._settings, wait)
                    return NoAnswer(reasons.BUSY, failed.reason, stop=True, error=error)
                if last:
                    return NoAnswer(_kind(failed), failed.reason)
                self._pace.hold(wait)
                pause *= 2
        raise AssertionError("unreachable: the last attempt returns")

    def _pay_for(
        self, messages: Sequence[ChatMessage], form: ResponseFormat, spent: CallCosts
    ) -> ChatCompletion:
        at_most = input_at_most(messages, self._form.schema)
        reserved = self._books.reserve(at_most)
        if reserved is None:
            raise _BudgetUsedUpError
        try:
            completion = self._endpoint.complete(messages, form, self._form.schema)
        except CallFailed as failed:
            if failed.may_have_cost:
                spent.add(at_most, 0, self._books.book(reserved, at_most, 0))
            else:
                self._books.book_nothing(reserved)
            raise
        given, said = completion.input_tokens, completion.output_tokens
        tokens_in = at_most if given is None else given
        tokens_out = self._said_at_most(completion) if said is None else said
        spent.add(tokens_in, tokens_out, self._books.book(reserved, tokens_in, tokens_out))
        spent.raw = completion.text
        return completion

    def _said_at_most(self, completion: ChatCompletion) -> int:
        return min(tokens_at_most(completion.text), self._settings.max_output_tokens)


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
        case CallFailure.FORM:
            return f"HTTP {failed.status}" if failed.status else "call refused"
