"""The two kinds of transactions, on every database: one that reads, and one that writes.

Each way to a database says with `begin_with` what these mean to it, so whoever uses them need not
know which one it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import Connection, Engine, event

from medvl_watch.errors import os_reason

_OPTION = "medvl_watch_purpose"


class Purpose(StrEnum):
    """What a transaction is for."""

    READ = "read"
    WRITE = "write"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees everything as it is when it begins."""
    with _transaction(engine, Purpose.READ) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes all or nothing. It locks out other writers from the start,
    so what was read within it still holds when it writes."""
    with _transaction(engine, Purpose.WRITE) as connection:
        yield connection


def begin_with(engine: Engine, statements: Mapping[Purpose, Sequence[str]]) -> None:
    """From now on, transactions of this engine begin with these statements."""

    def begin(connection: Connection) -> None:
        purpose = connection.get_execution_options().get(_OPTION)
        for statement in statements[Purpose(purpose)] if purpose else ():
            connection.exec_driver_sql(statement)

    event.listen(engine, "begin", begin)


def reason(error: Exception) -> str:
    """The database's own words, on one line, without the statement and its values."""
    return " ".join(os_reason(getattr(error, "orig", None) or error).split())


@contextmanager
def _transaction(engine: Engine, purpose: Purpose) -> Iterator[Connection]:
    with engine.connect() as connection:
        connection.execution_options(**{_OPTION: purpose})
        with connection.begin():
            yield connection
