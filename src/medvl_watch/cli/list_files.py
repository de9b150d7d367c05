"""How the `list` commands read a list, and show or write the changed list."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from medvl_watch.cli.options import dry_run_option
from medvl_watch.cli.output import counted
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import ListSettings, Settings
from medvl_watch.errors import ConfigError, ExitCode
from medvl_watch.lists.parsing.document import split_lines
from medvl_watch.storage.user_files import write_text

file_type = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What to do with a changed list: show the difference, write the list, or neither."""

    diff: bool
    output: Path | None
    in_place: bool
    dry_run: bool

    @property
    def is_asked(self) -> bool:
        return self.diff or self.in_place or self.output is not None

    @property
    def writes(self) -> bool:
        return not self.dry_run and (self.in_place or self.output is not None)

    def deliver(self, path: Path, before: str, after: str) -> Path | None:
        """Show the difference, write the list, or both; None if nothing was written."""
        if self.diff:
            click.echo(difference(str(path), before, after), nl=False)
        return self._write(path, before, after)

    def as_json(self, path: Path, before: str, after: str) -> dict[str, Any]:
        """The same for machines: what is shown is a value of the report."""
        written = self._write(path, before, after)
        report: dict[str, Any] = {"written": str(written) if written else None}
        if self.diff:
            report["diff"] = difference(str(path), before, after)
        return report

    def say_summary(self, path: Path, counts: dict[str, int], written: Path | None) -> None:
        """The last line of a report: how many papers ended how, and where the list is."""
        where = f"written to {written}" if written else "nothing is written"
        hint = "" if self.diff or self.writes else " (give --diff, --output F or --in-place)"
        self.say(f"{path}: {counted(counts)}; {where}{hint}.")

    def say(self, line: str) -> None:
        """A line for a person, out of the way of a difference on standard output."""
        click.echo(line, err=self.diff)

    def _write(self, path: Path, before: str, after: str) -> Path | None:
        target = path if self.in_place else self.output
        if not self.writes or target is None or (self.in_place and before == after):
            return None
        write_text(target, after)
        return target


list_option = click.option(
    "--list",
    "list_id",
    metavar="LIST",
    help="Treat FILE as this configured list: use its templates and its map of sections.",
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


def delivery_options(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """`--diff`, `--output`, `--in-place` and `--dry-run`, given to the command as one
    `delivery`. Raises click.UsageError where they contradict each other."""

    @wraps(command)
    def with_delivery(
        *, diff: bool, output: Path | None, in_place: bool, dry_run: bool, **rest: Any
    ) -> ExitCode:
        if output is not None and in_place:
            raise click.UsageError("Give --output or --in-place, not both.")
        return command(**rest, delivery=OutputOptions(diff, output, in_place, dry_run))

    decorated: Callable[..., ExitCode] = with_delivery
    for option in (
        dry_run_option,
        click.option("--in-place", is_flag=True, help="Write the result to FILE itself."),
        click.option("--output", type=file_type, help="Write the result to this file."),
        click.option("--diff", is_flag=True, help="Show the changes as a diff."),
    ):
        decorated = option(decorated)
    return decorated


def difference(name: str, before: str, after: str) -> str:
    r"""A unified diff that `patch` understands; lines are divided at `\n` only."""
    name = name.lstrip("/")
    lines = difflib.unified_diff(split_lines(before), split_lines(after), f"a/{name}", f"b/{name}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
