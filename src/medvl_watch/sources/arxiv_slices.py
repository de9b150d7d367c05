"""Reads all papers that an arXiv query finds in a slice of time, and proves it.

The server refuses pages beyond 10,000 results, has served results in a wrong order (arxiv.py#184,
#186), pages that are empty (#43, #157), totals that change between two pages (#43), and pages that
overlap because a paper or a version arrived between two requests (issues of
https://github.com/lukasschwab/arxiv.py). So a slice with too many papers is split; no order is
relied upon; and a slice counts as read only when as many different papers came as the server
announced. Where papers are missing, the slice is read once more from the other end, where the pages
begin elsewhere, and then in two halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from medvl_watch.errors import SourceError, SourceLimited
from medvl_watch.records import Record
from medvl_watch.sources.arxiv_page import ArxivPage, BadEntry, QueryRefused, paper_id

DEEPEST = 10_000
"""The server refuses pages beyond this many results, although the manual allows 30,000:
`MAX_RESULTS` in search/services/index/util.py of https://github.com/arXiv/arxiv-search"""
MOST_PARTS = 64
"""A query that needs more parts than this finds too much to be meant."""
SHORTEST = timedelta(hours=2)
"""A slice of this length is not split any more."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A range of submission times, both ends included."""

    since: datetime
    until: datetime

    def halves(self) -> tuple[Slice, Slice] | None:
        """Two slices that cover this one; None if it is too short to split."""
        if self.until - self.since < 2 * SHORTEST:
            return None
        middle = (self.since + (self.until - self.since) / 2).replace(second=0, microsecond=0)
        return Slice(self.since, middle), Slice(middle, self.until)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page of a slice; `number` counts from 0 within one reading of it."""

    slice: Slice
    start: int
    number: int
    newest_first: bool


ReadPage = Callable[[PageRequest], tuple[ArxivPage, Sequence[Record]]]


@dataclass(slots=True)
class SliceReading:
    """What came of a slice: records by paper and version, bad entries by id, the total that the
    server announced, and what went wrong (None if every paper came)."""

    records: dict[tuple[str, int], Record] = field(default_factory=dict)
    bad: dict[str, BadEntry] = field(default_factory=dict)
    claimed: int = 0
    repeats: int = 0
    problem: SourceError | None = None

    @property
    def papers(self) -> int:
        """How many different papers came, usable or not."""
        usable = {paper for paper, _ in self.records}
        return len(usable | {paper_id(one) or one for one in self.bad})

    def add(self, other: SliceReading) -> None:
        """Take over what came of another slice."""
        self.records.update(other.records)
        self.bad.update(other.bad)
        self.repeats += other.repeats
        self.problem = self.problem or other.problem


class _TooMany(Exception):
    """The slice has more results than can be read."""

    def __init__(self, total: int) -> None:
        self.total = total
        super().__init__(total)


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceReader:
    """Reads slices through `read_page`: at most `most` results of one, `page_size` at a time.
    `where` names the source in messages."""

    read_page: ReadPage
    where: str
    page_size: int
    most: int = DEEPEST

    def read(self, part: Slice, *, halve: bool = True) -> SliceReading:
        """All papers of the slice. What some of them lack is the reading's `problem`.

        Raises SourceError if nothing could be read, and at once for a query that the server
        refuses or that finds too much.
        """
        reading = SliceReading()
        problem: SourceError | None = None
        for newest_first in (True, False):
            try:
                self._read_pages(part, reading, newest_first=newest_first)
                problem = None
            except _TooMany as error:
                return self._in_parts(part, error.total)
            except QueryRefused:
                raise
            except SourceError as error:
                problem = error
            is_limited = isinstance(problem, SourceLimited)
            # Nothing is believed only from both ends.
            is_whole = problem is None and reading.papers >= reading.claimed > 0
            if is_limited or is_whole:
                break
        if problem is None and reading.papers < reading.claimed:
            problem = self._missing(reading)
        reading.problem = problem
        if problem and not (reading.records or reading.bad):
            raise problem
        if problem and halve and not is_limited and (halves := part.halves()):
            self._look_in_halves(reading, halves)
        return reading

    def _read_pages(self, part: Slice, reading: SliceReading, *, newest_first: bool) -> None:
        start = 0
        for number in range(2 * self.most // self.page_size + 2):
            page, records = self.read_page(PageRequest(part, start, number, newest_first))
            if page.total > self.most:
                raise _TooMany(page.total)
            if page.start is not None and page.start != start:
                raise SourceError(
                    f"page {number} begins at {page.start} where {start} was asked for",
                    where=self.where,
                )
            reading.claimed = max(reading.claimed, page.total)
            for record in records:
                key = (record.arxiv_id or "", record.version or 1)
                reading.repeats += key in reading.records and newest_first
                reading.records.setdefault(key, record)
            reading.bad.update((one.entry_id or one.reason, one) for one in page.bad)
            start += page.entries
            if page.entries > page.total:
                raise SourceError(
                    f"page {number} has {page.entries} entries although {page.total} results are "
                    "claimed",
                    where=self.where,
                    remedy="it is tried again next time",
                )
            if start >= reading.claimed:
                return
            if not page.entries:
                raise SourceError(
                    f"page {number} is empty although {reading.claimed} results are claimed",
                    where=self.where,
                    remedy="it is tried again next time",
                )

    def _in_parts(self, part: Slice, total: int) -> SliceReading:
        """A slice with too many papers, read in halves."""
        halves = part.halves()
        if halves is None or total > self.most * MOST_PARTS:
            raise SourceError(
                f"the query finds {total} papers and at most {self.most} can be read at once",
                where=self.where,
                remedy="narrow the query or poll a shorter window",
            )
        whole = SliceReading()
        for half in halves:
            try:
                whole.add(self.read(half))
            except SourceError as error:
                if not whole.records:
                    raise
                whole.problem = whole.problem or error
        # The minute in the middle belongs to both halves, so their totals cannot be added.
        whole.claimed = max(total, whole.papers) if whole.problem else whole.papers
        return whole

    def _look_in_halves(self, reading: SliceReading, halves: tuple[Slice, Slice]) -> None:
        """Look for the missing papers in the halves of the slice; both have to be complete for
        the slice to be."""
        found = SliceReading()
        try:
            for half in halves:
                found.add(self.read(half, halve=False))
                if found.problem:
                    break
        except SourceError as error:
            found.problem = error
        problem = reading.problem
        reading.add(found)
        if found.problem is None:
            reading.problem = problem if reading.papers < reading.claimed else None

    def _missing(self, reading: SliceReading) -> SourceError:
        return SourceError(
            f"{reading.claimed} results are claimed and only {reading.papers} different ones came",
            where=self.where,
            remedy="it is tried again next time",
        )
