"""Which jobs are due, from the time, the timetables and what was done.

Nothing here depends on when a timer fired. Timetables are read on the wall clock of their time
zone: a time that is skipped in spring has come once the clock shows a later one, and one that
comes twice in autumn is one time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from medvl_watch.config import Schedule
from medvl_watch.errors import ConfigError
from medvl_watch.publish.weeks import Week

JOB_NAMES = ("poll", "publish", "digest")
"""The jobs, in the order in which they run when several are due."""
MEANINGS = {
    "poll": "read the sources, judge what is new",
    "publish": "open or update the pull requests",
    "digest": "post the digest of each week that ended",
}
WEEKS_MADE_UP = 8
"""So many missed digests at most are posted later, the latest ones."""

_TICK = timedelta(microseconds=1)
_WEEK = timedelta(days=7)
_REFERENCE_TIME = datetime(2024, 1, 1, tzinfo=UTC)
"""Any time will do for a test whether a timetable is ever due."""


@dataclass(frozen=True, slots=True, order=True)
class DueJob:
    """A job to run now; a digest with its week."""

    name: str
    week: Week | None = None

    def __str__(self) -> str:
        return f"{self.name} of {self.week}" if self.week else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """When the latest successful run of each job began, and the latest week with its digest."""

    began: Mapping[str, datetime] = field(default_factory=dict)
    digest: Week | None = None

    def after(self, job: DueJob, began: datetime) -> WorkDone:
        """What is done once the run of `job` that began at `began` is, too."""
        digest = job.week or self.digest
        return replace(self, began={**self.began, job.name: began}, digest=digest)


def due_jobs(schedule: Schedule, done: WorkDone, now: datetime) -> tuple[DueJob, ...]:
    """The jobs that are due at `now`, in the order in which they run.

    A job that was never done is due. A recorded time in the future comes from a wrong clock and
    counts as none.
    """
    zone = ZoneInfo(schedule.timezone)
    found = [
        DueJob(name)
        for name, cron in (("poll", schedule.poll), ("publish", schedule.publish))
        if _is_due(cron, zone, done.began.get(name), now)
    ]
    return (*found, *(DueJob("digest", week) for week in _weeks_due(schedule, zone, done, now)))


def next_time(cron: str, timezone: str, now: datetime) -> datetime:
    """When this timetable comes next after `now`, in its time zone."""
    zone = ZoneInfo(timezone)
    return _slot(cron, _wall(now, zone) + _TICK).replace(tzinfo=zone)


def _is_due(cron: str, zone: ZoneInfo, done: datetime | None, now: datetime) -> bool:
    if done is None or done > now:
        return True
    return _slot(cron, _wall(done, zone) + _TICK) <= _wall(now, zone)


def _weeks_due(schedule: Schedule, zone: ZoneInfo, done: WorkDone, now: datetime) -> Iterator[Week]:
    """Complete weeks without a digest whose turn has come, oldest first. Without a record only
    the last week is due: whether earlier ones had a digest is not known. A recorded week that is
    not over comes from a wrong clock and counts as none."""
    last = Week.of((now - _WEEK).date())
    if done.digest is None or done.digest > last:
        yield last
        return
    for back in range(WEEKS_MADE_UP - 1, -1, -1):
        week = Week.of(last.first - back * _WEEK)
        end = _wall(week.start + _WEEK, zone)
        if week > done.digest and _slot(schedule.digest, end) <= _wall(now, zone):
            yield week


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows, as if it were UTC: such times have no gaps."""
    return moment.astimezone(zone).replace(tzinfo=UTC, fold=0)


def _slot(cron: str, since: datetime) -> datetime:
    """The first time of the timetable at or after `since`."""
    found: datetime | None = _trigger(cron).get_next_fire_time(None, since)
    return found or datetime.max.replace(tzinfo=UTC)


@lru_cache
def _trigger(cron: str) -> CronTrigger:
    return CronTrigger.from_crontab(cron, timezone=UTC)


def check_timetables(schedule: Schedule) -> None:
    """Raises ConfigError for a timetable that does not make sense or never comes."""
    for name in JOB_NAMES:
        cron = getattr(schedule, name)
        try:
            trigger = _trigger(cron)
        except ValueError as error:
            raise _timetable_error(name, cron, f"is not a valid timetable ({error})") from error
        if trigger.get_next_fire_time(None, _REFERENCE_TIME) is None:
            raise _timetable_error(name, cron, "never comes, such as 31 February")


def _timetable_error(name: str, cron: str, what: str) -> ConfigError:
    return ConfigError(
        f"{cron!r} {what}",
        where=f"schedule.{name}",
        remedy="give minute, hour, day, month and weekday, such as '41 6 * * mon-fri'",
    )
