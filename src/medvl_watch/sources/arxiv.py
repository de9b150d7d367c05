"""arXiv, by its search API: all papers that a query finds in a window, with proof.

`arxiv_client` asks, `arxiv_slices` reads a window to its end, and here is what becomes of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from medvl_watch.errors import SourceError
from medvl_watch.papers.identifiers import keys_of, parse_identifier
from medvl_watch.papers.schemes import arxiv_key, normal_arxiv_id
from medvl_watch.ports import Fetcher, Window
from medvl_watch.records import Poll, Receipt, Record
from medvl_watch.sources.arxiv_announcements import read_announcements
from medvl_watch.sources.arxiv_client import ArxivClient
from medvl_watch.sources.arxiv_page import BadEntry, paper_id
from medvl_watch.sources.arxiv_slices import DEEPEST, Slice, SliceReader, SliceReading
from medvl_watch.sources.recorded import NotRecorded

_ETAG = "announced"
"""In the source's memory: the mark of the announcements that were compared last."""
_AGAIN = "again"
"""In the source's memory: the ids of papers whose entries could not be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _MissedPapers:
    """What the announcements had and the query had not, with a clause for the receipt."""

    records: tuple[Record, ...] = ()
    detail: str = ""
    etag: str = ""


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
        announced: Sequence[str] = (),
        recorded: bool = False,
    ) -> None:
        self._name = name
        self._query = query
        self._fetcher = fetcher
        self._page_size = page_size
        self._recorded = recorded
        self._canaries = tuple(canaries)
        self._announced = tuple(announced)
        self._most = min(DEEPEST, page_size * max_pages)

    @property
    def name(self) -> str:
        return self._name

    def poll(self, window: Window) -> Poll:
        """Every paper submitted in the window, by the date of its first version.

        Papers that could be read are used also where others are missing; then the receipt is
        incomplete and says why. Raises SourceError if nothing could be read.
        """
        client = self._client()
        reading = self._reader(client).read(Slice(window.since, window.until))
        records = dict(reading.records)
        wanted = [paper_id(one.entry_id) for one in reading.bad.values()]
        wanted = [one for one in (*wanted, *window.memory.get(_AGAIN, "").split()) if one]
        _add(records, client.by_any_ids(wanted)[0])
        missed = self._missed(window, {paper for paper, _ in records}, client)
        _add(records, missed.records)
        known = {paper for paper, _ in records}
        bad = [one for one in reading.bad.values() if paper_id(one.entry_id) not in known]
        if bad and not records:
            raise SourceError(bad[0].reason, where=self._name)
        reading.problem = reading.problem or self._missing_canaries(client)
        left = dict.fromkeys(one for one in wanted if one not in known)
        memory = {_AGAIN: " ".join(left), _ETAG: missed.etag}
        return Poll(
            records=tuple(records.values()),
            receipt=_receipt(client, reading, len(known), bad, missed.detail),
            memory={name: value for name, value in memory.items() if value},
        )

    def _client(self) -> ArxivClient:
        return ArxivClient(self._fetcher, self._name, self._query, self._page_size)

    def _reader(self, client: ArxivClient) -> SliceReader:
        return SliceReader(
            read_page=client.page, where=self._name, page_size=self._page_size, most=self._most
        )

    def _missed(self, window: Window, known: Collection[str], client: ArxivClient) -> _MissedPapers:
        """The papers that arXiv announced today and that fit the query, but that it did not
        find. Where the feed cannot be read, the query's answer stands alone."""
        if not self._announced:
            return _MissedPapers()
        try:
            today = read_announcements(
                self._fetcher, self._name, self._announced, window.memory.get(_ETAG, "")
            )
        except NotRecorded:
            return _MissedPapers()
        except SourceError as error:
            return _MissedPapers(detail=f"the announcements could not be read: {error.what}")
        wanted = [one for one in today.ids if one not in known]
        found, failed = client.by_any_ids(wanted, fitting=True)
        details = [f"{len(found)} announced and not found by the query"] if found else []
        details += [f"{len(failed)} announced and not compared"] if failed else []
        return _MissedPapers(
            records=tuple(found), detail="; ".join(details), etag="" if failed else today.etag
        )

    def compare(self, arxiv_ids: Sequence[str]) -> tuple[Sequence[Record], Sequence[str]]:
        """Those of these papers that fit the query, asked for by their ids, and the ids that
        could not be asked for. Recordings hold no such answers."""
        return ((), ()) if self._recorded else self._client().by_any_ids(arxiv_ids, fitting=True)

    def _missing_canaries(self, client: ArxivClient) -> SourceError | None:
        """The papers that the query should find and does not: then it finds too little, whatever
        its answer looks like. None if that could not be asked."""
        if not self._canaries:
            return None
        try:
            found = client.by_ids(self._canaries, fitting=True)
        except SourceError:
            return None
        missing = set(self._canaries) - {record.arxiv_id for record in found}
        if not missing:
            return None
        return SourceError(
            f"the query does not find {', '.join(sorted(missing))}, its canary", where=self._name
        )

    def lookup(self, identifier: str) -> Record | None:
        """The paper with this arXiv id; by DOI only if it is arXiv's own, or in recordings."""
        wanted = parse_identifier(identifier) or identifier
        arxiv_id = normal_arxiv_id(wanted)
        if arxiv_id is None:
            return self._among_recorded(f"doi:{wanted}")
        try:
            return next(iter(self._client().by_ids([arxiv_id])), None)
        except NotRecorded:
            return self._among_recorded(arxiv_key(arxiv_id))

    def _among_recorded(self, key: str) -> Record | None:
        """The newest version among the recorded pages; nothing where there are none."""
        if not self._recorded:
            return None
        whole = Slice(datetime(1991, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        reading = self._reader(self._client()).read(whole, halve=False)
        fitting = [record for record in reading.records.values() if key in keys_of(record)]
        return max(fitting, key=lambda record: record.version or 0, default=None)


def _add(records: dict[tuple[str, int], Record], found: Sequence[Record]) -> None:
    records.update(((one.arxiv_id or "", one.version or 1), one) for one in found)


def _receipt(
    client: ArxivClient,
    reading: SliceReading,
    received: int,
    bad: Sequence[BadEntry],
    missed: str,
) -> Receipt:
    parts = [missed] if missed else []
    parts += [f"{reading.repeats} came twice"] if reading.repeats else []
    parts += [f"{len(bad)} to be asked for again: {bad[0].reason}"] if bad else []
    problem = reading.problem
    return Receipt(
        source=client.source,
        fetched_at=client.responses[-1].fetched_at,
        received=received,
        claimed=reading.claimed if problem else max(reading.claimed, received),
        pages=len(client.responses),
        detail="; ".join(parts),
        incomplete=problem.what if problem else "",
        repeats=reading.repeats,
        unusable=tuple((one.reason, 1) for one in bad),
        bytes=sum(len(one.body) for one in client.responses),
        status=client.responses[-1].status,
    )
