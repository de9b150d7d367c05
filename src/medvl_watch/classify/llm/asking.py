"""One question to an endpoint: down the ladder, patient with a busy server, one second try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from medvl_watch.classify.llm import refusals
from medvl_watch.classify.llm.answer import Answer, AnswerForm
from medvl_watch.classify.llm.books import Books
from medvl_watch.classify.llm.completion import NOT_THE_FORM
from medvl_watch.classify.llm.exchange import (
    CallFailed,
    Completion,
    Endpoint,
    Failure,
    Form,
    Kept,
)
from medvl_watch.classify.llm.ladder import Ladder
from medvl_watch.classify.llm.prices import input_at_most, tokens_at_most
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.prompt import Message
from medvl_watch.errors import WatchError

UNUSABLE = "answer unusable"
_FIRST_PAUSE = 1.0  # seconds; doubled with each further one


@dataclass(frozen=True, slots=True)
class Answered:
    """A usable answer, and the raw text with what it took, for the cache."""

    answer: Answer
    kept: Kept


@dataclass(frozen=True, slots=True)
class Unanswered:
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
        return f"{self.kind}: {self.reason}" if self.kind == UNUSABLE else self.kind


class Pace:
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


class Asker:
    """Asks questions of one endpoint. Used from several threads at once; never raises."""

    def __init__(  # noqa: PLR0913  one part of the machinery each
        self,
        endpoint: Endpoint,
        form: AnswerForm,
        *,
        settings: LlmSettings,
        ladder: Ladder,
        pace: Pace,
        books: Books,
    ) -> None:
        self._endpoint = endpoint
        self._form = form
        self._settings = settings
        self._ladder = ladder
        self._pace = pace
        self._books = books

    def ask(self, question: Question) -> Answered | Unanswered:
        """A usable answer, or why there is none."""
        form = self._ladder.start
        messages = question.messages
        spent = [0, 0, 0.0]
        doubted: set[Form] = set()
        tried_before = False
        while True:
            outcome = self._call(messages, form, spent)
            if isinstance(outcome, Unanswered):
                return outcome
            if isinstance(outcome, CallFailed):
                lower = self._ladder.below(form)
                if lower is None:
                    return Unanswered(_kind(outcome), outcome.reason)
                doubted.add(form)
                form = lower
                continue
            read = self._form.read(outcome, question)
            if isinstance(read, Answer):
                self._ladder.learn(worked=form, failed=doubted - {form})
                return Answered(read, _kept(question, outcome, spent))
            if tried_before:
                return Unanswered(UNUSABLE, read.reason)
            tried_before = True
            messages = question.again(read.reason)
            if outcome.problem not in NOT_THE_FORM:
                doubted.add(form)
                if not self._ladder.is_proven(form):  # else it was this answer, not the form
                    form = self._ladder.below(form) or form

    def _call(
        self, messages: Sequence[Message], form: Form, spent: list[float]
    ) -> Completion | CallFailed | Unanswered:
        """One answer; CallFailed if this form may be the trouble."""
        pause = _FIRST_PAUSE
        for attempt in range(1, self._settings.attempts + 1):
            self._pace.wait()
            try:
                return self._pay_for(messages, form, spent)
            except _BudgetUsedUpError:
                return Unanswered(
                    refusals.BUDGET, stop=True, error=refusals.out_of_budget(self._settings)
                )
            except CallFailed as failed:
                if failed.kind is Failure.FATAL:
                    return Unanswered(_kind(failed), failed.reason, stop=True, error=failed.error)
                hiccup = failed.status == 500 and self._ladder.is_proven(form)
                last = attempt == self._settings.attempts
                if failed.kind is Failure.FORM and (last or not hiccup):
                    return failed
                wait = pause if failed.wait is None else failed.wait
                if wait > self._settings.patience:
                    error = refusals.asked_to_wait(self._settings, wait)
                    return Unanswered(refusals.BUSY, failed.reason, stop=True, error=error)
                if last:
                    return Unanswered(_kind(failed), failed.reason)
                self._pace.hold(wait)
                pause *= 2
        raise AssertionError("unreachable: the last attempt returns")

    def _pay_for(self, messages: Sequence[Message], form: Form, spent: list[float]) -> Completion:
        at_most = input_at_most(messages, self._form.schema)
        reserved = self._books.reserve(at_most)
        if reserved is None:
            raise _BudgetUsedUpError
        try:
            completion = self._endpoint.complete(messages, form, self._form.schema)
        except CallFailed as failed:
            # A broken call may have been charged for; one refused was not.
            charged = at_most if failed.kind is Failure.BROKEN else 0
            self._books.book(reserved, charged, 0)
            raise
        given, said = completion.input_tokens, completion.output_tokens
        tokens_in = at_most if given is None else given
        tokens_out = tokens_at_most(completion.text) if said is None else said
        usd = self._books.book(reserved, tokens_in, tokens_out)
        spent[:] = [spent[0] + tokens_in, spent[1] + tokens_out, spent[2] + usd]
        return completion


class _BudgetUsedUpError(Exception):
    pass


def _kept(question: Question, completion: Completion, spent: Sequence[float]) -> Kept:
    kept = Kept(
        raw=completion.text,
        input_tokens=int(spent[0]),
        output_tokens=int(spent[1]),
        usd=spent[2],
    )
    return question.kept(kept)


def _kind(failed: CallFailed) -> str:
    match failed.kind:
        case Failure.BUSY:
            return refusals.BUSY
        case Failure.BROKEN:
            return "no whole reply"
        case Failure.FATAL:
            return "refused"
        case Failure.FORM:
            return f"HTTP {failed.status}" if failed.status else "call refused"
