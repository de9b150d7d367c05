"""SQLite files as earlier versions wrote them, and what can be said of any such file."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Engine, event

from medvl_watch.classify.llm import answer_tables
from medvl_watch.ledger import schema as ledger_schema
from medvl_watch.storage.database import open_database
from medvl_watch.storage.migration import DatabaseSchema

NOW = datetime(2026, 11, 18, 6, 17, tzinfo=UTC)
TESTS = Path(__file__).resolve().parents[1]
SCHEMAS = {
    "ledger": (ledger_schema.SCHEMA, TESTS / "ledger" / "schemas"),
    "answers": (answer_tables.SCHEMA, TESTS / "classify" / "llm" / "schemas"),
}
"""The files that there are, and where a dump of each of their versions lies (`sqlite3 FILE
.dump`, with rows in every table)."""

each_schema = pytest.mark.parametrize(
    "schema", [pytest.param(schema, id=name) for name, (schema, _) in SCHEMAS.items()]
)
each_version = pytest.mark.parametrize(
    ("schema", "dump"),
    [
        pytest.param(schema, dump, id=f"{name} {dump.stem}")
        for name, (schema, folder) in SCHEMAS.items()
        for dump in sorted(folder.glob("*.sql"))
    ],
)


def statements_of(dump: Path) -> list[str]:
    """The statements of a dump, one by one."""
    statements, statement = [], ""
    for line in dump.read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            statements.append(statement)
            statement = ""
    return [each for each in statements if not each.startswith(("BEGIN", "COMMIT"))]


def written(path: Path, statements: list[str]) -> Path:
    """The file that these statements make."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return path


def opened(path: Path, schema: DatabaseSchema) -> None:
    """Open the file, which migrates it, and close it."""
    done = open_database(path, schema, NOW)
    done.engine.dispose()
    assert done.aside is None


def tables_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for those that say which version the file has."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
            for name in names
            if name not in {"about", "alembic_version"}
        }


def has_rows_of(path: Path, old: dict[str, list[dict[str, Any]]]) -> bool:
    """Whether the file has all rows that an older one had, in the same order, with the same
    values in the columns that it had, and no others."""
    now = tables_of(path)
    return all(
        [{name: row[name] for name in was} for row, was in zip(now[table], rows, strict=True)]
        == rows
        for table, rows in old.items()
    )


def shape_of(path: Path) -> dict[str, Any]:
    """Tables, columns, indexes and references, as SQLite describes them."""
    with closing(sqlite3.connect(path)) as connection:

        def pragma(name: str, of: str = "") -> list[tuple[Any, ...]]:
            return connection.execute(f"PRAGMA {name}({of})" if of else f"PRAGMA {name}").fetchall()

        return {
            name: {
                "without rowid": without_rowid,
                "columns": pragma("table_xinfo", name),
                "references": sorted(pragma("foreign_key_list", name)),
                "indexes": sorted(
                    (index[1:], pragma("index_xinfo", index[1]))
                    for index in pragma("index_list", name)
                ),
            }
            for _, name, kind, _, without_rowid, _ in pragma("table_list")
            if kind == "table" and not name.startswith("sqlite_")
        }


def in_a_child(work: Callable[[], None]) -> int:
    """The exit code of a process that does this and ends; negative for a signal, 99 for an
    exception."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at_each_statement(path: Path, schema: DatabaseSchema, old: Path) -> Iterator[int]:
    """Open the file, as it is in `old`, in a process that is killed before the first statement
    that writes, the second, and so on until there are none; yields after each."""
    for last in range(1, 200):
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
        path.write_bytes(old.read_bytes())

        def die_at_last(last: int = last) -> None:
            count = iter(range(1, last + 1))

            @event.listens_for(Engine, "before_cursor_execute")
            def _count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
                writes = not statement.lstrip().startswith(("SELECT", "PRAGMA"))
                if writes and next(count, last) == last:
                    os.kill(os.getpid(), signal.SIGKILL)

            opened(path, schema)

        code = in_a_child(die_at_last)
        assert code in {0, -signal.SIGKILL}
        if code == 0:
            return
        yield last


def dump_latest(name: str, into: Path) -> Path:
    """Write the dump of the latest version, with the rows of the newest dump that there is."""
    schema, folder = SCHEMAS[name]
    target = into / f"{schema.latest}.sql"
    newest = newest_dump(folder)
    with TemporaryDirectory() as scratch:
        path = written(Path(scratch) / "file.sqlite", statements_of(newest))
        opened(path, schema)
        with closing(sqlite3.connect(path)) as connection:
            target.write_text("\n".join(connection.iterdump()) + "\n", encoding="utf-8")
    return target


def newest_dump(folder: Path) -> Path:
    """The dump of the newest version that there is."""
    return max(folder.glob("*.sql"), key=_age)


def _age(dump: Path) -> tuple[bool, str]:
    """Those from before migrations come first; their names have other signs than digits."""
    return dump.stem.isdigit(), dump.stem


if __name__ == "__main__":
    sys.stdout.write(f"{dump_latest(sys.argv[1], SCHEMAS[sys.argv[1]][1])}\n")
