"""The rows of outcomes: a paper's history on each list, of which one row is the latest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy import Connection, and_, insert, select, update

from medvl_watch.ledger import schema
from medvl_watch.ledger.paper_rows import chunks
from medvl_watch.offers.outcomes import in_present_words
from medvl_watch.records import Outcome, State

OUTCOME = TypeAdapter(Outcome)


def record_outcome(connection: Connection, outcome: Outcome) -> int:
    """Append an outcome if it differs from the latest one; how many rows were written."""
    table = schema.outcomes
    same_place = and_(
        table.c.paper_id == outcome.paper_id, table.c.list_id == outcome.list_id, table.c.latest
    )
    stored = connection.scalar(select(table.c.outcome).where(same_place))
    if stored is not None and _same(outcome_of(stored), outcome):
        return 0
    connection.execute(update(table).where(same_place).values(latest=False))
    connection.execute(
        insert(table).values(
            paper_id=outcome.paper_id,
            list_id=outcome.list_id,
            state=outcome.state.value,
            outcome=OUTCOME.dump_json(outcome).decode(),
            latest=True,
        )
    )
    return 1


def history_of(connection: Connection, paper_id: str) -> Sequence[Outcome]:
    """A paper's outcomes on all lists, oldest first."""
    table = schema.outcomes
    query = select(table.c.outcome).where(table.c.paper_id == paper_id).order_by(table.c.number)
    return [outcome_of(text) for text in connection.scalars(query)]


def find_outcomes(
    connection: Connection,
    list_id: str | None,
    states: Iterable[State],
    papers: Iterable[str] | None,
    *,
    only_latest: bool,
) -> Sequence[Outcome]:
    """The outcomes in these states, in the order in which they were recorded; on any list and of
    any paper where these are None."""
    table = schema.outcomes
    named = table.c.state.in_([state.value for state in states])
    query = select(table.c.number, table.c.outcome).where(named)
    if list_id is not None:
        query = query.where(table.c.list_id == list_id)
    if only_latest:
        query = query.where(table.c.latest)
    queries = [query]
    if papers is not None:
        some = chunks(sorted(set(papers)))
        queries = [query.where(table.c.paper_id.in_(chunk)) for chunk in some]
    rows = [tuple(row) for each in queries for row in connection.execute(each)]
    return [outcome_of(text) for _, text in sorted(rows)]


def outcome_of(text: str) -> Outcome:
    """The outcome as JSON of any version, in the words of this one."""
    return in_present_words(OUTCOME.validate_json(text))


def _same(old: Outcome, new: Outcome) -> bool:
    return replace(old, at=new.at) == new
