"""How the jobs of `serve` went, kept for health checks and metrics."""

from __future__ import annotations

import threading

from prometheus_client import CollectorRegistry, Counter, Gauge

from medvl_watch.pipeline.run_report import RunReport


class JobLog:
    """The latest run of each job of `expected`. Several threads may use it."""

    def __init__(self, expected: frozenset[str]) -> None:
        self._expected = expected
        self._lock = threading.Lock()
        self._latest: dict[str, RunReport] = {}
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
        self._papers = Counter(
            "medvl_watch_papers",
            "New papers that polls brought.",
            registry=self.registry,
        )
        self._decisions = Counter(
            "medvl_watch_decisions",
            "Papers judged by polls, by decision.",
            ["decision"],
            registry=self.registry,
        )
        self._alarms = Gauge(
            "medvl_watch_source_alarm",
            "1 for a source whose silence cannot be right at the last poll, else 0.",
            ["source"],
            registry=self.registry,
        )
        self._listed = Gauge(
            "medvl_watch_list_papers",
            "Papers of a list at the last publishing, by state.",
            ["list", "state"],
            registry=self.registry,
        )

    def add(self, run: RunReport) -> None:
        with self._lock:
            self._latest[run.job] = run
        self._runs.labels(run.job, str(run.exit_code)).inc()
        self._ended.labels(run.job).set(run.ended.timestamp())
        self._seconds.labels(run.job).set((run.ended - run.began).total_seconds())
        self._papers.inc(run.new_papers)
        for decision, count in run.decisions.items():
            self._decisions.labels(decision).inc(count)
        for source in run.sources:
            self._alarms.labels(source.source).set(bool(source.alarm))
        for each in run.lists:
            for state, count in each.states.items():
                self._listed.labels(each.list, state).set(count)

    def waiting_for(self) -> frozenset[str]:
        """The jobs that have not ended once since the start."""
        with self._lock:
            return self._expected - self._latest.keys()
