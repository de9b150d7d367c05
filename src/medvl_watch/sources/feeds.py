"""Venue feeds: fetch the bytes, then parse the bytes, in two functions.

No item is dropped by its date: publishers date an item by its issue, weeks before or after
it first appears. The ledger knows which papers are new.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from medvl_watch.errors import SourceError
from medvl_watch.papers.addresses import place_of_doi, registrants_of_host
from medvl_watch.papers.identifiers import derived_id, keys_in, keys_of, parse_identifier
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name
from medvl_watch.papers.schemes import arxiv_key, normal_arxiv_id, normal_doi, version_of
from medvl_watch.ports import Fetcher, Request, Response, Window
from medvl_watch.records import Origin, Poll, Receipt, Record
from medvl_watch.sources.feed_items import Item, read_items
from medvl_watch.sources.feed_texts import (
    abstract_of,
    authors_of,
    is_notice,
    issue_date,
    plain,
    plain_title,
)

ACCEPT = "application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9"
_TRACKING = re.compile(r"^(?:utm_\w+|rss|af|dgcid|source|rft_dat|fc|ff|v|TRACK|ref)$")
# The guid of an item: https://info.arxiv.org/help/rss_specifications.html
_ARXIV_OAI = re.compile(r"^oai:arXiv\.org:(\S+)$")
_DOI_LABEL = re.compile(
    r"\bdoi:?\s*(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The records of a feed, and the number of items that are not records: those without a title,
    and notices of corrections."""

    records: tuple[Record, ...]
    untitled: int = 0
    notices: int = 0

    @property
    def detail(self) -> str:
        left_out = ((self.untitled, "without a title"), (self.notices, "announcing corrections"))
        parts = [f"{count} {what}" for count, what in left_out if count]
        return f"left out: {', '.join(parts)}" if parts else ""


class FeedSource:
    """One feed. `venue` is where its papers appear, or None if that is not known."""

    def __init__(self, name: str, url: str, venue: str | None, fetcher: Fetcher) -> None:
        self._name = name
        self._url = url
        self._venue = venue
        self._fetcher = fetcher

    @property
    def name(self) -> str:
        return self._name

    def poll(self, window: Window) -> Poll:
        """All current items, whatever the window: feeds have one page and no archive.

        Raises SourceError also for a feed without items: scrapers and publishers fail that way.
        Only arXiv's feeds may be empty, on weekends and some holidays
        (https://info.arxiv.org/help/rss_specifications.html).
        """
        del window
        response = fetch_feed(self._fetcher, self._name, self._url)
        parsed = parse_feed(response, self._name, self._venue)
        if not parsed.records and not self._may_be_empty():
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
        )
        return Poll(records=parsed.records, receipt=receipt)

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


def fetch_feed(fetcher: Fetcher, source: str, url: str) -> Response:
    """The feed's bytes. Raises SourceError."""
    return fetcher.get(Request(source=source, url=url, accept=ACCEPT))


def parse_feed(response: Response, source: str, venue: str | None) -> ParsedFeed:
    """The records in a feed's bytes. Raises SourceError for bytes that are not a whole feed."""
    records: list[Record] = []
    untitled = notices = 0
    for item in read_items(response, source):
        title = plain_title(item.title)
        if not title:
            untitled += 1
        elif is_notice(title):
            notices += 1
        else:
            records.append(_record(item, title, response, source, venue))
    return ParsedFeed(records=_once(records), untitled=untitled, notices=notices)


def _record(item: Item, title: str, response: Response, source: str, venue: str | None) -> Record:
    arxiv_id, version = _arxiv_id(item)
    doi = _doi(item)
    published = item.date or issue_date(item.texts)
    record = Record(
        id="",
        title=title,
        abstract=abstract_of(item.texts),
        authors=authors_of(item.creators, item.texts),
        categories=item.categories if arxiv_id else (),
        arxiv_id=arxiv_id,
        version=version,
        doi=doi,
        published=published,
        venue=_venue(venue, published, arxiv_id),
        journal_ref=plain(item.journal_ref) or None,
        url=_address(item.link, arxiv_id, doi),
        origin=Origin(
            source=source,
            fetched_at=response.fetched_at,
            raw_ids=item.identifiers,
            address=response.address,
        ),
    )
    return replace(record, id=_id(record))


def _arxiv_id(item: Item) -> tuple[str | None, int | None]:
    for raw in (*item.identifiers, item.link):
        if oai := _ARXIV_OAI.match(raw):
            return normal_arxiv_id(oai.group(1)), version_of(oai.group(1))
        for key in keys_in(raw):
            if key.startswith("arxiv:"):
                return key.removeprefix("arxiv:"), version_of(raw)
    return None, None


def _doi(item: Item) -> str | None:
    """The item's own DOI: in its identifiers, its link, or behind `DOI:` in its text."""
    for raw in item.identifiers:
        if doi := normal_doi(re.sub(r"^(?:info:doi/|doi:|urn:doi:)\s*", "", raw.strip())):
            return _unless_arxivs(doi)
    for raw in (item.link, *item.identifiers):
        for key in sorted(keys_in(raw)):
            if key.startswith("doi:"):
                return key.removeprefix("doi:")
    for text in item.texts:
        if found := _DOI_LABEL.search(plain(text)):
            return normal_doi(found.group(1))
    return None


def _unless_arxivs(doi: str) -> str | None:
    place = place_of_doi(doi)
    return None if place and place.name == ARXIV else doi


def _venue(venue: str | None, published: str | None, arxiv_id: str | None) -> str | None:
    """The configured name with the item's year; a preprint server has no volumes."""
    if venue is None:
        return ARXIV if arxiv_id else None
    if is_preprint_name(venue) or not published or re.search(r"\b20\d\d\b", venue):
        return venue
    return f"{venue} {published[:4]}"


def _address(link: str, arxiv_id: str | None, doi: str | None) -> str | None:
    """The page of the paper: built from its id where possible, else the link, tidied."""
    if arxiv_id:
        return f"https://arxiv.org/abs/{arxiv_id}"
    try:
        parts = urlsplit(link.strip())
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        parts, pairs = urlsplit(""), []
    if parts.scheme in {"http", "https"} and parts.hostname:
        kept = [(name, value) for name, value in pairs if not _TRACKING.match(name)]
        return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
    return f"https://doi.org/{doi}" if doi else None


def _id(record: Record) -> str:
    """ArXiv id or DOI, else the publisher's number in the address, else the title."""
    derived = derived_id(record)
    if not derived.startswith("title:"):
        return derived
    return min(keys_in(record.url or ""), default=derived)


def _once(records: list[Record]) -> tuple[Record, ...]:
    """Each record once: feeds list one paper under two sections."""
    first: dict[str, Record] = {}
    for record in records:
        first.setdefault(record.id, record)
    return tuple(first.values())
