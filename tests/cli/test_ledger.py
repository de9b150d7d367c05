"""`medvl-watch ledger` in a folder."""

from __future__ import annotations

from medvl_watch.errors import ExitCode
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
