"""Answers and payments in an SQLite file, so that a second run makes no call and a month's
budget holds over all runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

from medvl_watch.classify.llm.exchange import Kept
from medvl_watch.errors import LedgerError

_BUSY_SECONDS = 10
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, raw TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payments (
    at TEXT NOT NULL, model TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL
);
"""


class CacheFile:
    """Satisfies `exchange.AnswerCache` and `exchange.Purse`. Used from several threads.

    `now` is the run's moment, aware; payments are dated by it. Raises LedgerError when the
    file cannot be opened; a file that is no database is set aside, never deleted.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._now = now
        self._lock = Lock()
        with self._errors():
            try:
                self._connection = _opened(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                path.replace(path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}"))
                self._connection = _opened(path)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def get(self, key: str) -> Kept | None:
        """The answer under this key; None if there is none or it cannot be read."""
        with self._lock:
            try:
                row = self._connection.execute(
                    "SELECT raw, input_tokens, output_tokens, usd FROM answers WHERE key = ?",
                    (key,),
                ).fetchone()
            except sqlite3.Error:
                return None
        if row is None:
            return None
        raw, input_tokens, output_tokens, usd = row
        return Kept(raw=raw, input_tokens=input_tokens, output_tokens=output_tokens, usd=usd)

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer; a later one takes the place of an earlier."""
        numbers = (kept.input_tokens, kept.output_tokens, kept.usd)
        self._write(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
            (key, kept.raw, *numbers, self._now.isoformat()),
        )

    def paid(self, *, model: str, input_tokens: int, output_tokens: int, usd: float) -> None:
        """Note one call."""
        self._write(
            "INSERT INTO payments VALUES (?, ?, ?, ?, ?)",
            (self._now.isoformat(), model, input_tokens, output_tokens, usd),
        )

    def spent_this_month(self) -> float:
        """US dollars paid in the calendar month of `now`."""
        month = f"{self._now:%Y-%m}-%"
        with self._errors(), self._lock:
            row = self._connection.execute(
                "SELECT coalesce(sum(usd), 0) FROM payments WHERE at LIKE ?", (month,)
            ).fetchone()
        return float(row[0])

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        with self._errors(), self._lock, self._connection:
            self._connection.execute(statement, values)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(
                f"the model's answers cannot be kept ({error})",
                where=str(self._path),
                remedy="see that the file and its folder can be read and written",
            ) from error


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        connection.executescript(_TABLES)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
