"""`medvl-watch ledger`: export, import, verify and compact what was seen and decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, say, say_json
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ExitCode, LedgerError, WatchError
from medvl_watch.ledger.schema import SCHEMA
from medvl_watch.ledger.transfer import compact, export_lines, import_lines, problems_of
from medvl_watch.publish.render import terminal
from medvl_watch.state import LEDGER_NAME, locked_folder
from medvl_watch.storage.database import copy_into_memory, open_database
from medvl_watch.storage.json_lines import lines_of, whole_file


@click.group(
    epilog=examples(
        "medvl-watch ledger export ledger.jsonl.gz",
        "medvl-watch ledger import ledger.jsonl.gz",
        "medvl-watch ledger verify",
        "medvl-watch ledger compact",
    )
)
def command() -> None:
    """Back up, restore and check the ledger: what was seen and decided.

    Losing the ledger loses no decision of a person: they are read again from the lists and the
    pull requests.
    """


@command.command(epilog=examples("medvl-watch ledger export ledger.jsonl.gz"))
@click.argument("file", type=file_type)
@config_option
@json_option
def export(file: Path, config: Path | None, *, as_json: bool) -> ExitCode:
    """Write the whole ledger to FILE as JSON lines, gzipped if its name ends with .gz."""
    with _copy(read_settings(config)[0]) as engine, whole_file(file) as output:
        rows = -1  # the first line is the header
        for line in export_lines(engine):
            output.write(f"{line}\n")
            rows += 1
    if as_json and str(file) != "-":
        say_json({"written": str(file), "rows": rows})
    else:
        say(f"{plural(rows, 'row')} written to {file}.", err=str(file) == "-")
    return ExitCode.DONE


@command.command("import", epilog=examples("medvl-watch ledger import ledger.jsonl.gz"))
@click.argument("file", type=file_type)
@config_option
@json_option
def import_(file: Path, config: Path | None, *, as_json: bool) -> ExitCode:
    """Fill an empty ledger with an exported FILE: all of it, or nothing.

    A ledger that is not empty is not touched: move its file away first.
    """
    settings, _ = read_settings(config)
    with _file(settings, may_be_new=True) as engine:
        rows = import_lines(engine, _lines(file))
    if as_json:
        say_json({"imported": str(file), "rows": rows})
    else:
        say(f"{plural(rows, 'row')} imported from {file}.")
    return ExitCode.DONE


@command.command(epilog=examples("medvl-watch ledger verify", "medvl-watch ledger verify --json"))
@config_option
@json_option
def verify(config: Path | None, *, as_json: bool) -> ExitCode:
    """Check the ledger's file and every value in it; write nothing. Exit code 4 if it is wrong."""
    with _copy(read_settings(config)[0]) as engine:
        problems = problems_of(engine)
    if as_json:
        say_json({"problems": problems})
    elif not problems:
        say("The ledger is consistent.")
    else:
        for problem in problems[:20]:
            say(terminal(problem))
        say(f"{plural(len(problems), 'problem')}: move the file away and run "
            "`medvl-watch run`; it starts a new one from the lists and pull requests.")  # fmt: skip
    return ExitCode.PARTLY if problems else ExitCode.DONE


@command.command("compact", epilog=examples("medvl-watch ledger compact"))
@config_option
@json_option
def compact_(config: Path | None, *, as_json: bool) -> ExitCode:
    """Give unused space of the ledger's file back to the disk."""
    settings, _ = read_settings(config)
    path = settings.state / LEDGER_NAME
    with _file(settings) as engine:
        before = path.stat().st_size
        compact(engine)
        after = path.stat().st_size
    if as_json:
        say_json({"bytes_before": before, "bytes_after": after})
    else:
        say(f"{path}: {before:,} bytes before, {after:,} after.")
    return ExitCode.DONE


@contextmanager
def _copy(settings: Settings) -> Iterator[Engine]:
    """A copy of the ledger for reading. Raises LedgerError where there is none."""
    path = _existing(settings)
    engine = copy_into_memory(path, SCHEMA)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _file(settings: Settings, *, may_be_new: bool = False) -> Iterator[Engine]:
    """The ledger's file for writing, under the lock of its folder."""
    path = settings.state / LEDGER_NAME if may_be_new else _existing(settings)
    with locked_folder(settings.state):
        opened = open_database(path, SCHEMA, now())
        try:
            yield opened.engine
        finally:
            opened.engine.dispose()


def _existing(settings: Settings) -> Path:
    path = settings.state / LEDGER_NAME
    if not path.exists():
        raise LedgerError(
            "there is no ledger yet", where=str(path), remedy="`medvl-watch run` makes one"
        )
    return path


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """The lines with their places. Raises ConfigError for a file or a line that is not text."""
    for number, line in lines_of(file):
        if isinstance(line, WatchError):
            raise ConfigError(line.what, where=line.where, remedy=line.remedy)
        yield line, f"{file}:{number}"
