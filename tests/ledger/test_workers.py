"""What keeps workers on one server apart: locks, and turns at a service."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from medvl_watch.errors import Busy
from medvl_watch.ledger.files import open_ledger
from medvl_watch.ledger.request_turns import ServerTurns
from medvl_watch.ledger.worker_locks import ServerLocks
from medvl_watch.storage.server_address import ServerAddress
from tests.fakes import NOW
from tests.postgres import execute


@pytest.fixture
def locks(database: ServerAddress) -> Iterator[ServerLocks]:
    opened = open_ledger(database, NOW)
    yield ServerLocks(opened.engine, str(database))
    opened.ledger.close()


def test_a_work_has_one_worker_and_other_works_are_free(locks: ServerLocks) -> None:
    with locks.hold("list/a") as first:
        with locks.hold("list/a") as second, locks.hold("list/b") as other:
            assert (first, second, other) == (True, False, True)
        with locks.hold("list/a", wait=0.05) as late:
            assert not late
    with locks.hold("list/a") as again, locks.hold("list/b", wait=0.05) as waited:
        assert again
        assert waited


def test_a_lock_is_released_when_the_work_fails(locks: ServerLocks) -> None:
    with pytest.raises(ZeroDivisionError), locks.hold("list/a"):
        raise ZeroDivisionError
    with locks.hold("list/a") as again:
        assert again


def test_a_lock_ends_with_the_process_that_has_it(
    database: ServerAddress, locks: ServerLocks, tmp_path: Path
) -> None:
    child = os.fork()
    if child == 0:
        opened = open_ledger(database, NOW)
        with ServerLocks(opened.engine, "").hold("list/a"):
            (tmp_path / "held").touch()
            time.sleep(60)
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with locks.hold("list/a") as meanwhile:
        assert not meanwhile
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with locks.hold("list/a", wait=10) as after:
        assert after


def test_the_gap_is_kept_by_the_clock_of_the_server(database: ServerAddress) -> None:
    slept: list[float] = []
    one, other = (ServerTurns(database, slept.append) for _ in range(2))
    with one.turn("arxiv.org", 3, wait=1):
        assert slept == []
        with pytest.raises(Busy, match="other workers"), other.turn("arxiv.org", 3, wait=0.05):
            raise AssertionError
        with other.turn("example.org", 3, wait=1):
            assert slept == []
    with other.turn("arxiv.org", 3, wait=1):
        pass
    assert len(slept) == 1
    assert 2 < slept[0] <= 3
    execute(database.url, "UPDATE request_times SET at = at - 10")
    with one.turn("arxiv.org", 3, wait=1):
        assert len(slept) == 1
    execute(database.url, "UPDATE request_times SET at = at + 1000")
    with one.turn("arxiv.org", 3, wait=1):
        assert slept[1:] == [3], "a clock that was set back"
