"""Papers by their identifiers: from the ledger, else from the sources.

A person waits for the answer. So nothing is tried twice, feeds that cannot contain the paper are
not fetched, and after `LONGEST` seconds the search ends with one sentence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from medvl_watch.errors import ConfigError, SourceError, WatchError
from medvl_watch.papers.identifiers import parse_identifier
from medvl_watch.ports import Fetcher, Ledger, Request, RequestTurns, Response, Source
from medvl_watch.records import Record

LONGEST = 15.0
"""Seconds after which the search for one paper ends."""
_NOTHING_KNOWN = "this is neither a file nor an arXiv id, a DOI or a paper's address"
_NO_PAPERS_ADDRESS = (
    "this address names neither a file nor an arXiv id nor a DOI, as those of arXiv, doi.org, "
    "Nature, the ACL Anthology, medRxiv and bioRxiv do"
)
_INSTEAD = "give its text, its PDF or a BibTeX entry with an abstract instead"


OpenSources: TypeAlias = Callable[[Callable[[str], Fetcher]], Iterator[Source]]
"""Opens the sources one by one, with a function that makes their fetcher from the contact."""


class PaperLookup:
    """Looks papers up for one command.

    Ledger and sources are opened when they are first needed, since both are heavy, and only
    once: a fetcher keeps the gap between its own requests only.
    """

    def __init__(
        self,
        *,
        open_ledger: Callable[[], Ledger | None],
        open_sources: OpenSources,
        recorded: bool,
        turns: RequestTurns | None = None,
        report_step: Callable[[str], None] | None = None,
    ) -> None:
        """`recorded`: the sources read recordings. `turns` keep the gaps of services with other
        processes. `report_step` is called before each request to the network, with a clause that
        names the source."""
        self._open_ledger = open_ledger
        self._open_sources = open_sources
        self._recorded = recorded
        self._turns = turns
        self._tell = report_step
        self._sources: list[Source] = []
        self._until = 0.0

    def record(self, text: str) -> Record:
        """The paper that a person means by an arXiv id, a DOI or an address. Raises ConfigError
        if it is none of these or no source has it, SourceError if a source failed."""
        identifier = parse_identifier(text)
        if identifier is None:
            raise ConfigError(
                _NO_PAPERS_ADDRESS if "://" in text else _NOTHING_KNOWN,
                where=text,
                remedy="give one of these, or - for standard input",
            )
        seen = self.seen((f"arxiv:{identifier}", f"doi:{identifier}"))
        return next(iter(seen.values()), None) or self._in_sources(identifier, text)

    def seen(self, keys: Iterable[str]) -> Mapping[str, Record]:
        """The records in the ledger, by those of these identity keys that it has."""
        if self._ledger is None:
            return {}
        ids = self._ledger.paper_ids(keys)
        facts = {paper.id: paper.facts for paper in self._ledger.papers(set(ids.values()))}
        return {key: facts[paper_id] for key, paper_id in ids.items()}

    def _in_sources(self, identifier: str, text: str) -> Record:
        self._until = time.monotonic() + LONGEST
        problems: list[WatchError] = []
        for source in self._each_source():
            if self._left() <= 0:
                late = f"not every source could be asked within {LONGEST:g} s"
                problems.append(SourceError(late, where=source.name))
                break
            try:
                record = source.lookup(identifier)
            except WatchError as error:
                problems.append(error)
                continue
            if record is not None:
                return record
        if problems:
            raise _no_answer(text, problems)
        if self._recorded:
            raise ConfigError(
                "the recordings, which are all that is read here, do not hold this paper",
                where=text,
                remedy=_INSTEAD,
            )
        raise ConfigError(
            "no source knows this paper",
            where=text,
            remedy=f"see that the id is right, or {_INSTEAD}",
        )

    def _left(self) -> float:
        """For how many seconds the person still waits."""
        return self._until - time.monotonic()

    def _live(self, contact: str) -> Fetcher:
        from medvl_watch.sources.live import LiveFetcher  # noqa: PLC0415 - heavy, so late

        fetcher = LiveFetcher(contact, left=self._left, turns=self._turns)
        return _ReportingFetcher(fetcher, self._tell) if self._tell else fetcher

    @cached_property
    def _ledger(self) -> Ledger | None:
        return self._open_ledger()

    def _each_source(self) -> Iterator[Source]:
        yield from self._sources
        for source in self._other_sources:
            self._sources.append(source)
            yield source

    @cached_property
    def _other_sources(self) -> Iterator[Source]:
        return self._open_sources(self._live)


class _ReportingFetcher:
    """A `Fetcher` that reports each request before another fetcher makes it."""

    def __init__(self, fetcher: Fetcher, report_step: Callable[[str], None]) -> None:
        self._fetcher = fetcher
        self._tell = report_step

    def get(self, request: Request) -> Response:
        self._tell(f"asking {request.source}")
        return self._fetcher.get(request)


def _no_answer(text: str, problems: list[WatchError]) -> WatchError:
    """Why a paper was not found: the first problem, and how many sources had one."""
    first = problems[0]
    others = len(problems) - 1
    more = f" (and {others} more source{'s' if others > 1 else ''} failed)" if others else ""
    return type(first)(
        first.what + more, where=f"{text}: {first.where}", remedy=f"try again later, or {_INSTEAD}"
    )
