"""The one way to an SQLite file: how it is opened and copied.

SQLAlchemy's engine for a file is made here only. Transactions begin when we say so and not when the
driver guesses, so that reading never writes and a change of tables is all or nothing
(https://docs.sqlalchemy.org/en/20/dialects/sqlite.html, "Transactions with SQLite").
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from medvl_watch.errors import LedgerError, os_reason
from medvl_watch.storage.damage import DamagedError, check_header, is_damage, set_aside
from medvl_watch.storage.locks import lock_file
from medvl_watch.storage.migration import DatabaseSchema, bring_up_to_date
from medvl_watch.storage.transactions import Purpose, begin_with, reason

BUSY_SECONDS = 10
"""How long a statement waits for another process that writes."""
_BEGIN = {Purpose.READ: ["BEGIN"], Purpose.WRITE: ["BEGIN IMMEDIATE"]}
_SIDE_FILES = ("-wal", "-journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDatabase:
    """A file that works. `aside` is where a damaged one was moved to, and `damage` says what
    was wrong with it; None and empty where nothing was."""

    engine: Engine
    aside: Path | None = None
    damage: str = ""


def open_database(path: Path, schema: DatabaseSchema, now: datetime) -> OpenDatabase:
    """The file with the tables of `schema`, made if it is not there; its folder must exist.

    An older file is migrated. A damaged one is set aside under a name with the moment `now`,
    never deleted, and a new one is made. Raises LedgerError where the file cannot be used, or
    is of a newer medvl-watch; then nothing was written.
    """
    try:
        return OpenDatabase(engine=_open(path, schema))
    except DamagedError:
        pass
    # Another run may find the same damage at the same time, and must not move the new file away.
    try:
        with lock_file(path.with_name(f".{path.name}.lock"), path, wait=BUSY_SECONDS):
            return _open_in_place_of_damaged(path, schema, now)
    except OSError as error:
        raise LedgerError(
            f"{schema.name} is damaged and cannot be renamed ({os_reason(error)})",
            where=str(path),
            remedy="move it away by hand and run again",
        ) from error


def copy_into_memory(path: Path, schema: DatabaseSchema) -> Engine:
    """A copy of the file in memory, brought up to date there; empty where there is no file.
    Nothing is written. Raises LedgerError."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        if path.exists():
            _copy(path, memory)
        engine = _configured(
            create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
        )
        bring_up_to_date(engine, schema, str(path))
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        memory.close()
        raise LedgerError(
            f"{schema.name} cannot be read ({reason(error)})",
            where=str(path),
            remedy="run `medvl-watch run` once: a damaged file is set aside and a new one made",
        ) from error
    except BaseException:
        memory.close()
        raise
    return engine


def empty_in_memory(schema: DatabaseSchema) -> Engine:
    """A database in memory with the tables of `schema`."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    engine = _configured(create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool))
    bring_up_to_date(engine, schema, "memory")
    return engine


def open_to_look(path: Path) -> Engine:
    """The file as it is, whatever its tables, for reading alone. Nothing is written, and
    nothing is checked: the first query raises SQLAlchemyError where it is not a database."""
    return _configured(
        create_engine("sqlite://", creator=lambda: _read_only(path), poolclass=StaticPool)
    )


def _open_in_place_of_damaged(path: Path, schema: DatabaseSchema, now: datetime) -> OpenDatabase:
    """The new file, or the one that another run has made meanwhile. Raises OSError."""
    try:
        return OpenDatabase(engine=_open(path, schema))
    except DamagedError as error:
        aside = set_aside(path, now)
        return OpenDatabase(engine=_open(path, schema), aside=aside, damage=str(error))


def _open(path: Path, schema: DatabaseSchema) -> Engine:
    """Raises DamagedError for a damaged file, else LedgerError."""
    check_header(path)
    url = URL.create("sqlite", database=str(path))
    engine = _configured(create_engine(url, connect_args={"timeout": BUSY_SECONDS}))
    try:
        _check(engine)
        bring_up_to_date(engine, schema, str(path))
        _write_ahead(engine)
    except DatabaseError as error:
        engine.dispose()
        if is_damage(error):
            raise DamagedError(reason(error)) from error
        raise LedgerError(
            f"{schema.name} cannot be opened ({reason(error)})",
            where=str(path),
            remedy="see that it and its folder can be written, and that no other run holds it",
        ) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def _configured(engine: Engine) -> Engine:
    event.listen(engine, "connect", _configure)
    begin_with(engine, _BEGIN)
    return engine


def _configure(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")  # what was decided survives a power failure


def _check(engine: Engine) -> None:
    """Raises DamagedError where SQLite finds the file inconsistent."""
    with engine.connect() as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise DamagedError(f"malformed: {verdict}")


def _write_ahead(engine: Engine) -> None:
    """Let readers and a writer not wait for each other. The file remembers it. Where that
    cannot be changed now, or on this file system, the file works as it did."""
    with suppress(OperationalError), engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")


def _copy(path: Path, memory: sqlite3.Connection) -> None:
    """Copy a file that another run may write to meanwhile."""
    for _ in range(3):
        before = path.stat()
        with closing(_read_only(path)) as source:
            source.backup(memory)
        after = path.stat()
        if (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino):
            return


def _read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. SQLite makes files beside the database even to read, so
    it may take it for unchangeable where no other process has it open
    (https://www.sqlite.org/wal.html, "Read-Only Databases")."""
    in_use = any(path.with_name(path.name + suffix).exists() for suffix in _SIDE_FILES)
    access = "mode=ro" if in_use else "immutable=1"
    address = f"{path.absolute().as_uri()}?{access}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
