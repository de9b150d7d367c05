"""Makes the questions about papers, and finds the answers to them in the cache."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from medvl_watch.classify.llm.answer_schema import Answer, AnswerSchema
from medvl_watch.classify.llm.protocols import (
    AnswerCache,
    CachedAnswer,
    CandidateLists,
    ChatCompletion,
    ListCandidates,
    NearestPapers,
)
from medvl_watch.classify.llm.question import Question, Questions, is_exempt
from medvl_watch.classify.llm.usage import UsageCounter
from medvl_watch.errors import WatchError
from medvl_watch.records import Paper, Verdict


class CachedQuestions:
    """Questions with their cached answers. Used from several threads at once.

    If an answer cannot be stored, `usage_counter` records the problem; the answer can be used
    all the same.
    """

    def __init__(  # noqa: PLR0913  one parameter per collaborator
        self,
        questions: Questions,
        answer_schema: AnswerSchema,
        *,
        cache: AnswerCache,
        nearest_papers: NearestPapers,
        lists: CandidateLists,
        example_count: int,
        usage_counter: UsageCounter,
    ) -> None:
        self._questions = questions
        self._answer_schema = answer_schema
        self._cache = cache
        self._nearest_papers = nearest_papers
        self._lists = lists
        self._example_count = example_count
        self._usage_counter = usage_counter

    def question(self, paper: Paper, first: Verdict) -> Question:
        """The question about a paper, with the nearest listed papers as examples, and with the
        lists that may take it. `first` is the first classifier's verdict."""
        count = self._example_count
        examples = self._nearest_papers.nearest(paper, count) if count else ()
        lists = self._lists.candidates(paper, first) if self._questions.asks_lists else ()
        return self._questions.make(paper, examples, lists)

    def known_question(
        self, paper: Paper, lists: Sequence[ListCandidates], occasion: str
    ) -> Question:
        """The question about a paper of the exam. It has no examples, so that it is the same
        whatever is on the user's lists."""
        return self._questions.make(paper, (), lists, occasion=occasion)

    def questions(
        self, papers: Iterable[Paper], first_verdicts: Iterable[Verdict]
    ) -> Sequence[Question]:
        """The question about each paper for which a model may be asked."""
        return [
            self.question(paper, first)
            for paper, first in zip(papers, first_verdicts, strict=True)
            if not is_exempt(paper)
        ]

    def cached_answer(self, question: Question) -> Answer | None:
        """The cached answer, checked again; None if there is none or it is no longer valid."""
        cached = self._cache.get(question.key)
        if cached is None:
            return None
        answer = self._answer_schema.read(ChatCompletion(text=cached.raw), question)
        if not isinstance(answer, Answer):
            return None
        if not cached.paper_id:  # it came with a batch, without its question
            self.store(question.key, question.describe(cached))
        return answer

    def store_unusable(self, answer: CachedAnswer, reason: str) -> None:
        """Store what a model wrote instead of a usable answer, with its costs, for people to
        read."""
        try:
            self._cache.put_unusable(answer, reason)
        except WatchError as error:
            self._usage_counter.record_problem(error)

    def store(self, key: str, answer: CachedAnswer) -> None:
        """Store an answer to the question with this key."""
        try:
            self._cache.put(key, answer)
        except WatchError as error:
            self._usage_counter.record_problem(error)

    def discard(self, keys: Sequence[str]) -> None:
        """Delete the answers to these questions, which are not reliable."""
        try:
            self._cache.discard(keys)
        except WatchError as error:
            self._usage_counter.record_problem(error)
