"""`medvl-watch list`: inspect and edit a curated list."""

from __future__ import annotations

import click

from medvl_watch.cli.list_check import check
from medvl_watch.cli.list_complete import complete
from medvl_watch.cli.list_insert import insert
from medvl_watch.cli.list_inspect import inspect
from medvl_watch.cli.options import examples
from medvl_watch.cli.settings_files import use_configured_venues


@click.group(
    epilog=examples(
        "medvl-watch list check README.md",
        "medvl-watch list check README.md --fix redirect --diff",
        "medvl-watch list inspect README.md",
        "medvl-watch list insert README.md --papers papers.jsonl --diff",
        "medvl-watch list complete README.md --papers papers.jsonl --diff",
    )
)
def command() -> None:
    """Inspect, check, extend or complete a curated list.

    A list is a Markdown file. Nothing is written without --in-place or --output.
    """
    use_configured_venues()


command.add_command(check)
command.add_command(inspect)
command.add_command(insert)
command.add_command(complete)
