"""The kind `crossref`: what a publisher deposits for a journal, by its ISSN.

https://api.crossref.org/swagger-ui/index.html; titles are lists, dates have gaps, abstracts are
JATS and often missing. Asked by the date of indexing, so that late deposits are seen.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from medvl_watch.errors import SourceError
from medvl_watch.papers.schemes import normal_doi
from medvl_watch.papers.withdrawal import notice_in
from medvl_watch.ports import Fetcher, Response, Source, SourceRhythm, Window
from medvl_watch.records import Poll, Record
from medvl_watch.sources.archive import (
    ArchiveEntry,
    ArchiveReading,
    json_of,
    months,
    read_pages,
)
from medvl_watch.sources.entries import SourceEntry, VenueName

_WORKS = "https://api.crossref.org/works"
_ROWS = 200
_NOTICES = ("retraction", "withdrawal", "correction", "erratum", "corrigendum", "addendum")
"""Types of `update-to`, the gravest first: https://www.crossref.org/documentation/crossmark/"""
_DATES = ("published-online", "published-print", "published", "issued", "created")


class CrossrefEntry(SourceEntry):
    """The journal's ISSN, printed or electronic."""

    kind: Literal["crossref"]
    issn: Annotated[str, Field(pattern=r"^\d{4}-\d{3}[\dX]$")]
    venue: VenueName | None = None

    @property
    def rhythm(self) -> SourceRhythm:
        return SourceRhythm(slice_days=30, quiet_days=self.quiet_days)

    def open(self, fetcher: Fetcher) -> Source:
        return CrossrefSource(self, fetcher)


class CrossrefSource:
    """The works with an ISSN that were indexed in a window."""

    def __init__(self, entry: CrossrefEntry, fetcher: Fetcher) -> None:
        self.name = entry.id
        self._entry = entry
        self._fetcher = fetcher

    def poll(self, window: Window) -> Poll:
        """All works of the journal that were indexed in the window. Raises SourceError."""
        filters = (
            f"issn:{self._entry.issn},from-index-date:{window.since:%Y-%m-%d},"
            f"until-index-date:{window.until:%Y-%m-%d}"
        )
        reading = ArchiveReading(self.name)
        read_pages(
            reading, self._fetcher, _address(filters, "*"), partial(self._read_page, filters)
        )
        return reading.poll(window)

    def lookup(self, identifier: str) -> Record | None:  # noqa: ARG002 - Crossref is asked by DOI
        return None

    def _read_page(self, filters: str, response: Response, reading: ArchiveReading) -> str | None:
        message = json_of(response, self.name)
        message = message.get("message") if isinstance(message, dict) else None
        if not isinstance(message, dict) or not isinstance(message.get("items"), list):
            raise SourceError("the answer is not a list of works", where=self.name)
        reading.claimed = max(reading.claimed or 0, int(message.get("total-results") or 0))
        before = reading.entries
        reading.add_all(message["items"], lambda work: entry_of(work, self._entry.venue), response)
        cursor = message.get("next-cursor")
        is_last = reading.entries == before or reading.entries >= reading.claimed
        if is_last or not isinstance(cursor, str) or len(cursor) > 2_000:
            return None
        return _address(filters, cursor)


def _address(filters: str, cursor: str) -> str:
    return f"{_WORKS}?{urlencode({'filter': filters, 'rows': str(_ROWS), 'cursor': cursor})}"


def entry_of(work: dict[str, Any], venue: str | None = None) -> ArchiveEntry:
    """A work of Crossref. Raises what a work of another form raises."""
    doi = work["DOI"]
    published = next(
        (
            months(dates[0])
            for name in _DATES
            if (dates := (work.get(name) or {}).get("date-parts")) and dates[0] and dates[0][0]
        ),
        None,
    )
    names = [_name(one) for one in work.get("author") or ()]
    titles, container = work.get("title") or [""], work.get("container-title") or [None]
    title = " ".join([titles[0], *(work.get("subtitle") or [])[:1]]) if titles[0] else ""
    updates = {str(one.get("type", "")): one.get("DOI") for one in work.get("update-to") or ()}
    kinds = [kind for kind in _NOTICES if kind in updates]
    corrected = normal_doi(str(updates[kinds[0]] or "")) if kinds else None
    if kinds and notice_in(title) is None:
        title = f"{kinds[0].capitalize()}: {title}"
    return ArchiveEntry(
        title=title,
        authors=[name for name in names if name],
        abstract=work.get("abstract") or "",
        doi=doi,
        published=published,
        venue=venue or container[0],
        raw_ids=(doi,),
        notice_of=f"doi:{corrected}" if corrected and corrected != normal_doi(doi) else "",
    )


def _name(author: dict[str, Any]) -> str:
    given, family = author.get("given") or "", author.get("family") or author.get("name") or ""
    return f"{given} {family} {author.get('suffix') or ''}".strip()
