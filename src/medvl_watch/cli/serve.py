"""`medvl-watch serve`: the same work on a schedule."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
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
from medvl_watch.cli.settings_files import LoadedSettings, read_settings, read_taxonomy
from medvl_watch.config import ServeSettings, Settings
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
from medvl_watch.redaction import secrets_of
from medvl_watch.scheduling.due_jobs import (
    JOB_NAMES,
    MEANINGS,
    DueJob,
    check_timetables,
    next_time,
)
from medvl_watch.scheduling.job_runner import JobRunner
from medvl_watch.scheduling.serving import handle_signals, serve
from medvl_watch.scheduling.work_record import read_work, save_work

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

    What is due follows from what was done: at the start only what was missed runs, and each week
    gets its digest once. SIGTERM or Ctrl-C stops within five seconds: a job that has not ended by
    then is left, and the next start continues from what is recorded. A second signal stops at
    once. SIGHUP reads the configuration again; a faulty one is reported, and the old one stays.
    """
    loaded = _read_checked(config)
    settings, _ = loaded
    configure_log(log_format, secrets_of(os.environ))
    stop = threading.Event()
    jobs = ServedJobs(loaded, as_json=as_json)
    finished = jobs.finished
    handle_signals(stop, lambda: _leave(ExitCode.INTERRUPTED), lambda: jobs.reload(config))
    with _health_server(settings.serve, finished):
        jobs.log_schedule()
        has_ended = serve(jobs.runner.run_due, stop)
    if not has_ended:
        log.warning("stopped in the middle of a job; the next start continues what is recorded")
        _leave(ExitCode.DONE)
    log.info("stopped")
    return ExitCode.DONE


def _read_checked(config: Path | None) -> LoadedSettings:
    """Settings that all jobs can use. Raises ConfigError."""
    settings, path = read_settings(config)
    check_timetables(settings.schedule)
    read_taxonomy(settings)
    return settings, path


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


class ServedJobs:
    """The jobs with the configuration that holds now. Each opens a session of its own. Finished
    runs are added to `finished`; it waits for those that are due at the start."""

    def __init__(self, loaded: LoadedSettings, *, as_json: bool = False) -> None:
        self._loaded = loaded
        self._as_json = as_json
        folder = self._settings.state
        self.runner = JobRunner(
            self._settings.schedule,
            read_work(folder),
            run=self.run,
            save=lambda done: save_work(folder, done, now()),
            now=now,
        )
        self.finished = JobLog(frozenset(job.name for job in self.runner.due()))

    @property
    def _settings(self) -> Settings:
        return self._loaded[0]

    def reload(self, config: Path | None) -> None:
        """Use the configuration as it is now from the next job on, if it is valid."""
        before = self._settings
        try:
            loaded, problem = _read_checked(config), None
        except WatchError as error:
            loaded, problem = self._loaded, error
        if problem:
            log.error("%s; the configuration of before is still used", str(problem).rstrip("."))
            return
        settings, path = loaded
        if (settings.state, settings.serve.listen) != (before.state, before.serve.listen):
            log.warning("`state` and `serve.listen` change with the next start only")
            served = settings.serve.model_copy(update={"listen": before.serve.listen})
            update = {"state": before.state, "serve": served}
            loaded = (settings.model_copy(update=update), path)
        self._loaded = loaded
        self.runner.schedule = self._settings.schedule
        self.runner.retry_now()
        log.info("the configuration was read again")
        self.log_schedule()

    def log_schedule(self) -> None:
        """Say what each job does and when it comes next."""
        schedule = self._settings.schedule
        for name in JOB_NAMES:
            coming = next_time(getattr(schedule, name), schedule.timezone, now())
            log.info("%s: %s; next at %s", name, MEANINGS[name], coming)

    def run(self, job: DueJob) -> bool:
        """Run the job and report it; returns whether it did its work, at least in part."""
        report = self._report(job)
        for problem in (*report.problems, *notify(report, self._settings)):
            log.error("%s", problem)
        self.finished.add(report)
        if self._as_json:
            say_json(report.as_json())
            sys.stdout.flush()
        return report.did_its_work

    def _report(self, job: DueJob) -> RunReport:
        began, loaded = now(), self._loaded
        polls_only = job.name == "poll"
        try:
            no_exam = ensure_exam(loaded, log.info) if polls_only else None
            with session(loaded, polls_only=polls_only) as opened:
                parts = _work(job, opened)
                problems = [*filter(None, [no_exam]), *opened.problems, *parts.problems]
                spent = opened.judge.usage_summary
        except Exception as error:  # noqa: BLE001 - one turn's trouble is not the next one's
            parts, problems, spent = JobParts(), [as_watch_error(error, job.name)], ""
        return report_of(
            job.name,
            began,
            now(),
            polled=parts.polled,
            lists=parts.lists,
            digest=parts.digest,
            dashboard=parts.dashboard,
            problems=problems,
            spent=spent,
        )


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


def _digest(work: Session, week: str) -> JobParts:
    digested = post_digest(work, week)
    if digested.published is not None:
        log.info("digest: %s %s", digested.published.action, digested.published.address)
    return JobParts(digest=digest_line(week, digested), problems=digested.problems)


def _work(job: DueJob, opened: Session) -> JobParts:
    if job.week is not None:
        return _digest(opened, str(job.week))
    return _poll(opened) if job.name == "poll" else _publish(opened)
