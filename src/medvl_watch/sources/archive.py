"""What the sources with an archive have in common: services that are asked page by page, and pages
that list all papers of a volume. Every entry ends as a record, a repeat, a notice, or as unusable
with its reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from medvl_watch.errors import SourceError
from medvl_watch.papers.identifiers import keys_of, parse_identifier
from medvl_watch.papers.notices import NOTICE_OF
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.schemes import arxiv_key, normal_doi
from medvl_watch.ports import Fetcher, Request, Response, Window
from medvl_watch.records import Origin, Poll, Receipt, Record
from medvl_watch.sources.feed_dates import checked_date
from medvl_watch.sources.item_kinds import ItemKind, kind_of, without_retraction_mark
from medvl_watch.sources.markup import plain_abstract, plain_title
from medvl_watch.sources.record_ids import id_with_address, record_id

MOST_PAGES = 200
"""Pages of one poll; more means that the paging does not end."""
_Entry = TypeVar("_Entry")


NOT_WANTED = "of other categories"


class NotWanted(Exception):
    """The entry is of a category that the catalogue does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEntry:
    """One entry as an archive states it; texts may contain markup. `authors` have the given name
    first. `venue` has its year, if any. `notice_of` is the identity key of the paper that it
    corrects or retracts."""

    title: str
    authors: Sequence[str] = ()
    abstract: str = ""
    doi: str | None = None
    arxiv_id: str | None = None
    version: int | None = None
    published: str | None = None
    venue: str | None = None
    url: str | None = None
    comment: str | None = None
    journal_ref: str | None = None
    categories: Sequence[str] = ()
    raw_ids: Sequence[str] = ()
    notice_of: str = ""


@dataclass(slots=True)
class ArchiveReading:
    """What came of an archive so far."""

    source: str
    records: dict[str, Record] = field(default_factory=dict)
    repeats: int = 0
    notices: list[Record] = field(default_factory=list)
    unusable: Counter[str] = field(default_factory=Counter)
    claimed: int | None = None
    incomplete: str = ""
    responses: list[Response] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """How many entries were read, whatever they are."""
        return len(self.records) + self.repeats + len(self.notices) + self.unusable.total()

    def add_all(
        self,
        entries: Iterable[_Entry],
        read: Callable[[_Entry], ArchiveEntry | None],
        response: Response,
    ) -> None:
        """Add what is read of each entry; one that cannot be read is unusable."""
        for each in entries:
            try:
                entry = read(each)
            except NotWanted:
                self.unusable[NOT_WANTED] += 1
                continue
            except (KeyError, TypeError, ValueError, AttributeError, IndexError):
                self.unusable["not of the documented form"] += 1
                continue
            if entry is not None:
                self.add(entry, response)

    def add(self, entry: ArchiveEntry, response: Response) -> None:
        """Add an entry as what it is. Of a paper in several versions the newest is kept."""
        title = plain_title(entry.title)
        abstract = plain_abstract(entry.abstract)
        kind = ItemKind.NOTICE if entry.notice_of else kind_of(title, abstract)
        if not title:
            self.unusable["without a title"] += 1
        elif kind is ItemKind.NOTICE:
            self.notices.append(self._record(entry, title, abstract, response))
        elif kind is not ItemKind.PAPER:
            self.unusable[kind.value] += 1
        else:
            self._keep(self._record(entry, title, abstract, response))

    def _record(self, entry: ArchiveEntry, title: str, abstract: str, response: Response) -> Record:
        title, retraction = without_retraction_mark(title)
        doi = normal_doi(entry.doi) if entry.doi else None
        published = checked_date(entry.published, response.fetched_at) if entry.published else None
        comment = f"This paper has been {retraction}." if retraction else entry.comment
        record = Record(
            id="",
            title=title,
            abstract=abstract,
            authors=tuple(name for one in entry.authors if (name := " ".join(one.split()))),
            categories=tuple(entry.categories),
            arxiv_id=entry.arxiv_id,
            version=entry.version,
            doi=doi,
            published=published,
            venue=_with_year(entry.venue, published),
            comment=comment or None,
            journal_ref=entry.journal_ref or None,
            url=entry.url or (f"https://doi.org/{doi}" if doi else None),
            origin=Origin(
                source=self.source,
                fetched_at=response.fetched_at,
                raw_ids=tuple(one for one in entry.raw_ids if one),
                address=response.address,
            ),
            extra={NOTICE_OF: entry.notice_of} if entry.notice_of else {},
        )
        return replace(record, id=record_id(record))

    def _keep(self, record: Record) -> None:
        known = self.records.get(record.id)
        if known and record.id.startswith("title:") and record.url and record.url != known.url:
            record = replace(record, id=id_with_address(record))
            known = self.records.get(record.id)
        if known is None:
            self.records[record.id] = record
            return
        self.repeats += 1
        if (record.version or 0) > (known.version or 0):
            self.records[record.id] = record

    def poll(self, window: Window) -> Poll:
        """The records with their receipt."""
        left_out = [f"{count} {reason}" for reason, count in self.unusable.items()]
        left_out += [f"{len(self.notices)} {ItemKind.NOTICE}"] if self.notices else []
        parts = [f"{self.repeats} came twice"] if self.repeats else []
        parts += [f"left out: {', '.join(left_out)}"] if left_out else []
        receipt = Receipt(
            source=self.source,
            fetched_at=self.responses[-1].fetched_at if self.responses else window.until,
            received=len(self.records),
            pages=len(self.responses),
            detail="; ".join(parts),
            incomplete=self.incomplete or self._missing(),
            repeats=self.repeats,
            notices=len(self.notices),
            unusable=tuple(self.unusable.items()),
            bytes=sum(len(one.body) for one in self.responses),
            status=self.responses[-1].status if self.responses else None,
        )
        return Poll(
            records=tuple(self.records.values()), receipt=receipt, notices=tuple(self.notices)
        )

    def _missing(self) -> str:
        if self.claimed is None or self.entries >= self.claimed:
            return ""
        return f"{self.claimed} entries are claimed and {self.entries} came"


class OneAnswerSource:
    """An archive whose papers all come in one answer, whatever the window. It cannot be searched
    for an identifier."""

    def __init__(
        self, request: Request, fetcher: Fetcher, parse: Callable[[Response], ArchiveReading]
    ) -> None:
        self.name = request.source
        self._request = request
        self._fetcher = fetcher
        self._parse = parse

    def poll(self, window: Window) -> Poll:
        """All papers of the archive. Raises SourceError."""
        return self._parse(self._fetcher.get(self._request)).poll(window)

    def lookup(self, identifier: str) -> Record | None:  # noqa: ARG002 - it has no such id
        return None


def _with_year(venue: str | None, published: str | None) -> str | None:
    """The venue with the year, unless it is a preprint server or has one."""
    if venue is None or not published or is_preprint_name(venue) or venue[-4:].isdigit():
        return venue
    return f"{venue} {published[:4]}"


def read_pages(
    reading: ArchiveReading,
    fetcher: Fetcher,
    first: str,
    read_page: Callable[[Response, ArchiveReading], str | None],
    *,
    accept: str = "application/json",
) -> None:
    """Read pages from the address `first` on; `read_page` adds the entries of one and returns the
    address of the next, None after the last.

    What came before a failing page is kept, and the reading is incomplete. Raises SourceError if
    the first page fails.
    """
    url: str | None = first
    for number in range(MOST_PAGES):
        if url is None:
            return
        try:
            response = fetcher.get(
                Request(source=reading.source, url=url, page=number, accept=accept)
            )
            reading.responses.append(response)
            url = read_page(response, reading)
        except SourceError as error:
            if not reading.records:
                raise
            reading.incomplete = error.what
            return
    reading.incomplete = f"there are more than {MOST_PAGES} pages"


def json_of(response: Response, where: str) -> Any:
    """The JSON of an answer. Raises SourceError for one that is empty, a web page, or cut off."""
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError) as error:
        start = response.body[:200].lstrip().lower()
        what = "a web page instead of JSON" if start.startswith(b"<") else "not JSON, or cut off"
        what = what if start else "empty"
        raise SourceError(
            f"the answer is {what}", where=where, remedy="it is tried again next time"
        ) from error


def looked_up(poll: Callable[[Window], Poll], window: Window, identifier: str) -> Record | None:
    """The record with this arXiv id or DOI among those of a poll."""
    wanted = parse_identifier(identifier) or identifier
    keys = {arxiv_key(wanted), f"doi:{wanted}"}
    return next((one for one in poll(window).records if keys & keys_of(one)), None)


def months(parts: Sequence[int | str | None]) -> str | None:
    """Year, month and day, as far as they are given, as ISO 8601."""
    numbers = [int(one) for one in parts if one is not None]
    if not numbers:
        return None
    return "-".join([f"{numbers[0]:04d}", *(f"{one:02d}" for one in numbers[1:3])])


def batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
