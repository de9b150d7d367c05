"""Locks a folder or a file against other runs on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medvl_watch.errors import Busy

LOCK_NAME = ".lock"


@contextmanager
def locked(folder: Path, *, wait: float = 0) -> Iterator[None]:
    """Lock a folder that exists, through the file `.lock` in it, which stays there. The lock
    ends with the process, however that ends.

    Raises Busy if another run holds the lock and does not release it in `wait` seconds, OSError
    if the folder cannot be written.
    """
    with lock_file(folder / LOCK_NAME, folder, wait=wait):
        yield


@contextmanager
def lock_file(lock: Path, where: Path, *, wait: float) -> Iterator[None]:
    """The same through a file of any name; `where` is what messages name."""
    from filelock import FileLock, Timeout  # noqa: PLC0415  heavy, and many commands lock nothing

    held = FileLock(lock)
    try:
        held.acquire(timeout=wait)
    except Timeout as error:
        raise Busy(
            "another run is at work here", where=str(where), remedy="try again when it is done"
        ) from error
    try:
        yield
    finally:
        held.release()
