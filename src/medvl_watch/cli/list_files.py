"""How the `list` commands read a list, and show or write what became of it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from medvl_watch.cli.files import read_bytes, read_text, replaced
from medvl_watch.cli.session import read_settings
from medvl_watch.config import ListSettings, Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.lists.parsing.decoding import decode, encode
from medvl_watch.lists.parsing.document import split_lines
from medvl_watch.papers.recordfile import read_records
from medvl_watch.records import Record

_Command = TypeVar("_Command", bound=Callable[..., Any])

file_type = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a changed list goes; nowhere, unless asked."""

    diff: bool
    output: Path | None
    in_place: bool

    @property
    def is_asked(self) -> bool:
        return self.diff or self.in_place or self.output is not None

    @property
    def quiet(self) -> Delivery:
        """The same without the difference on standard output, which JSON is written to."""
        return Delivery(diff=False, output=self.output, in_place=self.in_place)

    def check(self, files: Sequence[Path]) -> None:
        """Raises click.UsageError where the options contradict each other."""
        if self.output is not None and self.in_place:
            raise click.UsageError("Give --output or --in-place, not both.")
        if self.output is not None and len(files) > 1:
            raise click.UsageError("--output takes one list; use --in-place for several.")

    def dry(self) -> Delivery:
        """The same without writing anything."""
        return Delivery(self.diff, None, in_place=False)

    def deliver(self, path: Path, before: str, after: str) -> Path | None:
        """Show the difference, write the list, or both; None if nothing was written."""
        if self.diff:
            click.echo(difference(str(path), before, after), nl=False)
        target = path if self.in_place else self.output
        if target is None or (self.in_place and before == after):
            return None
        write_list(target, after)
        return target


list_option = click.option(
    "--list",
    "list_id",
    metavar="LIST",
    help="The configured list that FILE is, for its templates and its map of sections.",
)


def configured_templates(list_id: str | None, config: Path | None) -> Mapping[str, str]:
    """The templates that the configuration gives this list; none where no list is named.

    Raises ConfigError where there is no such list.
    """
    if list_id is None:
        return {}
    settings, _ = read_settings(config)
    return configured_list(settings, list_id).templates


def configured_list(settings: Settings, list_id: str) -> ListSettings:
    """The configured list of this name. Raises ConfigError."""
    known = {each.id: each for each in settings.lists}
    if list_id not in known:
        raise ConfigError(f"there is no list {list_id!r}", remedy=f"use one of {', '.join(known)}")
    return known[list_id]


def delivery_options(function: _Command) -> _Command:
    """`--diff`, `--output` and `--in-place`."""
    for option in (
        click.option("--in-place", is_flag=True, help="Write the list itself."),
        click.option("--output", type=file_type, help="Write the result to this file."),
        click.option("--diff", is_flag=True, help="Show what would change, or did."),
    ):
        function = option(function)
    return function


def read_list(path: Path) -> str:
    """A list's text, exact to the byte. Raises ConfigError where the file cannot be read, and
    ListError where it is no list that could be written safely."""
    return decode(read_bytes(path, "name a Markdown file"), str(path))


def read_papers(path: Path) -> tuple[list[Record], list[WatchError]]:
    """The papers, each id once, and what is wrong with other lines. Raises ConfigError where
    there is no paper at all."""
    text = read_text(path, "name a file of JSON lines")
    found = list(read_records(text.split("\n"), str(path)))
    problems = [each for each in found if isinstance(each, WatchError)]
    records = [each for each in found if isinstance(each, Record)]
    if problems and not records:
        raise problems[0]
    if not records:
        raise ConfigError("there is no paper in it", where=str(path), remedy="write one a line")
    return records, problems


def write_list(path: Path, text: str) -> None:
    """Write the whole file or nothing; its permissions stay. Raises ConfigError."""
    with replaced(path) as part:
        part.write_bytes(encode(text))


def difference(name: str, before: str, after: str) -> str:
    r"""A unified diff that `patch` understands; lines are divided at `\n` only."""
    name = name.lstrip("/")
    lines = difflib.unified_diff(split_lines(before), split_lines(after), f"a/{name}", f"b/{name}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
