"""Brings the tables of a database up to date, with Alembic.

Alembic is imported only for one that is neither new nor up to date: one query tells. The
migrations are Python files inside the package, so they work from a wheel, and need no
`alembic.ini`. CONTRIBUTING.md says how to add one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)

from medvl_watch.errors import LedgerError

_STAMP = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it: one row, the revision that the file's tables have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSchema:
    """What a database of ours holds.

    `name` is what messages call it. `migrations` is Alembic's folder, `revisions` are the
    migrations in it, oldest first; the last one gives an old file the same `tables` that a new
    one is made with.
    """

    name: str
    tables: MetaData
    migrations: Path
    revisions: tuple[str, ...]

    @property
    def latest(self) -> str:
        return self.revisions[-1]


def bring_up_to_date(engine: Engine, schema: DatabaseSchema, where: str) -> None:
    """Make the tables in an empty SQLite file, migrate those of an older one; a file that is up to
    date is only looked at. All of it happens in one transaction, or nothing.

    Raises LedgerError, and writes nothing, for a file of a newer medvl-watch. Errors of the
    database are SQLAlchemy's.
    """
    with engine.connect() as connection:
        if is_current(connection, schema, where):
            return
        connection.rollback()
        # A table is changed by copying it, which foreign keys would take for a deletion; they
        # can only be switched outside a transaction, and are checked before it ends.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
        try:
            with connection.begin():
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                make_or_migrate(connection, schema, where)
                _check_references(connection, schema, where)
        finally:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.rollback()


def make_or_migrate(connection: Connection, schema: DatabaseSchema, where: str) -> None:
    """Make or migrate the tables, within a transaction that writes, unless another run has done
    so by now."""
    if is_current(connection, schema, where):
        return
    if inspect(connection).get_table_names():
        _migrate(connection, schema)
    else:
        schema.tables.create_all(connection)
        _STAMP.create(connection)
        connection.execute(insert(_STAMP).values(version_num=schema.latest))


def _check_references(connection: Connection, schema: DatabaseSchema, where: str) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise LedgerError(
            f"{schema.name} cannot be migrated: a row would refer to one that is gone",
            where=where,
            remedy="report this, with the file; it is as it was",
        )


def is_current(connection: Connection, schema: DatabaseSchema, where: str) -> bool:
    """Whether the tables are those of this version. Raises LedgerError for a newer one's."""
    stamps = _stamps(connection)
    if unknown := [each for each in stamps if each not in schema.revisions]:
        raise LedgerError(
            f"{schema.name} was written by a newer medvl-watch (its tables are of version "
            f"{unknown[0]}, this one knows them up to {schema.latest})",
            where=where,
            remedy="use that medvl-watch, or name another `state` folder",
        )
    return schema.latest in stamps


def _stamps(connection: Connection) -> Sequence[str]:
    """The version of the tables; none in a new database and in a file from before Alembic."""
    if not inspect(connection).has_table(_STAMP.name):
        return ()
    return connection.scalars(select(_STAMP.c.version_num)).all()


def _migrate(connection: Connection, schema: DatabaseSchema) -> None:
    from alembic import command  # noqa: PLC0415  heavy, and needed once per new version
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(schema.migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
