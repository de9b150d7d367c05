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
    """An open ledger, and the problem that was found on opening it (None if there was none)."""

    ledger: SqlLedger
    problem: WatchError | None = None


def open_ledger(path: Path, now: datetime) -> OpenLedger:
    """Open the ledger in this file, or make one; its folder must exist.

    A damaged file is renamed with the date, never deleted, and a new ledger is started: which
    papers the lists contain and which ones maintainers refused is read again from the lists
    and the pull requests. Raises LedgerError if the folder cannot be written or the ledger
    was written by a newer medvl-watch.
    """
    opened = open_database(path, SCHEMA, now)
    problem = None
    if opened.aside is not None:
        problem = LedgerError(
            f"the ledger was damaged ({opened.damage}) and was renamed to {opened.aside.name}",
            where=str(path),
            remedy="a new one was started from the lists and pull requests, nothing to do",
        )
    return OpenLedger(SqlLedger(opened.engine, str(path)), problem)


def copy_of_ledger(path: Path) -> SqlLedger:
    """A copy of the ledger in memory, for commands that must not write. Raises LedgerError."""
    return SqlLedger(copy_into_memory(path, SCHEMA), str(path))
