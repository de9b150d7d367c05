"""The venues that this process knows: those of the bundled seed, unless others are put in use.

Names of venues are read in hundreds of places, down to a single phrase of a list's entry; they
ask here, so that none of them needs a table of its own. The bundled seed is read once, on first
use; this is the one file that a module below the shell reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.errors import ConfigError
from medvl_watch.papers.venue_names import VenueNames
from medvl_watch.papers.venuefile import load_venues

ReadVenues = Callable[[], VenueNames]


def use_venues(read: ReadVenues | None) -> None:
    """Know the venues that `read` gives from now on; with None, those of the bundled seed.
    They are read once, when they are first needed."""
    _reader[:] = [cache(read or _bundled_venues)]


def venues_in_use() -> VenueNames:
    """Raises ConfigError if they cannot be read."""
    return _reader[0]()


def bundled_venues_path() -> Path:
    return bundled_folder("seeds") / "venues.yaml"


@cache
def _bundled_venues() -> VenueNames:
    path = bundled_venues_path()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"cannot be read ({error})", where=str(path), remedy="install the project again"
        ) from error
    return load_venues(text, str(path))


_reader: list[ReadVenues] = [_bundled_venues]


def venue_pattern() -> re.Pattern[str]:
    """Finds a known venue in free text; see `VenueNames.pattern`."""
    return venues_in_use().pattern


def name_of(found: re.Match[str]) -> str:
    """The venue that a match of `venue_pattern` found."""
    return venues_in_use().name_of(found)


def names() -> tuple[str, ...]:
    """The names by which we call the venues."""
    return tuple(venue.name for venue in venues_in_use().venues)


def known_name(text: str) -> str | None:
    """Our name for a venue written on its own, in whatever case, or None."""
    venue = venues_in_use().whole_name(text)
    return venue.name if venue else None


def is_known_as_written(text: str) -> bool:
    """Whether a text is a venue's name in its usual case: `Cell`, not `cell`."""
    return venues_in_use().written_as_usual(text) is not None


def is_known_journal(text: str) -> bool | None:
    """Whether a venue written on its own is a journal; None for a venue that is not known."""
    venue = venues_in_use().whole_name(text)
    return venue.is_journal if venue else None
