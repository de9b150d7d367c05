"""`medvl-watch serve`: the same work on a schedule."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import click

from medvl_watch.cli.digest import post_digest
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import counted, say_json
from medvl_watch.cli.session import Session, now, session
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import Schedule
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.pipeline.parts import as_watch_error
from medvl_watch.pipeline.polling import poll
from medvl_watch.pipeline.publishing import publish
from medvl_watch.schedule import Job, check_timetables, serve, stop_on_signals, table

Work = Callable[[Session], Sequence[WatchError]]

log = logging.getLogger("medvl_watch")


@click.command(
    epilog=examples(
        "medvl-watch serve",
        "medvl-watch serve --config lists/medvl-watch.toml",
        "medvl-watch serve --json >> jobs.jsonl    one line per finished job",
    )
)
@config_option
@json_option
def command(config: Path | None, *, as_json: bool) -> ExitCode:
    """Poll, publish and post digests on the configuration's schedule, until stopped.

    Every job also runs once at the start, to catch up on missed times. SIGTERM or Ctrl-C stops
    within five seconds: a job that has not ended by then is left, and the next start continues
    from what is recorded. A second signal stops at once.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    for chatty in ("apscheduler", "arxiv"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    settings, _ = read_settings(config)
    stop = threading.Event()
    stop_on_signals(stop, lambda: _leave(ExitCode.INTERRUPTED))
    table_of_jobs = jobs(config, settings.schedule, as_json=as_json)
    if not serve(check_timetables(table_of_jobs), settings.schedule.timezone, stop):
        log.warning("stopped in the middle of a job; the next start continues what is recorded")
        _leave(ExitCode.DONE)
    log.info("stopped")
    return ExitCode.DONE


def _leave(code: ExitCode) -> NoReturn:
    """End the process without waiting for the thread of a job, which may be waiting for a server.
    Every write of a job is complete or repeated by the next one, as after a power cut."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


def jobs(config: Path | None, schedule: Schedule, *, as_json: bool = False) -> tuple[Job, ...]:
    """The table of jobs, each opening its own session so that edits count at the next turn."""

    def job(name: str, work: Work, *, polls_only: bool = False) -> Callable[[], None]:
        def run() -> None:
            began = now()
            try:
                with session(config, polls_only=polls_only) as opened:
                    met = work(opened)
                    problems = [*opened.problems, *met]
            except Exception as error:  # noqa: BLE001 - one turn's trouble is not the next one's
                problems = [as_watch_error(error, name)]
            for problem in problems:
                log.error("%s", problem)
            if as_json:
                say_json(
                    {
                        "job": name,
                        "began": began.isoformat(),
                        "ended": now().isoformat(),
                        "problems": [str(problem) for problem in problems],
                        "exit_code": int(combined_exit_code(problems)),
                    }
                )
                sys.stdout.flush()

        return run

    return table(
        schedule,
        poll=job("poll", _poll, polls_only=True),
        publish=job("publish", _publish),
        digest=job("digest", _digest),
    )


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
    digested = post_digest(work, "last")
    if digested.published is not None:
        log.info("digest: %s %s", digested.published.action, digested.published.address)
    return digested.problems
