"""The classifier `llm`: every paper gets a verdict, in order, whatever a model does.

The fallback judges every paper first; a model's answer then moves that verdict within the
bounds of `ruling`. Where no usable answer comes, the fallback's verdict stands, flagged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from medvl_watch.classify.llm import reasons
from medvl_watch.classify.llm.answer_schema import Answer, AnswerForm
from medvl_watch.classify.llm.batch_costs import BatchCosts
from medvl_watch.classify.llm.breaker import Breaker
from medvl_watch.classify.llm.cached_questions import CachedQuestions
from medvl_watch.classify.llm.client import CallCosts, QuestionClient, RateLimiter, UsableAnswer
from medvl_watch.classify.llm.prices import input_at_most, price_of
from medvl_watch.classify.llm.protocols import AnswerCache, Endpoint, NearestPapers, PaymentLog
from medvl_watch.classify.llm.question import Question, Questions, is_suspicious
from medvl_watch.classify.llm.response_formats import ResponseFormats
from medvl_watch.classify.llm.settings import LlmSettings
from medvl_watch.classify.llm.usage import SECONDS_A_CALL, Estimate, Usage, UsageCounter
from medvl_watch.classify.llm.verdict_rule import VerdictRule, advised, set_aside, unadvised
from medvl_watch.classify.prompt import Prompt
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import WatchError
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the classifier needs of the world. `spent_before` is what this month's budget has
    already paid for, in US dollars; `refused` is why no call may be made at all, if so."""

    endpoint: Endpoint
    cache: AnswerCache
    purse: PaymentLog
    examples: NearestPapers
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    spent_before: float = 0.0
    refused: WatchError | None = None


class LlmClassifier:
    """Judges papers with a model's advice. Satisfies `ports.Classifier` and `cascade.Adviser`.

    `obstacle` is why no call can be made, known before any. `problems` holds what a person has
    to be told after `judge`, of papers that needed the model and did without: each is a
    sentence with its exit code; the verdicts are there all the same. `answers` and `batched`
    are what a backlog goes by (`backlog`).
    """

    name = "llm"

    def __init__(  # noqa: PLR0913  one part of the machinery each
        self,
        settings: LlmSettings,
        *,
        taxonomy: Taxonomy,
        prompt: Prompt,
        fallback: Classifier,
        around: Environment,
        ladder: ResponseFormats,
        rule: VerdictRule,
    ) -> None:
        self._settings = settings
        self._taxonomy = taxonomy
        self._fallback = fallback
        self._around = around
        self._rule = rule
        self._form = AnswerForm(taxonomy)
        questions = Questions(prompt, taxonomy, settings.model)
        self.version = questions.version
        self._books = UsageCounter(settings, price_of(settings), around.purse, around.spent_before)
        self._breaker = Breaker(settings.failures_in_a_row)
        self.answers = CachedQuestions(
            questions, self._form, around.cache, around.examples, settings.examples, self._books
        )
        self.batched = BatchCosts(
            self.answers, self._form, self._books, self._breaker, settings.max_output_tokens
        )
        self._asker = QuestionClient(
            around.endpoint,
            self._form,
            settings=settings,
            ladder=ladder,
            pace=RateLimiter(around.clock, around.sleep),
            books=self._books,
        )
        if around.refused is not None:
            self._breaker.stop(reasons.KEY, around.refused)
        elif refused := reasons.refusal(settings, self._books.price, self._books.budget):
            self._breaker.stop(*refused)

    @property
    def usage(self) -> Usage:
        """What was asked, answered and paid since the classifier was made."""
        return self._books.usage

    @property
    def obstacle(self) -> WatchError | None:
        """Why nothing can be asked; None while it can."""
        return self._breaker.error

    @property
    def problems(self) -> tuple[WatchError, ...]:
        """What a person has to be told; empty if all went well, and where no paper needed what
        is lacking."""
        lacking = self._breaker.told if self.usage.fallen_back else None
        found = (lacking, self._books.problem)
        return tuple(each for each in found if each is not None)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict a paper, in the order of the input."""
        return self.advise(papers, self._fallback.judge(papers))

    def advise(self, papers: Sequence[Paper], firsts: Sequence[Verdict]) -> Sequence[Verdict]:
        """The first classifier's verdicts on these papers, in the same order, with advice.

        The likeliest papers are asked about first, so that a budget goes to them.
        """
        pairs = list(zip(papers, firsts, strict=True))
        order = sorted(range(len(pairs)), key=lambda place: -pairs[place][1].relevance)
        with ThreadPoolExecutor(self._settings.concurrency, "llm") as pool:
            try:
                advised = list(pool.map(lambda place: self._one(*pairs[place]), order))
            finally:
                pool.shutdown(cancel_futures=True)
        verdicts = dict(zip(order, advised, strict=True))
        return [verdicts[place] for place in range(len(pairs))]

    def estimate(self, papers: Iterable[Paper]) -> Estimate:
        """What judging these papers would take at most; answers in the cache are free."""
        papers = list(papers)
        questions = self.answers.questions(papers)
        asked = [each for each in questions if self.answers.recalled(each) is None]
        tokens_in = sum(input_at_most(each.messages, self._form.schema) for each in asked)
        tokens_out = self._settings.max_output_tokens * len(asked)
        return Estimate(
            papers=len(papers),
            calls=len(asked),
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            usd=self._books.price.of(tokens_in, tokens_out) if self._books.price else None,
            left_usd=self._books.budget.left,
            seconds=len(asked) * SECONDS_A_CALL / self._settings.concurrency,
        )

    def _one(self, paper: Paper, first: Verdict) -> Verdict:
        if paper.withdrawn or "withdrawn" in first.flags:
            self._books.add(not_asked=1)
            return first
        if is_suspicious(paper):
            self._books.add(not_asked=1)
            return set_aside(first)
        question = self.answers.question(paper)
        answer = self.answers.recalled(question)
        if answer is not None:
            self._books.add(answered=1, cached=1)
        else:
            outcome = self._ask(question)
            if isinstance(outcome, str):
                self._books.fell_back(outcome.partition(":")[0])
                return unadvised(first, outcome)
            answer = outcome
        return advised(
            first,
            answer,
            question,
            rule=self._rule,
            taxonomy=self._taxonomy,
            version=self.version,
        )

    def _ask(self, question: Question) -> Answer | str:
        """The endpoint's answer, or why there is none."""
        if reason := self._breaker.reason:
            return reason
        spent = CallCosts()
        outcome = self._asker.ask(question, spent)
        if isinstance(outcome, UsableAnswer):
            self._breaker.success()
            self._books.add(answered=1)
            self.answers.put(question.key, outcome.kept)
            return outcome.answer
        if spent != CallCosts():
            self.answers.put_unusable(spent.kept(question), outcome.flag)
        if outcome.stop:
            self._breaker.stop(outcome.kind, outcome.error)
        else:
            where = self._around.endpoint.where
            self._breaker.failure(outcome.kind, outcome.reason, where)
        return outcome.flag
