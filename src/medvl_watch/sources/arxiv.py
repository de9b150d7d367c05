"""arXiv, by its search API, through the `arxiv` package.

The package builds the addresses, requests the pages and reads the entries. It gets a session of
ours: every request goes through the Fetcher, so the same code reads live and recorded answers,
and every page is checked before the package sees it. The Fetcher waits and retries; the
package's own retries are switched off, since its requests have no timeout
(https://github.com/lukasschwab/arxiv.py/pull/213) and every failure is repeated in the same way.

Queries, dates and pages: https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import arxiv  # type: ignore[import-untyped]  # it ships no types

from medvl_watch.errors import SourceError
from medvl_watch.papers.identifiers import keys_of, parse_identifier
from medvl_watch.papers.preprint_names import ARXIV
from medvl_watch.papers.schemes import arxiv_key, normal_arxiv_id, normal_doi, version_of
from medvl_watch.ports import Fetcher, Request, Response, Window
from medvl_watch.records import Origin, Poll, Receipt, Record
from medvl_watch.sources.arxiv_page import ArxivPage, BadEntry, read_page
from medvl_watch.sources.arxiv_slices import (
    DEEPEST,
    PageRequest,
    Slice,
    SliceReader,
    SliceReading,
)
from medvl_watch.sources.recorded import NotRecorded
from medvl_watch.sources.tex import without_tex

LOOKUP_PAGE = -1
"""The page number of a request for one paper, so that no recording of a poll answers it."""


_AGAIN = "again"
"""In the source's memory: the ids of papers whose entries could not be used."""
_IDS_AT_ONCE = 100
_NEWEST_FIRST, _OLDEST_FIRST = arxiv.SortOrder.Descending, arxiv.SortOrder.Ascending


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
        canaries: Sequence[str] = (),
        recorded: bool = False,
    ) -> None:
        self._name = name
        self._query = query
        self._fetcher = fetcher
        self._page_size = page_size
        self._recorded = recorded
        self._canaries = tuple(canaries)
        self._most = min(DEEPEST, page_size * max_pages)

    @property
    def name(self) -> str:
        return self._name

    def poll(self, window: Window) -> Poll:
        """Every paper submitted in the window, by the date of its first version.

        Papers that could be read are used also where others are missing; then the receipt is
        incomplete and says why. Raises SourceError if nothing could be read.
        """
        again = window.memory.get(_AGAIN, "").split()
        session = _ArxivSession(self._fetcher, self._name)
        reading = self._reader(session).read(Slice(window.since, window.until))
        records = dict(reading.records)
        wanted = [_paper_id(one.entry_id) for one in reading.bad.values()] + again
        found = self._fetch_again([one for one in wanted if one], session)
        records.update(((one.arxiv_id or "", one.version or 1), one) for one in found)
        known = {paper for paper, _ in records}
        reading.problem = reading.problem or self._missing_canaries(session)
        bad = [one for one in reading.bad.values() if _paper_id(one.entry_id) not in known]
        if bad and not records:
            raise SourceError(bad[0].reason, where=self._name)
        left = dict.fromkeys(one for one in wanted if one and one not in known)
        return Poll(
            records=tuple(records.values()),
            receipt=self._receipt(session, reading, len(known), bad, window),
            memory={_AGAIN: " ".join(left)} if left else {},
        )

    def _page(self, session: _ArxivSession, request: PageRequest) -> tuple[ArxivPage, list[Record]]:
        """One page of the query, with its usable entries as records."""
        since, until = _minute(request.slice.since), _minute(request.slice.until)
        search = arxiv.Search(
            query=f"({self._query}) AND submittedDate:[{since} TO {until}]",
            max_results=None,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=_NEWEST_FIRST if request.newest_first else _OLDEST_FIRST,
        )
        session.number = request.number
        results = _client(self._page_size, session).results(search, offset=request.start)
        records = [_record(one, self._name, session.responses[-1]) for one in results]
        return session.pages[-1], records

    def _reader(self, session: _ArxivSession) -> SliceReader:
        return SliceReader(
            read_page=partial(self._page, session),
            where=self._name,
            page_size=self._page_size,
            most=self._most,
        )

    def _missing_canaries(self, session: _ArxivSession) -> SourceError | None:
        """The papers that the query should find and does not: then it finds too little, whatever
        its answer looks like."""
        if not self._canaries:
            return None
        search = arxiv.Search(
            query=self._query, id_list=list(self._canaries), max_results=len(self._canaries)
        )
        session.number = LOOKUP_PAGE
        try:
            results = list(_client(len(self._canaries), session).results(search))
        except SourceError as error:
            return None if isinstance(error, NotRecorded) else error
        missing = set(self._canaries) - {_paper_id(one.entry_id) for one in results}
        if not missing:
            return None
        return SourceError(
            f"the query does not find {', '.join(sorted(missing))}, its canary", where=self._name
        )

    def _fetch_again(self, ids: Sequence[str], session: _ArxivSession) -> list[Record]:
        """The papers with these ids, of those that can be read now."""
        records: list[Record] = []
        for start in range(0, len(ids), _IDS_AT_ONCE):
            chunk = list(dict.fromkeys(ids[start : start + _IDS_AT_ONCE]))
            search = arxiv.Search(id_list=chunk, max_results=len(chunk))
            session.number = LOOKUP_PAGE
            try:
                results = list(_client(len(chunk), session).results(search))
            except SourceError:
                continue  # they are asked for again at the next poll
            records += [_record(one, self._name, session.responses[-1]) for one in results]
        return [one for one in records if one.arxiv_id in ids]

    def lookup(self, identifier: str) -> Record | None:
        """The paper with this arXiv id; by DOI only if it is arXiv's own, or in recordings."""
        wanted = parse_identifier(identifier) or identifier
        arxiv_id = normal_arxiv_id(wanted)
        if arxiv_id is None:
            return self._among_recorded(f"doi:{wanted}")
        session = _ArxivSession(self._fetcher, self._name, number=LOOKUP_PAGE)
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
        session = _ArxivSession(self._fetcher, self._name)
        whole = Slice(datetime(1991, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        reading = self._reader(session).read(whole, halve=False)
        fitting = [record for record in reading.records.values() if key in keys_of(record)]
        return max(fitting, key=lambda record: record.version or 0, default=None)

    def _receipt(
        self,
        session: _ArxivSession,
        reading: SliceReading,
        received: int,
        bad: Sequence[BadEntry],
        window: Window,
    ) -> Receipt:
        parts = [f"{reading.repeats} came twice"] if reading.repeats else []
        parts += [f"{len(bad)} to be asked for again: {bad[0].reason}"] if bad else []
        problem = reading.problem
        return Receipt(
            source=self._name,
            fetched_at=session.responses[-1].fetched_at,
            received=received,
            claimed=max(reading.claimed, received) if problem is None else reading.claimed,
            pages=len(session.responses),
            detail="; ".join(parts),
            incomplete=problem.what if problem else "",
            since=window.since,
            repeats=reading.repeats,
            unusable=tuple((one.reason, 1) for one in bad),
            bytes=sum(len(one.body) for one in session.responses),
        )


def _paper_id(entry_id: str) -> str:
    """The arXiv id in an entry's id; empty if there is none."""
    return normal_arxiv_id(entry_id.rpartition("/abs/")[2]) or ""


@dataclass(slots=True)
class _ArxivAnswer:
    """What the package wants of a requests.Response."""

    content: bytes
    status_code: int = 200


@dataclass(slots=True)
class _ArxivSession:
    """Stands in for the package's requests.Session: one poll's requests, each checked.

    `number` is the page that is asked for next."""

    fetcher: Fetcher
    source: str
    number: int = 0
    pages: list[ArxivPage] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def get(self, url: str, headers: object = None) -> _ArxivAnswer:
        """Fetch and check one page. The package's headers are dropped: the Fetcher has its own."""
        del headers
        response = self.fetcher.get(
            Request(source=self.source, url=url, page=self.number, accept="application/atom+xml")
        )
        page = read_page(response.body, self.source)
        self.pages.append(page)
        self.responses.append(response)
        return _ArxivAnswer(page.body)


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
