"""What arXiv announced today, from its RSS feeds: the fast second path beside the search.

The search has lacked papers for a day (https://github.com/scirate/scirate/issues/480), and a feed
has only one day and may serve the one before
(https://github.com/ZJU-REAL/Polaris/issues/414). So what was announced and not found is asked for
by its ids, together with the query: those that fit were missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.papers.schemes import normal_arxiv_id
from medvl_watch.ports import Fetcher, Request
from medvl_watch.sources.feed_items import Item, read_items

ANNOUNCED_PAGE = -2
"""The page number of a request for the feed, so that no recording of a poll answers it."""
_FEEDS = "https://rss.arxiv.org/rss/"
_NEW = frozenset({"new", "cross", ""})
_OAI = "oai:arXiv.org:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcements:
    """The ids of the papers that were announced as new or cross-listed. `etag` is the feed's, for
    the next request; `is_unchanged` says that it is the one that was asked with."""

    ids: tuple[str, ...] = ()
    etag: str = ""
    is_unchanged: bool = False


def read_announcements(
    fetcher: Fetcher, source: str, categories: Sequence[str], etag: str
) -> Announcements:
    """Today's announcements in these categories. Raises SourceError."""
    request = Request(
        source=source,
        url=f"{_FEEDS}{'+'.join(categories)}",
        page=ANNOUNCED_PAGE,
        accept="application/rss+xml",
        etag=etag,
    )
    response = fetcher.get(request)
    if response.is_unchanged:
        return Announcements(etag=etag, is_unchanged=True)
    items = read_items(response, source)
    found = (_id_of(item) for item in items if item.announcement in _NEW)
    return Announcements(ids=tuple(dict.fromkeys(one for one in found if one)), etag=response.etag)


def _id_of(item: Item) -> str | None:
    for text in (*item.identifiers, item.link.rpartition("/abs/")[2]):
        if found := normal_arxiv_id(text.removeprefix(_OAI)):
            return found
    return None
