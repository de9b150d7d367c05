"""What keeps a database sound and small: looking for damage, compacting, its size. Each means
something else on each kind of database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Engine, Table, func, select


def damage_in(connection: Connection) -> Iterator[str]:
    """What is wrong below the rows, a sentence each. A server finds that out itself, when the
    rows are read."""
    if connection.dialect.name != "sqlite":
        return
    verdict = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if verdict != "ok":
        yield f"the file is damaged: {verdict}"
        return
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} refers to a missing row of {parent}"


def compact(engine: Engine) -> None:
    """Give space that is no longer used back to the disk. On a server, workers wait meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("VACUUM (FULL, ANALYZE)")


def size_of(engine: Engine) -> int:
    """The bytes that the database takes."""
    queries = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        "postgresql": "SELECT pg_database_size(current_database())",
    }
    with engine.connect() as connection:
        return int(connection.exec_driver_sql(queries[engine.dialect.name]).scalar() or 0)


def number_after(connection: Connection, tables: Iterable[Table]) -> None:
    """Let new rows be numbered after those that were written with a number, as in an import. An
    SQLite file does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is not None:
            last = select(func.max(column)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, func.greatest(last, 1))))
