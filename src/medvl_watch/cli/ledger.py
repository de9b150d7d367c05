"""`medvl-watch ledger`: export, import, verify and compact what was seen and decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from medvl_watch.cli.ledger_place import ledger_place
from medvl_watch.cli.list_files import file_type
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import plural, say, say_json
from medvl_watch.cli.session import now
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ExitCode, LedgerError, WatchError
from medvl_watch.ledger.files import engine_to_read, open_ledger
from medvl_watch.ledger.transfer import export_lines, import_lines, problems_of
from medvl_watch.publish.render import terminal
from medvl_watch.state import locked_folder
from medvl_watch.storage.json_lines import lines_of, whole_file
from medvl_watch.storage.upkeep import compact, size_of


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
    with _to_read(read_settings(config)[0]) as engine, whole_file(file) as output:
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

    A ledger that is not empty is not touched: move its file away first. An export of a file can
    be imported into a database on a server, and the other way round.
    """
    settings, _ = read_settings(config)
    with _to_write(settings) as engine:
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
    with _to_read(read_settings(config)[0]) as engine:
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
    """Give unused space of the ledger back to the disk. On a server, workers wait meanwhile."""
    settings, _ = read_settings(config)
    with _to_read(settings):
        pass  # one that is not there is not made
    with _to_write(settings) as engine:
        before = size_of(engine)
        compact(engine)
        after = size_of(engine)
    if as_json:
        say_json({"bytes_before": before, "bytes_after": after})
    else:
        say(f"{ledger_place(settings)}: {before:,} bytes before, {after:,} after.")
    return ExitCode.DONE


@contextmanager
def _to_read(settings: Settings) -> Iterator[Engine]:
    """The ledger for reading. Raises LedgerError where there is none."""
    place = ledger_place(settings)
    engine = engine_to_read(place)
    if engine is None:
        raise LedgerError(
            "there is no ledger yet", where=str(place), remedy="`medvl-watch run` makes one"
        )
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _to_write(settings: Settings) -> Iterator[Engine]:
    """The ledger for writing, under the lock of the state folder."""
    with locked_folder(settings.state):
        opened = open_ledger(ledger_place(settings), now())
        with closing(opened.ledger):
            yield opened.engine


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """The lines with their places. Raises ConfigError for a file or a line that is not text."""
    for number, line in lines_of(file):
        if isinstance(line, WatchError):
            raise ConfigError(line.what, where=line.where, remedy=line.remedy)
        yield line, f"{file}:{number}"
