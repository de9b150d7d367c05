"""Files of JSON lines, plain or gzipped: read line by line, written whole or not at all."""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar

from medvl_watch.errors import ConfigError, WatchError, os_reason
from medvl_watch.papers.recordfile import record_from_line
from medvl_watch.papers.surrogates import without_surrogates
from medvl_watch.records import Record
from medvl_watch.storage.user_files import not_utf8_error, replacement_of

BATCH = 500
"""Papers in memory at once."""
LONGEST_LINE = 32 * 2**20
"""Bytes; a longer line is reported and skipped, so that no file can fill the memory."""
_GZIP = b"\x1f\x8b"
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that is not a record, with the id that it gives, or `line:7` where it gives none."""

    id: str
    error: WatchError


def lines_of(path: Path) -> Iterator[tuple[int, str | WatchError]]:
    """Each line that is not empty, with its 1-based number; a line that is not text is an error.

    `-` is standard input. Raises ConfigError where the file cannot be read to its end.
    """
    number = 0
    try:
        with _opened(path) as file:
            while raw := file.readline(LONGEST_LINE + 1):
                number += 1
                line = _decoded(raw, file, f"{path}:{number}")
                if line:
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(
            f"cannot be read ({os_reason(error)})",
            where=str(path),
            remedy="name a whole file of JSON lines, plain or gzipped",
        ) from error


def records_of(path: Path) -> Iterator[Record | UnreadableLine]:
    """One for each line that is not empty, in their order."""
    for number, line in lines_of(path):
        if isinstance(line, WatchError):
            yield UnreadableLine(f"line:{number}", line)
            continue
        try:
            yield record_from_line(line, f"{path}:{number}")
        except WatchError as error:
            yield UnreadableLine(_id_in(line) or f"line:{number}", error)


def papers_file(path: Path) -> tuple[list[Record], list[WatchError]]:
    """The records of a file, and what is wrong with other lines. Raises WatchError where it
    holds no record at all."""
    found = list(records_of(path))
    problems = [each.error for each in found if isinstance(each, UnreadableLine)]
    records = [each for each in found if isinstance(each, Record)]
    if problems and not records:
        raise problems[0]
    if not records:
        raise ConfigError(
            "it contains no paper", where=str(path), remedy="write one record per line"
        )
    return records, problems


def batches(items: Iterator[_Item], size: int) -> Iterator[list[_Item]]:
    """The items in lists of `size`, the last one shorter."""
    while batch := list(islice(items, size)):
        yield batch


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A file that takes its name when the block has ended well, and else leaves no trace.

    `-` is standard output; a name that ends with `.gz` is gzipped. Raises ConfigError.
    """
    if str(path) == "-":
        yield sys.stdout
        return
    with replacement_of(path) as part:
        opener = gzip.open if path.resolve().suffix == ".gz" else open
        with opener(part, "wt", encoding="utf-8", newline="\n") as file:
            yield file


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        is_zipped = file.peek(2)[:2] == _GZIP
        if is_zipped:
            with gzip.open(file) as unzipped:
                yield unzipped  # type: ignore[misc]
        else:
            yield file


def _decoded(raw: bytes, file: BinaryIO, where: str) -> str | WatchError:
    if len(raw) > LONGEST_LINE:
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(LONGEST_LINE)
        return ConfigError(f"is longer than {LONGEST_LINE >> 20} MB", where=where)
    try:
        return raw.decode().lstrip("\ufeff").strip()
    except UnicodeDecodeError as error:
        return not_utf8_error(where, error)


def _id_in(line: str) -> str:
    """The identifier in a line that is not a valid record, if it has one."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict):
        return ""
    given = (value.get("id"), value.get("arxiv_id"))
    found = next((each for each in given if isinstance(each, str) and each.strip()), "")
    return without_surrogates(found)[:500]
