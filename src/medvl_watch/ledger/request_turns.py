"""Keeps the gaps between requests to a service over all workers that share a ledger on a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection

from medvl_watch.errors import Busy
from medvl_watch.ledger.schema import SCHEMA, request_times
from medvl_watch.ledger.worker_locks import ServerLocks, release
from medvl_watch.storage.server import open_server
from medvl_watch.storage.server_address import ServerAddress

_AGO = (
    f"SELECT extract(epoch FROM clock_timestamp()) - at FROM {request_times.name}"  # noqa: S608
    " WHERE service = %(service)s"
)
_NOTE = (
    f"INSERT INTO {request_times.name} (service, at)"  # noqa: S608
    " VALUES (%(service)s, extract(epoch FROM clock_timestamp()))"
    " ON CONFLICT (service) DO UPDATE SET at = excluded.at"
)


class ServerTurns:
    """Satisfies `ports.RequestTurns`. The clock is the server's, so that workers on several
    machines agree on it; a gap begins with the
    request, for a worker that is killed within it, and anew with its end."""

    def __init__(self, place: ServerAddress, sleep: Callable[[float], None] = time.sleep) -> None:
        self._place = place
        self._sleep = sleep

    @cached_property
    def _locks(self) -> ServerLocks:
        """Made at the first turn: most commands ask no service."""
        engine = open_server(self._place, SCHEMA, keeps_connections=False)
        return ServerLocks(engine, str(self._place))

    @contextmanager
    def turn(self, service: str, gap: float, *, wait: float) -> Iterator[None]:
        work = f"requests {service}"
        with self._locks.connection() as connection:
            if not self._locks.take(connection, work, wait):
                raise Busy(
                    "other workers are asking this service", where=str(self._place),
                    remedy="try again when they are done",
                )  # fmt: skip
            try:
                self._keep_gap(connection, service, gap)
                try:
                    yield
                finally:
                    self._note(connection, service)
            finally:
                release(connection, work)

    def _keep_gap(self, connection: Connection, service: str, gap: float) -> None:
        with self._locks.errors():
            ago = connection.exec_driver_sql(_AGO, {"service": service}).scalar()
            left = 0 if ago is None else gap - max(0.0, float(ago))
            if left > 0:
                self._sleep(left)
            self._note(connection, service)

    def _note(self, connection: Connection, service: str) -> None:
        with self._locks.errors():
            connection.exec_driver_sql(_NOTE, {"service": service})
