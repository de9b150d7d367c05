"""A damaged SQLite file: how it is recognised, and moved out of the way."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import datetime
from itertools import chain, count
from pathlib import Path

_MAGIC = b"SQLite format 3\0"
"""https://www.sqlite.org/fileformat2.html, "Magic Header String"."""
_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF
"""The part of SQLite's code that does not go into details."""
SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; it belongs to this database and to no other."""


class DamagedError(Exception):
    """The file is not a database, or not a whole one. The text is SQLite's."""


def check_header(path: Path) -> None:
    """Raises DamagedError for a file that does not begin as a database does. SQLite is not asked:
    it would delete the log of what was committed last, as not belonging to such a file."""
    with suppress(OSError), path.open("rb") as file:
        if file.read(len(_MAGIC)) not in {b"", _MAGIC}:
            raise DamagedError("file is not a database")


def is_damage(error: Exception) -> bool:
    """Whether a statement failed because the file is damaged; not because it is locked, the
    disk is full, or it cannot be read."""
    cause = getattr(error, "orig", error)
    return getattr(cause, "sqlite_errorcode", 0) & _PRIMARY in _CODES


def set_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged file, with what stands beside it, so that a new one can take its place;
    nothing is deleted or replaced. Its new path. Raises OSError."""
    base = f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}"
    names = chain([base], (f"{base}-{number}" for number in count(2)))
    aside = next(each for each in map(path.with_name, names) if not each.exists())
    path.rename(aside)
    for suffix in SIDE_FILES:
        left = path.with_name(path.name + suffix)
        if left.exists():
            left.rename(aside.with_name(aside.name + suffix))
    return aside
