"""A backlog by the Batch API, over as many runs as it takes: hand in, come back, collect.

What was handed in is written down before it is, and again once the service has named it, so
that a run which died in between hands nothing in twice. What a batch left unanswered is not
handed in again: `judge` asks for it singly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.llm.answer_cache import AnswerCacheFile
from medvl_watch.classify.llm.batch import MOST_REQUESTS, Batch, Batches
from medvl_watch.classify.llm.classifier import LlmClassifier
from medvl_watch.classify.llm.protocols import SubmittedBatch
from medvl_watch.classify.llm.question import Question
from medvl_watch.records import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """How a backlog stands: answers `collected` just now, batches still `running`, and the
    questions that `wait` for a batch, which takes at most `usd`."""

    collected: int
    running: tuple[Batch, ...]
    waiting: tuple[Question, ...]
    usd: float

    @property
    def is_done(self) -> bool:
        """Whether the papers can be judged now."""
        return not self.running and not self.waiting


class BatchRunner:
    """Batches of one classifier. Every method raises ModelError or LedgerError."""

    def __init__(self, classifier: LlmClassifier, batches: Batches, cache: AnswerCacheFile) -> None:
        self._classifier = classifier
        self._batches = batches
        self._cache = cache

    @property
    def is_out(self) -> bool:
        """Whether a batch was handed in whose answers are not collected yet."""
        return any(not handed.is_over for handed in self._cache.batches())

    def look(self, papers: Sequence[Paper]) -> BatchProgress:
        """Collect what has come, and say what is left to do for these papers."""
        asked = {each.key: each for each in self._classifier.answers.questions(papers)}
        collected = 0
        running = []
        for handed in self._cache.batches():
            if handed.is_over:
                continue
            batch = self._state(handed)
            if batch is None:  # it was never handed in
                self._cache.note_batch(replace(handed, keys=frozenset(), is_over=True))
            elif batch.is_over:
                collected += self._collected(handed, batch, asked)
            elif not handed.keys.isdisjoint(asked):
                running.append(batch)
        handed_in = {key for handed in self._cache.batches() for key in handed.keys}
        batched = self._classifier.batched
        waiting = batched.pending(asked.values(), handed_in)[:MOST_REQUESTS]
        return BatchProgress(
            collected=collected,
            running=tuple(running),
            waiting=waiting,
            usd=batched.cost(waiting),
        )

    def hand_in(self, standing: BatchProgress) -> Batch:
        """Hand in what waits."""
        keys = frozenset(each.key for each in standing.waiting)
        tag = hashlib.sha256("".join(sorted(keys)).encode()).hexdigest()[:32]
        handed = SubmittedBatch(tag=tag, keys=keys, usd_at_most=standing.usd)
        self._cache.note_batch(handed)
        batch = self._batches.submit(standing.waiting, self._classifier.batched.schema, tag)
        self._cache.note_batch(replace(handed, id=batch.id))
        return batch

    def _collected(
        self, handed: SubmittedBatch, batch: Batch, asked: Mapping[str, Question]
    ) -> int:
        results = self._batches.results(batch)
        ours = {key: each for key, each in results.items() if key in handed.keys}
        with self._cache.together():  # a run that dies here books nothing twice
            usable = self._classifier.batched.keep(asked, ours)
            self._cache.note_batch(replace(handed, id=batch.id, is_over=True))
        return usable

    def _state(self, handed: SubmittedBatch) -> Batch | None:
        return self._batches.state(handed.id) if handed.id else self._batches.find(handed.tag)
