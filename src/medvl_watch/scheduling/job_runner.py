"""Runs what is due and records what was done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from medvl_watch.config import Schedule
from medvl_watch.errors import WatchError
from medvl_watch.scheduling.due_jobs import DueJob, WorkDone, due_jobs

log = logging.getLogger(__name__)

RETRY = timedelta(minutes=30)
"""After a run that could do nothing, such as without network, the job waits this long."""


class JobRunner:
    """Runs due jobs, one at a time. `run` returns whether the job did its work; `save` records
    what was done, so that it outlives the process."""

    def __init__(
        self,
        schedule: Schedule,
        done: WorkDone,
        *,
        run: Callable[[DueJob], bool],
        save: Callable[[WorkDone], None],
        now: Callable[[], datetime],
    ) -> None:
        self.schedule = schedule
        self._done = done
        self._run = run
        self._save = save
        self._now = now
        self._failed_at: dict[DueJob, datetime] = {}

    def due(self) -> tuple[DueJob, ...]:
        """The jobs to run now: those that are due and did not fail a moment ago."""
        now = self._now()
        return tuple(
            job for job in due_jobs(self.schedule, self._done, now) if not self._waits(job, now)
        )

    def run_due(self, is_stopping: Callable[[], bool]) -> None:
        """Run what is due now; no further job begins once `is_stopping`."""
        for job in self.due():
            if is_stopping():
                return
            began = self._now()
            self._failed_at[job] = began  # holds if the run raises
            if self._run(job):
                del self._failed_at[job]
                self._record(self._done.after(job, began))
            else:
                self._failed_at[job] = self._now()

    def retry_now(self) -> None:
        """Let failed jobs run again at once, as after a change of the configuration."""
        self._failed_at.clear()

    def _waits(self, job: DueJob, now: datetime) -> bool:
        failed_at = self._failed_at.get(job)
        return failed_at is not None and failed_at <= now < failed_at + RETRY

    def _record(self, done: WorkDone) -> None:
        self._done = done
        try:
            self._save(done)
        except WatchError as error:
            problem = error
        else:
            return
        log.error("%s", problem)
