"""Papers by their identifiers: as the ledger knows them, else from the sources.

A person waits for the answer. So nothing is tried twice, no feed is asked for what it cannot
hold, and after `LONGEST` seconds the paper is given up in one sentence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property

from medvl_watch.cli.output import plural, progress
from medvl_watch.cli.session import each_source, known_ledger
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, SourceError, WatchError
from medvl_watch.papers.identifiers import parse_identifier
from medvl_watch.ports import Fetcher, Ledger, Request, Response, Source
from medvl_watch.records import Record

LONGEST = 15.0
"""Seconds for which one paper is looked for."""
_NOTHING_KNOWN = "this is neither a file nor an arXiv id, a DOI or a paper's address"
_NO_PAPERS_ADDRESS = (
    "this address names neither a file nor an arXiv id nor a DOI, as those of arXiv, doi.org, "
    "Nature, the ACL Anthology, medRxiv and bioRxiv do"
)
_INSTEAD = "give its text, its PDF or a BibTeX entry with an abstract instead"


class Lookup:
    """Looks papers up for one command.

    Ledger and sources are opened when they are first needed, since both are heavy, and only
    once: a fetcher keeps the gap that a service asks for between its own requests alone.
    """

    def __init__(self, settings: Settings, opened: ExitStack, *, quiet: bool) -> None:
        """What is asked is told on standard error, unless `quiet`."""
        self._settings = settings
        self._opened = opened
        self._quiet = quiet
        self._sources: list[Source] = []
        self._until = 0.0

    def record(self, text: str) -> Record:
        """The paper that a person means by an arXiv id, a DOI or an address. Raises ConfigError
        if it is none of these or nobody knows it, SourceError where that could not be told."""
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
        """What the ledger knows, by those of these identity keys that it has."""
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
            raise _not_told(text, problems)
        if self._settings.recordings is not None:
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
        from medvl_watch.sources.live import LiveFetcher

        fetcher = LiveFetcher(contact=contact, left=self._left)
        return fetcher if self._quiet else _ReportingFetcher(fetcher, self._told)

    def _told(self, words: str) -> None:
        self._tell(words)

    @cached_property
    def _tell(self) -> Callable[[str], None]:
        """Begun only when something is asked: before, the person may still be typing."""
        return self._opened.enter_context(progress())

    @cached_property
    def _ledger(self) -> Ledger | None:
        return self._opened.enter_context(known_ledger(self._settings))

    def _each_source(self) -> Iterator[Source]:
        yield from self._sources
        for source in self._other_sources:
            self._sources.append(source)
            yield source

    @cached_property
    def _other_sources(self) -> Iterator[Source]:
        return each_source(self._settings, self._live)


class _ReportingFetcher:
    """`Fetcher` by way of another, telling whom it asks."""

    def __init__(self, fetcher: Fetcher, tell: Callable[[str], None]) -> None:
        self._fetcher = fetcher
        self._tell = tell

    def get(self, request: Request) -> Response:
        self._tell(f"asking {request.source}")
        return self._fetcher.get(request)


def _not_told(text: str, problems: list[WatchError]) -> WatchError:
    """Why nobody could tell of a paper: the first problem, and how many sources had one."""
    first = problems[0]
    more = f" (and {plural(len(problems) - 1, 'more source')} failed)" if problems[1:] else ""
    return type(first)(
        first.what + more, where=f"{text}: {first.where}", remedy=f"try again later, or {_INSTEAD}"
    )


@contextmanager
def open_lookup(settings: Settings, *, quiet: bool = False) -> Iterator[Lookup]:
    """A lookup, whose ledger is closed in the end."""
    with ExitStack() as opened:
        yield Lookup(settings, opened, quiet=quiet)
