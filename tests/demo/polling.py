"""Polls the demonstration through the real sources."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from medvl_watch.ports import Window
from medvl_watch.records import Poll, Record
from medvl_watch.sources.catalogue import load_catalogue, open_sources
from medvl_watch.sources.recorded import RecordedFetcher
from tests.demo.reading import DEMO

WINDOW = Window(
    since=datetime(2023, 8, 1, tzinfo=UTC), until=datetime(2025, 12, 31, 5, 0, tzinfo=UTC)
)


@cache
def polls() -> dict[str, Poll]:
    catalogue = load_catalogue((DEMO / "sources.yaml").read_text("utf-8"), "sources.yaml")
    sources = open_sources(catalogue, RecordedFetcher(DEMO))
    return {source.name: source.poll(WINDOW) for source in sources}


def records() -> tuple[Record, ...]:
    return tuple(record for poll in polls().values() for record in poll.records)
