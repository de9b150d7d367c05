"""The questions on papers, and the answers to them that are kept already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from medvl_watch.classify.llm.answer_schema import Answer, AnswerForm
from medvl_watch.classify.llm.protocols import (
    AnswerCache,
    CachedAnswer,
    ChatCompletion,
    NearestPapers,
)
from medvl_watch.classify.llm.question import Question, Questions, is_exempt
from medvl_watch.classify.llm.usage import UsageCounter
from medvl_watch.errors import WatchError
from medvl_watch.records import Paper


class CachedQuestions:
    """Used from several threads at once. What cannot be kept is noted in the books: the answer
    is good all the same."""

    def __init__(  # noqa: PLR0913, PLR0917  one part of the machinery each
        self,
        questions: Questions,
        form: AnswerForm,
        cache: AnswerCache,
        examples: NearestPapers,
        shown: int,
        books: UsageCounter,
    ) -> None:
        self._questions = questions
        self._form = form
        self._cache = cache
        self._examples = examples
        self._shown = shown
        self._books = books

    def question(self, paper: Paper) -> Question:
        """The question on a paper, beside the listed ones that are most like it."""
        near = self._examples.nearest(paper, self._shown) if self._shown else ()
        return self._questions.about(paper, near)

    def questions(self, papers: Iterable[Paper]) -> Sequence[Question]:
        """The question on each of these papers that may be asked about."""
        return [self.question(each) for each in papers if not is_exempt(each)]

    def recalled(self, question: Question) -> Answer | None:
        """The answer that is kept, read anew: what no longer fits is asked again."""
        kept = self._cache.get(question.key)
        if kept is None:
            return None
        answer = self._form.read(ChatCompletion(text=kept.raw), question)
        if not isinstance(answer, Answer):
            return None
        if not kept.paper_id:  # it came with a batch, without its question
            self.put(question.key, question.kept(kept))
        return answer

    def put_unusable(self, kept: CachedAnswer, why: str) -> None:
        """Keep what came instead of an answer, and what it took, for people to look at."""
        try:
            self._cache.put_unusable(kept, why)
        except WatchError as error:
            self._books.note(error)

    def put(self, key: str, kept: CachedAnswer) -> None:
        """Keep an answer for the question with this key."""
        try:
            self._cache.put(key, kept)
        except WatchError as error:
            self._books.note(error)
