"""Stores answers and payments in an SQLite file.

So a second run repeats no call, and the monthly budget holds for all runs together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from medvl_watch.classify.llm.answer_tables import (
    SCHEMA,
    answers,
    batches,
    payments,
    reservations,
    unusable,
)
from medvl_watch.classify.llm.protocols import CachedAnswer, SubmittedBatch
from medvl_watch.errors import LedgerError, WatchError
from medvl_watch.papers.surrogates import without_surrogates
from medvl_watch.storage.database import open_database, open_to_look
from medvl_watch.storage.transactions import reading, reason, writing

_ROUNDING = 1e-12
LONGEST_UNUSABLE = 2_000
"""The number of characters to which an unusable answer is cut."""


class AnswerCacheFile:
    """Satisfies `protocols.AnswerCache` and `protocols.PaymentLog`. Used from several threads.

    `now` is the time of the run, with a time zone, and the date of its payments. Raises
    LedgerError if the file cannot be opened. A damaged file is renamed and a new one started;
    then `problem` says so.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._now = now
        self._lock = RLock()
        self._transaction: Connection | None = None
        opened = open_database(path, SCHEMA, now)
        self._engine = opened.engine
        self.problem: WatchError | None = None
        if opened.aside is not None:
            self.problem = LedgerError(
                "the file of the model's answers was damaged, and this month's payments are lost",
                where=str(path),
                remedy=f"the damaged file is now {opened.aside.name}; lower budget_usd for the "
                "rest of the month if necessary",
            )

    def close(self) -> None:
        """Close all connections to the file."""
        with self._lock:
            self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything that is written in this block is written together, or not at all."""
        with self._errors(), self._lock, writing(self._engine) as connection:
            self._transaction = connection
            try:
                yield
            finally:
                self._transaction = None

    def get(self, key: str) -> CachedAnswer | None:
        """The answer with this key; None if there is none or it cannot be read."""
        try:
            with self._lock, self._connection() as connection:
                return _cached(connection, _columns(answers).where(answers.c.key == key))
        except (SQLAlchemyError, ValueError):
            return None

    def put(self, key: str, answer: CachedAnswer) -> None:
        """Store an answer in place of an earlier one with the same key."""
        self._write(answers, key=key, raw=answer.raw, **self._shared_columns(answer))

    def put_unusable(self, answer: CachedAnswer, reason: str) -> None:
        """Store an unusable answer, cut to `LONGEST_UNUSABLE` characters, in place of an earlier
        one on the same paper."""
        self._write(
            unusable,
            why=reason,
            raw=answer.raw[:LONGEST_UNUSABLE],
            **self._shared_columns(answer),
        )

    def discard(self, keys: Sequence[str]) -> None:
        """Delete the answers with these keys."""
        with self._errors(), self._lock, self._connection(writes=True) as connection:
            connection.execute(delete(answers).where(answers.c.key.in_(keys)))

    def reserve(self, usd: float, budget: float) -> int | None:
        """Reserve an amount in US dollars, and return a number for it; None if the budget does
        not suffice. Two processes that reserve at the same time do so one after the other."""
        with self._errors(), self._lock, self._connection(writes=True) as connection:
            if self._spent_this_month(connection) + usd > budget + _ROUNDING:
                return None
            row = {"at": self._now.isoformat(), "usd": usd}
            return connection.execute(insert(reservations).values(**row)).lastrowid

    def release(self, reservation: int) -> None:
        """Give a reservation back."""
        with self._errors(), self._lock, self._connection(writes=True) as connection:
            _delete_reservation(connection, reservation)

    def record_payment(
        self,
        *,
        model: str,
        input_tokens: int,
        output_tokens: int,
        usd: float,
        reservation: int | None = None,
    ) -> None:
        """Record the cost of one call, in place of its reservation."""
        row = {
            "at": self._now.isoformat(),
            "model": without_surrogates(model),
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "usd": usd,
        }
        with self._errors(), self._lock, self._connection(writes=True) as connection:
            connection.execute(insert(payments).values(**row))
            if reservation is not None:
                _delete_reservation(connection, reservation)

    def spent_this_month(self) -> float:
        """US dollars paid in the calendar month of `now`, plus the highest possible cost of the
        calls that are being made and of the batches that are not finished."""
        with self._errors(), self._lock, self._connection() as connection:
            return self._spent_this_month(connection)

    def _spent_this_month(self, connection: Connection) -> float:
        month = f"{self._now:%Y-%m}-"
        amounts = (
            select(func.total(payments.c.usd)).where(payments.c.at.startswith(month)),
            select(func.total(reservations.c.usd)).where(reservations.c.at.startswith(month)),
            select(func.total(batches.c.usd_at_most)).where(batches.c.is_over == 0),
        )
        return sum(connection.scalar(each) or 0.0 for each in amounts)

    def batches(self) -> tuple[SubmittedBatch, ...]:
        """Every batch that was submitted, or recorded to be submitted, oldest first."""
        query = select(batches).order_by(batches.c.at, batches.c.tag)
        with self._errors(), self._lock, self._connection() as connection:
            return tuple(
                SubmittedBatch(
                    tag=row.tag,
                    id=row.id,
                    keys=frozenset(json.loads(row.keys)),
                    max_usd=row.usd_at_most,
                    is_finished=bool(row.is_over),
                    submitted_at=row.at,
                )
                for row in connection.execute(query)
            )

    def save_batch(self, batch: SubmittedBatch) -> None:
        """Store a batch in place of an earlier state of it."""
        self._write(
            batches,
            tag=batch.tag,
            id=batch.id,
            keys=json.dumps(sorted(batch.keys)),
            usd_at_most=batch.max_usd,
            is_over=int(batch.is_finished),
            at=batch.submitted_at or self._now.isoformat(),
        )

    def _shared_columns(self, answer: CachedAnswer) -> dict[str, Any]:
        """The columns that usable and unusable answers have in common."""
        return {
            "paper_id": answer.paper_id,
            "version": answer.version,
            "shown": json.dumps(answer.shown),
            "input_tokens": answer.input_tokens,
            "output_tokens": answer.output_tokens,
            "usd": answer.usd,
            "at": self._now.isoformat(),
        }

    def _write(self, table: Table, **values: Any) -> None:
        """Write a row in place of an earlier one with the same key."""
        row = {name: without_surrogates(each) if isinstance(each, str) else each
               for name, each in values.items()}  # fmt: skip
        with self._errors(), self._lock, self._connection(writes=True) as connection:
            connection.execute(insert(table).prefix_with("OR REPLACE").values(**row))

    @contextmanager
    def _connection(self, *, writes: bool = False) -> Iterator[Connection]:
        """A connection in a transaction of its own, or in the open one."""
        if self._transaction is not None:
            yield self._transaction
            return
        with (writing if writes else reading)(self._engine) as connection:
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise LedgerError(
                f"the model's answers cannot be stored ({reason(error)})",
                where=str(self._path),
                remedy="check that the file and its folder can be read and written",
            ) from error


def find_answer(path: Path, paper_id: str, version: str) -> CachedAnswer | None:
    """The last answer on a paper for this prompt, taxonomy and model (`version`); None if there
    is none or no such file. The file is opened for reading only."""
    of_paper = (
        answers.c.paper_id == without_surrogates(paper_id),
        answers.c.version == without_surrogates(version),
    )
    return _find(path, _columns(answers).where(*of_paper).order_by(answers.c.at.desc()))


def find_unusable_answer(path: Path, paper_id: str, why: str) -> CachedAnswer | None:
    """The last unusable answer on a paper, if it was unusable for this reason; None otherwise.
    The file is opened for reading only."""
    of_paper = (
        unusable.c.paper_id == without_surrogates(paper_id),
        unusable.c.why == without_surrogates(why),
    )
    return _find(path, _columns(unusable).where(*of_paper))


def _find(path: Path, query: Select[Any]) -> CachedAnswer | None:
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


def _delete_reservation(connection: Connection, reservation: int) -> None:
    connection.execute(delete(reservations).where(reservations.c.id == reservation))


def _columns(table: Table) -> Select[Any]:
    names = ("raw", "input_tokens", "output_tokens", "usd", "paper_id", "version", "shown")
    return select(*(table.c[name] for name in names)).limit(1)


def _cached(connection: Connection, query: Select[Any]) -> CachedAnswer | None:
    row = connection.execute(query).first()
    if row is None:
        return None
    values = row._asdict()
    return CachedAnswer(**values | {"shown": tuple(map(str, json.loads(values["shown"])))})
