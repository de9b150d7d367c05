"""`medvl-watch serve`: the same work on a schedule."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from medvl_watch.changes import Published
from medvl_watch.cli.digest import post_digest
from medvl_watch.cli.exam_taking import ensure_exam
from medvl_watch.cli.logs import configure_log
from medvl_watch.cli.notifying import notify
from medvl_watch.cli.options import config_option, examples, json_option
from medvl_watch.cli.output import counted, say_json
from medvl_watch.cli.session import Session, now, session
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.config import Schedule, ServeSettings
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.monitoring.health_server import health_server
from medvl_watch.monitoring.job_log import JobLog
from medvl_watch.monitoring.ping import ping
from medvl_watch.pipeline.dashboard import update_dashboard
from medvl_watch.pipeline.list_reports import ListReport
from medvl_watch.pipeline.parts import as_watch_error
from medvl_watch.pipeline.polling import PollReport, poll
from medvl_watch.pipeline.publishing import publish
from medvl_watch.pipeline.run_report import DigestLine, RunReport, digest_line, report_of
from medvl_watch.publish.weeks import week_named
from medvl_watch.redaction import secrets_of
from medvl_watch.schedule import Job, check_timetables, serve, stop_on_signals, table

JOB_NAMES = ("poll", "publish", "digest")
Work = Callable[[Session], "JobParts"]

log = logging.getLogger("medvl_watch")


@click.command(
    epilog=examples(
        "medvl-watch serve",
        "medvl-watch serve --config lists/medvl-watch.toml",
        "medvl-watch serve --json >> jobs.jsonl    one line per finished job",
        "medvl-watch serve --log-format json       for a log collector",
    )
)
@config_option
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    envvar="MEDVL_WATCH_LOG_FORMAT",
    help="The form of the log on standard error; also MEDVL_WATCH_LOG_FORMAT.",
)
@json_option
def command(config: Path | None, log_format: str, *, as_json: bool) -> ExitCode:
    """Poll, publish and post digests on the configuration's schedule, until stopped.

    Every job also runs once at the start, to catch up on missed times. SIGTERM or Ctrl-C stops
    within five seconds: a job that has not ended by then is left, and the next start continues
    from what is recorded. A second signal stops at once.
    """
    settings, _ = read_settings(config)
    configure_log(log_format, secrets_of(os.environ))
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
                    parts = work(opened)
                    problems = [*filter(None, [no_exam]), *opened.problems, *parts.problems]
                    spent = opened.judge.usage_summary
            except Exception as error:  # noqa: BLE001 - one turn's trouble is not the next one's
                parts, problems, spent = JobParts(), [as_watch_error(error, name)], ""
            report = report_of(
                name,
                began,
                now(),
                polled=parts.polled,
                lists=parts.lists,
                digest=parts.digest,
                dashboard=parts.dashboard,
                problems=problems,
                spent=spent,
            )
            for problem in (*report.problems, *_tell(report, config)):
                log.error("%s", problem)
            finished.add(report)
            if as_json:
                say_json(report.as_json())
                sys.stdout.flush()

        return run

    return table(
        schedule,
        poll=job("poll", _poll, polls_only=True),
        publish=job("publish", _publish),
        digest=job("digest", _digest),
    )


def _tell(report: RunReport, config: Path | None) -> Sequence[WatchError]:
    """Tell people by the ways of the configuration, if it can be read."""
    try:
        return notify(report, read_settings(config)[0])
    except WatchError as problem:
        return () if str(problem) in report.problems else (problem,)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobParts:
    """What a job did, for its report."""

    polled: PollReport | None = None
    lists: Sequence[ListReport] = ()
    digest: DigestLine | None = None
    dashboard: Published | None = None
    problems: Sequence[WatchError] = ()


def _poll(work: Session) -> JobParts:
    report = poll(work.parts, work.window, work.now, lambda words: log.info("%s", words))
    log.info("%d records, %d new papers", report.records, report.fresh)
    problems = report.problems
    if not problems and work.settings.serve.ping:
        problems = tuple(filter(None, [ping(work.settings.serve.ping)]))
    return JobParts(polled=report, problems=problems)


def _publish(work: Session) -> JobParts:
    reports = publish(work.parts, work.now, lambda words: log.info("%s", words))
    for report in reports:
        log.info("%s: %s %s", report.list_id, report.step, counted(dict(report.states)))
    dashboard, problem = update_dashboard(work.parts, reports)
    problems = [each.problem for each in reports if each.problem]
    return JobParts(
        lists=reports, dashboard=dashboard, problems=[*problems, *filter(None, [problem])]
    )


def _digest(work: Session) -> JobParts:
    digested = post_digest(work, "last")
    if digested.published is not None:
        log.info("digest: %s %s", digested.published.action, digested.published.address)
    week = str(week_named("last", work.now))
    return JobParts(digest=digest_line(week, digested), problems=digested.problems)
