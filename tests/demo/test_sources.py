"""The real sources read the recorded pages to the last entry."""

from __future__ import annotations

import pytest

from medvl_watch.records import Record
from tests.demo.polling import polls
from tests.demo.reading import Row, arxiv_rows, feed_rows

ROWS = {f"{row.paper}v{row.version}": row for row in arxiv_rows()}
ITEMS = {row.paper: row for row in feed_rows()}


def test_each_poll_is_complete_by_its_own_receipt() -> None:
    assert {
        name: (poll.receipt.received, poll.receipt.complete) for name, poll in polls().items()
    } == {
        "arxiv": (len({row.paper for row in ROWS.values()}), True),
        "aaai": (len(ITEMS), True),
    }


def test_every_entry_becomes_a_record_with_its_facts() -> None:
    records = {f"{one.arxiv_id}v{one.version}": one for one in polls()["arxiv"].records}
    assert records.keys() == ROWS.keys()
    for key, record in records.items():
        assert facts(record) == (*facts_of(ROWS[key]), ROWS[key].comment or None)
        assert record.categories == ROWS[key].categories
        assert (record.published, record.updated) == (ROWS[key].published, ROWS[key].updated)


def test_every_item_becomes_a_record_with_its_facts() -> None:
    records = {one.doi: one for one in polls()["aaai"].records}
    assert records.keys() == ITEMS.keys()
    for doi, record in records.items():
        assert facts(record) == (*facts_of(ITEMS[doi or ""]), None)
        assert record.venue == "AAAI 2024"


@pytest.mark.parametrize("name", ["arxiv", "aaai"])
def test_a_record_says_where_and_when_it_was_read(name: str) -> None:
    for record in polls()[name].records:
        assert record.origin is not None
        assert record.origin.source == name
        assert record.origin.fetched_at.year == 2025


def facts(record: Record) -> tuple[object, ...]:
    return record.title, record.abstract, record.authors, record.doi, record.comment


def facts_of(row: Row) -> tuple[object, ...]:
    return row.title, row.abstract, row.authors, row.doi.lower() or None
