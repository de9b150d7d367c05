"""A ledger of 0.1.0 through today's ledger: nothing that was decided is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from medvl_watch.ledger.files import copy_of_ledger, open_ledger
from medvl_watch.ledger.store import SqlLedger
from medvl_watch.records import Decision, State
from tests.storage.old_files import NOW, TESTS, statements_of, written

FIRST, SECOND, THIRD = (f"arxiv:2611.0000{number}" for number in (1, 2, 3))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    dump = TESTS / "ledger" / "schemas" / "0.1.0.sql"
    return written(tmp_path / "ledger.sqlite", statements_of(dump))


def check(ledger: SqlLedger) -> None:
    assert [paper.id for paper in ledger.papers()] == [FIRST, SECOND, THIRD]
    assert ledger.paper_ids(["doi:10.1000/1"]) == {"doi:10.1000/1": FIRST}
    verdicts = ledger.verdicts([FIRST, SECOND])
    assert (verdicts[FIRST].version, verdicts[FIRST].relevance) == ("2", 0.95)
    assert verdicts[SECOND].decision is Decision.REFER
    assert [paper.id for paper in ledger.unjudged()] == [THIRD]
    assert [each.state for each in ledger.outcomes(FIRST)] == [
        State.DEFERRED, State.PROPOSED, State.REFUSED,
    ]  # fmt: skip
    assert {each.paper_id: each.state for each in ledger.latest_outcomes()} == {
        FIRST: State.REFUSED,
        SECOND: State.REFERRED,
    }
    assert [(each.receipt.source, each.problem) for each in ledger.receipts()] == [
        ("aaai", "no answer"),
        ("arxiv", ""),
    ]


def test_an_old_ledger_says_what_it_said(old: Path) -> None:
    opened = open_ledger(old, NOW)
    with closing(opened.ledger) as ledger:
        assert opened.problem is None
        check(ledger)


def test_a_copy_of_an_old_ledger_says_what_it_said(old: Path) -> None:
    with closing(copy_of_ledger(old)) as ledger:
        check(ledger)


def test_a_medvl_watch_before_migrations_refuses_what_it_cannot_know(old: Path) -> None:
    """It reads a ledger whose version is 1, and no other."""
    open_ledger(old, NOW).ledger.close()
    new = old.with_name("new.sqlite")
    open_ledger(new, NOW).ledger.close()
    for path in (old, new):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT name, value FROM about").fetchall() == [
                ("version", "2")
            ]
