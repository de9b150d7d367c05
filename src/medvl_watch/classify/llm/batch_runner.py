"""Judges many papers by the Batch API, over several runs: submit, come back later, collect.

A batch is recorded before it is submitted, and again when the service has assigned its id, so
that a run that was interrupted in between does not submit it twice. Questions that a batch left
unanswered are not submitted again: `judge` asks them one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.llm import reasons
from medvl_watch.classify.llm.answer_cache import AnswerCacheFile
from medvl_watch.classify.llm.batch import MOST_REQUESTS, Batch, Batches
from medvl_watch.classify.llm.classifier import LlmClassifier
from medvl_watch.classify.llm.protocols import SubmittedBatch
from medvl_watch.classify.llm.question import Question
from medvl_watch.records import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchProgress:
    """The state of the batches for some papers.

    `collected` is the number of answers that were just collected; `running` are the batches that
    are not finished; `waiting` are the questions to submit next, which cost at most `max_usd`.
    """

    collected: int
    running: tuple[Batch, ...]
    waiting: tuple[Question, ...]
    max_usd: float

    @property
    def is_done(self) -> bool:
        """Whether the papers can be judged now."""
        return not self.running and not self.waiting


class BatchRunner:
    """The batches of one classifier. Every method raises ModelError or LedgerError."""

    def __init__(self, classifier: LlmClassifier, batches: Batches, cache: AnswerCacheFile) -> None:
        self._classifier = classifier
        self._batches = batches
        self._cache = cache

    @property
    def has_open_batch(self) -> bool:
        """Whether the answers of a submitted batch have not been collected yet."""
        return any(not each.is_finished for each in self._cache.batches())

    def collect(self, papers: Sequence[Paper]) -> BatchProgress:
        """Collect the answers of finished batches, and return what is left to do for these
        papers."""
        questions = {each.key: each for each in self._classifier.questions(papers)}
        collected: list[str] = []
        running = []
        for submitted in self._cache.batches():
            if submitted.is_finished:
                continue
            batch = self._find(submitted)
            if batch is None:  # it was recorded but never submitted
                self._cache.save_batch(replace(submitted, keys=frozenset(), is_finished=True))
            elif batch.is_finished:
                collected += self._store_results(submitted, batch, questions)
            elif not submitted.keys.isdisjoint(questions):
                running.append(batch)
        self._classifier.check_collected(collected)
        submitted_keys = {key for each in self._cache.batches() for key in each.keys}
        batch_costs = self._classifier.batch_costs
        waiting = batch_costs.pending(questions.values(), submitted_keys)[:MOST_REQUESTS]
        return BatchProgress(
            collected=len(collected),
            running=tuple(running),
            waiting=waiting,
            max_usd=batch_costs.max_cost(waiting),
        )

    def submit(self, progress: BatchProgress) -> Batch:
        """Submit the waiting questions. Raises ModelError if another process has spent the money
        for them by now."""
        keys = frozenset(each.key for each in progress.waiting)
        tag = hashlib.sha256("".join(sorted(keys)).encode()).hexdigest()[:32]
        submitted = SubmittedBatch(tag=tag, keys=keys, max_usd=progress.max_usd)
        settings = self._classifier.settings
        with self._cache.transaction():  # the record of the batch takes the reservation's place
            reservation = self._cache.reserve(progress.max_usd, settings.budget_usd)
            if reservation is None:
                raise reasons.out_of_budget(settings)
            self._cache.release(reservation)
            self._cache.save_batch(submitted)
        batch = self._batches.submit(progress.waiting, self._classifier.batch_costs.schema, tag)
        self._cache.save_batch(replace(submitted, id=batch.id))
        return batch

    def _store_results(
        self, submitted: SubmittedBatch, batch: Batch, questions: Mapping[str, Question]
    ) -> Sequence[str]:
        """Store what the batch brought; the keys of the usable answers to these questions."""
        results = self._batches.results(batch)
        own_results = {key: each for key, each in results.items() if key in submitted.keys}
        with self._cache.transaction():  # an interrupted run charges nothing twice
            usable = self._classifier.batch_costs.store_results(questions, own_results)
            self._cache.save_batch(replace(submitted, id=batch.id, is_finished=True))
        return usable

    def _find(self, submitted: SubmittedBatch) -> Batch | None:
        if submitted.id:
            return self._batches.state(submitted.id)
        return self._batches.find(submitted.tag)
