"""Asks the arXiv API through the `arxiv` package, one page at a time.

The package builds the addresses and reads the entries. It gets a session of ours: every request
goes through the Fetcher, so the same code reads live and recorded answers, and every page is
checked before the package sees it. The Fetcher waits and retries; the package's own retries are
off, since its requests have no timeout (https://github.com/lukasschwab/arxiv.py/pull/213) and every
failure is repeated in the same way.

Queries, dates and pages: https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import arxiv  # type: ignore[import-untyped]  # it ships no types

from medvl_watch.errors import SourceError
from medvl_watch.papers.preprint_names import ARXIV
from medvl_watch.papers.schemes import arxiv_key, normal_doi, version_of
from medvl_watch.ports import Fetcher, Request, Response
from medvl_watch.records import Origin, Record
from medvl_watch.sources.arxiv_page import ArxivPage, paper_id, read_page
from medvl_watch.sources.arxiv_slices import PageRequest
from medvl_watch.sources.tex import without_tex

LOOKUP_PAGE = -1
"""The page number of a request by ids, so that no recording of a poll answers it."""
IDS_AT_ONCE = 100
_NEWEST_FIRST, _OLDEST_FIRST = arxiv.SortOrder.Descending, arxiv.SortOrder.Ascending


@dataclass(slots=True)
class ArxivClient:
    """The requests of one poll; all their answers are kept for its receipt."""

    fetcher: Fetcher
    source: str
    query: str
    page_size: int
    pages: list[ArxivPage] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def page(self, request: PageRequest) -> tuple[ArxivPage, list[Record]]:
        """One page of the query, with its usable entries as records. Raises SourceError."""
        since, until = _minute(request.slice.since), _minute(request.slice.until)
        search = arxiv.Search(
            query=f"({self.query}) AND submittedDate:[{since} TO {until}]",
            max_results=None,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=_NEWEST_FIRST if request.newest_first else _OLDEST_FIRST,
        )
        records = self._results(search, self.page_size, request.number, request.start)
        return self.pages[-1], records

    def by_ids(self, ids: Sequence[str], *, fitting: bool = False) -> list[Record]:
        """The papers with these ids, at most 100; with `fitting` those that the query finds, too.
        Raises SourceError."""
        search = arxiv.Search(
            query=self.query if fitting else "", id_list=list(ids), max_results=len(ids)
        )
        records = self._results(search, len(ids), LOOKUP_PAGE, 0)
        return [record for record in records if record.arxiv_id in ids]

    def by_any_ids(
        self, ids: Sequence[str], *, fitting: bool = False
    ) -> tuple[list[Record], list[str]]:
        """The same for any number of ids, and the ids that could not be asked for."""
        records: list[Record] = []
        failed: list[str] = []
        for start in range(0, len(ids), IDS_AT_ONCE):
            chunk = list(dict.fromkeys(ids[start : start + IDS_AT_ONCE]))
            try:
                records += self.by_ids(chunk, fitting=fitting)
            except SourceError:
                failed += chunk
        return records, failed

    def _results(self, search: arxiv.Search, size: int, number: int, offset: int) -> list[Record]:
        client = arxiv.Client(page_size=size, delay_seconds=0, num_retries=0)
        client._session = _CheckedSession(self, number)  # noqa: SLF001 - no public way in
        results = list(client.results(search, offset=offset))
        return [_record(one, self.source, self.responses[-1]) for one in results]


@dataclass(slots=True)
class _ArxivAnswer:
    """What the package wants of a requests.Response."""

    content: bytes
    status_code: int = 200


@dataclass(slots=True)
class _CheckedSession:
    """Stands in for the package's requests.Session: one request, checked."""

    client: ArxivClient
    number: int

    def get(self, url: str, headers: object = None) -> _ArxivAnswer:
        """Fetch and check one page. The package's headers are dropped: the Fetcher has its own."""
        del headers
        request = Request(
            source=self.client.source, url=url, page=self.number, accept="application/atom+xml"
        )
        response = self.client.fetcher.get(request)
        page = read_page(response.body, self.client.source)
        self.client.pages.append(page)
        self.client.responses.append(response)
        return _ArxivAnswer(page.body)


def _record(result: arxiv.Result, source: str, response: Response) -> Record:
    raw = result.entry_id
    arxiv_id = paper_id(raw)
    doi = normal_doi(result.doi) if result.doi else None
    others = [one for one in result.categories if one != result.primary_category]
    return Record(
        id=arxiv_key(arxiv_id),
        title=_on_one_line(without_tex(result.title)),
        abstract=_on_one_line(without_tex(result.summary)),
        authors=tuple(_on_one_line(one.name) for one in result.authors if one.name.strip()),
        categories=tuple(one for one in (result.primary_category, *others) if one),
        arxiv_id=arxiv_id,
        version=version_of(raw),
        doi=doi,
        published=_moment(result.published),
        updated=_moment(result.updated),
        venue=ARXIV,
        comment=_on_one_line(result.comment or "") or None,
        journal_ref=_on_one_line(result.journal_ref or "") or None,
        url=f"https://arxiv.org/abs/{arxiv_id}",
        origin=Origin(
            source=source,
            fetched_at=response.fetched_at,
            raw_ids=tuple(one for one in (raw, result.doi) if one),
            address=response.address,
        ),
    )


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
