"""Opens the sources that the settings name, over the network or over recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from medvl_watch.cli.ledger_place import request_turns
from medvl_watch.config import Settings
from medvl_watch.ports import Fetcher, Source, SourceRhythm
from medvl_watch.sources.catalogue import Catalogue, load_catalogue, open_sources
from medvl_watch.storage.user_files import read_text


def make_sources(settings: Settings) -> Sequence[Source]:
    """The sources, over the network or over recordings."""
    return tuple(iterate_sources(settings))


def rhythms_of(settings: Settings) -> Mapping[str, SourceRhythm]:
    """How each source is polled. Recordings answer the same to every window, and are not live."""
    if settings.recordings is not None:
        return {}
    catalogue = catalogue_of(settings)
    return {entry.id: entry.rhythm for entry in catalogue.enabled()}


def iterate_sources(
    settings: Settings, live: Callable[[str], Fetcher] | None = None
) -> Iterator[Source]:
    """The sources one by one, since importing a reader is slow and the first may be enough.
    Raises ConfigError at once for a faulty catalogue or faulty recordings. `live` makes the
    fetcher for the network from the contact address."""
    catalogue = catalogue_of(settings)
    return open_sources(catalogue, _fetcher(settings, catalogue.contact, live))


def catalogue_of(settings: Settings) -> Catalogue:
    """The catalogue of sources. Raises ConfigError for one that is wrong."""
    text = read_text(settings.sources, "name it as `sources` in the configuration")
    return load_catalogue(text, str(settings.sources))


def _fetcher(settings: Settings, contact: str, live: Callable[[str], Fetcher] | None) -> Fetcher:
    if settings.recordings is not None:
        from medvl_watch.sources.recorded import RecordedFetcher

        return RecordedFetcher(settings.recordings)
    return live(contact) if live is not None else live_fetcher(settings, contact)


def live_fetcher(settings: Settings, contact: str) -> Fetcher:
    """The fetcher for the network, which keeps the gaps of services with other processes."""
    from medvl_watch.sources.live import LiveFetcher

    return LiveFetcher(contact, turns=request_turns(settings))
