"""Writes a file as a whole: whoever reads it finds the old content or the new, never a part,
even after a crash or a power failure."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """An empty file beside `path` that takes its place, synced to the disk, when the block ends
    without an error; otherwise it is deleted.

    The permissions of a file that is replaced stay; a new one has those that the umask gives.
    A symbolic link stays, and what it points to is replaced. Raises OSError.
    """
    target = path.resolve()
    part = begin_beside(target)
    try:
        yield part
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(target, part)
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def write_whole(path: Path, content: bytes) -> bool:
    """Have the file hold this content; False, and nothing is touched, if it does already.
    Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == content:
            return False
    with replacing(path) as part:
        part.write_bytes(content)
    return True


def begin_beside(target: Path) -> Path:
    """A new, empty file in the same folder, so that it can take the place of `target`. Raises
    OSError."""
    part = target.with_name(f".{target.name[:60]}-{secrets.token_hex(8)}")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    return part


def _sync(path: Path) -> None:
    """Have the disk hold a file's content, or a folder's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
