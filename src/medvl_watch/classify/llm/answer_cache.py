"""Answers and payments in an SQLite file, so that a second run makes no call and a month's
budget holds over all runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from medvl_watch.classify.llm.answer_tables import SCHEMA, answers, batches, payments, unusable
from medvl_watch.classify.llm.protocols import CachedAnswer, SubmittedBatch
from medvl_watch.errors import LedgerError, WatchError
from medvl_watch.storage.database import open_database, open_to_look, reading, reason, writing

LONGEST_UNUSABLE = 2_000
"""Characters that are kept of what is no answer."""


class AnswerCacheFile:
    """Satisfies `protocols.AnswerCache` and `protocols.PaymentLog`. Used from several threads.

    `now` is the run's moment, aware; payments are dated by it. Raises LedgerError when the
    file cannot be opened; a damaged file is set aside, never deleted, and `problem` says so.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._now = now
        self._lock = RLock()
        self._together: Connection | None = None
        opened = open_database(path, SCHEMA, now)
        self._engine = opened.engine
        self.problem: WatchError | None = None
        if opened.aside is not None:
            self.problem = LedgerError(
                "the model's answers were damaged, and what was paid this month is forgotten",
                where=str(path),
                remedy=f"the old file is {opened.aside.name}; lower budget_usd for the rest of the "
                "month if need be",
            )

    def close(self) -> None:
        """Close every connection to the file."""
        with self._lock:
            self._engine.dispose()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written meanwhile is kept all at the end, or nothing of it."""
        with self._errors(), self._lock, writing(self._engine) as connection:
            self._together = connection
            try:
                yield
            finally:
                self._together = None

    def get(self, key: str) -> CachedAnswer | None:
        """The answer under this key; None if there is none or it cannot be read."""
        try:
            with self._lock, self._connection() as connection:
                return _cached(connection, _columns(answers).where(answers.c.key == key))
        except (SQLAlchemyError, ValueError):
            return None

    def put(self, key: str, kept: CachedAnswer) -> None:
        """Keep an answer; a later one takes the place of an earlier."""
        self._write(answers, key=key, raw=kept.raw, **self._described(kept))

    def put_unusable(self, kept: CachedAnswer, why: str) -> None:
        """Keep what came instead of an answer, shortened; the latest of each paper."""
        self._write(unusable, why=why, raw=kept.raw[:LONGEST_UNUSABLE], **self._described(kept))

    def paid(self, *, model: str, input_tokens: int, output_tokens: int, usd: float) -> None:
        """Note one call."""
        self._write(
            payments,
            at=self._now.isoformat(),
            model=model,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            usd=usd,
        )

    def spent_this_month(self) -> float:
        """US dollars paid in the calendar month of `now`, with what batches that are not over
        may still take."""
        paid = select(func.total(payments.c.usd)).where(
            payments.c.at.startswith(f"{self._now:%Y-%m}-")
        )
        promised = select(func.total(batches.c.usd_at_most)).where(batches.c.is_over == 0)
        with self._errors(), self._lock, self._connection() as connection:
            return (connection.scalar(paid) or 0.0) + (connection.scalar(promised) or 0.0)

    def batches(self) -> tuple[SubmittedBatch, ...]:
        """Every batch that was handed in or was about to be, oldest first."""
        query = select(batches).order_by(batches.c.at, batches.c.tag)
        with self._errors(), self._lock, self._connection() as connection:
            return tuple(
                SubmittedBatch(
                    tag=row.tag,
                    id=row.id,
                    keys=frozenset(json.loads(row.keys)),
                    usd_at_most=row.usd_at_most,
                    is_over=bool(row.is_over),
                    at=row.at,
                )
                for row in connection.execute(query)
            )

    def note_batch(self, handed: SubmittedBatch) -> None:
        """Keep what is known of a batch; later knowledge takes the place of earlier."""
        self._write(
            batches,
            tag=handed.tag,
            id=handed.id,
            keys=json.dumps(sorted(handed.keys)),
            usd_at_most=handed.usd_at_most,
            is_over=int(handed.is_over),
            at=handed.at or self._now.isoformat(),
        )

    def _described(self, kept: CachedAnswer) -> dict[str, Any]:
        """The columns that a usable and an unusable answer share."""
        return {
            "paper_id": kept.paper_id,
            "version": kept.version,
            "shown": json.dumps(kept.shown),
            "input_tokens": kept.input_tokens,
            "output_tokens": kept.output_tokens,
            "usd": kept.usd,
            "at": self._now.isoformat(),
        }

    def _write(self, table: Table, **values: Any) -> None:
        """Write a row in place of the one with its key."""
        row = {name: _storable(each) if isinstance(each, str) else each
               for name, each in values.items()}  # fmt: skip
        with self._errors(), self._lock, self._connection(writes=True) as connection:
            connection.execute(insert(table).prefix_with("OR REPLACE").values(**row))

    @contextmanager
    def _connection(self, *, writes: bool = False) -> Iterator[Connection]:
        """A transaction, or the one that is under way."""
        if self._together is not None:
            yield self._together
            return
        with (writing if writes else reading)(self._engine) as connection:
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise LedgerError(
                f"the model's answers cannot be kept ({reason(error)})",
                where=str(self._path),
                remedy="see that the file and its folder can be read and written",
            ) from error


def kept_answer(path: Path, paper_id: str, version: str) -> CachedAnswer | None:
    """The last answer on a paper by this prompt, taxonomy and model, out of a file that is only
    looked at; None where there is none, or no such file."""
    of_paper = answers.c.paper_id == _storable(paper_id), answers.c.version == _storable(version)
    return _looked_up(path, _columns(answers).where(*of_paper).order_by(answers.c.at.desc()))


def unusable_answer(path: Path, paper_id: str, why: str) -> CachedAnswer | None:
    """The last that came on a paper and was no answer, if it was none for this reason, out of a
    file that is only looked at."""
    of_paper = unusable.c.paper_id == _storable(paper_id), unusable.c.why == _storable(why)
    return _looked_up(path, _columns(unusable).where(*of_paper))


def _looked_up(path: Path, query: Select[Any]) -> CachedAnswer | None:
    if not path.is_file():
        return None
    engine = open_to_look(path)
    try:
        with reading(engine) as connection:
            return _cached(connection, query)
    except (SQLAlchemyError, ValueError):
        return None
    finally:
        engine.dispose()


def _storable(text: str) -> str:
    """Text without halves of characters, which no file can hold and a model may write."""
    return text.encode("utf-8", "replace").decode()


def _columns(table: Table) -> Select[Any]:
    names = ("raw", "input_tokens", "output_tokens", "usd", "paper_id", "version", "shown")
    return select(*(table.c[name] for name in names)).limit(1)


def _cached(connection: Connection, query: Select[Any]) -> CachedAnswer | None:
    row = connection.execute(query).first()
    if row is None:
        return None
    values = row._asdict()
    return CachedAnswer(**values | {"shown": tuple(map(str, json.loads(values["shown"])))})
