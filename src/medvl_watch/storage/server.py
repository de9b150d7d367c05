"""The one way to a PostgreSQL database: how it is opened, and what its transactions are.

SQLAlchemy's engine for a server is made here only. One transaction writes at a time, as in an
SQLite file: it takes an advisory lock, which ends with it
(https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import Connection, Engine, NullPool, Pool, create_engine, event, inspect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from medvl_watch.errors import LedgerError
from medvl_watch.storage.migration import DatabaseSchema, is_current, make_or_migrate
from medvl_watch.storage.server_address import ServerAddress
from medvl_watch.storage.transactions import Purpose, begin_with, reading, reason, writing

BUSY_SECONDS = 10
"""How long a transaction that writes waits for another one."""
CONNECT_SECONDS = 10
REMEDY = "make sure that the server answers and that its role may write to this database"


def lock_number(name: str) -> int:
    """The number of an advisory lock, which has 64 bits, for a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


_BEGIN = {
    Purpose.READ: ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"],
    Purpose.WRITE: [
        f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'",
        f"SELECT pg_advisory_xact_lock({lock_number('medvl-watch writes')})",
    ],
}
_LOOK = dict.fromkeys(Purpose, _BEGIN[Purpose.READ])
"""For those who may not write."""
_EACH_CONNECTION = (
    # The locks of a machine that is gone end after a minute and a half, not after two hours.
    "SET tcp_keepalives_idle = 60",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
    # A connection that holds a lock says nothing while its work lasts.
    "SET idle_session_timeout = 0",
)


def open_server(
    address: ServerAddress, schema: DatabaseSchema, *, keeps_connections: bool = True
) -> Engine:
    """The database with the tables of `schema`, made or migrated where they are not there.

    Without `keeps_connections` each is closed after use. Raises LedgerError, and writes nothing,
    where the database cannot be used, has other tables, or is of a newer medvl-watch.
    """
    with _opened(address, schema, None if keeps_connections else NullPool) as engine:
        with reading(engine) as connection:
            found = is_current(connection, schema, str(address))
        if not found:
            with writing(engine) as connection:
                _check_tables(connection, schema, address)
                make_or_migrate(connection, schema, str(address))
    return engine


def look_at_server(address: ServerAddress, schema: DatabaseSchema) -> Engine | None:
    """The database as it is, for reading alone; None where no tables of `schema` were made yet.
    Nothing is written. Raises LedgerError as `open_server` does, and for one that would first
    have to be migrated."""
    with _opened(address, schema, begin=_LOOK) as engine, reading(engine) as connection:
        found = is_current(connection, schema, str(address))
        has_tables = bool(inspect(connection).get_table_names())
    if found:
        return engine
    engine.dispose()
    if has_tables:
        raise LedgerError(
            f"{schema.name} has tables of an older version, or of another program",
            where=str(address),
            remedy="run `medvl-watch run` once, which brings them up to date",
        )
    return None


@contextmanager
def _opened(
    address: ServerAddress,
    schema: DatabaseSchema,
    pool: type[Pool] | None = None,
    begin: Mapping[Purpose, Sequence[str]] = _BEGIN,
) -> Iterator[Engine]:
    """A checked connection; disposed of if the block fails."""
    engine = _engine(address, pool)
    begin_with(engine, begin)
    try:
        with engine.connect() as connection:
            _check_encoding(connection, schema, address)
        yield engine
    except SQLAlchemyError as error:
        engine.dispose()
        raise LedgerError(
            f"{schema.name} cannot be opened ({reason(error)})",
            where=str(address),
            remedy=REMEDY,
        ) from error
    except BaseException:
        engine.dispose()
        raise


def _engine(address: ServerAddress, pool: type[Pool] | None) -> Engine:
    """Raises LedgerError for an address that is none, and without the driver."""
    try:
        url = make_url(address.url).set(drivername="postgresql+psycopg")
        options = {"connect_timeout": CONNECT_SECONDS, "application_name": "medvl-watch"}
        engine = create_engine(
            url,
            connect_args={name: each for name, each in options.items() if name not in url.query},
            pool_pre_ping=pool is None,
            poolclass=pool,
        )
    except ImportError as error:
        raise LedgerError(
            "a ledger on PostgreSQL needs the library psycopg, which is not installed",
            where=str(address),
            remedy="install it with: pip install 'medvl-watch[postgres]'",
        ) from error
    except (ArgumentError, ValueError) as error:
        raise LedgerError(
            "this is not the address of a database",
            where=str(address),
            remedy="write it as postgresql://USER@HOST:PORT/NAME",
        ) from error
    event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("; ".join(_EACH_CONNECTION))
    cursor.close()
    connection.commit()


def _check_encoding(connection: Connection, schema: DatabaseSchema, address: ServerAddress) -> None:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise LedgerError(
            f"{schema.name} needs a database in UTF8, and this one is in {encoding}",
            where=str(address),
            remedy="make one with: createdb --encoding UTF8 --template template0 NAME",
        )


def _check_tables(connection: Connection, schema: DatabaseSchema, address: ServerAddress) -> None:
    """A database of another program is not written to."""
    found = inspect(connection)
    if found.get_table_names() and not found.has_table("alembic_version"):
        raise LedgerError(
            f"the database has tables that are not those of {schema.name}",
            where=str(address),
            remedy="give medvl-watch a database of its own",
        )
