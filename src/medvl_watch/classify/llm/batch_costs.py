"""What a batch is asked, what that costs, and what came of it; `backlog` hands it in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from medvl_watch.classify.llm.answer_schema import Answer, AnswerForm
from medvl_watch.classify.llm.breaker import Breaker
from medvl_watch.classify.llm.cached_questions import CachedQuestions
from medvl_watch.classify.llm.prices import (
    BATCH_FACTOR,
    Price,
    input_at_most,
    tokens_at_most,
)
from medvl_watch.classify.llm.protocols import CachedAnswer, ChatCompletion, Schema
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.llm.usage import UsageCounter


class BatchCosts:
    """The batch's side of the classifier's books and answers. Costs are in US dollars."""

    def __init__(
        self,
        answers: CachedQuestions,
        form: AnswerForm,
        books: UsageCounter,
        breaker: Breaker,
        max_output_tokens: int,
    ) -> None:
        self._answers = answers
        self._form = form
        self._books = books
        self._breaker = breaker
        self._max_output_tokens = max_output_tokens
        self._price = books.price.times(BATCH_FACTOR) if books.price else None

    @property
    def schema(self) -> Schema:
        """The JSON schema of an answer."""
        return self._form.schema

    def pending(
        self, questions: Iterable[Question], handed_in: Container[str] = ()
    ) -> tuple[Question, ...]:
        """Those of the questions that neither the cache can answer nor a batch was asked, by
        the keys `handed_in`, each once: as many as the budget surely pays for. None where no
        call may be made."""
        if self._breaker.reason or self._price is None:
            return ()
        left = self._books.budget.left
        pending: dict[str, Question] = {}
        for question in questions:
            if question.key in pending or question.key in handed_in:
                continue
            if self._answers.recalled(question) is not None:
                continue
            left -= self._price.of(self._tokens_in(question), self._max_output_tokens)
            if left < 0:
                break
            pending[question.key] = question
        return tuple(pending.values())

    def cost(self, questions: Iterable[Question]) -> float:
        """What a batch of these questions takes at most."""
        if self._price is None:
            return 0.0
        tokens_in = [self._tokens_in(each) for each in questions]
        return self._price.of(sum(tokens_in), self._max_output_tokens * len(tokens_in))

    def keep(
        self, questions: Mapping[str, Question], completions: Mapping[str, ChatCompletion]
    ) -> int:
        """Keep a batch's completions, by question key; how many were usable.

        Unusable ones are left out, so `judge` will ask again. Those whose question is not among
        these are paid for and kept as well; they are checked when they are wanted.
        """
        usable = 0
        for key, completion in completions.items():
            question = questions.get(key)
            kept = self._booked(question, completion)
            if completion.problem:
                continue
            if question is None:
                self._answers.put(key, kept)
            elif isinstance(self._form.read(completion, question), Answer):
                self._answers.put(key, kept)
                usable += 1
        return usable

    def _tokens_in(self, question: Question) -> int:
        return input_at_most(question.messages, self._form.schema)

    def _booked(self, question: Question | None, completion: ChatCompletion) -> CachedAnswer:
        tokens_in, tokens_out = completion.input_tokens, completion.output_tokens
        if tokens_in is None:
            messages = question.messages if question else ()
            tokens_in = input_at_most(messages, self._form.schema)
        if tokens_out is None:
            tokens_out = tokens_at_most(completion.text)
        usd = self._books.book_batched(tokens_in, tokens_out, self._price or Price(0, 0))
        kept = CachedAnswer(
            raw=completion.text, input_tokens=tokens_in, output_tokens=tokens_out, usd=usd
        )
        return question.kept(kept) if question else kept
