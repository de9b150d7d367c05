"""Locks: one run at a time, also between processes, and none that outlives its run."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from threading import Event, Thread

import pytest

from medvl_watch.errors import Busy, ConfigError
from medvl_watch.state import locked_folder
from medvl_watch.storage.locks import LOCK_NAME, locked


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(Busy, match="another run is at work here"),
        locked(tmp_path),
    ):
        pytest.fail("both have it")
    with locked(tmp_path):
        pass


def test_the_lock_is_released_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError
    with locked(tmp_path):
        pass


def test_who_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    taken, free = Event(), Event()

    def hold() -> None:
        with locked(tmp_path):
            taken.set()
            free.wait()

    holder = Thread(target=hold)
    holder.start()
    taken.wait()
    Thread(target=free.set).start()
    with locked(tmp_path, wait=60):
        holder.join()


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    ours, theirs = multiprocessing.Pipe()
    child = os.fork()
    if child == 0:
        with locked(tmp_path):
            theirs.send("locked")
            signal.pause()
    assert ours.recv() == "locked"
    with pytest.raises(Busy), locked(tmp_path):
        pytest.fail("both have it")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with locked(tmp_path):
        pass


def test_locking_again_writes_nothing(tmp_path: Path) -> None:
    with locked(tmp_path):
        before = (tmp_path / LOCK_NAME).stat()
    with locked(tmp_path):
        after = (tmp_path / LOCK_NAME).stat()
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_NAME]
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_state_folder_is_made(tmp_path: Path) -> None:
    with (
        locked_folder(tmp_path / "a" / "b"),
        pytest.raises(Busy),
        locked_folder(tmp_path / "a" / "b"),
    ):
        pytest.fail("both have it")


def test_a_state_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(ConfigError, match="file: the folder cannot be used"),
        locked_folder(tmp_path / "file"),
    ):
        pytest.fail("it is a file")


def test_an_error_of_the_work_is_not_taken_for_one_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked_folder(tmp_path):
        raise FileNotFoundError
