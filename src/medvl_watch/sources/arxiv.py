"""arXiv, by its search API, through the `arxiv` package.

The package builds the addresses, requests the pages and reads the entries. It gets a session of
ours: every request goes through the Fetcher, so the same code reads live and recorded answers,
and every page is checked before the package sees it. The Fetcher waits and retries; the
package's own retries are switched off, since its requests have no timeout
(https://github.com/lukasschwab/arxiv.py/pull/213) and every failure is repeated in the same way.

Queries, dates and pages: https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import arxiv  # type: ignore[import-untyped]  # it ships no types

from medvl_watch.errors import SourceError
from medvl_watch.papers.identifiers import keys_of, parse_identifier
from medvl_watch.papers.preprint_names import ARXIV
from medvl_watch.papers.schemes import arxiv_key, normal_arxiv_id, normal_doi, version_of
from medvl_watch.ports import Fetcher, Request, Response, Window
from medvl_watch.records import Origin, Poll, Receipt, Record
from medvl_watch.sources.arxiv_page import ArxivPage, read_page, repeats
from medvl_watch.sources.recorded import NotRecorded

DEEPEST = 10_000
"""The server refuses pages beyond this many results, although the manual allows 30,000:
`MAX_RESULTS` in search/services/index/util.py of https://github.com/arXiv/arxiv-search"""
LOOKUP_PAGE = -1
"""The page number of a request for one paper, so that no recording of a poll answers it."""


class _IncompletePage(SourceError):
    """The server sent fewer results than it announced."""


class ArxivSource:
    """The papers that a query finds. `page_size` results are asked for at a time.

    `recorded`: the fetcher reads recordings, so that a paper may be searched in all pages.
    """

    def __init__(  # noqa: PLR0913 - what a curator may set, by name
        self,
        name: str,
        query: str,
        fetcher: Fetcher,
        *,
        page_size: int = 100,
        max_pages: int = 100,
        recorded: bool = False,
    ) -> None:
        self._name = name
        self._query = query
        self._fetcher = fetcher
        self._page_size = page_size
        self._recorded = recorded
        self._most = min(DEEPEST, page_size * max_pages)

    @property
    def name(self) -> str:
        return self._name

    def poll(self, window: Window) -> Poll:
        """Every paper submitted in the window, by the date of its first version.

        The server has served results in a wrong order (arxiv.py#184, #186), pages that are
        empty (arxiv.py#43, #157; issues of https://github.com/lukasschwab/arxiv.py) and pages
        that overlap. So no order is relied upon, the distinct results are counted against the
        claimed total, and if some are missing the other end is tried, where the pages fall
        otherwise. Raises SourceError rather than give a part.
        """
        query = f"({self._query}) AND submittedDate:[{_minute(window.since)} TO "
        query += f"{_minute(window.until)}]"
        found: dict[str, Record] = {}
        problem: _IncompletePage | None = None
        requests = 0
        for order in (arxiv.SortOrder.Descending, arxiv.SortOrder.Ascending):
            session = _ArxivSession(self._fetcher, self._name, self._most)
            try:
                for record in self._read(query, order, session):
                    found.setdefault(_raw_id(record), record)
                problem = None
            except _IncompletePage as error:
                problem = error
            requests += len(session.pages)
            claimed = session.pages[0].total if session.pages else 0
            if problem is None and len(found) >= claimed:
                return Poll(
                    records=tuple(found.values()),
                    receipt=self._receipt(session, found, claimed, requests),
                )
        raise problem or SourceError(
            f"{claimed} results are claimed and only {len(found)} different ones came",
            where=self._name,
            remedy="it is tried again next time",
        )

    def lookup(self, identifier: str) -> Record | None:
        """The paper with this arXiv id; by DOI only if it is arXiv's own, or in recordings."""
        wanted = parse_identifier(identifier) or identifier
        arxiv_id = normal_arxiv_id(wanted)
        if arxiv_id is None:
            return self._among_recorded(f"doi:{wanted}")
        session = _ArxivSession(self._fetcher, self._name, self._most, first=LOOKUP_PAGE)
        search = arxiv.Search(id_list=[arxiv_id], max_results=1)
        try:
            results = list(_client(1, session).results(search))
        except NotRecorded:
            return self._among_recorded(arxiv_key(arxiv_id))
        records = [_record(one, self._name, session.responses[-1]) for one in results]
        return next((one for one in records if one.arxiv_id == arxiv_id), None)

    def _among_recorded(self, key: str) -> Record | None:
        """The newest version among the recorded pages; nothing where there are none."""
        if not self._recorded:
            return None
        session = _ArxivSession(self._fetcher, self._name, self._most)
        records = [
            record
            for record in self._read(self._query, arxiv.SortOrder.Descending, session)
            if key in keys_of(record)
        ]
        return max(records, key=lambda record: record.version or 0, default=None)

    def _read(self, query: str, order: arxiv.SortOrder, session: _ArxivSession) -> Iterator[Record]:
        search = arxiv.Search(
            query=query,
            max_results=None,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=order,
        )
        for result in _client(self._page_size, session).results(search):
            yield _record(result, self._name, session.responses[-1])

    def _receipt(
        self, session: _ArxivSession, found: dict[str, Record], claimed: int, requests: int
    ) -> Receipt:
        twice = len(list(repeats(tuple(session.pages))))
        return Receipt(
            source=self._name,
            fetched_at=session.responses[-1].fetched_at,
            received=len(found),
            claimed=claimed,
            pages=requests,
            detail=f"{twice} came twice" if twice else "",
        )


@dataclass(slots=True)
class _ArxivAnswer:
    """What the package wants of a requests.Response."""

    content: bytes
    status_code: int = 200


@dataclass(slots=True)
class _ArxivSession:
    """Stands in for the package's requests.Session: one poll's requests, each checked."""

    fetcher: Fetcher
    source: str
    most: int
    first: int = 0
    pages: list[ArxivPage] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def get(self, url: str, headers: object = None) -> _ArxivAnswer:
        """Fetch and check one page. The package's headers are dropped: the Fetcher has its own."""
        del headers
        number = self.first + len(self.pages)
        response = self.fetcher.get(
            Request(source=self.source, url=url, page=number, accept="application/atom+xml")
        )
        page = read_page(response.body, self.source)
        self._check(page, int(parse_qs(urlsplit(url).query).get("start", ["0"])[0]), number)
        self.pages.append(page)
        self.responses.append(response)
        return _ArxivAnswer(response.body)

    def _check(self, page: ArxivPage, start: int, number: int) -> None:
        if page.total > self.most:
            raise SourceError(
                f"the query finds {page.total} papers and at most {self.most} can be read",
                where=self.source,
                remedy="narrow the query or poll a shorter window",
            )
        if page.start is not None and page.start != start:
            raise SourceError(
                f"page {number} begins at {page.start} where {start} was asked for",
                where=self.source,
            )
        if not page.ids and start < page.total:
            raise _IncompletePage(
                f"page {number} is empty although {page.total} results are claimed",
                where=self.source,
                remedy="it is tried again next time",
            )


def _client(page_size: int, session: _ArxivSession) -> arxiv.Client:
    client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
    client._session = session  # noqa: SLF001 - no public way in
    return client


def _record(result: arxiv.Result, source: str, response: Response) -> Record:
    raw = result.entry_id
    arxiv_id = normal_arxiv_id(raw.rpartition("/abs/")[2])
    if arxiv_id is None:
        raise SourceError(
            f"an entry has the id {raw[:100]!r}, which is not an arXiv id", where=source
        )
    doi = normal_doi(result.doi) if result.doi else None
    others = [one for one in result.categories if one != result.primary_category]
    return Record(
        id=arxiv_key(arxiv_id),
        title=_on_one_line(result.title),
        abstract=_on_one_line(result.summary),
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


def _raw_id(record: Record) -> str:
    return f"{record.arxiv_id}v{record.version}"


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
