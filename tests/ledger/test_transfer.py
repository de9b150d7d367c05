"""The ledger as a file and back: nothing is lost, and nothing wrong gets in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from medvl_watch.errors import LedgerError
from medvl_watch.ledger import schema
from medvl_watch.ledger.files import copy_of_ledger, ledger_to_read, open_ledger
from medvl_watch.ledger.store import SqlLedger
from medvl_watch.ledger.transfer import export_lines, import_lines, problems_of
from medvl_watch.records import (
    Decision,
    Outcome,
    Paper,
    Receipt,
    Record,
    State,
    Verdict,
)
from medvl_watch.storage.database import open_database
from medvl_watch.storage.server_address import ServerAddress
from medvl_watch.storage.transactions import writing
from medvl_watch.storage.upkeep import compact, size_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def engine_in(folder: Path) -> Engine:
    folder.mkdir(exist_ok=True)
    return open_database(folder / "ledger.sqlite", schema.SCHEMA, NOW).engine


@pytest.fixture(params=["file", "server"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A ledger with three papers, a verdict each, and two outcomes of the first."""
    if request.param == "file":
        engine = engine_in(tmp_path / "filled")
    else:
        engine = open_ledger(request.getfixturevalue("database"), NOW).engine
    ledger = SqlLedger(engine, "filled")
    records = [Record(id=f"arxiv:2611.0000{n}", title=f"Paper {n}") for n in range(3)]
    papers = [Paper(id=each.id, facts=each, records=(each,)) for each in records]
    ledger.save_papers(papers, NOW)
    ledger.save_verdicts(
        [Verdict(paper_id=each.id, relevance=0.5, decision=Decision.REFER) for each in papers], NOW
    )
    for state in (State.DEFERRED, State.PROPOSED):
        outcome = Outcome(paper_id=papers[0].id, list_id="a", state=state, reason="ß", at=NOW)
        ledger.record([outcome])
    ledger.save_receipt(Receipt(source="arxiv", fetched_at=NOW, received=3))
    yield engine
    engine.dispose()


def places(lines: list[str]) -> list[tuple[str, str]]:
    return [(line, f"ledger.jsonl:{number}") for number, line in enumerate(lines, start=1)]


def test_an_import_is_what_was_exported(filled: Engine, tmp_path: Path) -> None:
    lines = list(export_lines(filled))
    other = engine_in(tmp_path / "other")
    assert import_lines(other, places(lines)) == len(lines) - 1
    assert list(export_lines(other)) == lines
    assert [each.state for each in SqlLedger(other, "").outcomes("arxiv:2611.00000")] == [
        State.DEFERRED,
        State.PROPOSED,
    ]
    other.dispose()


def test_a_ledger_moves_to_a_server_and_on_and_is_written_further(
    filled: Engine, database_beside: ServerAddress
) -> None:
    lines = list(export_lines(filled))
    moved = open_ledger(database_beside, NOW)
    import_lines(moved.engine, places(lines))
    assert list(export_lines(moved.engine)) == lines
    moved.ledger.record(
        [Outcome(paper_id="arxiv:2611.00001", list_id="a", state=State.REFUSED, reason="", at=NOW)]
    )
    with closing(copy_of_ledger(database_beside)) as copy:
        assert copy.outcomes("arxiv:2611.00001") == moved.ledger.outcomes("arxiv:2611.00001")
        assert copy.papers() == moved.ledger.papers()
    with closing(ledger_to_read(database_beside)) as look:
        assert look.papers() == moved.ledger.papers()
        with pytest.raises(LedgerError, match="read-only transaction"):
            look.save_receipt(Receipt(source="arxiv", fetched_at=NOW, received=4))
    moved.ledger.close()


def test_an_export_from_before_the_tables_of_workers_is_read(
    filled: Engine, tmp_path: Path
) -> None:
    header, *rows = export_lines(filled)
    other = engine_in(tmp_path / "other")
    import_lines(other, places([header.replace(schema.SCHEMA.latest, "0003"), *rows]))
    assert list(export_lines(other)) == [header, *rows]
    other.dispose()


def test_a_ledger_that_is_not_empty_is_not_touched(filled: Engine) -> None:
    lines = list(export_lines(filled))
    with pytest.raises(LedgerError, match="not empty"):
        import_lines(filled, places(lines))
    assert list(export_lines(filled)) == lines


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda lines: lines[1:], "not an exported ledger", id="no header"),
        pytest.param(lambda lines: [], "nothing to import", id="an empty file"),
        pytest.param(lambda lines: lines[:1], "nothing to import", id="the header alone"),
        pytest.param(lambda lines: [*lines, "{"], "not a JSON object", id="cut off"),
        pytest.param(lambda lines: [*lines, '{"table": "x", "row": {}}'], "not a row", id="table"),
        pytest.param(
            lambda lines: [json.dumps({**json.loads(lines[0]), "revision": "9999"}), *lines[1:]],
            "revision '9999'",
            id="a later version",
        ),
        pytest.param(
            lambda lines: [each.replace("fetched_at", "x") for each in lines],
            "cannot be read",
            id="a value of another kind",
        ),
        pytest.param(lambda lines: [*lines, lines[-2]], "contradict", id="a row twice"),
    ],
)
def test_what_is_not_a_ledger_is_refused_and_nothing_written(
    filled: Engine, tmp_path: Path, change: object, words: str
) -> None:
    assert callable(change)
    other = engine_in(tmp_path / "other")
    empty = list(export_lines(other))
    with pytest.raises(LedgerError, match=words):
        import_lines(other, places(change(list(export_lines(filled)))))
    assert list(export_lines(other)) == empty
    other.dispose()


def test_verify_finds_what_is_wrong(filled: Engine) -> None:
    assert problems_of(filled) == []
    with writing(filled) as connection:
        connection.execute(update(schema.outcomes).values(latest=True))
        connection.execute(
            update(schema.papers).where(schema.papers.c.id == "arxiv:2611.00001").values(paper="{")
        )
    assert problems_of(filled) == [
        "row arxiv:2611.00001 of papers contains a value that cannot be read",
        "arxiv:2611.00000 has two latest outcomes on a",
    ]


def test_compacting_changes_no_row(filled: Engine) -> None:
    before = list(export_lines(filled))
    compact(filled)
    assert list(export_lines(filled)) == before
    if filled.dialect.name == "sqlite":
        with filled.connect() as connection:
            assert connection.execute(text("PRAGMA freelist_count")).scalar() == 0
    assert size_of(filled) > 1_000
