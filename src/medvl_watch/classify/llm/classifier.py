"""The classifier `llm`: every paper gets a verdict, in order, whatever the model does.

The fallback judges every paper first. An answer of the model then changes that verdict within the
limits of `verdict_rule`. Without a usable answer the fallback's verdict remains, with a flag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from medvl_watch.classify.llm import reasons
from medvl_watch.classify.llm.answer_schema import Answer, AnswerSchema
from medvl_watch.classify.llm.batch_costs import BatchCosts
from medvl_watch.classify.llm.breaker import Breaker
from medvl_watch.classify.llm.cached_questions import CachedQuestions
from medvl_watch.classify.llm.client import CallCosts, QuestionClient, RateLimiter, UsableAnswer
from medvl_watch.classify.llm.prices import max_input_tokens, price_of
from medvl_watch.classify.llm.protocols import AnswerCache, Endpoint, NearestPapers, PaymentLog
from medvl_watch.classify.llm.question import Question, Questions, is_suspicious
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.llm.usage import SECONDS_PER_CALL, Estimate, Usage, UsageCounter
from medvl_watch.classify.llm.verdict_rule import (
    VerdictRule,
    apply_answer,
    flag_fallback,
    refer_suspicious,
)
from medvl_watch.classify.prompt import Prompt
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import WatchError
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the classifier uses from outside.

    `spent_before` is what this month's budget has already paid for, in US dollars. `key_problem`
    is what is wrong with the API key; then no call is made. `clock` returns seconds, and `sleep`
    waits for seconds.
    """

    endpoint: Endpoint
    cache: AnswerCache
    payment_log: PaymentLog
    nearest_papers: NearestPapers
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    spent_before: float = 0.0
    key_problem: WatchError | None = None


class LlmClassifier:
    """Judges papers with a model's advice. Satisfies `ports.Classifier` and `cascade.Adviser`.

    `batch_runner` uses `cached_questions` and `batch_costs` to judge many papers by batches.
    """

    name = "llm"

    def __init__(  # noqa: PLR0913  one parameter per collaborator
        self,
        settings: LlmSettings,
        *,
        taxonomy: Taxonomy,
        prompt: Prompt,
        fallback: Classifier,
        environment: Environment,
        response_formats: ResponseFormats,
        rule: VerdictRule,
    ) -> None:
        self._settings = settings
        self._taxonomy = taxonomy
        self._fallback = fallback
        self._environment = environment
        self._rule = rule
        self._answer_schema = AnswerSchema(taxonomy)
        questions = Questions(prompt, taxonomy, settings.model)
        self.version = questions.version
        self._usage_counter = UsageCounter(
            settings, price_of(settings), environment.payment_log, environment.spent_before
        )
        self._breaker = Breaker(settings.failures_in_a_row)
        self.cached_questions = CachedQuestions(
            questions,
            self._answer_schema,
            cache=environment.cache,
            nearest_papers=environment.nearest_papers,
            example_count=settings.examples,
            usage_counter=self._usage_counter,
        )
        self.batch_costs = BatchCosts(
            self.cached_questions,
            self._answer_schema,
            self._usage_counter,
            self._breaker,
            settings.max_output_tokens,
        )
        self._question_client = QuestionClient(
            environment.endpoint,
            self._answer_schema,
            settings=settings,
            response_formats=response_formats,
            rate_limiter=RateLimiter(environment.clock, environment.sleep),
            usage_counter=self._usage_counter,
        )
        if environment.key_problem is not None:
            self._breaker.stop(reasons.KEY, environment.key_problem)
        elif refusal := reasons.refusal(
            settings, self._usage_counter.price, self._usage_counter.budget
        ):
            self._breaker.stop(*refusal)

    @property
    def usage(self) -> Usage:
        """The answers, tokens and costs since the classifier was created."""
        return self._usage_counter.usage

    @property
    def obstacle(self) -> WatchError | None:
        """Why no call can be made; None if calls can be made. Known before the first call."""
        return self._breaker.error

    @property
    def problems(self) -> tuple[WatchError, ...]:
        """The problems to report to the user after `judge`.

        They did not prevent a verdict on any paper. An obstacle is among them only if a paper
        needed the model.
        """
        failure = self._breaker.report if self.usage.fallback_papers else None
        problems = (failure, self._usage_counter.problem)
        return tuple(each for each in problems if each is not None)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input."""
        return self.advise(papers, self._fallback.judge(papers))

    def advise(
        self, papers: Sequence[Paper], first_verdicts: Sequence[Verdict]
    ) -> Sequence[Verdict]:
        """The first classifier's verdicts on these papers, changed by the model's answers.

        The order is that of the input. The model is asked about the most relevant papers first,
        so that a small budget is spent on them.
        """
        pairs = list(zip(papers, first_verdicts, strict=True))
        order = sorted(range(len(pairs)), key=lambda index: -pairs[index][1].relevance)
        with ThreadPoolExecutor(self._settings.concurrency, "llm") as pool:
            try:
                in_order = list(pool.map(lambda index: self._advise_one(*pairs[index]), order))
            finally:
                pool.shutdown(cancel_futures=True)
        verdicts = dict(zip(order, in_order, strict=True))
        return [verdicts[index] for index in range(len(pairs))]

    def estimate(self, papers: Iterable[Paper]) -> Estimate:
        """An upper estimate of what judging these papers takes; cached answers are free."""
        papers = list(papers)
        questions = [
            each
            for each in self.cached_questions.questions(papers)
            if self.cached_questions.cached_answer(each) is None
        ]
        schema = self._answer_schema.schema
        input_tokens = sum(max_input_tokens(each.messages, schema) for each in questions)
        output_tokens = self._settings.max_output_tokens * len(questions)
        price = self._usage_counter.price
        return Estimate(
            papers=len(papers),
            calls=len(questions),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            usd=price.cost(input_tokens, output_tokens) if price else None,
            left_usd=self._usage_counter.budget.left,
            seconds=len(questions) * SECONDS_PER_CALL / self._settings.concurrency,
        )

    def _advise_one(self, paper: Paper, first: Verdict) -> Verdict:
        if paper.withdrawn or "withdrawn" in first.flags:
            self._usage_counter.count(not_asked=1)
            return first
        if is_suspicious(paper):
            self._usage_counter.count(not_asked=1)
            return refer_suspicious(first)
        question = self.cached_questions.question(paper)
        answer = self.cached_questions.cached_answer(question)
        if answer is not None:
            self._usage_counter.count(answered=1, cached=1)
        else:
            outcome = self._ask(question)
            if isinstance(outcome, str):
                self._usage_counter.count_fallback(outcome.partition(":")[0])
                return flag_fallback(first, outcome)
            answer = outcome
        return apply_answer(
            first,
            answer,
            question,
            rule=self._rule,
            taxonomy=self._taxonomy,
            version=self.version,
        )

    def _ask(self, question: Question) -> Answer | str:
        """The answer of the endpoint, or the reason why there is none."""
        if reason := self._breaker.reason:
            return reason
        costs = CallCosts()
        outcome = self._question_client.ask(question, costs)
        if isinstance(outcome, UsableAnswer):
            self._breaker.record_success()
            self._usage_counter.count(answered=1)
            self.cached_questions.store(question.key, outcome.cached)
            return outcome.answer
        if costs != CallCosts():
            self.cached_questions.store_unusable(costs.cached_answer(question), outcome.flag)
        if outcome.stop:
            self._breaker.stop(outcome.kind, outcome.error)
        else:
            address = self._environment.endpoint.address
            self._breaker.record_failure(outcome.kind, outcome.reason, address)
        return outcome.flag
