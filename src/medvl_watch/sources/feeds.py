"""Venue feeds: fetch the bytes, then parse the bytes, in two functions.

No item is dropped by its date: publishers date an item by its issue, weeks before or after
it first appears. The ledger knows which papers are new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import urlsplit

from medvl_watch.errors import SourceError
from medvl_watch.papers.addresses import registrants_of_host
from medvl_watch.papers.identifiers import keys_of, parse_identifier
from medvl_watch.papers.schemes import arxiv_key, normal_arxiv_id
from medvl_watch.ports import Fetcher, Request, Response, Window
from medvl_watch.records import Poll, Receipt, Record
from medvl_watch.sources.decoding import feed_text
from medvl_watch.sources.feed_records import ParsedFeed, parse_feed

__all__ = ("FeedSource", "ParsedFeed", "fetch_feed", "parse_feed")

ACCEPT = "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9"


class FeedSource:
    """One feed. `venue` is where its papers appear, or None if that is not known."""

    def __init__(
        self,
        name: str,
        url: str,
        venue: str | None,
        fetcher: Fetcher,
        *,
        canaries: Sequence[str] = (),
    ) -> None:
        self._name = name
        self._url = url
        self._venue = venue
        self._fetcher = fetcher
        self._canaries = tuple(canaries)

    @property
    def name(self) -> str:
        return self._name

    def poll(self, window: Window) -> Poll:
        """All current items, whatever the window: feeds have one page and no archive.

        Raises SourceError also for a feed without items: scrapers and publishers fail that way.
        Only arXiv's feeds may be empty, on weekends and some holidays
        (https://info.arxiv.org/help/rss_specifications.html).
        """
        response = fetch_feed(self._fetcher, self._name, self._url, window.memory)
        if response.is_unchanged:
            receipt = Receipt(
                source=self._name,
                fetched_at=response.fetched_at,
                received=0,
                detail="not changed since the last poll",
                status=response.status,
            )
            return Poll(records=(), receipt=receipt, memory=window.memory)
        parsed = parse_feed(response, self._name, self._venue)
        if parsed.first_error and not parsed.records:
            raise SourceError(
                "the feed contains an error message instead of papers: "
                f"{parsed.first_error[:100]!r}",
                where=self._name,
                remedy="look at its address, or disable it in sources.yaml",
            )
        if not (parsed.records or parsed.notices or self._may_be_empty()):
            raise SourceError(
                f"the feed holds no papers ({parsed.detail or 'no items'})",
                where=self._name,
                remedy="look at its address, or disable it in sources.yaml",
            )
        receipt = Receipt(
            source=self._name,
            fetched_at=response.fetched_at,
            received=len(parsed.records),
            detail=parsed.detail,
            incomplete=self._missing_canary(response),
            repeats=parsed.repeats,
            notices=parsed.notices,
            unusable=tuple(parsed.unusable.items()),
            bytes=len(response.body),
            status=response.status,
        )
        memory = {"etag": response.etag, "modified": response.modified}
        return Poll(
            records=parsed.records,
            receipt=receipt,
            notices=parsed.notice_records,
            memory={name: value for name, value in memory.items() if value},
        )

    def _missing_canary(self, response: Response) -> str:
        """A clause on the words that should be in the feed and are not."""
        if not self._canaries:
            return ""
        text = feed_text(response.body, response.content_type, self._name).casefold()
        missing = [one for one in self._canaries if one.casefold() not in text]
        return f"the feed does not contain {missing[0]!r}, its canary" if missing else ""

    def _may_be_empty(self) -> bool:
        return (urlsplit(self._url).hostname or "") == "rss.arxiv.org"

    def lookup(self, identifier: str) -> Record | None:
        """The item with this arXiv id or DOI, if it is in the feed now. A feed that cannot
        contain it is not fetched."""
        wanted = parse_identifier(identifier) or identifier
        if not _may_hold(self._url, wanted):
            return None
        keys = {arxiv_key(wanted), f"doi:{wanted}"}
        response = fetch_feed(self._fetcher, self._name, self._url)
        records = parse_feed(response, self._name, self._venue).records
        return next((one for one in records if keys & keys_of(one)), None)


def _may_hold(url: str, wanted: str) -> bool:
    """Whether a feed at this address may hold the arXiv id or DOI: arXiv ids are arXiv's, and a
    publisher's DOIs begin with its own numbers."""
    host = urlsplit(url).hostname or ""
    if normal_arxiv_id(wanted):
        return host.endswith("arxiv.org")
    numbers = registrants_of_host(host)
    return numbers is None or wanted.partition("/")[0] in numbers


def fetch_feed(
    fetcher: Fetcher, source: str, url: str, memory: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """The feed's bytes, or word that they are those of the poll that left this `memory`. Raises
    SourceError."""
    return fetcher.get(
        Request(
            source=source,
            url=url,
            accept=ACCEPT,
            etag=memory.get("etag", ""),
            modified=memory.get("modified", ""),
        )
    )
