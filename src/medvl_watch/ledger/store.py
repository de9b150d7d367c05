"""The ledger on SQL, through SQLAlchemy.

Everything that decides correctness can be derived again from the lists and from the pull
requests' own markers; the ledger saves reading them again and explains how it came (`explain`).
Every method is one transaction, and saving a value that is already stored changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, Row, and_, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from medvl_watch.errors import LedgerError
from medvl_watch.ledger import schema
from medvl_watch.ledger.paper_rows import (
    PAPER,
    chunks,
    replace_papers,
    save_paper,
    similar_ids,
    stamp,
)
from medvl_watch.offers.outcomes import in_present_words
from medvl_watch.ports import SourceHealth
from medvl_watch.records import LinkChoice, LinkDecision, Outcome, Paper, Receipt, State, Verdict
from medvl_watch.storage.database import reading, reason, writing

VERDICT = TypeAdapter(Verdict)
OUTCOME = TypeAdapter(Outcome)
RECEIPT = TypeAdapter(Receipt)


class SqlLedger:
    """`ports.Ledger` over an engine whose tables exist (`ledger.files`)."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self._where = where

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    # --- papers ---

    def paper_ids(self, keys: Iterable[str]) -> Mapping[str, str]:
        table = schema.identities
        with self._transaction() as connection:
            return {
                key: paper_id
                for chunk in chunks(sorted(set(keys)))
                for key, paper_id in connection.execute(
                    select(table.c.key, table.c.paper_id).where(table.c.key.in_(chunk))
                )
            }

    def papers(self, ids: Iterable[str] | None = None) -> Sequence[Paper]:
        table = schema.papers
        query = select(table.c.paper).order_by(table.c.first_seen, table.c.id)
        with self._transaction() as connection:
            if ids is None:
                return [PAPER.validate_json(text) for text in connection.scalars(query)]
            return [
                PAPER.validate_json(text)
                for chunk in chunks(sorted(set(ids)))
                for text in connection.scalars(query.where(table.c.id.in_(chunk)))
            ]

    def first_seen(self, since: datetime, until: datetime) -> Sequence[tuple[Paper, datetime]]:
        table = schema.papers
        query = (
            select(table.c.paper, table.c.first_seen)
            .where(table.c.first_seen >= stamp(since), table.c.first_seen < stamp(until))
            .order_by(table.c.first_seen, table.c.id)
        )
        with self._transaction() as connection:
            return [
                (PAPER.validate_json(text), datetime.fromisoformat(seen))
                for text, seen in connection.execute(query)
            ]

    def save_papers(self, papers: Sequence[Paper], now: datetime) -> None:
        with self._transaction(writes=True) as connection:
            for paper in papers:
                save_paper(connection, paper, now)

    def similar_papers(self, blocks: Iterable[int]) -> frozenset[str]:
        with self._transaction() as connection:
            return similar_ids(connection, blocks)

    # --- decisions on links ---

    def link_decisions(self) -> Sequence[LinkDecision]:
        table = schema.link_decisions
        with self._transaction() as connection:
            return [
                LinkDecision(
                    one=row.one,
                    other=row.other,
                    choice=LinkChoice(row.choice),
                    at=datetime.fromisoformat(row.at),
                )
                for row in connection.execute(select(table).order_by(table.c.number))
            ]

    def decide_links(
        self,
        decisions: Sequence[LinkDecision],
        papers: Sequence[Paper],
        outcomes: Iterable[Outcome],
        now: datetime,
        *,
        without_keys: Iterable[str] = (),
    ) -> None:
        rows = [
            {"one": d.one, "other": d.other, "choice": d.choice.value, "at": stamp(d.at)}
            for d in decisions
        ]
        following = list(outcomes)
        with self._transaction(writes=True) as connection:
            if rows:
                connection.execute(insert(schema.link_decisions), rows)
            replace_papers(connection, papers, now, without_keys)
            for outcome in following:
                _record(connection, outcome)

    # --- verdicts ---

    def verdicts(self, paper_ids: Iterable[str]) -> Mapping[str, Verdict]:
        with self._transaction() as connection:
            return _latest_verdicts(connection, paper_ids)

    def unjudged(self) -> Sequence[Paper]:
        table = schema.papers
        judged = select(schema.verdicts.c.paper_id)
        # A paper that a person joined with another one is rejected without a verdict.
        every = schema.outcomes
        joined = select(every.c.paper_id).where(
            every.c.latest, every.c.list_id == "", every.c.state == State.REJECTED.value
        )
        with self._transaction() as connection:
            query = (
                select(table.c.paper)
                .where(table.c.id.not_in(judged), table.c.id.not_in(joined))
                .order_by(table.c.id)
            )
            return [PAPER.validate_json(text) for text in connection.scalars(query)]

    def save_verdicts(
        self,
        verdicts: Sequence[Verdict],
        now: datetime,
        *,
        papers: Sequence[Paper] = (),
        outcomes: Iterable[Outcome] = (),
    ) -> None:
        following = list(outcomes)  # the iterable may be a query on this ledger
        with self._transaction(writes=True) as connection:
            for paper in papers:
                save_paper(connection, paper, now)
            before = _latest_verdicts(connection, (verdict.paper_id for verdict in verdicts))
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
            for outcome in following:
                _record(connection, outcome)

    # --- outcomes ---

    def outcomes(self, paper_id: str) -> Sequence[Outcome]:
        table = schema.outcomes
        query = select(table.c.outcome).where(table.c.paper_id == paper_id).order_by(table.c.number)
        with self._transaction() as connection:
            return [_outcome(text) for text in connection.scalars(query)]

    def history(
        self, *, list_id: str | None = None, states: Iterable[State] = tuple(State)
    ) -> Sequence[Outcome]:
        return self._outcomes(list_id, states, None, only_latest=False)

    def latest_outcomes(
        self,
        *,
        list_id: str | None = None,
        states: Iterable[State] = tuple(State),
        papers: Iterable[str] | None = None,
    ) -> Sequence[Outcome]:
        return self._outcomes(list_id, states, papers, only_latest=True)

    def _outcomes(
        self,
        list_id: str | None,
        states: Iterable[State],
        papers: Iterable[str] | None,
        *,
        only_latest: bool,
    ) -> Sequence[Outcome]:
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
        with self._transaction() as connection:
            rows = [tuple(row) for each in queries for row in connection.execute(each)]
            return [_outcome(text) for _, text in sorted(rows)]

    def record(self, outcomes: Iterable[Outcome]) -> int:
        new = list(outcomes)  # the iterable may be a query on this ledger
        with self._transaction(writes=True) as connection:
            return sum(_record(connection, outcome) for outcome in new)

    # --- receipts ---

    def save_receipt(
        self, receipt: Receipt, problem: str = "", memory: Mapping[str, str] | None = None
    ) -> None:
        table = schema.receipts
        with self._transaction(writes=True) as connection:
            stored = connection.execute(
                select(table).where(table.c.source == receipt.source)
            ).one_or_none()
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
                connection.execute(
                    update(table).where(table.c.source == receipt.source).values(**row)
                )
            connection.execute(
                insert(schema.receipt_history).values(
                    source=receipt.source,
                    at=stamp(receipt.fetched_at),
                    new=receipt.new or 0,
                    problem=problem,
                    receipt=row["receipt"],
                )
            )

    def receipt_history(self, source: str, limit: int = 10) -> Sequence[tuple[Receipt, str]]:
        table = schema.receipt_history
        query = (
            select(table.c.receipt, table.c.problem)
            .where(table.c.source == source)
            .order_by(table.c.number.desc())
            .limit(limit)
        )
        with self._transaction() as connection:
            return [
                (RECEIPT.validate_json(text), problem)
                for text, problem in connection.execute(query)
            ]

    def receipts(self) -> Sequence[SourceHealth]:
        table, history = schema.receipts, schema.receipt_history
        first = select(history.c.source, func.min(history.c.at)).group_by(history.c.source)
        news = select(history.c.source, func.max(history.c.at)).where(history.c.new > 0)
        with self._transaction() as connection:
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

    @contextmanager
    def _transaction(self, *, writes: bool = False) -> Iterator[Connection]:
        try:
            with (writing if writes else reading)(self._engine) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise LedgerError(
                f"the ledger cannot be used ({reason(error)})",
                where=self._where,
                remedy="make sure that its folder can be written and that no other run is using it",
            ) from error
        except ValidationError as error:
            raise LedgerError(
                "the ledger contains a value that this version of medvl-watch cannot read",
                where=self._where,
                remedy="move the file away: a new one is made from the lists and pull requests",
            ) from error


def _moment(stamp: str) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None


def _is_same_poll(stored: Row[Any], receipt: Receipt, problem: str) -> bool:
    """Whether the same answer was received again, as recordings give it: nothing is written."""
    before = RECEIPT.validate_json(stored.receipt)
    return bool(stored.problem == problem) and (
        (before.fetched_at, before.until, before.claimed, before.received, before.detail)
        == (receipt.fetched_at, receipt.until, receipt.claimed, receipt.received, receipt.detail)
    )


def _latest_verdicts(connection: Connection, paper_ids: Iterable[str]) -> dict[str, Verdict]:
    table = schema.verdicts
    query = select(table.c.paper_id, table.c.verdict).order_by(table.c.number)
    latest = {
        paper_id: text
        for chunk in chunks(sorted(set(paper_ids)))
        for paper_id, text in connection.execute(query.where(table.c.paper_id.in_(chunk)))
    }
    return {paper_id: VERDICT.validate_json(text) for paper_id, text in latest.items()}


def _record(connection: Connection, outcome: Outcome) -> int:
    table = schema.outcomes
    same_place = and_(
        table.c.paper_id == outcome.paper_id, table.c.list_id == outcome.list_id, table.c.latest
    )
    stored = connection.scalar(select(table.c.outcome).where(same_place))
    if stored is not None and _same(_outcome(stored), outcome):
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


def _outcome(text: str) -> Outcome:
    return in_present_words(OUTCOME.validate_json(text))


def _same(old: Outcome, new: Outcome) -> bool:
    return replace(old, at=new.at) == new
