"""The one way to an SQLite file: settings, transactions, damage, copies."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Column, Engine, ForeignKey, MetaData, Table, Text, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from medvl_watch.errors import LedgerError
from medvl_watch.storage import database
from medvl_watch.storage.damage import SIDE_FILES
from medvl_watch.storage.database import (
    copy_into_memory,
    open_database,
    open_to_look,
)
from medvl_watch.storage.migration import DatabaseSchema
from medvl_watch.storage.transactions import reading, writing
from tests.storage.old_files import NOW, in_a_child

TABLES = MetaData()
LISTS = Table("lists", TABLES, Column("name", Text, primary_key=True))
PAPERS = Table("papers", TABLES, Column("list", ForeignKey("lists.name"), nullable=False))
SCHEMA = DatabaseSchema(
    name="the file", tables=TABLES, migrations=Path("there is none"), revisions=("0001",)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.sqlite"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    opened = open_database(path, SCHEMA, NOW)
    yield opened.engine
    opened.engine.dispose()


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def put(engine: Engine, name: str) -> None:
    with writing(engine) as connection:
        connection.execute(insert(LISTS).values(name=name))


def listed(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(LISTS.c.name)))


# --- settings and transactions ------------------------------------------------------------


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        pytest.param("journal_mode", "wal", id="readers and a writer do not wait for each other"),
        pytest.param("synchronous", 2, id="a commit survives a power failure"),
        pytest.param("foreign_keys", 1, id="references are checked"),
        pytest.param("busy_timeout", 10_000, id="another writer is waited for"),
    ],
)
def test_settings(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_reference_to_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(PAPERS).values(list="gone"))


def test_writing_is_all_or_nothing(engine: Engine) -> None:
    def write_half() -> None:
        with writing(engine) as connection:
            connection.execute(insert(LISTS).values(name="a"))
            connection.exec_driver_sql("CREATE TABLE more (x)")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert listed(engine) == []
    with pytest.raises(OperationalError), reading(engine) as connection:
        connection.exec_driver_sql("SELECT * FROM more")


def test_reading_sees_one_state_of_the_file(engine: Engine) -> None:
    count = select(func.count()).select_from(LISTS)
    with reading(engine) as connection:
        assert connection.scalar(count) == 0
        put(engine, "a")
        assert connection.scalar(count) == 0
    assert listed(engine) == ["a"]


def test_who_writes_is_alone_from_the_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    one, other = (open_database(path, SCHEMA, NOW).engine for _ in range(2))
    with writing(one), pytest.raises(OperationalError, match="locked"), writing(other):
        pytest.fail("both write")
    put(other, "a")
    one.dispose()
    other.dispose()


def test_threads_write_side_by_side(engine: Engine) -> None:
    threads = [Thread(target=put, args=(engine, str(number))) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(listed(engine), key=int) == [str(number) for number in range(20)]


def test_what_was_committed_survives_a_kill(path: Path) -> None:
    def die() -> None:
        put(open_database(path, SCHEMA, NOW).engine, "a")
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(die) == -signal.SIGKILL
    opened = open_database(path, SCHEMA, NOW)
    assert listed(opened.engine) == ["a"]
    opened.engine.dispose()
    assert names(path) == ["file.sqlite"]


# --- damage -------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SIDE_FILES)
def test_a_damaged_file_is_set_aside_with_what_stands_beside_it(path: Path, suffix: str) -> None:
    path.write_bytes(b"garbage " * 2000)
    path.with_name(path.name + suffix).write_bytes(b"left over")

    opened = open_database(path, SCHEMA, NOW)
    opened.engine.dispose()

    assert opened.damage == "file is not a database"
    assert opened.aside == path.with_name("file.sqlite.damaged-20261118T061700")
    assert opened.aside.read_bytes() == b"garbage " * 2000
    left = opened.aside.with_name(opened.aside.name + suffix)
    assert left.read_bytes() == b"left over"
    assert not path.with_name(path.name + suffix).exists()


def test_an_older_damaged_file_is_not_replaced(path: Path) -> None:
    for content in (b"first", b"second", b"third"):
        path.write_bytes(content * 100)
        open_database(path, SCHEMA, NOW).engine.dispose()
    asides = sorted(path.parent.glob("*.damaged-*"))
    assert [each.read_bytes()[:5] for each in asides] == [b"first", b"secon", b"third"]


def test_a_damaged_file_that_cannot_be_renamed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path.write_bytes(b"garbage " * 2000)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(LedgerError, match=r"cannot be renamed \(Permission denied\)"):
        open_database(path, SCHEMA, NOW)
    assert path.read_bytes() == b"garbage " * 2000


def test_two_runs_that_find_damage_set_one_file_aside(path: Path) -> None:
    path.write_bytes(b"garbage " * 2000)
    ready, start = os.pipe()

    def open_and_write(name: str) -> None:
        os.read(ready, 1)
        opened = open_database(path, SCHEMA, NOW)
        put(opened.engine, name)
        opened.engine.dispose()

    children = []
    for name in "abcd":
        child = os.fork()
        if child == 0:
            os._exit(in_a_child(lambda name=name: open_and_write(name)))  # type: ignore[misc]
        children.append(child)
    os.write(start, b"go! ")
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4

    opened = open_database(path, SCHEMA, NOW)
    assert sorted(listed(opened.engine)) == list("abcd")
    opened.engine.dispose()
    [aside] = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == b"garbage " * 2000


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.mkdir(), id="a folder in its place"),
        pytest.param(lambda path: path.symlink_to("/proc/file"), id="a place that cannot be"),
        pytest.param(lambda path: path.parent.rmdir(), id="no folder"),
    ],
)
def test_what_cannot_be_opened_is_not_taken_for_damaged(tmp_path: Path, make: object) -> None:
    path = tmp_path / "state" / "file.sqlite"
    path.parent.mkdir()
    assert callable(make)
    make(path)
    with pytest.raises(LedgerError, match=r"file\.sqlite: the file cannot be opened"):
        open_database(path, SCHEMA, NOW)
    assert not list(tmp_path.glob("**/*.damaged-*"))


def test_a_file_of_another_program_is_not_taken_for_damaged(path: Path) -> None:
    """Here no migration can be run, so that it breaks: the file is as it was."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE lists (name, colour)")
        connection.execute("INSERT INTO lists VALUES ('a', 'red')")
    before = path.read_bytes()
    with pytest.raises(Exception, match="there is none"):
        open_database(path, SCHEMA, NOW)
    assert path.read_bytes() == before


# --- copies and looking -------------------------------------------------------------------


def test_a_copy_has_what_a_killed_run_committed(path: Path) -> None:
    def die() -> None:
        put(open_database(path, SCHEMA, NOW).engine, "a")
        os.kill(os.getpid(), signal.SIGKILL)

    in_a_child(die)
    before = {name: path.with_name(name).read_bytes() for name in names(path)}
    assert "file.sqlite-wal" in before
    copy = copy_into_memory(path, SCHEMA)
    assert listed(copy) == ["a"]
    put(copy, "b")
    copy.dispose()
    after = {name: path.with_name(name).read_bytes() for name in names(path)}
    del before["file.sqlite-shm"], after["file.sqlite-shm"]  # an index of the log, not content
    assert after == before


def test_a_copy_is_made_while_another_run_writes(engine: Engine, path: Path) -> None:
    put(engine, "a")
    with writing(engine) as connection:
        connection.execute(insert(LISTS).values(name="b"))
        copy = copy_into_memory(path, SCHEMA)
    assert listed(copy) == ["a"]
    copy.dispose()


def test_a_copy_or_a_look_writes_nothing(engine: Engine, path: Path) -> None:
    put(engine, "a")
    engine.dispose()
    path.parent.chmod(0o500)
    folder = path.parent.stat().st_mtime_ns
    for opened in (copy_into_memory(path, SCHEMA), open_to_look(path)):
        assert listed(opened) == ["a"]
        opened.dispose()
    path.parent.chmod(0o700)
    assert names(path) == ["file.sqlite"]
    assert path.parent.stat().st_mtime_ns == folder


def test_who_looks_cannot_write(engine: Engine, path: Path) -> None:
    engine.dispose()
    looking = open_to_look(path)
    with pytest.raises(OperationalError, match="readonly"):
        put(looking, "a")
    looking.dispose()
