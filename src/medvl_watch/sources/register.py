"""The kinds of sources: one line a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from medvl_watch.ports import Fetcher, Source
from medvl_watch.sources.catalogue import ArxivEntry, Catalogue, FeedEntry
from medvl_watch.sources.recorded import RecordedFetcher


def _arxiv(entry: ArxivEntry, fetcher: Fetcher) -> Source:
    from medvl_watch.sources.arxiv import ArxivSource  # noqa: PLC0415 - heavy, so late

    return ArxivSource(
        entry.id,
        entry.query,
        fetcher,
        page_size=entry.page_size,
        max_pages=entry.max_pages,
        recorded=isinstance(fetcher, RecordedFetcher),
    )


def _feed(entry: FeedEntry, fetcher: Fetcher) -> Source:
    from medvl_watch.sources.feeds import FeedSource  # noqa: PLC0415 - heavy, so late

    return FeedSource(entry.id, entry.url, entry.venue, fetcher)


KINDS: Mapping[str, Callable[[Any, Fetcher], Source]] = {"arxiv": _arxiv, "feed": _feed}


def open_sources(catalogue: Catalogue, fetcher: Fetcher) -> Iterator[Source]:
    """The enabled sources of the catalogue, in its order, reading through the fetcher; each is
    opened when it is asked for."""
    for entry in catalogue.enabled():
        yield KINDS[entry.kind](entry, fetcher)
