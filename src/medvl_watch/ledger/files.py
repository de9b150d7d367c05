"""Opens the ledger's file, or copies it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from medvl_watch.errors import LedgerError, WatchError
from medvl_watch.ledger.schema import SCHEMA
from medvl_watch.ledger.store import SqlLedger
from medvl_watch.storage.database import copy_into_memory, open_database


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
    opened = open_database(path, SCHEMA, now)
    problem = None
    if opened.aside is not None:
        problem = LedgerError(
            f"the ledger was damaged ({opened.damage}) and is kept as {opened.aside.name}",
            where=str(path),
            remedy="a new one was begun from the lists and pull requests, nothing to do",
        )
    return OpenLedger(SqlLedger(opened.engine, str(path)), problem)


def copy_of_ledger(path: Path) -> SqlLedger:
    """The ledger as it is, in memory: for runs that must not write. Raises LedgerError."""
    return SqlLedger(copy_into_memory(path, SCHEMA), str(path))
