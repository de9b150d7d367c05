"""What other sources saw of arXiv and its search did not find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from medvl_watch.errors import SourceError
from medvl_watch.pipeline.cross_checks import MOST_COMPARED
from medvl_watch.pipeline.source_reading import SourceAnswer, SourceTask, read
from medvl_watch.ports import Window
from medvl_watch.records import Record
from medvl_watch.sources.arxiv import ArxivSource
from tests.fakes import FakeSource, record
from tests.sources.test_arxiv import TwoPaths

NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)
WINDOW = Window(since=datetime(2026, 11, 11, 8, tzinfo=UTC), until=NOW)


@dataclass
class ComparedSource(FakeSource):
    """A source to which `own` papers belong, whatever it found."""

    own: Sequence[Record] = ()
    fails: bool = False
    asked: list[str] = field(default_factory=list)

    def compare(self, arxiv_ids: Sequence[str]) -> tuple[Sequence[Record], Sequence[str]]:
        self.asked += arxiv_ids
        if self.fails:
            raise SourceError("no answer", where=self.name)
        return [one for one in self.own if one.arxiv_id in arxiv_ids], ()


def answer(search: ComparedSource, others: Sequence[Record]) -> SourceAnswer:
    changes = FakeSource(others, name="changes", live=True)
    search.live = True
    tasks = [SourceTask(source=each, window=WINDOW) for each in (search, changes)]
    return read(tasks, NOW, lambda _: None)[0]


def ids(found: SourceAnswer) -> list[str]:
    return [each.id for each in found.records]


def test_what_only_another_source_saw_and_is_its_own_is_used() -> None:
    search = ComparedSource([record(1)], own=[record(1), record(2)])
    found = answer(search, [record(1), record(2), record(3)])
    assert search.asked == ["2611.00003", "2611.00002"], "those that it had not found itself"
    assert ids(found) == [record(1).id, record(2).id]
    assert found.problem is None
    assert (found.receipt.received, found.receipt.claimed) == (2, 2)
    assert found.receipt.detail == "1 seen by other sources and not found by the query"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(record(1), id="found by both"),
        pytest.param(record(2, published="2024-01-02"), id="an old paper that was changed"),
        pytest.param(record(2, published="2026"), id="no day"),
        pytest.param(record(2, arxiv_id=None), id="not of arXiv"),
    ],
)
def test_other_papers_are_not_asked_for(other: Record) -> None:
    search = ComparedSource([record(1)])
    assert ids(answer(search, [other])) == [record(1).id]
    assert search.asked == []


def test_without_an_answer_the_search_stands_alone() -> None:
    found = answer(ComparedSource([record(1)], fails=True), [record(2), record(3)])
    assert ids(found) == [record(1).id]
    assert found.problem is None
    assert found.receipt.detail == "2 seen by other sources and not compared"


def test_no_more_are_asked_for_than_agreed() -> None:
    search = ComparedSource()
    found = answer(search, [record(number) for number in range(MOST_COMPARED + 3)])
    assert len(search.asked) == MOST_COMPARED
    assert found.receipt.detail == "3 seen by other sources and not compared"


def test_a_source_that_failed_is_not_asked_again() -> None:
    search = ComparedSource(error=SourceError("down", where="arxiv"))
    found = answer(search, [record(2)])
    assert found.problem is not None
    assert search.asked == []


def test_arxiv_is_asked_by_ids_together_with_its_query() -> None:
    paths = TwoPaths([], {}, fits=["2611.00002"])
    found, failed = ArxivSource("arxiv", "cat:cs.CV", paths).compare(["2611.00002", "2611.00003"])
    assert ([each.arxiv_id for each in found], list(failed)) == (["2611.00002"], [])
    recorded = ArxivSource("arxiv", "cat:cs.CV", paths, recorded=True)
    assert recorded.compare(["2611.00002"]) == ((), ())
