"""How sources are polled: each in its own windows, in rounds, with receipts that tell the truth."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from medvl_watch.errors import ExitCode, SourceError
from medvl_watch.ledger.files import open_ledger
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.ports import SourceHealth, SourceRhythm, Window
from medvl_watch.records import Poll, Receipt, Record
from tests.fakes import FakeSource, World, record, world


@dataclass
class Archive:
    """A source that has papers of many days and remembers what it was told; it fails on the
    windows that end on one of these days."""

    name: str = "arxiv"
    papers: Mapping[int, int] = field(default_factory=dict)
    fails: set[int] = field(default_factory=set)
    incomplete: str = ""
    memory: Mapping[str, str] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)

    def poll(self, window: Window) -> Poll:
        self.windows.append(window)
        if len(self.windows) in self.fails:
            raise SourceError("down", where=self.name, status=502)
        found = tuple(
            record(number)
            for number, ago in self.papers.items()
            if window.since <= self.begin + timedelta(days=ago) <= window.until
        )
        receipt = Receipt(
            source=self.name,
            fetched_at=window.until,
            received=len(found),
            incomplete=self.incomplete,
        )
        return Poll(records=found, receipt=receipt, memory=self.memory)

    begin = World.now

    def lookup(self, identifier: str) -> Record | None:
        return None


def sliced(parts: PipelineParts) -> PipelineParts:
    return replace(parts, rhythms={"arxiv": SourceRhythm(slice_days=14, quiet_days=10)})


def health(one: World) -> SourceHealth:
    with closing(open_ledger(one.ledger_file, one.now).ledger) as ledger:
        return ledger.receipts()[0]


@pytest.fixture
def small(tmp_path: Path) -> World:
    return world(tmp_path, ids=("first",))


def test_the_receipt_of_a_failed_poll_has_the_servers_status(small: World) -> None:
    small.sources = [Archive(fails={1})]

    small.run(sliced)

    assert health(small).receipt.status == 502


def test_what_came_of_an_incomplete_poll_is_used_and_the_window_stays_open(small: World) -> None:
    source = Archive(papers={1: 0}, incomplete="page 3 is empty", memory={"again": "1"})
    small.sources = [source]

    ran = small.run(sliced)

    assert ran.polled.fresh == 1
    assert ran.code is ExitCode.PARTLY
    assert "page 3 is empty" in str(ran.problems[0])
    before = health(small)
    assert (before.last_good, before.memory) == (None, {})
    assert "page 3 is empty" in before.problem

    source.incomplete = ""
    assert small.run(sliced).code is ExitCode.DONE
    assert health(small).last_good == small.now
    assert health(small).memory == {"again": "1"}
    small.run(sliced)
    assert source.windows[-1].memory == {"again": "1"}


def test_a_long_outage_is_caught_up_in_rounds_and_goes_on_where_it_stopped(small: World) -> None:
    source = Archive(papers={1: 0, 2: 20, 3: 70, 4: 110})
    small.sources = [source]
    small.run(sliced)
    small.now += timedelta(days=120)
    done = len(source.windows)
    source.fails = {done + 4}

    ran = small.run(sliced)

    assert ran.code is ExitCode.PARTLY
    assert len(source.windows) == done + 4, "a source that fails on the way is not asked again"
    reached = source.windows[-2].until
    assert health(small).last_good == reached

    begin = len(source.windows)
    assert small.run(sliced).problems == []
    assert source.windows[begin].since == reached - timedelta(days=7)
    assert len(small.overall()) == 4


def test_silence_that_is_longer_than_usual_is_an_alarm(small: World) -> None:
    small.sources = [Archive(papers={1: 0})]
    assert small.run(sliced).code is ExitCode.DONE
    small.now += timedelta(days=8)
    assert small.run(sliced).code is ExitCode.DONE
    small.now += timedelta(days=8)

    ran = small.run(sliced)

    assert ran.code is ExitCode.PARTLY
    assert "no new paper for 16 days, although 10 are the most that is usual" in str(
        ran.problems[0]
    )
    assert "no new paper for 16 days" in health(small).receipt.alarm
    assert health(small).last_good == small.now, "it was read, all the same"


def test_receipts_count_what_is_new_and_are_kept(small: World) -> None:
    source = FakeSource([record(1), record(2)], live=True)
    small.sources = [source]
    small.run()
    source.records = [record(1), record(2), record(3)]
    small.run()
    with closing(open_ledger(small.ledger_file, small.now).ledger) as ledger:
        history = ledger.receipt_history("arxiv")
        assert [(receipt.new, problem) for receipt, problem in history] == [(1, ""), (2, "")]
        assert history[0][0].until == small.now
        assert ledger.receipt_history("arxiv", limit=1) == history[:1]
        assert ledger.receipts()[0].last_news == small.now


def test_a_dead_source_does_not_lengthen_the_windows_of_others(small: World) -> None:
    good, dead = (
        FakeSource([record(1)], live=True),
        FakeSource(name="feed", error=SourceError("gone", where="feed")),
    )
    small.sources = [good, dead]
    for day in (0, 59, 60):
        small.now = World.now + timedelta(days=day)
        small.run(sliced)
    last, before = good.windows[-1], good.windows[-2]
    assert last.until - last.since <= timedelta(days=14)
    assert last.until - before.until == timedelta(days=1)
    assert dead.windows[-1].since < World.now, "its own window begins where it was last in order"
