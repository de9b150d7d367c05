"""A database on a real PostgreSQL server: opened, refused, migrated, and interrupted."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, inspect, select, text

from medvl_watch.errors import LedgerError
from medvl_watch.ledger.schema import SCHEMA, papers
from medvl_watch.storage.server import look_at_server, open_server
from medvl_watch.storage.server_address import ServerAddress
from medvl_watch.storage.transactions import reading, writing
from tests.postgres import execute
from tests.storage.old_files import in_a_child
from tests.storage.test_recipe import changed

NOW = datetime(2026, 11, 18, 6, 17, tzinfo=UTC)


def put(engine: Engine, name: str) -> None:
    with writing(engine) as connection:
        row = {"id": name, "title": name, "paper": "{}", "first_seen": NOW.isoformat()}
        connection.execute(insert(papers).values(row))


def names(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(papers.c.id).order_by(papers.c.id)))


def opened(address: ServerAddress) -> Engine:
    return open_server(address, SCHEMA)


def test_what_was_written_is_there_again(database: ServerAddress) -> None:
    first = opened(database)
    for name in ("b", "B", "ä", "a+", "a."):
        put(first, name)
    first.dispose()
    again = opened(database)
    assert names(again) == ["B", "a+", "a.", "b", "ä"], "sorted by the bytes, as in a file"
    again.dispose()


def test_one_transaction_writes_at_a_time_and_readers_see_one_moment(
    database: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = opened(database), opened(database)
    put(one, "a")
    with reading(other) as connection:
        assert connection.scalars(select(papers.c.id)).all() == ["a"]
        put(one, "b")
        assert connection.scalars(select(papers.c.id)).all() == ["a"]
    with writing(one) as connection:
        connection.execute(text("SELECT 1"))
        free = "SELECT pg_try_advisory_xact_lock(classid::bigint << 32 | objid::bigint)"
        assert execute(database.url, f"{free} FROM pg_locks WHERE locktype = 'advisory'") == [
            (False,)
        ]
    one.dispose()
    other.dispose()


def test_a_reader_cannot_write(database: ServerAddress) -> None:
    engine = opened(database)
    with pytest.raises(Exception, match="read-only transaction"), reading(engine) as connection:
        connection.execute(papers.delete())
    engine.dispose()


@pytest.mark.parametrize(
    ("before", "words"),
    [
        pytest.param(
            "CREATE TABLE papers (id text)",
            "the database has tables that are not those of the ledger",
            id="tables of another program",
        ),
        pytest.param(
            "CREATE TABLE alembic_version (version_num text); "
            "INSERT INTO alembic_version VALUES ('9999')",
            "was written by a newer medvl-watch",
            id="a future version",
        ),
    ],
)
def test_a_database_that_is_not_ours_is_refused_and_not_written(
    database: ServerAddress, before: str, words: str
) -> None:
    for statement in before.split("; "):
        execute(database.url, statement)
    count = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'S', 'i')"
    relations = execute(database.url, count)
    with pytest.raises(LedgerError, match=words):
        opened(database)
    assert execute(database.url, count) == relations


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("{server}/nowhere", 'database "nowhere" does not exist', id="no database"),
        pytest.param("postgresql://u:pass-word@127.0.0.1:1/x", "refused", id="no server"),
        pytest.param("postgresql://u:pass-word@127.0.0.1:none/x", "not the address", id="no port"),
        pytest.param("{latin}", "needs a database in UTF8", id="another encoding"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence_without_the_password(
    postgres: str, url: str, words: str
) -> None:
    if url == "{latin}":
        execute(
            postgres.format("postgres"),
            "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
        )
        url = postgres.format("latin")
    url = url.replace("{server}/nowhere", postgres.format("nowhere"))
    with pytest.raises(LedgerError, match=words) as caught:
        opened(ServerAddress(url))
    assert "pass-word" not in str(caught.value) + repr(ServerAddress(url))
    assert "\n" not in str(caught.value)


def test_without_the_driver_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LedgerError, match=r"pip install 'medvl-watch\[postgres\]'"):
        opened(ServerAddress("postgresql://u@127.0.0.1:1/x"))


def test_a_server_that_takes_no_writes_is_said(database: ServerAddress) -> None:
    opened(database).dispose()
    name = execute(database.url, "SELECT current_database()")[0][0]
    execute(database.url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    engine = opened(database)
    with pytest.raises(Exception, match="read-only transaction"):
        put(engine, "a")
    engine.dispose()


def test_looking_makes_nothing(database: ServerAddress) -> None:
    assert look_at_server(database, SCHEMA) is None
    assert execute(database.url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [
        (0,)
    ]


def test_a_server_that_went_away_is_connected_again(database: ServerAddress) -> None:
    engine = opened(database)
    put(engine, "a")
    execute(
        database.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert names(engine) == ["a"]
    engine.dispose()


def test_the_recipe_for_a_change_of_a_table_is_true_of_a_server(
    database: ServerAddress, tmp_path: Path
) -> None:
    schema = changed(tmp_path / "migrations")
    first = opened(database)
    put(first, "a")
    first.dispose()
    with pytest.raises(LedgerError, match="of an older version"):
        look_at_server(database, schema)
    for _ in range(2):
        engine = open_server(database, schema)
        assert "language" in {each["name"] for each in inspect(engine).get_columns("papers")}
        assert names(engine) == ["a"]
        engine.dispose()
    with pytest.raises(LedgerError, match="newer medvl-watch"):
        opened(database)


def test_a_process_killed_within_a_transaction_leaves_nothing(database: ServerAddress) -> None:
    opened(database).dispose()

    def half() -> None:
        engine = opened(database)
        with writing(engine) as connection:
            row = {"id": "a", "title": "a", "paper": "{}", "first_seen": NOW.isoformat()}
            connection.execute(insert(papers).values(row))
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(half) == -signal.SIGKILL
    engine = opened(database)
    put(engine, "b")
    assert names(engine) == ["b"]
    engine.dispose()
