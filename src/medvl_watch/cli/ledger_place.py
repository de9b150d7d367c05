"""Where the ledger is by the settings, and what keeps workers apart there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from medvl_watch.config import Settings
from medvl_watch.pipeline.workers import OneWorker
from medvl_watch.ports import RequestTurns, WorkLocks
from medvl_watch.state import LEDGER_NAME
from medvl_watch.storage.server_address import ServerAddress

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from medvl_watch.ledger.files import LedgerPlace

# What is for a server is imported when one is named, SQLAlchemy when it is needed.


def ledger_place(settings: Settings) -> LedgerPlace:
    """The file in the state folder, unless the settings name a server."""
    if settings.ledger:
        return ServerAddress(settings.ledger)
    return settings.state / LEDGER_NAME


def locks_at(place: LedgerPlace, engine: Engine) -> WorkLocks:
    """The locks among the workers that share the open ledger. A file has one worker at a time, by
    the lock of its folder."""
    if isinstance(place, Path):
        return OneWorker()
    from medvl_watch.ledger.worker_locks import ServerLocks

    return ServerLocks(engine, str(place))


def request_turns(settings: Settings) -> RequestTurns:
    """The turns at services, with all processes that share the ledger."""
    place = ledger_place(settings)
    if isinstance(place, Path):
        from medvl_watch.sources.request_gaps import FolderTurns

        return FolderTurns(settings.state)
    from medvl_watch.ledger.request_turns import ServerTurns

    return ServerTurns(place)
