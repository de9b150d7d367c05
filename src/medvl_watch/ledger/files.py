"""Opens the ledger, or copies it, wherever it is: in a file, or on a server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from medvl_watch.errors import LedgerError, WatchError
from medvl_watch.ledger.schema import SCHEMA
from medvl_watch.ledger.store import SqlLedger
from medvl_watch.ledger.transfer import copy_rows
from medvl_watch.storage.database import copy_into_memory, empty_in_memory, open_database
from medvl_watch.storage.server_address import ServerAddress

# A server is imported when one is named: most ledgers are files.
# ruff: noqa: PLC0415

LedgerPlace = Path | ServerAddress
"""Where a ledger is: an SQLite file, or a PostgreSQL database."""


@dataclass(frozen=True, slots=True)
class OpenLedger:
    """An open ledger, its engine, and the problem that was found on opening it (None if there was
    none)."""

    ledger: SqlLedger
    engine: Engine
    problem: WatchError | None = None


def open_ledger(place: LedgerPlace, now: datetime) -> OpenLedger:
    """Open the ledger, or make one; the folder of a file must exist.

    A damaged file is renamed with the date, never deleted, and a new ledger is started: which
    papers the lists contain and which ones maintainers refused is read again from the lists
    and the pull requests. Raises LedgerError if the folder cannot be written, the server does not
    answer, or the ledger was written by a newer medvl-watch.
    """
    if isinstance(place, ServerAddress):
        from medvl_watch.storage.server import REMEDY, open_server

        engine = open_server(place, SCHEMA)
        return OpenLedger(SqlLedger(engine, str(place), remedy=REMEDY), engine)
    opened = open_database(place, SCHEMA, now)
    problem = None
    if opened.aside is not None:
        problem = LedgerError(
            f"the ledger was damaged ({opened.damage}) and was renamed to {opened.aside.name}",
            where=str(place),
            remedy="a new one was started from the lists and pull requests, nothing to do",
        )
    return OpenLedger(SqlLedger(opened.engine, str(place)), opened.engine, problem)


def copy_of_ledger(place: LedgerPlace) -> SqlLedger:
    """A copy of the ledger in memory, for commands that must not write; an empty one where there
    is no ledger yet. Raises LedgerError."""
    if isinstance(place, Path):
        return SqlLedger(copy_into_memory(place, SCHEMA), str(place))
    memory = empty_in_memory(SCHEMA)
    engine = engine_to_read(place)
    if engine is not None:
        try:
            copy_rows(engine, memory)
        finally:
            engine.dispose()
    return SqlLedger(memory, str(place))


def ledger_to_read(place: LedgerPlace) -> SqlLedger:
    """The ledger for commands that only look: a copy of a file, a server itself, in which a method
    that writes raises LedgerError. Empty where there is no ledger yet. Raises LedgerError."""
    if isinstance(place, Path):
        return copy_of_ledger(place)
    return SqlLedger(engine_to_read(place) or empty_in_memory(SCHEMA), str(place))


def engine_to_read(place: LedgerPlace) -> Engine | None:
    """The ledger for reading alone: a copy of a file, a server itself; None where there is no
    ledger yet. Raises LedgerError."""
    if isinstance(place, Path):
        return copy_into_memory(place, SCHEMA) if place.exists() else None
    from medvl_watch.storage.server import look_at_server

    return look_at_server(place, SCHEMA)
