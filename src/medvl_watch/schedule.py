"""The table of scheduled jobs, which APScheduler runs.

Jobs are kept in memory only. Every job runs once when `serve` starts, which catches up on what
was missed; each is safe to run any number of times. Facts behind the settings: APScheduler skips
a job that is later than its grace time, by default one second (https://apscheduler.readthedocs.io/en/3.x/userguide.html#missed-job-executions-and-coalescing),
and PyGithub is not documented as thread-safe, hence one worker.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from medvl_watch.config import Schedule
from medvl_watch.errors import ConfigError

log = logging.getLogger(__name__)

GRACE = 4.0
"""Seconds that a job under way gets at the end; Docker kills after ten, systemd after ninety."""
_REFERENCE_TIME = datetime(2024, 1, 1, tzinfo=UTC)
"""Any time will do for a test whether a timetable is ever due."""


@dataclass(frozen=True, slots=True)
class Job:
    """A repeated task. `cron` has five fields, with weekdays by name."""

    name: str
    cron: str
    meaning: str
    action: Callable[[], None]


def table(
    schedule: Schedule,
    *,
    poll: Callable[[], None],
    publish: Callable[[], None],
    digest: Callable[[], None],
) -> tuple[Job, ...]:
    """Every scheduled job, in the order in which they run at the start."""
    return (
        Job("poll", schedule.poll, "read the sources, judge what is new", poll),
        Job("publish", schedule.publish, "open or update the pull requests", publish),
        Job("digest", schedule.digest, "post the digest of the week that ended", digest),
    )


def check_timetables(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Return the jobs unchanged if all their timetables are valid.

    Raises ConfigError for a timetable that the scheduler does not understand.
    """
    for job in jobs:
        try:
            trigger = CronTrigger.from_crontab(job.cron, timezone=UTC)
        except ValueError as error:
            raise _timetable_error(job, f"is not a valid timetable ({error})") from error
        if trigger.get_next_fire_time(None, _REFERENCE_TIME) is None:
            raise _timetable_error(job, "never comes, such as 31 February")
    return jobs


def _timetable_error(job: Job, what: str) -> ConfigError:
    return ConfigError(
        f"{job.cron!r} {what}",
        where=f"schedule.{job.name}",
        remedy="give minute, hour, day, month and weekday, such as '41 6 * * mon-fri'",
    )


def serve(
    jobs: tuple[Job, ...], timezone: str, stop: threading.Event, grace: float = GRACE
) -> bool:
    """Run every job now, then each by its timetable until `stop` is set.

    Then no other job begins, and the one under way has `grace` seconds to end. Returns whether it
    did; otherwise its thread is still at work. A job that raises is logged; the other jobs, and
    its own next run, go on.
    """
    zone = ZoneInfo(timezone)
    scheduler = BackgroundScheduler(
        timezone=zone,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_log_failure, EVENT_JOB_ERROR)
    under_way = threading.Lock()
    for job in jobs:
        action = _unless(stop, under_way, job.action)
        scheduler.add_job(action, id=f"{job.name} at the start")
        trigger = CronTrigger.from_crontab(job.cron, timezone=zone)
        scheduler.add_job(action, trigger, id=job.name)
    scheduler.start()
    try:
        for job in jobs:
            log.info("%s: %s; next at %s", job.name, job.meaning,
                     scheduler.get_job(job.name).next_run_time)  # fmt: skip
        stop.wait()
    finally:
        stop.set()
        has_ended = under_way.acquire(timeout=grace)
        scheduler.shutdown(wait=has_ended)
        if has_ended:
            under_way.release()
    return has_ended


def _unless(
    stop: threading.Event, under_way: threading.Lock, action: Callable[[], None]
) -> Callable[[], None]:
    """The action, which holds `under_way` and does nothing once `stop` is set: queued jobs are
    then skipped."""

    def run() -> None:
        if not stop.is_set():
            with under_way:
                action()

    return run


def stop_on_signals(stop: threading.Event, at_once: Callable[[], None]) -> None:
    """Let the first SIGTERM or Ctrl-C set `stop`; a second one calls `at_once`."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            at_once()
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _log_failure(event: JobExecutionEvent) -> None:
    log.error("job %s failed: %s", event.job_id, event.exception)
