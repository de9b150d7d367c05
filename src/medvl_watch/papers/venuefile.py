"""Reads seeds/venues.yaml: every wrong edit is refused with file, key and reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from medvl_watch.papers.preprint_names import is_only_preprint_name
from medvl_watch.papers.venue_names import (
    VenueNames,
    VenueSpellings,
    build_venue_names,
    folded,
)
from medvl_watch.seedfile import SeedFile
from medvl_watch.validation import Key

_SHORTEST, _LONGEST = 2, 120


def _spelling(text: str) -> str:
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise ValueError(f"{text!r:.60} does not have {_SHORTEST} to {_LONGEST} characters")
    if not text.isprintable() or " ".join(text.split()) != text:
        raise ValueError(f"{text!r} has blanks too many or characters that do not print")
    if not any(letter.isalpha() for letter in text):
        raise ValueError(f"{text!r} has no letter")
    return text


def _abbreviation(text: str) -> str:
    if text == text.lower():
        raise ValueError(f"{text!r} has no capital letter: it would be found in many a sentence")
    return text


def _full_name(text: str) -> str:
    if len(folded(text).split()) == 1:
        raise ValueError(f"{text!r} is one word: write it under abbreviations or only_alone")
    return text


_Spelling = Annotated[str, AfterValidator(_spelling)]
_Abbreviation = Annotated[_Spelling, AfterValidator(_abbreviation)]
_FullName = Annotated[_Spelling, AfterValidator(_full_name)]


class _VenueModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    abbreviations: list[_Abbreviation] = Field(default_factory=list)
    full_names: list[_FullName] = Field(default_factory=list)
    only_alone: list[_Spelling] = Field(default_factory=list)


class _VenuesModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: int = Field(ge=1, le=1)
    conferences: dict[_Spelling, _VenueModel | None] = Field(min_length=1)
    journals: dict[_Spelling, _VenueModel | None] = Field(min_length=1)


def load_venues(text: str, where: str) -> VenueNames:
    """The venues that a YAML text describes; `where` is the file's name for messages.

    Raises ConfigError naming file, line, key and reason.
    """
    file = SeedFile(text, where)
    raw = file.check(_VenuesModel)
    venues: list[VenueSpellings] = []
    owners: dict[str, str] = {}
    for group, entries in (("conferences", raw.conferences), ("journals", raw.journals)):
        for name, entry in entries.items():
            venue = VenueSpellings(
                name=name,
                is_journal=group == "journals",
                abbreviations=tuple(entry.abbreviations if entry else ()),
                full_names=tuple(entry.full_names if entry else ()),
                only_alone=tuple(entry.only_alone if entry else ()),
            )
            _refuse_doubts(file, (group, name), venue, owners)
            venues.append(venue)
    return build_venue_names(venues)


def _refuse_doubts(file: SeedFile, key: Key, venue: VenueSpellings, owners: dict[str, str]) -> None:
    """Refuse what could mean another venue, or none. `owners` has the venues above by their
    folded spellings, and gets this one's."""
    if " " not in venue.name and venue.name == venue.name.lower() not in venue.only_alone:
        file.refuse(key, f"{venue.name!r} has no capital letter", "write it under only_alone, too")
    for place, spelling in _places(key, venue):
        owner = owners.setdefault(folded(spelling), venue.name)
        if owner != venue.name:
            file.refuse(place, f"{spelling!r} is a spelling of {owner!r} already", "keep one")
        if is_only_preprint_name(spelling):
            file.refuse(place, f"{spelling!r} is a preprint server, not a venue", "remove it")


def _places(key: Key, venue: VenueSpellings) -> Iterator[tuple[Key, str]]:
    """Every spelling with the key at which it stands."""
    yield key, venue.name
    for field in ("abbreviations", "full_names", "only_alone"):
        for number, spelling in enumerate(getattr(venue, field)):
            yield (*key, field, number), spelling
