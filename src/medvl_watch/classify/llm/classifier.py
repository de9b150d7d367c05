"""The classifier `llm`: every paper gets a verdict, in order, whatever the model does.

The fallback judges every paper first. An answer of the model then changes that verdict as far as
the model's exam allows (`verdict_rule`). Without a usable answer the fallback's verdict remains,
with a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from medvl_watch.classify.exam.canaries import has_changed
from medvl_watch.classify.exam.outcome import ExamOutcome
from medvl_watch.classify.llm import reasons
from medvl_watch.classify.llm.answer_schema import Answer, AnswerSchema
from medvl_watch.classify.llm.batch_costs import BatchCosts
from medvl_watch.classify.llm.breaker import Breaker
from medvl_watch.classify.llm.cached_questions import CachedQuestions
from medvl_watch.classify.llm.client import CallCosts, QuestionClient, RateLimiter, UsableAnswer
from medvl_watch.classify.llm.environment import Environment
from medvl_watch.classify.llm.prices import max_input_tokens, price_of
from medvl_watch.classify.llm.protocols import ListCandidates
from medvl_watch.classify.llm.question import Question, Questions, is_exempt, is_suspicious
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

CHECK_EVERY = 25
"""The number of new answers after which the model is asked about known papers."""


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
        thresholds: tuple[float, float],
        outcome: ExamOutcome,
    ) -> None:
        """`thresholds` are those of the fallback (propose, refer); `outcome` is that of the
        model's exam."""
        self.settings = settings
        self._taxonomy = taxonomy
        self._fallback = fallback
        self._environment = environment
        self._outcome = outcome
        propose, refer = thresholds
        self._rule = VerdictRule(propose=propose, refer=refer, weight=outcome.weight)
        self._groups = 0
        self._missed_papers = False  # papers came that an ignored model was not asked about
        questions = Questions(prompt, taxonomy, settings.model)
        self._answer_schema = AnswerSchema(
            taxonomy, asks_lists=questions.asks_lists, asks_fields=questions.asks_fields
        )
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
            lists=environment.lists,
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
        """The problems to report to the user after `judge`, of which none prevented a verdict.
        An obstacle is among them only if a paper needed the model."""
        weight = self._outcome.weight
        ignored = reasons.ignored(self.settings, weight.ignored) if self._missed_papers else None
        failure = self._breaker.report if self.usage.fallback_papers else None
        problems = (ignored, failure, self._usage_counter.problem)
        return tuple(each for each in problems if each is not None)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input."""
        return self.advise(papers, self._fallback.judge(papers))

    def advise(
        self, papers: Sequence[Paper], first_verdicts: Sequence[Verdict]
    ) -> Sequence[Verdict]:
        """The first classifier's verdicts on these papers, changed by the model's answers.

        The order is that of the input. The model is asked about the most relevant papers first,
        so that a small budget is spent on them. After each group of answers it is asked about
        known papers; if it answers these differently from its exam, the group does not count.
        """
        if self._outcome.weight.ignored:
            self._missed_papers = self._missed_papers or bool(papers)
            return list(first_verdicts)
        pairs = list(zip(papers, first_verdicts, strict=True))
        order = sorted(range(len(pairs)), key=lambda index: -pairs[index][1].relevance)
        questions = {
            index: self.cached_questions.question(*pairs[index])
            for index in order
            if not is_exempt(pairs[index][0]) and "withdrawn" not in pairs[index][1].flags
        }
        answers = self._answers(questions)
        return [
            self._verdict(paper, first, questions.get(index), answers.get(index))
            for index, (paper, first) in enumerate(pairs)
        ]

    def ask_known(
        self, paper: Paper, lists: Sequence[ListCandidates] = (), occasion: str = ""
    ) -> Answer | str:
        """The model's answer on a paper of the exam, from the cache if it was given on the same
        occasion, or the reason why there is none."""
        question = self.cached_questions.known_question(paper, lists, occasion)
        return self.cached_questions.cached_answer(question) or self._ask(question)

    def estimate(self, papers: Iterable[Paper]) -> Estimate:
        """An upper estimate of what judging these papers takes; cached answers are free."""
        papers = list(papers)
        return self._estimate(len(papers), self.questions(papers))

    def questions(self, papers: Sequence[Paper]) -> Sequence[Question]:
        """The question about each paper for which the model may be asked; none if its exam does
        not allow it."""
        if self._outcome.weight.ignored:
            return ()
        return self.cached_questions.questions(papers, self._fallback.judge(papers))

    def estimate_known(
        self, papers: Iterable[tuple[Paper, Sequence[ListCandidates]]], occasion: str
    ) -> Estimate:
        """An upper estimate of what `ask_known` takes for each of these papers."""
        known = self.cached_questions.known_question
        questions = [known(paper, lists, occasion) for paper, lists in papers]
        return self._estimate(len(questions), questions)

    def _estimate(self, papers: int, questions: Iterable[Question]) -> Estimate:
        questions = [each for each in questions if not self.cached_questions.cached_answer(each)]
        schema = self._answer_schema.schema
        input_tokens = sum(max_input_tokens(each.messages, schema) for each in questions)
        output_tokens = self.settings.max_output_tokens * len(questions)
        price = self._usage_counter.price
        return Estimate(
            papers=papers,
            calls=len(questions),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            usd=price.cost(input_tokens, output_tokens) if price else None,
            left_usd=self._usage_counter.budget.left,
            seconds=len(questions) * SECONDS_PER_CALL / self.settings.concurrency,
        )

    def check_collected(self, keys: Sequence[str]) -> None:
        """Check the model after a batch brought these answers, and discard them if it fails."""
        with ThreadPoolExecutor(self.settings.concurrency, "llm") as pool:
            self._is_reliable(pool, keys)

    def _answers(self, questions: Mapping[int, Question]) -> Mapping[int, Answer | str]:
        """The answer to each question, or the reason why there is none."""
        answers: dict[int, Answer | str] = {}
        for index, question in questions.items():
            cached = self.cached_questions.cached_answer(question)
            if cached is not None:
                answers[index] = cached
        self._usage_counter.count(cached=len(answers))
        open_questions = [each for each in questions.items() if each[0] not in answers]
        with ThreadPoolExecutor(self.settings.concurrency, "llm") as pool:
            try:
                for start in range(0, len(open_questions), CHECK_EVERY):
                    group = dict(open_questions[start : start + CHECK_EVERY])
                    answers.update(self._group_of_answers(pool, group))
            finally:
                pool.shutdown(cancel_futures=True)
        return answers

    def _group_of_answers(
        self, pool: ThreadPoolExecutor, questions: Mapping[int, Question]
    ) -> Mapping[int, Answer | str]:
        """New answers, if the model still answers known papers as in its exam."""
        answers = dict(zip(questions, pool.map(self._ask, questions.values()), strict=True))
        new = [index for index, answer in answers.items() if isinstance(answer, Answer)]
        if self._is_reliable(pool, [questions[index].key for index in new]):
            return answers
        return answers | dict.fromkeys(new, reasons.CHANGED)

    def _is_reliable(self, pool: ThreadPoolExecutor, keys: Sequence[str]) -> bool:
        """Whether the model still answers known papers as in its exam. If not, the new answers
        with these keys are discarded, and no more calls are made."""
        if not keys or not self._answers_differently(pool):
            return True
        self.cached_questions.discard(keys)
        self._breaker.stop(reasons.CHANGED, reasons.changed(self.settings, len(keys)))
        try:
            self._environment.on_changed_model()
        except WatchError as error:
            self._usage_counter.record_problem(error)
        return False

    def _answers_differently(self, pool: ThreadPoolExecutor) -> bool:
        canaries = self._outcome.canaries
        self._groups += 1
        occasion = f"{self._environment.occasion} {self._groups}"
        found = pool.map(lambda each: self.ask_known(each.paper, occasion=occasion), canaries)
        relevances = [each.relevance if isinstance(each, Answer) else None for each in found]
        self._usage_counter.count(canaries=len(canaries))
        return has_changed(canaries, relevances)

    def _verdict(
        self, paper: Paper, first: Verdict, question: Question | None, answer: Answer | str | None
    ) -> Verdict:
        if question is None or answer is None:
            self._usage_counter.count(not_asked=1)
            return refer_suspicious(first) if is_suspicious(paper) else first
        if isinstance(answer, str):
            self._usage_counter.count_fallback(answer.partition(":")[0])
            return flag_fallback(first, answer)
        self._usage_counter.count(answered=1)
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
