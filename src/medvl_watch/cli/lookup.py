"""Papers by their identifiers: as the ledger knows them, else from the sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property

from medvl_watch.cli.session import each_source, known_ledger
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.papers.identifiers import parse_identifier
from medvl_watch.ports import Ledger, Source
from medvl_watch.records import Record


class Lookup:
    """Looks papers up for one command.

    Ledger and sources are opened when they are first needed, since both are heavy, and only
    once: a fetcher keeps the gap that a service asks for between its own requests alone.
    """

    def __init__(self, settings: Settings, opened: ExitStack) -> None:
        self._settings = settings
        self._opened = opened
        self._sources: list[Source] = []

    def record(self, text: str) -> Record:
        """The paper that a person means by an arXiv id, a DOI or an address. Raises ConfigError
        if it is none of these or nobody knows it, SourceError where that could not be told."""
        identifier = parse_identifier(text)
        if identifier is None:
            raise ConfigError(
                "this is neither a file nor an arXiv id, a DOI or a paper's address",
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
        problems: list[WatchError] = []
        for source in self._each_source():
            try:
                record = source.lookup(identifier)
            except WatchError as error:
                problems.append(error)
                continue
            if record is not None:
                return record
        if problems:
            raise problems[0]
        raise ConfigError(
            "no source knows this paper", where=text, remedy="see that the id is right"
        )

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
        return each_source(self._settings)


@contextmanager
def open_lookup(settings: Settings) -> Iterator[Lookup]:
    """A lookup, whose ledger is closed in the end."""
    with ExitStack() as opened:
        yield Lookup(settings, opened)
