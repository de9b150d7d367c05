"""Opens the ledger's file: makes it, checks it, sets a damaged one aside, or copies it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, StaticPool, create_engine, event, inspect, select, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from medvl_watch.errors import LedgerError, WatchError
from medvl_watch.ledger import schema
from medvl_watch.ledger.store import SqlLedger, reason

BUSY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class OpenLedger:
    """A ledger that works, and what had to be said about it (None if nothing)."""

    ledger: SqlLedger
    problem: WatchError | None = None


def open_ledger(path: Path, now: datetime) -> OpenLedger:
    """The ledger in this file, made if it is not there; its folder must exist.

    A damaged file is set aside under a name with the date, never deleted, and a new ledger
    is begun: what the lists hold and what maintainers refused is read again from the lists
    and the pull requests. Raises LedgerError if the folder cannot be written or the ledger
    is of a newer medvl-watch.
    """
    try:
        return OpenLedger(_open(path))
    except DatabaseError as error:
        if not _is_damage(error):
            raise LedgerError(
                f"the ledger cannot be opened ({reason(error)})",
                where=str(path),
                remedy="see that the file and its folder can be read and written",
            ) from error
        aside = _set_aside(path, now)
        problem = LedgerError(
            f"the ledger was damaged ({reason(error)}) and is kept as {aside.name}",
            where=str(path),
            remedy="a new one was begun from the lists and pull requests, nothing to do",
        )
        return OpenLedger(_open(path), problem)


def copy_of_ledger(path: Path) -> SqlLedger:
    """The ledger as it is, in memory: for runs that must not write. Raises LedgerError."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        if path.exists():
            address = f"{path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(address, uri=True)) as source:
                source.backup(memory)
    except (OSError, sqlite3.Error) as error:
        memory.close()
        raise LedgerError(
            f"the ledger cannot be read ({getattr(error, 'strerror', None) or error})",
            where=str(path),
            remedy="run `medvl-watch run` once: a damaged ledger is set aside and renewed",
        ) from error
    engine = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
    try:
        _prepare(engine, str(path))
    except BaseException:
        memory.close()
        raise
    return SqlLedger(engine, str(path))


def _open(path: Path) -> SqlLedger:
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _enforce_foreign_keys)
    try:
        _check(engine)
        _prepare(engine, str(path))
    except BaseException:
        engine.dispose()
        raise
    return SqlLedger(engine, str(path))


def _check(engine: Engine) -> None:
    with engine.connect() as connection:
        verdict = connection.scalar(text("PRAGMA quick_check(1)"))
    if verdict != "ok":
        raise DatabaseError("quick_check", None, sqlite3.DatabaseError(f"malformed: {verdict}"))


def _prepare(engine: Engine, where: str) -> None:
    version = _version(engine)
    if version is None:
        with engine.begin() as connection:
            connection.exec_driver_sql("BEGIN")  # else every table is a transaction of its own
            schema.metadata.create_all(connection)
            connection.execute(
                schema.about.insert().values(name="version", value=str(schema.VERSION))
            )
    elif version != str(schema.VERSION):
        raise LedgerError(
            f"the ledger has version {version}, this medvl-watch reads {schema.VERSION}",
            where=where,
            remedy="use the medvl-watch that wrote it, or name another `state` folder",
        )


def _version(engine: Engine) -> str | None:
    """None for a ledger that is new, or whose making broke off: the version comes last."""
    table = schema.about
    if not inspect(engine).has_table(table.name):
        return None
    with engine.connect() as connection:
        return connection.scalar(select(table.c.value).where(table.c.name == "version"))


def _enforce_foreign_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys=ON")


def _is_damage(error: SQLAlchemyError) -> bool:
    words = reason(error)
    return any(sign in words for sign in ("malformed", "not a database", "file is encrypted"))


def _set_aside(path: Path, now: datetime) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}")
    try:
        path.rename(aside)
        # what a broken-off transaction left belongs to the damaged file, not to the new one
        for suffix in ("-journal", "-wal", "-shm"):
            left = path.with_name(path.name + suffix)
            if left.exists():
                left.rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise LedgerError(
            f"the damaged ledger cannot be set aside ({error.strerror})",
            where=str(path),
            remedy="move it away by hand and run again",
        ) from error
    return aside
