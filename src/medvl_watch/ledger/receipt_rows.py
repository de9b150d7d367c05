"""The rows of polls: the latest one of each source, and the history of all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select, update

from medvl_watch.ledger import schema
from medvl_watch.ledger.paper_rows import stamp
from medvl_watch.ports import SourceHealth
from medvl_watch.records import Receipt

RECEIPT = TypeAdapter(Receipt)


def save_poll(
    connection: Connection, receipt: Receipt, problem: str, memory: Mapping[str, str] | None
) -> None:
    """Save a poll as its source's latest and in the history, unless it is the one that is there."""
    table = schema.receipts
    stored = connection.execute(select(table).where(table.c.source == receipt.source)).one_or_none()
    if stored is not None and _is_same_poll(stored, receipt, problem):
        return
    row = {
        "receipt": RECEIPT.dump_json(receipt).decode(),
        "problem": problem,
        "last_good": stored.last_good if stored else "",
        "memory": stored.memory if stored else "",
    }
    if not problem:
        row["last_good"] = stamp(receipt.until or receipt.fetched_at)
        row["memory"] = json.dumps(dict(memory)) if memory else ""
    if stored is None:
        connection.execute(insert(table).values(source=receipt.source, **row))
    else:
        connection.execute(update(table).where(table.c.source == receipt.source).values(**row))
    connection.execute(
        insert(schema.receipt_history).values(
            source=receipt.source,
            at=stamp(receipt.fetched_at),
            new=receipt.new or 0,
            problem=problem,
            receipt=row["receipt"],
        )
    )


def polls_of(connection: Connection, source: str, limit: int) -> Sequence[tuple[Receipt, str]]:
    """The latest polls of a source, newest first, each with its problem."""
    table = schema.receipt_history
    query = (
        select(table.c.receipt, table.c.problem)
        .where(table.c.source == source)
        .order_by(table.c.number.desc())
        .limit(limit)
    )
    return [(RECEIPT.validate_json(text), problem) for text, problem in connection.execute(query)]


def latest_polls(connection: Connection) -> Sequence[SourceHealth]:
    """The latest poll of each source, sorted by source."""
    table, history = schema.receipts, schema.receipt_history
    first = select(history.c.source, func.min(history.c.at)).group_by(history.c.source)
    news = select(history.c.source, func.max(history.c.at)).where(history.c.new > 0)
    rows = connection.execute(select(table).order_by(table.c.source)).all()
    last_news = {row[0]: row[1] for row in connection.execute(first)}
    found = connection.execute(news.group_by(history.c.source))
    last_news.update({row[0]: row[1] for row in found})
    return [
        SourceHealth(
            receipt=RECEIPT.validate_json(row.receipt),
            problem=row.problem,
            last_good=_moment(row.last_good),
            last_news=_moment(last_news.get(row.source, "")),
            memory=json.loads(row.memory) if row.memory else {},
        )
        for row in rows
    ]


def _moment(stamp: str) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None


def _is_same_poll(stored: Row[Any], receipt: Receipt, problem: str) -> bool:
    """Whether the same answer was received again, as recordings give it: nothing is written."""
    before = RECEIPT.validate_json(stored.receipt)
    return bool(stored.problem == problem) and (
        (before.fetched_at, before.until, before.claimed, before.received, before.detail)
        == (receipt.fetched_at, receipt.until, receipt.claimed, receipt.received, receipt.detail)
    )
