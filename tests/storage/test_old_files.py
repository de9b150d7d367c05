"""Files of every version that there has been: migrated without loss, at whatever point the
migration is killed, and by whoever comes first."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from medvl_watch.errors import LedgerError
from medvl_watch.storage.database import copy_into_memory, open_database
from medvl_watch.storage.migration import DatabaseSchema
from tests.storage.old_files import (
    NOW,
    SCHEMAS,
    each_schema,
    each_version,
    has_rows_of,
    in_a_child,
    killed_at_each_statement,
    opened,
    shape_of,
    statements_of,
    tables_of,
    written,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.sqlite"


@pytest.fixture
def new(tmp_path: Path, schema: DatabaseSchema) -> Path:
    path = tmp_path / "new" / "file.sqlite"
    path.parent.mkdir()
    opened(path, schema)
    return path


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a new file looks like, by the name of its schema."""
    folder = tmp_path_factory.mktemp("new")
    for name, (schema, _) in SCHEMAS.items():
        opened(folder / name, schema)
    return {schema.name: shape_of(folder / name) for name, (schema, _) in SCHEMAS.items()}


def without_stamp(shape: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in shape.items() if name != "alembic_version"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


@each_version
def test_every_table_of_the_dump_has_rows(schema: DatabaseSchema, dump: Path, path: Path) -> None:
    tables = tables_of(written(path, statements_of(dump)))
    assert tables
    assert all(tables.values())


@each_version
def test_an_old_file_gets_the_shape_of_a_new_one_and_keeps_its_rows(
    schema: DatabaseSchema, dump: Path, path: Path, shapes: dict[str, Any]
) -> None:
    old = tables_of(written(path, statements_of(dump)))

    opened(path, schema)

    assert shape_of(path) == shapes[schema.name]
    assert has_rows_of(path, old)
    assert names(path.parent) == {path.name}
    before = path.read_bytes(), path.stat().st_mtime_ns
    opened(path, schema)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@each_version
def test_a_copy_in_memory_is_migrated_and_the_file_is_not(
    schema: DatabaseSchema, dump: Path, path: Path
) -> None:
    before = written(path, statements_of(dump)).read_bytes()
    engine = copy_into_memory(path, schema)
    with engine.connect() as connection:
        for table in schema.tables.sorted_tables:
            connection.execute(table.select()).all()
    engine.dispose()
    assert path.read_bytes() == before
    assert names(path.parent) == {path.name}


@each_version
def test_a_migration_that_is_killed_loses_nothing(
    schema: DatabaseSchema, dump: Path, path: Path, shapes: dict[str, Any]
) -> None:
    start = written(path.with_name("start.sqlite"), statements_of(dump))
    old, killed = tables_of(start), 0
    for killed in killed_at_each_statement(path, schema, start):  # noqa: B007  counted
        assert has_rows_of(path, old), "between the two runs"
        opened(path, schema)
        assert shape_of(path) == shapes[schema.name]
        assert has_rows_of(path, old)
    assert killed > 1


@each_version
def test_a_file_whose_making_was_killed_is_completed(
    schema: DatabaseSchema, dump: Path, path: Path, shapes: dict[str, Any]
) -> None:
    """Before migrations; since then a file is made in one transaction."""
    if "alembic_version" in dump.read_text(encoding="utf-8"):
        return
    statements = [each for each in statements_of(dump) if not each.startswith("INSERT")]
    for made in range(1, len(statements)):
        path.unlink(missing_ok=True)
        written(path, statements[:made])
        opened(path, schema)
        assert shape_of(path) == shapes[schema.name], f"after {made} statements"


@each_version
def test_a_file_without_its_stamp_is_migrated(
    schema: DatabaseSchema, dump: Path, path: Path, shapes: dict[str, Any]
) -> None:
    if dump.stem.isdigit() and dump.stem > "0001":
        pytest.skip("the stamp is written in one transaction with the tables since 0001")
    stamp = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY);"
    empty = "DELETE FROM alembic_version;"
    old = tables_of(written(path, [*statements_of(dump), stamp, empty]))
    opened(path, schema)
    assert without_stamp(shape_of(path)) == without_stamp(shapes[schema.name])
    assert has_rows_of(path, old)


@each_version
def test_four_runs_at_once_migrate_once(
    schema: DatabaseSchema, dump: Path, path: Path, shapes: dict[str, Any]
) -> None:
    old = tables_of(written(path, statements_of(dump)))
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            os._exit(in_a_child(lambda: opened(path, schema)))
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
    assert shape_of(path) == shapes[schema.name]
    assert has_rows_of(path, old)


@each_schema
def test_a_file_of_the_future_is_refused_and_not_touched(schema: DatabaseSchema, new: Path) -> None:
    with closing(sqlite3.connect(new)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = new.read_bytes(), new.stat().st_mtime_ns
    for attempt in (lambda: open_database(new, schema, NOW), lambda: copy_into_memory(new, schema)):
        with pytest.raises(LedgerError, match="written by a newer medvl-watch") as caught:
            attempt()
        assert "9999" in str(caught.value)
        assert "\n" not in str(caught.value)
    assert (new.read_bytes(), new.stat().st_mtime_ns) == before
    assert names(new.parent) == {new.name}


@each_schema
def test_the_revisions_are_those_of_the_migrations(schema: DatabaseSchema) -> None:
    from alembic.script import ScriptDirectory

    scripts = [*ScriptDirectory(str(schema.migrations)).walk_revisions()][::-1]
    assert tuple(each.revision for each in scripts) == schema.revisions
    assert [each.down_revision for each in scripts] == [None, *schema.revisions[:-1]]


@each_schema
def test_each_version_but_the_latest_has_a_dump(schema: DatabaseSchema) -> None:
    [folder] = [folder for each, folder in SCHEMAS.values() if each is schema]
    dumped = {dump.stem for dump in folder.glob("*.sql")}
    assert dumped >= set(schema.revisions[:-1]), "see CONTRIBUTING.md, Change a table"


@each_schema
def test_alembic_finds_no_difference_to_the_tables(schema: DatabaseSchema, new: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(f"sqlite:///{new}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.tables) == []
    engine.dispose()


OPEN_TWICE = """
import sys
from pathlib import Path
from tests.storage.old_files import SCHEMAS, opened
for name, (schema, _) in SCHEMAS.items():
    for _ in range(2):
        opened(Path(sys.argv[1]) / name, schema)
assert "alembic" not in sys.modules, "Alembic was imported"
"""


def test_alembic_is_not_imported_for_new_and_current_files(tmp_path: Path) -> None:
    subprocess.run(  # warnings are errors: no connection is left open
        [sys.executable, "-X", "dev", "-W", "error", "-c", OPEN_TWICE, tmp_path],
        cwd=Path(__file__).resolve().parents[2],
        check=True,
    )
