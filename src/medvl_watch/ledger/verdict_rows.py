"""The rows of verdicts: all that there were of each paper, of which the last one counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from medvl_watch.ledger import schema
from medvl_watch.ledger.paper_rows import chunks, stamp
from medvl_watch.records import Verdict

VERDICT = TypeAdapter(Verdict)


def latest_verdicts(connection: Connection, paper_ids: Iterable[str]) -> dict[str, Verdict]:
    """The latest verdict of each of these papers that has one."""
    table = schema.verdicts
    query = select(table.c.paper_id, table.c.verdict).order_by(table.c.number)
    latest = {
        paper_id: text
        for chunk in chunks(sorted(set(paper_ids)))
        for paper_id, text in connection.execute(query.where(table.c.paper_id.in_(chunk)))
    }
    return {paper_id: VERDICT.validate_json(text) for paper_id, text in latest.items()}


def append_verdicts(connection: Connection, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Append the verdicts that differ from the latest one of their paper."""
    before = latest_verdicts(connection, (verdict.paper_id for verdict in verdicts))
    rows = [
        {
            "paper_id": verdict.paper_id,
            "verdict": VERDICT.dump_json(verdict).decode(),
            "at": stamp(now),
        }
        for verdict in verdicts
        if before.get(verdict.paper_id) != verdict
    ]
    if rows:
        connection.execute(insert(schema.verdicts), rows)
