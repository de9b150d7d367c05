"""The kind `rxiv`: medRxiv and bioRxiv through their API, which has all papers of a day, where
their feeds have the latest thirty. https://api.biorxiv.org/

Every version of a paper is an entry of its own. Totals are strings.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field

from medvl_watch.errors import SourceError
from medvl_watch.papers.identifiers import parse_identifier
from medvl_watch.ports import Fetcher, Request, Response, Source, SourceRhythm, Window
from medvl_watch.records import Poll, Record
from medvl_watch.sources.archive import ArchiveEntry, ArchiveReading, NotWanted, json_of, read_pages
from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.entries import SourceEntry

_API = "https://api.biorxiv.org/details"
_VENUES = {"medrxiv": "medRxiv", "biorxiv": "bioRxiv"}


class RxivEntry(SourceEntry):
    """The server, and the categories that are kept (all, if none is named), in its own words."""

    kind: Literal["rxiv"]
    server: Literal["medrxiv", "biorxiv"]
    categories: list[Annotated[str, Field(min_length=3)]] = Field(default_factory=list)

    @property
    def rhythm(self) -> SourceRhythm:
        return SourceRhythm(slice_days=14, quiet_days=self.quiet_days)

    def open(self, fetcher: Fetcher) -> Source:
        return RxivSource(self, fetcher)


class RxivSource:
    """The papers that a server posted in a window, in any version."""

    def __init__(self, entry: RxivEntry, fetcher: Fetcher) -> None:
        self.name = entry.id
        self._entry = entry
        self._fetcher = fetcher

    def poll(self, window: Window) -> Poll:
        """All papers posted in the window. Raises SourceError."""
        days = f"{self._entry.server}/{window.since:%Y-%m-%d}/{window.until:%Y-%m-%d}"
        reading = ArchiveReading(self.name)
        read_pages(reading, self._fetcher, f"{_API}/{days}/0", partial(self._read_page, days))
        return reading.poll(window)

    def lookup(self, identifier: str) -> Record | None:
        """The paper with this DOI, if it is one of these servers'."""
        doi = parse_identifier(identifier) or identifier
        if not doi.startswith(("10.1101/", "10.64898/")):
            return None
        url = f"{_API}/{self._entry.server}/{doi}"
        response = self._fetcher.get(Request(source=self.name, url=url, page=-1))
        reading = ArchiveReading(self.name)
        reading.add_all(self._collection(response)[1], self._read, response)
        return next((one for one in reading.records.values() if one.doi == doi), None)

    def _read_page(self, days: str, response: Response, reading: ArchiveReading) -> str | None:
        message, entries = self._collection(response)
        reading.claimed = max(reading.claimed or 0, int(message.get("total") or 0))
        reading.add_all(entries, self._read, response)
        seen = int(message.get("cursor") or 0) + len(entries)
        if not entries or seen >= reading.claimed:
            return None
        return f"{_API}/{days}/{seen}"

    def _collection(self, response: Response) -> tuple[dict[str, Any], list[Any]]:
        answer = json_of(response, self.name)
        try:
            message, entries = answer["messages"][0], answer.get("collection") or []
            status = str(message["status"]).lower()
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise SourceError("the answer is not a list of papers", where=self.name) from error
        if status != "ok" and "no posts found" not in status:
            raise SourceError(f"the service answers {status[:100]!r}", where=self.name)
        return message, entries

    def _read(self, paper: dict[str, Any]) -> ArchiveEntry:
        doi, category = paper["doi"], paper.get("category") or ""
        wanted = self._entry.categories
        if wanted and category.lower() not in {one.lower() for one in wanted}:
            raise NotWanted
        journal = paper.get("published") or "NA"
        return ArchiveEntry(
            title=paper["title"],
            authors=authors_of([paper.get("authors") or ""]),
            abstract=paper.get("abstract") or "",
            doi=doi,
            version=int(paper.get("version") or 1),
            published=paper.get("date"),
            venue=_VENUES[self._entry.server],
            url=f"https://www.{self._entry.server}.org/content/{doi}v{paper.get('version') or 1}",
            journal_ref=None if journal == "NA" else f"https://doi.org/{journal}",
            categories=(category,) if category else (),
            raw_ids=(doi,),
        )
