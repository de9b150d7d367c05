"""Answers and payments in an SQLite file, so that a second run makes no call and a month's
budget holds over all runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from threading import RLock

from medvl_watch.classify.llm.protocols import CachedAnswer, SubmittedBatch
from medvl_watch.errors import LedgerError, WatchError

LONGEST_UNUSABLE = 2_000
"""Characters that are kept of what is no answer."""
_BUSY_SECONDS = 10
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, raw TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL, at TEXT NOT NULL,
    paper_id TEXT NOT NULL, version TEXT NOT NULL, shown TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answers_by_paper ON answers (paper_id, version, at);
CREATE TABLE IF NOT EXISTS unusable (
    paper_id TEXT PRIMARY KEY, version TEXT NOT NULL, why TEXT NOT NULL, raw TEXT NOT NULL,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, usd REAL NOT NULL,
    shown TEXT NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS payments (
    at TEXT NOT NULL, model TEXT NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, usd REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS batches (
    tag TEXT PRIMARY KEY, id TEXT NOT NULL, keys TEXT NOT NULL, usd_at_most REAL NOT NULL,
    is_over INTEGER NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
"""


class AnswerCacheFile:
    """Satisfies `exchange.AnswerCache` and `exchange.Purse`. Used from several threads.

    `now` is the run's moment, aware; payments are dated by it. Raises LedgerError when the
    file cannot be opened; a file that is no database is set aside, never deleted, and `problem`
    says so.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self._path = path
        self._now = now
        self._lock = RLock()
        self._together = False
        self.problem: WatchError | None = None
        with self._errors():
            try:
                self._connection = _opened(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}")
                path.replace(aside)
                self._connection = _opened(path)
                self.problem = LedgerError(
                    "the model's answers were damaged, and what was paid this month is forgotten",
                    where=str(path),
                    remedy=f"the old file is {aside.name}; lower budget_usd for the rest of the "
                    "month if need be",
                )

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written meanwhile is kept all at the end, or nothing of it."""
        with self._errors(), self._lock, self._connection:
            self._together = True
            try:
                yield
            finally:
                self._together = False

    def get(self, key: str) -> CachedAnswer | None:
        """The answer under this key; None if there is none or it cannot be read."""
        with self._lock:
            try:
                return _kept(self._connection, "answers WHERE key = ?", key)
            except (sqlite3.Error, ValueError):
                return None

    def put(self, key: str, kept: CachedAnswer) -> None:
        """Keep an answer; a later one takes the place of an earlier."""
        numbers = (kept.input_tokens, kept.output_tokens, kept.usd)
        about = (kept.paper_id, kept.version, json.dumps(kept.shown))
        self._write(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, kept.raw, *numbers, self._now.isoformat(), *about),
        )

    def put_unusable(self, kept: CachedAnswer, why: str) -> None:
        """Keep what came instead of an answer, shortened; the latest of each paper."""
        about = (kept.paper_id, kept.version, why)
        numbers = (kept.input_tokens, kept.output_tokens, kept.usd)
        self._write(
            "INSERT OR REPLACE INTO unusable VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *about,
                kept.raw[:LONGEST_UNUSABLE],
                *numbers,
                json.dumps(kept.shown),
                self._now.isoformat(),
            ),
        )

    def paid(self, *, model: str, input_tokens: int, output_tokens: int, usd: float) -> None:
        """Note one call."""
        self._write(
            "INSERT INTO payments VALUES (?, ?, ?, ?, ?)",
            (self._now.isoformat(), model, input_tokens, output_tokens, usd),
        )

    def spent_this_month(self) -> float:
        """US dollars paid in the calendar month of `now`, with what batches that are not over
        may still take."""
        month = f"{self._now:%Y-%m}-%"
        with self._errors(), self._lock:
            row = self._connection.execute(
                "SELECT (SELECT coalesce(sum(usd), 0) FROM payments WHERE at LIKE ?)"
                " + (SELECT coalesce(sum(usd_at_most), 0) FROM batches WHERE NOT is_over)",
                (month,),
            ).fetchone()
        return float(row[0])

    def batches(self) -> tuple[SubmittedBatch, ...]:
        """Every batch that was handed in or was about to be, oldest first."""
        with self._errors(), self._lock:
            rows = self._connection.execute(
                "SELECT tag, id, keys, usd_at_most, is_over, at FROM batches ORDER BY at, tag"
            ).fetchall()
        return tuple(
            SubmittedBatch(
                tag=tag,
                id=batch_id,
                keys=frozenset(json.loads(keys)),
                usd_at_most=usd,
                is_over=bool(is_over),
                at=at,
            )
            for tag, batch_id, keys, usd, is_over, at in rows
        )

    def note_batch(self, handed: SubmittedBatch) -> None:
        """Keep what is known of a batch; later knowledge takes the place of earlier."""
        self._write(
            "INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?, ?)",
            (
                handed.tag,
                handed.id,
                json.dumps(sorted(handed.keys)),
                handed.usd_at_most,
                int(handed.is_over),
                handed.at or self._now.isoformat(),
            ),
        )

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        written = [_storable(each) if isinstance(each, str) else each for each in values]
        with self._errors(), self._lock, nullcontext() if self._together else self._connection:
            self._connection.execute(statement, written)

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


def kept_answer(path: Path, paper_id: str, version: str) -> CachedAnswer | None:
    """The last answer on a paper by this prompt, taxonomy and model, out of a file that is only
    looked at; None where there is none, or no such file."""
    return _looked_up(
        path, "answers WHERE paper_id = ? AND version = ? ORDER BY at DESC", paper_id, version
    )


def unusable_answer(path: Path, paper_id: str, why: str) -> CachedAnswer | None:
    """The last that came on a paper and was no answer, if it was none for this reason, out of a
    file that is only looked at."""
    return _looked_up(path, "unusable WHERE paper_id = ? AND why = ?", paper_id, why)


def _looked_up(path: Path, where: str, *values: str) -> CachedAnswer | None:
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return _kept(connection, where, *map(_storable, values))
    except (sqlite3.Error, ValueError):
        return None


def _storable(text: str) -> str:
    """Text without halves of characters, which no file can hold and a model may write."""
    return text.encode("utf-8", "replace").decode()


def _kept(connection: sqlite3.Connection, where: str, *values: str) -> CachedAnswer | None:
    columns = "raw, input_tokens, output_tokens, usd, paper_id, version, shown"
    row = connection.execute(f"SELECT {columns} FROM {where}", values).fetchone()  # noqa: S608  our own words
    if row is None:
        return None
    raw, input_tokens, output_tokens, usd, paper_id, version, shown = row
    return CachedAnswer(
        raw=raw,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        usd=usd,
        paper_id=paper_id,
        version=version,
        shown=tuple(map(str, json.loads(shown))),
    )


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        if _is_of_another_version(connection):
            connection.execute("DROP TABLE answers")  # asked again; what was paid stays
        connection.executescript(_TABLES)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _is_of_another_version(connection: sqlite3.Connection) -> bool:
    columns = {row[1] for row in connection.execute("PRAGMA table_info(answers)")}
    return bool(columns) and "shown" not in columns
