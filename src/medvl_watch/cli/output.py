"""Output of commands: text for people, JSON for machines, progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from medvl_watch.errors import ConfigError, WatchError

BLOCKS = " ▏▎▍▌▋▊▉█"


def say(words: str = "", *, err: bool = False) -> None:
    """Print a line for a person, on standard output or, with `err`, on standard error."""
    click.echo(words, err=err)


def say_json(value: Any) -> None:
    """One JSON value on one line, on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, sort_keys=False, default=str))


def warn(problems: Iterable[WatchError]) -> None:
    """Problems that did not stop the run, on standard error, one sentence each."""
    for problem in problems:
        click.echo(f"medvl-watch: {problem}", err=True)


def first_of(problems: Sequence[WatchError], most: int = 3, **place: str) -> list[WatchError]:
    """The first problems of one kind, and one more that counts the rest."""
    more = len(problems) - most
    rest = [ConfigError(f"{more} more lines are not valid records", **place)] if more > 0 else []
    return [*problems[:most], *rest]


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that reports progress: a spinner at a terminal, lines elsewhere."""
    if not sys.stderr.isatty():
        yield lambda words: click.echo(f"… {words}", err=True)
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield status.update


def bar(share: float, width: int = 10) -> str:
    """A share of one as a bar of `width` characters."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (BLOCKS[rest] if rest else "")).ljust(width)


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def nearby(address: str) -> str:
    """A file below the working folder by its relative path; any other address as it is."""
    path = Path(address)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else address


def counted(counts: dict[str, int]) -> str:
    """`3 proposed, 1 referred`, leaving out what is zero."""
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
