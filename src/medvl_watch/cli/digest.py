"""`medvl-watch digest`: one page about a week."""

from __future__ import annotations

from pathlib import Path

import click

from medvl_watch.changes import Action
from medvl_watch.cli.notifying import notify
from medvl_watch.cli.options import config_option, dry_run_option, examples, json_option
from medvl_watch.cli.output import nearby, say, say_json, warn
from medvl_watch.cli.session import Session, now, session
from medvl_watch.errors import ExitCode, combined_exit_code
from medvl_watch.pipeline.run_report import digest_line, report_of
from medvl_watch.pipeline.weekly_digest import DigestReport, digest
from medvl_watch.publish.weeks import week_named

DONE = {
    Action.CREATED: "was created",
    Action.UPDATED: "was updated",
    Action.WOULD_CREATE: "would be created",
    Action.WOULD_UPDATE: "would be updated",
}


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
    help="`current`, `last` (the last complete week), or an ISO week such as 2026-W47.",
)
@config_option
@dry_run_option
@json_option
def command(week: str, config: Path | None, *, dry_run: bool, as_json: bool) -> ExitCode:
    """Write the weekly digest: new papers, what became of them, health of the sources.

    On GitHub it is an issue, with the local forge a file. A second call updates only what has
    changed. A week in which no paper was fetched gets no digest.
    """
    week_named(week, now())  # a wrong week is refused before anything is opened
    with session(config, dry_run=dry_run) as work:
        digested = post_digest(work, week)
    published, problems = digested.published, (*work.problems, *digested.problems)
    name = str(week_named(week, work.now))
    if as_json:
        say_json(digest_line(name, digested).model_dump(mode="json"))
    elif published is None:
        say(f"No paper was fetched in {name}, so there is no digest.")
    elif published.action is Action.NONE:
        say(f"The digest of {name} is unchanged: {nearby(published.address)}")
    else:
        where = f": {nearby(published.address)}" if published.address else "."
        say(f"The digest of {name} {DONE[published.action]}{where}")
    report = report_of(
        "digest",
        work.now,
        now(),
        digest=digest_line(name, digested),
        problems=problems,
        dry_run=dry_run,
    )
    warn([*problems, *notify(report, work.settings)])
    return combined_exit_code(problems)


def post_digest(work: Session, week: str) -> DigestReport:
    """Make the digest of the week so named exist."""
    return digest(work.parts, week_named(week, work.now), work.now)
