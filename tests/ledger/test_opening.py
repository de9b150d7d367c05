"""Opening the ledger: new, damaged, half-made, foreign, unreachable."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from medvl_watch.errors import LedgerError
from medvl_watch.ledger import schema
from medvl_watch.ledger.files import copy_of_ledger, open_ledger
from medvl_watch.records import Paper
from tests.fakes import NOW, record
from tests.storage.old_files import statements_of, written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger with enough papers to fill many pages of the file."""
    path = tmp_path / "ledger.sqlite"
    opened = open_ledger(path, NOW)
    papers = [Paper(id=one.id, facts=one, records=(one,)) for one in map(record, range(1, 60))]
    opened.ledger.save_papers(papers, NOW)
    opened.ledger.close()
    return path


def count(path: Path) -> int:
    opened = open_ledger(path, NOW)
    with closing(opened.ledger) as ledger:
        return len(ledger.papers())


def test_a_new_ledger_is_empty_and_nothing_is_said(tmp_path: Path) -> None:
    opened = open_ledger(tmp_path / "ledger.sqlite", NOW)
    with closing(opened.ledger) as ledger:
        assert opened.problem is None
        assert ledger.papers() == []


def test_opening_again_writes_nothing(file: Path) -> None:
    before = file.read_bytes(), file.stat().st_mtime_ns
    assert count(file) == 59
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda whole: b"garbage " * 2000, id="garbage"),
        pytest.param(lambda whole: b"{}", id="a few bytes"),
        pytest.param(lambda whole: whole[: len(whole) // 2], id="cut off in the middle"),
        pytest.param(lambda whole: whole[: len(whole) // 2 + 100], id="cut off within a page"),
        pytest.param(lambda whole: whole[:4096] + b"\0" * (len(whole) - 4096), id="blanked"),
        pytest.param(
            lambda whole: whole[:8192] + b"\xff" * 4096 + whole[12288:], id="a page overwritten"
        ),
    ],
)
def test_a_damaged_ledger_is_kept_aside_and_begun_anew(file: Path, content: object) -> None:
    assert callable(content)
    damaged = content(file.read_bytes())
    file.write_bytes(damaged)
    journal = file.with_name("ledger.sqlite-wal")
    journal.write_bytes(b"left over")

    opened = open_ledger(file, NOW)
    with closing(opened.ledger) as ledger:
        assert ledger.papers() == []
    said = str(opened.problem)
    assert "was damaged" in said
    assert "ledger.sqlite.damaged-20261118T061700" in said
    assert said.count("\n") == 0
    aside = file.with_name("ledger.sqlite.damaged-20261118T061700")
    assert aside.read_bytes() == damaged
    assert not journal.exists()

    again = open_ledger(file, NOW)
    again.ledger.close()
    assert again.problem is None


def test_an_empty_file_is_a_new_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.touch()
    assert count(path) == 0


FIRST_TABLES = [
    each
    for each in statements_of(Path(__file__).with_name("schemas") / "0.1.0.sql")
    if each.startswith("CREATE TABLE")
]


@pytest.mark.parametrize("tables", range(1, len(FIRST_TABLES) + 1))
def test_a_ledger_whose_making_broke_off_is_completed(tmp_path: Path, tables: int) -> None:
    """Before migrations the tables were made one by one."""
    path = written(tmp_path / "ledger.sqlite", FIRST_TABLES[:tables])

    assert count(path) == 0


def test_the_tables_are_made_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Crash(BaseException):
        pass

    def crash(_: object) -> None:
        raise Crash

    path = tmp_path / "ledger.sqlite"
    with monkeypatch.context() as patch:
        patch.setattr(schema.about, "insert", lambda: crash(None))
        with pytest.raises(Crash):
            open_ledger(path, NOW)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert count(path) == 0


def test_a_ledger_of_the_future_is_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = file.read_bytes()

    with pytest.raises(LedgerError, match="written by a newer medvl-watch"):
        open_ledger(file, NOW)
    with pytest.raises(LedgerError, match="version 9999"):
        copy_of_ledger(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.mkdir(), id="a folder in its place"),
        pytest.param(lambda path: path.symlink_to("/proc/ledger"), id="a place that cannot be"),
    ],
)
def test_what_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path, make: object) -> None:
    path = tmp_path / "ledger.sqlite"
    assert callable(make)
    make(path)

    with pytest.raises(LedgerError, match="cannot be opened") as caught:
        open_ledger(path, NOW)
    assert str(caught.value).startswith(str(path))


def test_a_ledger_below_a_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(LedgerError, match="cannot be opened"):
        open_ledger(tmp_path / "file" / "ledger.sqlite", NOW)


@pytest.mark.parametrize("name", ["what?mode=ro", "per%20cent", "a#b", "ü b"])
def test_any_name_of_a_folder_will_do(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()

    assert count(folder / "ledger.sqlite") == 0
    assert [path.name for path in folder.iterdir()] == ["ledger.sqlite"]
    with closing(copy_of_ledger(folder / "ledger.sqlite")) as ledger:
        assert ledger.papers() == []


def test_a_row_that_is_not_ours_is_said_in_a_sentence(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE papers SET paper = '{}' WHERE id = 'arxiv:2611.00001'")

    with pytest.raises(LedgerError, match="cannot read"):
        count(file)


# --- the copy -----------------------------------------------------------------------------


def test_a_copy_holds_the_same_and_writes_nothing(file: Path) -> None:
    before = file.read_bytes(), file.stat().st_mtime_ns
    new = record(70)
    with closing(copy_of_ledger(file)) as copy:
        assert len(copy.papers()) == 59
        copy.save_papers([Paper(id=new.id, facts=new, records=(new,))], NOW)
        assert len(copy.papers()) == 60

    assert (file.read_bytes(), file.stat().st_mtime_ns) == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_copy_of_nothing_makes_nothing(tmp_path: Path) -> None:
    with closing(copy_of_ledger(tmp_path / "no" / "ledger.sqlite")) as copy:
        assert copy.papers() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(lambda folder: folder / ("a" * 300) / "ledger.sqlite", id="too long a name"),
        pytest.param(lambda folder: folder, id="a folder"),
    ],
)
def test_what_cannot_be_copied_is_said_in_a_sentence(tmp_path: Path, path: object) -> None:
    assert callable(path)
    with pytest.raises(LedgerError, match="cannot be read"):
        copy_of_ledger(path(tmp_path))


def test_a_damaged_ledger_is_not_copied(file: Path) -> None:
    file.write_bytes(b"garbage " * 2000)

    with pytest.raises(LedgerError, match=r"cannot be read.*set aside and a new one made"):
        copy_of_ledger(file)
