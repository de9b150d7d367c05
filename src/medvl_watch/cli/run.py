"""`medvl-watch run`: poll, judge and publish, once."""

from __future__ import annotations

from pathlib import Path

import click

from medvl_watch.changes import Published
from medvl_watch.cli.exam_taking import ensure_exam
from medvl_watch.cli.notifying import notify
from medvl_watch.cli.options import config_option, dry_run_option, examples, json_option
from medvl_watch.cli.output import progress, say_json, warn
from medvl_watch.cli.run_view import add_summary, print_run
from medvl_watch.cli.session import now, session
from medvl_watch.cli.settings_files import is_demonstration
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.pipeline.dashboard import update_dashboard
from medvl_watch.pipeline.list_reports import ListReport
from medvl_watch.pipeline.polling import PollReport, poll
from medvl_watch.pipeline.publishing import publish
from medvl_watch.pipeline.run_report import report_of


@click.command(
    epilog=examples(
        "medvl-watch run",
        "medvl-watch run --dry-run",
        "medvl-watch run --only poll      read and judge; needs no token",
        "medvl-watch run --only publish   open or update pull requests; needs no feed",
        "medvl-watch run --rejudge        once, after a change of model or taxonomy",
        "medvl-watch run --json | jq .lists     as seeds/run-report.schema.json describes it",
    )
)
@config_option
@click.option(
    "--only", type=click.Choice(["poll", "publish"]), help="Do only this half of the work."
)
@click.option("--rejudge", is_flag=True, help="Judge referred, rejected and waiting papers again.")
@click.option(
    "--summary",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also add what was done to the end of this file, as Markdown: for a step summary.",
)
@dry_run_option
@json_option
def command(  # noqa: PLR0913 - one parameter per option
    config: Path | None,
    only: str | None,
    summary: Path | None,
    *,
    rejudge: bool,
    dry_run: bool,
    as_json: bool,
) -> ExitCode:
    """Poll the sources, judge what is new, and open or update the pull requests.

    A second run without new papers changes nothing. Failures are reported and retried on the
    next run; everything else continues.

    A new model or taxonomy judges only new papers. With --rejudge, earlier papers are judged
    again, except those that a person accepted, refused or is looking at. The limit of reviewer
    minutes per week still holds, and a refused paper never comes back.
    """
    if rejudge and only == "publish":
        raise click.UsageError("--rejudge is a part of polling, so not of --only publish.")
    polls_only = only == "poll"
    judges = not dry_run and only != "publish"
    with progress() as report_step:
        no_exam = ensure_exam(config, report_step) if judges else None
    with session(config, dry_run=dry_run, polls_only=polls_only) as work, progress() as report_step:
        polled = PollReport()
        lists: tuple[ListReport, ...] = ()
        board: Published | None = None
        board_problem: WatchError | None = None
        if only != "publish":
            polled = poll(work.parts, work.window, work.now, report_step, rejudge=rejudge)
        if not polls_only:
            lists = publish(work.parts, work.now, report_step)
            board, board_problem = update_dashboard(work.parts, lists)
    problems = [*filter(None, [no_exam]), *work.problems, *polled.problems]
    problems += [each.problem for each in lists if each.problem]
    problems += filter(None, [board_problem])
    report = report_of(
        only or "run",
        work.now,
        now(),
        polled=polled,
        lists=lists,
        dashboard=board,
        problems=problems,
        spent=work.judge.usage_summary,
        dry_run=dry_run,
    )
    if as_json:
        say_json(report.as_json())
    else:
        print_run(report, is_demonstration=is_demonstration(work.config))
    warn([*problems, *notify(report, work.settings)])
    if summary is not None:
        add_summary(summary, report)
    return ExitCode(report.exit_code)
