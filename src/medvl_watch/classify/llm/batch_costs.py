"""Chooses the questions for a batch, estimates its costs, and stores its answers.

`batch_runner` submits the batches.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from medvl_watch.classify.llm.answer_schema import Answer, AnswerSchema
from medvl_watch.classify.llm.breaker import Breaker
from medvl_watch.classify.llm.cached_questions import CachedQuestions
from medvl_watch.classify.llm.prices import (
    BATCH_FACTOR,
    Price,
    max_input_tokens,
    max_tokens,
)
from medvl_watch.classify.llm.protocols import CachedAnswer, ChatCompletion, Schema
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.llm.usage import UsageCounter


class BatchCosts:
    """The questions, costs and answers of batches. Costs are in US dollars."""

    def __init__(
        self,
        cached_questions: CachedQuestions,
        answer_schema: AnswerSchema,
        usage_counter: UsageCounter,
        breaker: Breaker,
        max_output_tokens: int,
    ) -> None:
        self._cached_questions = cached_questions
        self._answer_schema = answer_schema
        self._usage_counter = usage_counter
        self._breaker = breaker
        self._max_output_tokens = max_output_tokens
        self._price = usage_counter.price.times(BATCH_FACTOR) if usage_counter.price else None

    @property
    def schema(self) -> Schema:
        """The JSON schema of an answer."""
        return self._answer_schema.schema

    def pending(
        self, questions: Iterable[Question], submitted_keys: Container[str] = ()
    ) -> tuple[Question, ...]:
        """The questions to submit, each once.

        These are the questions that have no cached answer and whose key is not among
        `submitted_keys`, as many as the budget certainly pays for. Empty if calls are stopped.
        """
        if self._breaker.reason or self._price is None:
            return ()
        left = self._usage_counter.budget.left
        pending: dict[str, Question] = {}
        for question in questions:
            if question.key in pending or question.key in submitted_keys:
                continue
            if self._cached_questions.cached_answer(question) is not None:
                continue
            left -= self._price.cost(self._max_input_tokens(question), self._max_output_tokens)
            if left < 0:
                break
            pending[question.key] = question
        return tuple(pending.values())

    def max_cost(self, questions: Iterable[Question]) -> float:
        """The highest possible cost of a batch with these questions."""
        if self._price is None:
            return 0.0
        input_tokens = [self._max_input_tokens(each) for each in questions]
        return self._price.cost(sum(input_tokens), self._max_output_tokens * len(input_tokens))

    def store_results(
        self, questions: Mapping[str, Question], completions: Mapping[str, ChatCompletion]
    ) -> Sequence[str]:
        """Store and charge the completions of a batch, and return the keys of the usable ones.

        Both mappings are by the key of the question. Unusable completions are not stored, so
        that `judge` asks again. Completions whose question is not among `questions` are stored
        unchecked; they are checked when they are used.
        """
        usable = []
        for key, completion in completions.items():
            question = questions.get(key)
            answer = self._charge(question, completion)
            if completion.problem:
                continue
            if question is None:
                self._cached_questions.store(key, answer)
            elif isinstance(self._answer_schema.read(completion, question), Answer):
                self._cached_questions.store(key, answer)
                usable.append(key)
        return usable

    def _max_input_tokens(self, question: Question) -> int:
        return max_input_tokens(question.messages, self._answer_schema.schema)

    def _charge(self, question: Question | None, completion: ChatCompletion) -> CachedAnswer:
        input_tokens, output_tokens = completion.input_tokens, completion.output_tokens
        if input_tokens is None:
            messages = question.messages if question else ()
            input_tokens = max_input_tokens(messages, self._answer_schema.schema)
        if output_tokens is None:
            output_tokens = max_tokens(completion.text)
        usd = self._usage_counter.charge_batch_answer(
            input_tokens, output_tokens, self._price or Price(0, 0)
        )
        answer = CachedAnswer(
            raw=completion.text, input_tokens=input_tokens, output_tokens=output_tokens, usd=usd
        )
        return question.describe(answer) if question else answer
