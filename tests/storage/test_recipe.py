"""The recipe of CONTRIBUTING.md for a change of a table, followed to the letter."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import sqlalchemy
from sqlalchemy import Column, MetaData

from medvl_watch.ledger import schema as ledger_schema
from medvl_watch.ledger.schema import SCHEMA
from medvl_watch.storage.migration import DatabaseSchema
from tests.storage.old_files import (
    SCHEMAS,
    dump_latest,
    has_rows_of,
    newest_dump,
    opened,
    shape_of,
    statements_of,
    tables_of,
    written,
)

ROOT = Path(__file__).resolve().parents[2]


def recipe() -> tuple[str, str, str]:
    """The column, the name of the migration's file, and the migration."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [section] = re.findall(r"^## Change a table\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    column, migration = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    [name] = re.findall(r"`ledger/migrations/versions/(v\d{4}_\w+\.py)`", section)
    return column, name, migration


def changed(folder: Path) -> DatabaseSchema:
    """The ledger's schema with the change of the recipe, as the next revision there would be."""
    column, name, migration = recipe()
    number = f"{len(SCHEMA.revisions) + 1:04}"
    for variable, value in (("revision", number), ("down_revision", SCHEMA.latest)):
        migration = re.sub(rf'(?m)^{variable} = "\d+"', f'{variable} = "{value}"', migration)
    shutil.copytree(SCHEMA.migrations, folder)
    (folder / "versions" / name.replace("0002", number)).write_text(migration, encoding="utf-8")
    tables = MetaData()
    for table in SCHEMA.tables.sorted_tables:
        table.to_metadata(tables)
    made = eval(column, vars(sqlalchemy) | vars(ledger_schema))
    assert isinstance(made, Column)
    tables.tables["papers"].append_column(made)
    return replace(SCHEMA, tables=tables, migrations=folder, revisions=(*SCHEMA.revisions, number))


def test_the_recipe_is_true(tmp_path: Path) -> None:
    schema = changed(tmp_path / "migrations")
    new = tmp_path / "new.sqlite"
    opened(new, schema)
    for dump in sorted(SCHEMAS["ledger"][1].glob("*.sql")):
        path = written(tmp_path / f"{dump.stem}.sqlite", statements_of(dump))
        old = tables_of(path)
        opened(path, SCHEMA)
        opened(path, schema)
        assert has_rows_of(path, old)
        assert {row["language"] for row in tables_of(path)["papers"]} == {""}
        assert shape_of(path) == shape_of(new)


def test_the_dump_of_the_latest_version_is_one_of_that_version(tmp_path: Path) -> None:
    for name, (schema, folder) in SCHEMAS.items():
        (tmp_path / name).mkdir()
        dump = dump_latest(name, tmp_path / name)
        assert dump.name == f"{schema.latest}.sql"
        path = written(tmp_path / f"{name}.sqlite", statements_of(dump))
        before = tables_of(path)
        older = written(tmp_path / f"{name}-older.sqlite", statements_of(newest_dump(folder)))
        assert all(before[table] for table in tables_of(older)), "rows are lost"
        opened(path, schema)
        assert tables_of(path) == before
