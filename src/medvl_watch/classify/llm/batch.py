"""The Batch API: many questions at half the price, answered within a day.

https://platform.openai.com/docs/guides/batch describes it. A batch only fills the cache:
`BatchCosts.pending` chooses the questions, `BatchCosts.store_results` stores the results, and
`judge` then finds the answers without a call. Results are matched by their custom_id, which is
the key of the question, and never by their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from medvl_watch.classify.llm.completion import completion_of
from medvl_watch.classify.llm.protocols import ChatCompletion, ResponseFormat, Schema
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.llm.server import Server
from medvl_watch.errors import ModelError, WatchError

MOST_REQUESTS = 50_000
"""The limit of the service for one batch."""
_PATH: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_TAG = "medvl-watch"
_FINAL_STATUSES = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The current state of a batch at the service. `done` and `failed` are numbers of questions;
    `results` and `errors` are the ids of its files."""

    id: str
    status: str
    done: int = 0
    failed: int = 0
    results: str = ""
    errors: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether no more results will come."""
        return self.status in _FINAL_STATUSES


def request_lines(questions: Iterable[Question], server: Server, schema: Schema) -> Iterator[str]:
    """The lines of the batch's input file: one JSON object per question."""
    for question in questions:
        body = server.request(question.messages, ResponseFormat.SCHEMA, schema)
        line = {"custom_id": question.key, "method": "POST", "url": _PATH, "body": body}
        yield json.dumps(line)


def read_results(text: str) -> Mapping[str, ChatCompletion]:
    """The completions by custom_id. Lines that are not valid, failed or have a duplicate id are
    left out: their questions stay unanswered and are asked again."""
    completions: dict[str, ChatCompletion] = {}
    duplicates: set[str] = set()
    for line in text.splitlines():
        try:
            row = json.loads(line)
            response = row["response"]
            key, status = row["custom_id"], response["status_code"]
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        if not isinstance(key, str) or status != 200:
            continue
        if key in completions:
            duplicates.add(key)
        completions[key] = completion_of(response.get("body"))
    return {key: each for key, each in completions.items() if key not in duplicates}


class Batches:
    """The batches at the service. Every method raises ModelError or ModelDenied."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def submit(self, questions: Sequence[Question], schema: Schema, tag: str = "") -> Batch:
        """Submit the questions. `state` finds the batch by its id; `find` finds it by its `tag`
        if the id was lost."""
        if not questions or len(questions) > MOST_REQUESTS:
            raise ModelError(
                f"a batch has 1 to {MOST_REQUESTS} questions, not {len(questions)}",
                where=self._server.address,
            )
        text = "\n".join(request_lines(questions, self._server, schema)) + "\n"
        with _translated(self._server):
            client = self._server.client
            file = client.files.create(file=("requests.jsonl", text.encode()), purpose="batch")
            batch = client.batches.create(
                input_file_id=file.id,
                endpoint=_PATH,
                completion_window="24h",
                metadata={_TAG: tag},
            )
        return _batch(batch)

    def find(self, tag: str) -> Batch | None:
        """The batch with this tag among the latest hundred; None if there is none."""
        with _translated(self._server):
            for raw in self._server.client.batches.list(limit=100).data:
                if (getattr(raw, "metadata", None) or {}).get(_TAG) == tag:
                    return _batch(raw)
        return None

    def state(self, batch_id: str) -> Batch:
        """The current state of the batch."""
        with _translated(self._server):
            return _batch(self._server.client.batches.retrieve(batch_id))

    def results(self, batch: Batch) -> Mapping[str, ChatCompletion]:
        """The results of the batch so far, by the keys of the questions."""
        if not batch.results:
            return {}
        with _translated(self._server):
            content = self._server.client.files.content(batch.results).read()
        return read_results(content.decode("utf-8", "replace"))


def _batch(raw: object) -> Batch:
    counts = getattr(raw, "request_counts", None)
    return Batch(
        id=str(getattr(raw, "id", "")),
        status=str(getattr(raw, "status", "")),
        done=int(getattr(counts, "completed", 0) or 0),
        failed=int(getattr(counts, "failed", 0) or 0),
        results=str(getattr(raw, "output_file_id", "") or ""),
        errors=str(getattr(raw, "error_file_id", "") or ""),
    )


@contextmanager
def _translated(server: Server) -> Iterator[None]:
    """Translates the exceptions of the package into ours."""
    try:
        yield
    except WatchError:
        raise
    except Exception as error:
        failed = server.errors.translate(error)
        if failed.error is not None:
            raise failed.error from error
        raise ModelError(
            f"the request about a batch failed ({failed.reason})",
            where=server.address,
            remedy="try again later; nothing is lost",
        ) from error
