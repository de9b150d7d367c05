"""`medvl-watch ledger` in a folder."""

from __future__ import annotations

import pytest

from medvl_watch.errors import ExitCode
from medvl_watch.storage.server_address import ServerAddress
from tests.cli.conftest import Folder


def test_a_ledger_that_was_lost_is_restored_from_its_export(folder: Folder) -> None:
    assert folder.watch("run").code == ExitCode.DONE
    history = folder.watch("explain", "2602.00001", "--json").out
    exported = folder.watch("ledger", "export", "ledger.jsonl.gz")
    assert "rows written to ledger.jsonl.gz." in exported.out
    assert folder.watch("ledger", "import", "ledger.jsonl.gz").code == ExitCode.CONFIG
    folder.ledger.unlink()
    assert folder.watch("ledger", "import", "ledger.jsonl.gz").code == ExitCode.DONE
    assert folder.watch("explain", "2602.00001", "--json").out == history
    assert folder.watch("run").out.endswith("Nothing is new; nothing was written.\n")


def test_verify_and_compact(folder: Folder) -> None:
    assert folder.watch("run").code == ExitCode.DONE
    assert folder.watch("ledger", "verify").out == "The ledger is consistent.\n"
    assert "bytes before" in folder.watch("ledger", "compact").out
    assert folder.watch("ledger", "verify", "--json").out == '{"problems": []}\n'


def test_without_a_ledger_the_command_says_how_to_get_one(folder: Folder) -> None:
    done = folder.watch("ledger", "verify")
    assert done.code == ExitCode.CONFIG
    assert "there is no ledger yet; `medvl-watch run` makes one" in done.err


def test_a_ledger_moves_to_a_server_and_back(
    folder: Folder, database: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder.watch("run").code == ExitCode.DONE
    history = folder.watch("explain", "2602.00001", "--json").out
    assert folder.watch("ledger", "export", "file.jsonl").code == ExitCode.DONE
    monkeypatch.setenv("MEDVL_WATCH_LEDGER", database.url)
    none = folder.watch("ledger", "compact")
    assert none.code == ExitCode.CONFIG
    assert "there is no ledger yet" in none.err
    assert folder.watch("ledger", "import", "file.jsonl").code == ExitCode.DONE
    assert "not empty" in folder.watch("ledger", "import", "file.jsonl").err
    folder.ledger.unlink()
    assert folder.watch("explain", "2602.00001", "--json").out == history
    assert folder.watch("run").out.endswith("Nothing is new; nothing was written.\n")
    assert folder.watch("run", "--dry-run").code == ExitCode.DONE
    assert folder.watch("ledger", "verify").out == "The ledger is consistent.\n"
    assert folder.watch("ledger", "compact", "--json").json["bytes_after"] > 0
    assert folder.watch("ledger", "export", "server.jsonl").code == ExitCode.DONE
    assert not folder.ledger.exists()
    monkeypatch.delenv("MEDVL_WATCH_LEDGER")
    assert folder.watch("ledger", "import", "server.jsonl").code == ExitCode.DONE
    assert folder.watch("explain", "2602.00001", "--json").out == history


@pytest.mark.parametrize(
    "address", ["mysql://me@localhost/watch", "postgresql://localhost", "ledger.sqlite"]
)
def test_an_address_of_another_kind_is_refused(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MEDVL_WATCH_LEDGER", address)
    done = folder.watch("ledger", "verify")
    assert done.code == ExitCode.CONFIG
    assert "write it as postgresql://USER@HOST:PORT/NAME" in done.err
