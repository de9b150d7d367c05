"""The whole ledger as JSON lines and back, and a check of everything in it.

The first line names the format and the revision of the tables; every other line is one row of one
table, `{"table": …, "row": {…}}`. Tables come in an order in which no row refers to a later one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from medvl_watch.errors import LedgerError
from medvl_watch.ledger import schema
from medvl_watch.ledger.outcome_rows import OUTCOME
from medvl_watch.ledger.paper_rows import PAPER
from medvl_watch.ledger.receipt_rows import RECEIPT
from medvl_watch.ledger.verdict_rows import VERDICT
from medvl_watch.storage.transactions import reading, reason, writing
from medvl_watch.storage.upkeep import damage_in, number_after

FORMAT = 1
_READABLE = frozenset({"0003", schema.SCHEMA.latest})
"""Revisions whose tables with lasting contents are those of the latest one."""
_CHUNK = 500
"""Rows written by one statement."""
_VALUES: Mapping[tuple[str, str], TypeAdapter[Any]] = {
    ("papers", "paper"): PAPER,
    ("verdicts", "verdict"): VERDICT,
    ("outcomes", "outcome"): OUTCOME,
    ("receipts", "receipt"): RECEIPT,
}
"""The columns that contain a value as JSON, by table and column."""


def tables() -> Sequence[Table]:
    """The tables with contents that last. `about` is made with the tables."""
    passing = {schema.about, schema.request_times}
    return [table for table in schema.metadata.sorted_tables if table not in passing]


def export_lines(engine: Engine) -> Iterator[str]:
    """The ledger as it is at one moment, as JSON lines without line ends."""
    with reading(engine) as connection:
        yield _json({"medvl_watch_ledger": FORMAT, "revision": schema.SCHEMA.revisions[-1]})
        for table in tables():
            query = select(table).order_by(*table.primary_key.columns)
            for row in connection.execute(query).mappings():
                yield _json({"table": table.name, "row": dict(row)})


def import_lines(engine: Engine, lines: Iterable[tuple[str, str]]) -> int:
    """Fill an empty ledger with exported lines, in one transaction; returns the number of rows.

    Each line comes with its place for messages. Raises LedgerError for a ledger that is not
    empty, another format or revision, and a line that is not a row: then nothing is written.
    """
    by_name = {table.name: table for table in tables()}
    rows: list[tuple[Table, dict[str, Any]]] = []
    for number, (line, where) in enumerate(lines):
        value = _object(line, where)
        if number == 0:
            _check_header(value, where)
            continue
        table = by_name.get(str(value.get("table")))
        row = value.get("row")
        if table is None or not isinstance(row, dict) or set(row) != set(table.c.keys()):
            raise LedgerError(
                "is not a row of the ledger", where=where, remedy="export the ledger again"
            )
        rows.append((table, row))
    if not rows:
        raise LedgerError("there is nothing to import", remedy="name an exported ledger")
    try:
        _fill(engine, rows)
    except SQLAlchemyError as error:
        raise LedgerError(
            f"the rows contradict each other ({reason(error)})", remedy="export the ledger again"
        ) from error
    return len(rows)


def _fill(engine: Engine, rows: Sequence[tuple[Table, dict[str, Any]]]) -> None:
    """Write the rows and check them, in one transaction."""
    with writing(engine) as connection:
        if any(connection.scalar(select(func.count()).select_from(each)) for each in tables()):
            raise LedgerError(
                "the ledger is not empty", remedy="move its file away first; import makes a new one"
            )
        _insert(connection, rows)
        problems = list(_problems(connection))
        if problems:
            raise LedgerError(
                f"what was read is not a consistent ledger: {problems[0]}",
                remedy="export the ledger again",
            )


def problems_of(engine: Engine) -> list[str]:
    """What is wrong with the contents of the ledger; empty if nothing is."""
    with reading(engine) as connection:
        return list(_problems(connection))


def copy_rows(source: Engine, target: Engine) -> None:
    """Fill an empty ledger with the rows of another one, as they are at one moment."""
    with reading(source) as one, writing(target) as other:
        for table in tables():
            found = one.execute(select(table)).mappings()
            while rows := found.fetchmany(_CHUNK):
                other.execute(insert(table), [dict(row) for row in rows])


def _insert(connection: Connection, rows: Sequence[tuple[Table, dict[str, Any]]]) -> None:
    for table in tables():
        own = [row for other, row in rows if other is table]
        for start in range(0, len(own), _CHUNK):
            connection.execute(insert(table), own[start : start + _CHUNK])
    number_after(connection, tables())


def _problems(connection: Connection) -> Iterator[str]:
    """Damage of the file, values that cannot be read, rows without a paper, and places with more
    than one latest outcome."""
    damage = list(damage_in(connection))
    yield from damage
    if any("is damaged" in each for each in damage):
        return
    for (table_name, column), adapter in _VALUES.items():
        values = schema.metadata.tables[table_name]
        keys = list(values.primary_key.columns)
        for key, text in connection.execute(select(keys[0], values.c[column])):
            try:
                adapter.validate_json(text)
            except ValidationError:
                yield f"row {key} of {table_name} contains a value that cannot be read"
    yield from _latest_problems(connection)


def _latest_problems(connection: Connection) -> Iterator[str]:
    outcomes = schema.outcomes
    place = (outcomes.c.paper_id, outcomes.c.list_id)
    query = select(*place).where(outcomes.c.latest).group_by(*place).having(func.count() > 1)
    for paper_id, list_id in connection.execute(query):
        yield f"{paper_id} has two latest outcomes on {list_id or 'all lists'}"


def _check_header(value: Mapping[str, Any], where: str) -> None:
    if value.get("medvl_watch_ledger") != FORMAT:
        raise LedgerError(
            "is not an exported ledger", where=where, remedy="name a file of `ledger export`"
        )
    if value.get("revision") not in _READABLE:
        raise LedgerError(
            f"was exported with tables of revision {value.get('revision')!r}, and this "
            f"medvl-watch has {schema.SCHEMA.revisions[-1]}",
            where=where,
            remedy="import it with the version that exported it, then open it with this one",
        )


def _object(line: str, where: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise LedgerError("is not a JSON object", where=where, remedy="export the ledger again")
    return value


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
