"""`medvl-watch digest`: the week in one page."""

from __future__ import annotations

from pathlib import Path

import click

from medvl_watch.cli.options import config_option, dry_run_option, examples, json_option
from medvl_watch.cli.output import nearby, say, say_json, warn
from medvl_watch.cli.session import Session, session
from medvl_watch.errors import ExitCode, combined_exit_code
from medvl_watch.pipeline.weekly import digest, week_named
from medvl_watch.records import Action, Published


@click.command(
    epilog=examples(
        "medvl-watch digest",
        "medvl-watch digest --week last",
        "medvl-watch digest --week 2026-W47 --dry-run",
    )
)
@click.option(
    "--week",
    default="current",
    show_default=True,
    help="`current`, `last` (the one that ended), or an ISO week such as 2026-W47.",
)
@config_option
@dry_run_option
@json_option
def command(week: str, config: Path | None, *, dry_run: bool, as_json: bool) -> ExitCode:
    """Write the week's digest: what came, where it went, how the sources are.

    An issue on GitHub, a file with the local forge. Doing it again changes only what has
    changed; a week in which nothing was seen gets no digest.
    """
    with session(config, dry_run=dry_run) as work:
        published = post_digest(work, week)
    name = str(week_named(week, work.now))
    if as_json:
        say_json(
            {
                "week": name,
                "action": published.action.value if published else "none",
                "address": published.address if published else None,
            }
        )
    elif published is None:
        say(f"Nothing was seen in {name}, so there is no digest.")
    elif published.action is Action.NONE:
        say(f"The digest of {name} is as it was: {nearby(published.address)}")
    else:
        say(f"The digest of {name} was {published.action}: {nearby(published.address)}")
    warn(work.problems)
    return combined_exit_code(work.problems)


def post_digest(work: Session, week: str) -> Published | None:
    """Make the week's digest exist; None if there is nothing to tell."""
    return digest(work.parts, week_named(week, work.now))
