"""Read the sources: which windows each is asked for, in which order, and how that went."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from medvl_watch.errors import SourceError, WatchError
from medvl_watch.papers.linking import LinkResult
from medvl_watch.pipeline.cross_checks import CheckedAnswer, compare_with_others
from medvl_watch.pipeline.parts import PipelineParts, ReportStep, as_watch_error
from medvl_watch.ports import Source, SourceHealth, SourceRhythm, Window
from medvl_watch.records import Receipt, Record
from medvl_watch.sources.poll_window import poll_windows
from medvl_watch.sources.silence import alarm_of, silence_of

NO_RHYTHM = SourceRhythm()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTask:
    """One source to be read in one window; `number` of `total` if an outage is caught up."""

    source: Source
    window: Window
    number: int = 1
    total: int = 1

    def after(self, health: SourceHealth | None) -> SourceTask:
        """The task with what the source wanted to know of its latest poll, maybe a round ago."""
        memory = health.memory if health else {}
        return replace(self, window=replace(self.window, memory=memory))

    @property
    def step(self) -> str:
        """What is done, as a clause."""
        name = self.source.name
        if self.total == 1:
            return f"reading {name}"
        until = self.window.until.date()
        return f"catching up {name}: part {self.number} of {self.total}, until {until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """How reading a source went. `problem` is why its window does not count as read."""

    receipt: Receipt
    records: tuple[Record, ...] = ()
    notices: tuple[Record, ...] = ()
    memory: Mapping[str, str] | None = None
    problem: WatchError | None = None


def rounds(
    sources: Sequence[Source],
    rhythms: Mapping[str, SourceRhythm],
    health: Mapping[str, SourceHealth],
    usual: Window,
) -> Iterator[Sequence[SourceTask]]:
    """What to read, in rounds. The last round has every source; those before it are outages that
    are caught up, oldest first, so that a run that is killed has to repeat one round only."""
    windows = {
        source.name: poll_windows(
            health.get(source.name), rhythms.get(source.name, NO_RHYTHM), usual
        )
        for source in sources
    }
    longest = max(map(len, windows.values()), default=0)
    for left in range(longest, 0, -1):
        yield [
            SourceTask(
                source=source,
                window=windows[source.name][-left],
                number=len(windows[source.name]) - left + 1,
                total=len(windows[source.name]),
            )
            for source in sources
            if len(windows[source.name]) >= left
        ]


def read(
    tasks: Sequence[SourceTask], now: datetime, report_step: ReportStep
) -> Sequence[SourceAnswer]:
    """The answers of the sources, in their order; one failing source does not stop the others."""
    answers = []
    for task in tasks:
        report_step(task.step)
        begin = time.monotonic()
        answer = _read_one(task, now)
        seconds = round(time.monotonic() - begin, 1)
        answers.append(replace(answer, receipt=replace(answer.receipt, seconds=seconds)))
    return [_compared(task, answer, answers) for task, answer in zip(tasks, answers, strict=True)]


def _compared(
    task: SourceTask, answer: SourceAnswer, answers: Sequence[SourceAnswer]
) -> SourceAnswer:
    """The answer with what other sources of the round saw and this one should have found."""
    if answer.problem:
        return answer  # its window is read again in any case
    others = (each for other in answers if other is not answer for each in other.records)
    checked = compare_with_others(
        task.source,
        task.window,
        CheckedAnswer(records=answer.records, receipt=answer.receipt),
        others,
    )
    return replace(answer, records=checked.records, receipt=checked.receipt)


def _read_one(task: SourceTask, now: datetime) -> SourceAnswer:
    name = task.source.name
    try:
        poll = task.source.poll(task.window)
    except Exception as error:  # noqa: BLE001 - one source's trouble is not another's
        failure = as_watch_error(error, name)
        status = failure.status if isinstance(failure, SourceError) else None
        receipt = Receipt(source=name, fetched_at=now, received=0, status=status)
        return SourceAnswer(receipt=receipt, problem=failure)
    # Recordings answer as of their own time, whatever is asked for.
    until = min(task.window.until, poll.receipt.fetched_at)
    receipt = replace(poll.receipt, since=task.window.since, until=until)
    problem: WatchError | None = None
    if not receipt.complete:
        what = receipt.incomplete or (
            f"{receipt.claimed} records are claimed and {receipt.received} came"
        )
        problem = SourceError(what, where=name, remedy="the next run reads this window again")
    return SourceAnswer(
        receipt=receipt,
        records=poll.records,
        notices=poll.notices,
        memory=poll.memory,
        problem=problem,
    )


def save_receipts(  # noqa: PLR0913 - what is known of a round, by name
    parts: PipelineParts,
    answers: Sequence[SourceAnswer],
    health: Mapping[str, SourceHealth],
    linked: LinkResult,
    *,
    incomplete: Collection[str],
    now: datetime,
) -> Sequence[SourceAnswer]:
    """Save how each source went, with the number of its new papers and a word on its silence.
    `incomplete` are the sources of which not every record could be kept."""
    new = Counter(
        source
        for paper in linked.papers
        if paper.id in linked.new
        for source in {one.origin.source for one in paper.records if one.origin}
    )
    saved = []
    for answer in answers:
        name = answer.receipt.source
        receipt = _with_news(
            answer.receipt, new[name], health.get(name), parts.rhythms.get(name, NO_RHYTHM), now
        )
        problem = str(answer.problem) if answer.problem else ""
        if not problem and name in incomplete:
            problem = "not all of it could be kept"
        parts.ledger.save_receipt(receipt, problem, answer.memory)
        saved.append(replace(answer, receipt=receipt))
    return saved


def _with_news(
    receipt: Receipt, new: int, health: SourceHealth | None, rhythm: SourceRhythm, now: datetime
) -> Receipt:
    # A window that ended before says nothing of today: that is so while an outage is caught up.
    is_of_today = receipt.until is None or now - receipt.until < timedelta(days=1)
    if new or not is_of_today:
        return replace(receipt, new=new)
    return replace(
        receipt,
        new=0,
        silence=silence_of(health, rhythm, now),
        alarm=alarm_of(health, rhythm, now),
    )


def problems_of(answers: Sequence[SourceAnswer]) -> Iterator[WatchError]:
    """What was wrong with the sources, alarms included."""
    for answer in answers:
        if answer.problem:
            yield answer.problem
        elif answer.receipt.alarm:
            yield SourceError(
                answer.receipt.alarm,
                where=answer.receipt.source,
                remedy="look at its address, or change quiet_days in sources.yaml",
            )
