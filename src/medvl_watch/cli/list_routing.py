"""Which sections a list has, for the commands that are given its file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from medvl_watch.changes import Target
from medvl_watch.classify.routing import Router
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.list_files import configured_list
from medvl_watch.cli.plans import KnownList
from medvl_watch.cli.session import read_settings, read_taxonomy
from medvl_watch.config import Settings
from medvl_watch.list_copies import listed_document
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.list_sections import router_of
from medvl_watch.records import Decision, Headings, Record, Verdict
from medvl_watch.storage.user_files import read_list

if TYPE_CHECKING:
    from medvl_watch.evaluate.lists import Choose


def target_of(settings: Settings, file: Path, list_id: str | None = None) -> Target | None:
    """The configured list that a file is: by name, else by being its seed."""
    if list_id is not None:
        return configured_list(settings, list_id).target()
    seeds = {each.seed.resolve(): each.target() for each in settings.lists if each.seed}
    return seeds.get(file.resolve())


def router_for(document: Document, target: Target | None, taxonomy: Taxonomy) -> Router:
    """The sections of a list; where it is configured, its map counts beside its entries."""
    return router_of(document, taxonomy, taxonomy.lists.get(target.map_id) if target else None)


def list_of_file(file: Path, settings: Settings, taxonomy: Taxonomy) -> KnownList:
    """The list in this file."""
    document = parse(read_list(file))
    router = router_for(document, target_of(settings, file), taxonomy)
    return KnownList(file.name, router, document)


def configured_lists(settings: Settings, taxonomy: Taxonomy) -> Sequence[KnownList]:
    """The configured lists, as the last run read them; where none has and there is no seed,
    by their maps alone."""
    found = []
    for entry in settings.lists:
        list_map = taxonomy.lists.get(entry.target().map_id)
        document = listed_document(settings.state, entry)
        router = router_of(document, taxonomy, list_map) if document else Router(taxonomy, list_map)
        found.append(KnownList(entry.id, router, document))
    return found


def chooser(at_least: float) -> Choose:
    """Chooses a section by what a list's text teaches, however sure that is, but not below
    `at_least`. The taxonomy is read once it is needed."""

    @cache
    def taxonomy() -> Taxonomy:
        return read_taxonomy(read_settings(None)[0])

    @lru_cache(maxsize=1)
    def router(text: str) -> Router:
        return router_of(parse(text), taxonomy())

    def choose(text: str, record: Record) -> Headings | None:
        wanted = Verdict(paper_id=record.id, relevance=1.0, decision=Decision.PROPOSE)
        likely = router(text).route(wanted, record).sections
        return likely[0].path if likely and likely[0].score >= at_least else None

    return choose
