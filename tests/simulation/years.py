"""Years of `serve` with a clock of its own: the real chain, ledger, forge and record of jobs, with
outages, restarts and kills between a job and its record.

    python -m tests.simulation.years Europe/Berlin 156
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from medvl_watch.changes import Action
from medvl_watch.config import Schedule
from medvl_watch.errors import SourceError
from medvl_watch.pipeline.polling import poll, window
from medvl_watch.pipeline.publishing import publish
from medvl_watch.ports import Window
from medvl_watch.publish.weeks import Week
from medvl_watch.records import Poll, Receipt, Record
from medvl_watch.scheduling.due_jobs import DueJob, WorkDone
from medvl_watch.scheduling.job_runner import JobRunner
from medvl_watch.scheduling.work_record import read_work, save_work
from tests.fakes import World, record

START = datetime(2026, 6, 1, tzinfo=UTC)
"""Three years from here hold a week 53, a leap day, and six changes of the clocks."""
LOOK_EVERY = timedelta(minutes=30)
PAPERS_A_DAY = 2
OUTAGES_A_YEAR = 40 / 3
RESTARTS_A_YEAR = 20 / 3


class Killed(BaseException):
    """The process ended between a job and its record."""


@dataclass
class DailyPapers:
    """A source with `PAPERS_A_DAY` new papers each day."""

    name: str = "arxiv"
    has_network: bool = True

    def poll(self, asked: Window) -> Poll:
        if not self.has_network:
            raise SourceError("no network", where=self.name)
        first = max(0, (asked.since - START).days)
        numbers = range(first * PAPERS_A_DAY, (asked.until - START).days * PAPERS_A_DAY)
        found = tuple(record(number) for number in numbers)
        count = len(found)
        receipt = Receipt(source=self.name, fetched_at=asked.until, received=count, claimed=count)
        return Poll(records=found, receipt=receipt)

    def lookup(self, identifier: str) -> Record | None:
        return None


@dataclass
class Years:
    """What was simulated, and what came of it."""

    world: World
    schedule: Schedule
    weeks: int
    chance: random.Random
    source: DailyPapers = field(default_factory=DailyPapers)
    runs: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    created: Counter[Week] = field(default_factory=Counter)
    kills: int = 0
    curve: list[tuple[str, int, int, float]] = field(default_factory=list)
    """By quarter of a year: papers, bytes of the ledger, megabytes of memory."""
    _kills_next: bool = False

    @property
    def end(self) -> datetime:
        return START + timedelta(weeks=self.weeks)

    def simulate(self) -> None:
        self.world.now, self.world.sources = START, [self.source]
        years = self.weeks / 52
        off = sorted(self._times(years * OUTAGES_A_YEAR / 2))
        no_network = sorted(self._times(years * OUTAGES_A_YEAR / 2))
        restarts = sorted(self._times(years * RESTARTS_A_YEAR))
        network_back = START
        quarter = START
        runner = self._runner()
        while self.world.now < self.end:
            now = self.world.now
            if now >= quarter:
                self._measure()
                quarter += timedelta(weeks=13)
            if no_network and now >= no_network[0]:
                no_network.pop(0)
                network_back = now + timedelta(hours=self.chance.uniform(1, 72))
            self.source.has_network = now >= network_back
            if off and now >= off[0]:
                off.pop(0)
                self.world.now += timedelta(hours=self.chance.uniform(1, 240))
                runner = self._runner()
            if restarts and now >= restarts[0]:
                restarts.pop(0)
                self._kills_next = bool(len(restarts) % 2)
                runner = self._runner()
            try:
                runner.run_due(lambda: False)
            except Killed:
                self.kills += 1
                runner = self._runner()
            self.world.now += LOOK_EVERY
        self._measure()

    def faults(self) -> Iterator[str]:
        """What should not be: a week without its one digest, a paper that was not seen."""
        last = Week.of((self.end - timedelta(days=8)).date())
        week = Week.of(START.date())
        while week < last:
            if self.created[week] != 1:
                yield f"{week}: {self.created[week]} digests"
            week = Week.of(week.first + timedelta(days=7))
        offered = {record(number).id for number in range(self._offered(days_ago=12))}
        missing = offered - self._seen()
        if missing:
            yield f"{len(missing)} papers were never read"

    def _offered(self, days_ago: int) -> int:
        return max(0, (self.end - START).days - days_ago) * PAPERS_A_DAY

    def _seen(self) -> set[str]:
        with self.world.opened() as (parts, _):
            return {paper.id for paper in parts.ledger.papers()}

    def _times(self, count: float) -> Iterator[datetime]:
        for _ in range(round(count)):
            yield START + self.chance.random() * (self.end - START)

    def _runner(self) -> JobRunner:
        """What a start of the process makes."""
        return JobRunner(
            self.schedule,
            read_work(self.world.state),
            run=self._run,
            save=self._save,
            now=lambda: self.world.now,
        )

    def _save(self, done: WorkDone) -> None:
        if self._kills_next:
            self._kills_next = False
            raise Killed
        save_work(self.world.state, done, self.world.now)

    def _run(self, job: DueJob) -> bool:
        did = self._work(job)
        (self.runs if did else self.failed)[job.name] += 1
        self.world.now += timedelta(minutes=self.chance.uniform(0, 3))
        return did

    def _work(self, job: DueJob) -> bool:
        now = self.world.now
        if not self.source.has_network:
            return False
        if job.week:
            published = self.world.digest(str(job.week)).published
            self.created[job.week] += published is not None and published.action is Action.CREATED
            return True
        with self.world.opened() as (parts, _):
            if job.name == "poll":
                return bool(poll(parts, window(14, now), now, lambda _: None).receipts)
            return bool(publish(parts, now, lambda _: None))

    def _measure(self) -> None:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        ledger = self.world.ledger_file
        size = ledger.stat().st_size if ledger.exists() else 0
        day = f"{self.world.now:%Y-%m-%d}"
        self.curve.append((day, len(self._seen()), size, pages * 4096 / 1e6))


def years_in(folder: Path, zone: str, weeks: int, seed: int) -> Years:
    """Simulate so many weeks in this time zone."""
    hour = "30 2"  # an hour that is skipped in spring and comes twice in autumn
    schedule = Schedule(
        timezone=zone, poll=f"{hour} * * *", publish=f"{hour} * * sun", digest=f"{hour} * * mon"
    )
    years = Years(World(folder, ids=("first",)), schedule, weeks, random.Random(seed))
    years.simulate()
    return years


def main(zone: str, weeks: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        years = years_in(Path(folder), zone, weeks, seed)
        faults = list(years.faults())
    click.echo(f"{zone}, {weeks} weeks, seed {seed}: runs {dict(years.runs)}, without network "
          f"{dict(years.failed)}, killed before the record {years.kills}")  # fmt: skip
    click.echo("date        papers  ledger kB  per 1000 papers  memory MB")
    for day, papers, size, memory in years.curve:
        rate = size / papers if papers else 0
        click.echo(f"{day}  {papers:6}  {size / 1000:9.0f}  {rate:12.0f} kB  {memory:9.1f}")
    click.echo(
        "\n".join(faults) or f"{sum(years.created.values())} digests, each once; no paper missed"
    )
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int([*sys.argv, "1"][3])))
