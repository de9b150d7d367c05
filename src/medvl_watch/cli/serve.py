"""`medvl-watch serve`: the same work on a schedule."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from medvl_watch.cli.digest import post_digest
from medvl_watch.cli.exam_taking import ensure_exam
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import counted, say_json
from medvl_watch.cli.session import Session, now, session
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import Schedule, ServeSettings
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.monitoring.health_server import health_server
from medvl_watch.monitoring.job_log import JobLog, JobRun
from medvl_watch.monitoring.ping import ping
from medvl_watch.pipeline.parts import as_watch_error
from medvl_watch.pipeline.polling import poll
from medvl_watch.pipeline.publishing import publish
from medvl_watch.schedule import Job, check_timetables, serve, stop_on_signals, table

JOB_NAMES = ("poll", "publish", "digest")
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
    finished = JobLog(frozenset(JOB_NAMES))
    table_of_jobs = jobs(config, settings.schedule, finished, as_json=as_json)
    with _health_server(settings.serve, finished):
        has_ended = serve(check_timetables(table_of_jobs), settings.schedule.timezone, stop)
    if not has_ended:
        log.warning("stopped in the middle of a job; the next start continues what is recorded")
        _leave(ExitCode.DONE)
    log.info("stopped")
    return ExitCode.DONE


@contextmanager
def _health_server(settings: ServeSettings, finished: JobLog) -> Iterator[None]:
    """Health checks and metrics while the block runs, if they are configured."""
    address = settings.address()
    if address is None:
        yield
        return
    with health_server(*address, finished) as port:
        log.info("health and metrics on %s:%d", address[0], port)
        yield


def _leave(code: ExitCode) -> NoReturn:
    """End the process without waiting for the thread of a job, which may be waiting for a server.
    Every write of a job is complete or repeated by the next one, as after a power cut."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


def jobs(
    config: Path | None, schedule: Schedule, finished: JobLog, *, as_json: bool = False
) -> tuple[Job, ...]:
    """The table of jobs. Each opens a session of its own, so that a changed configuration is used
    from the next run on. Finished runs are added to `finished`."""

    def job(name: str, work: Work, *, polls_only: bool = False) -> Callable[[], None]:
        def run() -> None:
            began = now()
            try:
                no_exam = ensure_exam(config, log.info) if polls_only else None
                with session(config, polls_only=polls_only) as opened:
                    met = work(opened)
                    problems = [*filter(None, [no_exam]), *opened.problems, *met]
            except Exception as error:  # noqa: BLE001 - one turn's trouble is not the next one's
                problems = [as_watch_error(error, name)]
            for problem in problems:
                log.error("%s", problem)
            code = combined_exit_code(problems)
            done = JobRun(job=name, began=began, ended=now(), exit_code=int(code))
            finished.add(done)
            if as_json:
                _print_run(done, problems)

        return run

    return table(
        schedule,
        poll=job("poll", _poll, polls_only=True),
        publish=job("publish", _publish),
        digest=job("digest", _digest),
    )


def _print_run(done: JobRun, problems: Sequence[WatchError]) -> None:
    say_json(
        {
            "job": done.job,
            "began": done.began.isoformat(),
            "ended": done.ended.isoformat(),
            "problems": [str(problem) for problem in problems],
            "exit_code": done.exit_code,
        }
    )
    sys.stdout.flush()


def _poll(work: Session) -> Sequence[WatchError]:
    report = poll(work.parts, work.window, work.now, lambda words: log.info("%s", words))
    log.info("%d records, %d new papers", report.records, report.fresh)
    if not report.problems and work.settings.serve.ping:
        return [each for each in [ping(work.settings.serve.ping)] if each]
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
