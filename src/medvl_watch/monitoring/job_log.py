"""How the jobs of `serve` went, kept for health checks and metrics."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One finished run of a job."""

    job: str
    began: datetime
    ended: datetime
    exit_code: int


class JobLog:
    """The latest run of each job of `expected`. Several threads may use it."""

    def __init__(self, expected: frozenset[str]) -> None:
        self._expected = expected
        self._lock = threading.Lock()
        self._latest: dict[str, JobRun] = {}
        self.registry = CollectorRegistry()
        self._runs = Counter(
            "medvl_watch_job_runs",
            "Finished runs of a job, by exit code.",
            ["job", "exit_code"],
            registry=self.registry,
        )
        self._ended = Gauge(
            "medvl_watch_job_end_seconds",
            "When a job last ended, in seconds since 1970.",
            ["job"],
            registry=self.registry,
        )
        self._seconds = Gauge(
            "medvl_watch_job_duration_seconds",
            "How long the last run of a job took.",
            ["job"],
            registry=self.registry,
        )

    def add(self, run: JobRun) -> None:
        with self._lock:
            self._latest[run.job] = run
        self._runs.labels(run.job, str(run.exit_code)).inc()
        self._ended.labels(run.job).set(run.ended.timestamp())
        self._seconds.labels(run.job).set((run.ended - run.began).total_seconds())

    def waiting_for(self) -> frozenset[str]:
        """The jobs that have not ended once since the start."""
        with self._lock:
            return self._expected - self._latest.keys()
