"""The ledger on SQL, through SQLAlchemy.

Everything that decides correctness can be derived again from the lists and from the pull
requests' own markers; the ledger saves reading them again and explains how it came (`explain`).
Every method is one transaction, and saving a value that is already stored changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import SQLAlchemyError

from medvl_watch.errors import LedgerError
from medvl_watch.ledger import schema
from medvl_watch.ledger.outcome_rows import find_outcomes, history_of, record_outcome
from medvl_watch.ledger.paper_rows import (
    PAPER,
    chunks,
    replace_papers,
    save_paper,
    similar_ids,
    stamp,
)
from medvl_watch.ledger.receipt_rows import latest_polls, polls_of, save_poll
from medvl_watch.ledger.verdict_rows import append_verdicts, latest_verdicts
from medvl_watch.ports import SourceHealth
from medvl_watch.records import LinkChoice, LinkDecision, Outcome, Paper, Receipt, State, Verdict
from medvl_watch.storage.transactions import reading, reason, writing

FILE_REMEDY = "make sure that its folder can be written and that no other run is using it"


class SqlLedger:
    """`ports.Ledger` over an engine whose tables exist (`ledger.files`). `where` and `remedy` are
    for messages: the place, and what to do where it cannot be used."""

    def __init__(self, engine: Engine, where: str, *, remedy: str = FILE_REMEDY) -> None:
        self._engine = engine
        self._where = where
        self._remedy = remedy

    def close(self) -> None:
        """Close the file, or the connections to the server."""
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
                record_outcome(connection, outcome)

    # --- verdicts ---

    def verdicts(self, paper_ids: Iterable[str]) -> Mapping[str, Verdict]:
        with self._transaction() as connection:
            return latest_verdicts(connection, paper_ids)

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
            append_verdicts(connection, verdicts, now)
            for outcome in following:
                record_outcome(connection, outcome)

    # --- outcomes ---

    def outcomes(self, paper_id: str) -> Sequence[Outcome]:
        with self._transaction() as connection:
            return history_of(connection, paper_id)

    def history(
        self, *, list_id: str | None = None, states: Iterable[State] = tuple(State)
    ) -> Sequence[Outcome]:
        with self._transaction() as connection:
            return find_outcomes(connection, list_id, states, None, only_latest=False)

    def latest_outcomes(
        self,
        *,
        list_id: str | None = None,
        states: Iterable[State] = tuple(State),
        papers: Iterable[str] | None = None,
    ) -> Sequence[Outcome]:
        with self._transaction() as connection:
            return find_outcomes(connection, list_id, states, papers, only_latest=True)

    def record(self, outcomes: Iterable[Outcome]) -> int:
        new = list(outcomes)  # the iterable may be a query on this ledger
        with self._transaction(writes=True) as connection:
            return sum(record_outcome(connection, outcome) for outcome in new)

    # --- receipts ---

    def save_receipt(
        self, receipt: Receipt, problem: str = "", memory: Mapping[str, str] | None = None
    ) -> None:
        with self._transaction(writes=True) as connection:
            save_poll(connection, receipt, problem, memory)

    def receipt_history(self, source: str, limit: int = 10) -> Sequence[tuple[Receipt, str]]:
        with self._transaction() as connection:
            return polls_of(connection, source, limit)

    def receipts(self) -> Sequence[SourceHealth]:
        with self._transaction() as connection:
            return latest_polls(connection)

    @contextmanager
    def _transaction(self, *, writes: bool = False) -> Iterator[Connection]:
        try:
            with (writing if writes else reading)(self._engine) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise LedgerError(
                f"the ledger cannot be used ({reason(error)})",
                where=self._where,
                remedy=self._remedy,
            ) from error
        except ValidationError as error:
            raise LedgerError(
                "the ledger contains a value that this version of medvl-watch cannot read",
                where=self._where,
                remedy="start with an empty one: it is filled from the lists and pull requests",
            ) from error
