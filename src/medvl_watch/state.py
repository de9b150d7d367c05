"""The folder that a run writes to: made if need be, and held by one run at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medvl_watch.errors import Busy, ConfigError


def make(folder: Path) -> None:
    """Have the folder. Raises ConfigError where it cannot be made."""
    with _in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder, made if need be: two runs at once would write the same things.

    The lock is on the folder itself, so that taking it writes nothing. Raises ConfigError for
    a folder that cannot be used, Busy while another run holds it.
    """
    make(folder)
    with _in_words(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Busy(
            "another run is at work here", where=str(folder), remedy="try again when it is done"
        ) from error


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"the folder cannot be used ({error.strerror})",
            where=str(folder),
            remedy="name one that can be written as `state`",
        ) from error
