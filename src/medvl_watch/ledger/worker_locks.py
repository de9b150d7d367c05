"""Locks over all workers that share a ledger on a server.

Each is an advisory lock of a connection of its own: it ends with the connection, so with the
process, however that ends
(https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from medvl_watch.errors import LedgerError
from medvl_watch.storage.server import REMEDY, lock_number
from medvl_watch.storage.transactions import reason

_LOCK_NOT_AVAILABLE = "55P03"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class ServerLocks:
    """Satisfies `ports.WorkLocks`. `where` is the server, for messages."""

    are_shared: ClassVar[bool] = True

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._where = where

    @contextmanager
    def hold(self, work: str, *, wait: float = 0) -> Iterator[bool]:
        with self.connection() as connection:
            held = self.take(connection, work, wait)
            try:
                yield held
            finally:
                if held:
                    release(connection, work)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection without transactions, whose locks are its own. Raises LedgerError."""
        with self.errors():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            yield connection

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn the server's errors into LedgerError."""
        try:
            yield
        except SQLAlchemyError as error:
            raise LedgerError(
                f"the ledger cannot be used ({reason(error)})", where=self._where, remedy=REMEDY
            ) from error

    def take(self, connection: Connection, work: str, wait: float) -> bool:
        """Take the lock for a connection, if it is free within `wait` seconds; whether it was.
        Raises LedgerError."""
        number = lock_number(work)
        with self.errors():
            if wait <= 0:
                query = f"SELECT pg_try_advisory_lock({number})"
                return bool(connection.exec_driver_sql(query).scalar())
            milliseconds = max(1, round(wait * 1000))
            connection.exec_driver_sql(f"SET lock_timeout = {milliseconds}")
            try:
                connection.exec_driver_sql(f"SELECT pg_advisory_lock({number})")
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                    raise
                return False
            finally:
                connection.exec_driver_sql("RESET lock_timeout")
            return True


def release(connection: Connection, work: str) -> None:
    """Release a lock. With a connection that is gone, the lock is gone, too."""
    try:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({lock_number(work)})")
    except SQLAlchemyError:
        connection.invalidate()
