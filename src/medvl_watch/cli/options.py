"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Function = TypeVar("_Function", bound=Callable[..., Any])

config_option = click.option(
    "--config",
    "-c",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Configuration file. Default: ./medvl-watch.toml if it exists, else the demonstration's.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would be done; write nothing."
)


def examples(*lines: str) -> str:
    """The epilog of a help text: example calls, one per line, not rewrapped."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def with_options(*options: Callable[[_Function], _Function]) -> Callable[[_Function], _Function]:
    """A decorator that adds arguments and options, in the order in which the help shows them."""

    def add(function: _Function) -> _Function:
        for option in reversed(options):
            function = option(function)
        return function

    return add
