"""`medvl-watch serve`: the same work on a schedule."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from medvl_watch.cli.digest import post_digest
from medvl_watch.cli.options import config_option, examples
from medvl_watch.cli.output import counted
from medvl_watch.cli.session import Session, read_settings, session
from medvl_watch.config import Schedule
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.pipeline.polling import poll
from medvl_watch.pipeline.publishing import publish
from medvl_watch.schedule import Job, checked, serve, stop_on_signals, table

log = logging.getLogger("medvl_watch")


@click.command(
    epilog=examples(
        "medvl-watch serve",
        "medvl-watch serve --config lists/medvl-watch.toml",
    )
)
@config_option
def command(config: Path | None) -> ExitCode:
    """Poll, publish and post digests on the configuration's schedule, until stopped.

    Every job runs once at the start, so nothing that was missed stays missed. SIGTERM or
    Ctrl-C lets the job under way end and then stops.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    settings, _ = read_settings(config)
    stop = threading.Event()
    stop_on_signals(stop)
    serve(checked(jobs(config, settings.schedule)), settings.schedule.timezone, stop)
    log.info("stopped")
    return ExitCode.DONE


def jobs(config: Path | None, schedule: Schedule) -> tuple[Job, ...]:
    """The table of jobs, each opening its own session so that edits count at the next turn."""

    def job(work: Callable[[Session], Sequence[WatchError]]) -> Callable[[], None]:
        def run() -> None:
            try:
                with session(config) as opened:
                    problems = [*opened.problems, *work(opened)]
            except WatchError as error:
                problems = [error]
            for problem in problems:
                log.error("%s", problem)

        return run

    return table(schedule, poll=job(_poll), publish=job(_publish), digest=job(_digest))


def _poll(work: Session) -> Sequence[WatchError]:
    report = poll(work.parts, work.window, work.now, lambda words: log.info("%s", words))
    log.info("%d records, %d new papers", report.records, report.fresh)
    return report.problems


def _publish(work: Session) -> Sequence[WatchError]:
    reports = publish(work.parts, work.now, lambda words: log.info("%s", words))
    for report in reports:
        log.info("%s: %s %s", report.list_id, report.step, counted(dict(report.states)))
    return [report.problem for report in reports if report.problem]


def _digest(work: Session) -> Sequence[WatchError]:
    published = post_digest(work, "last")
    if published is not None:
        log.info("digest: %s %s", published.action, published.address)
    return ()
