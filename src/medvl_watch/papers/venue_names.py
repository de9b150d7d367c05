"""The names of venues: how each is found in free text, and recognised where it stands alone.

The data are `seeds/venues.yaml`, read by `venuefile.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_OPTIONAL_MARKS = ".,:"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueSpellings:
    """A venue, and the ways in which people write it.

    The case of `abbreviations` and of `only_alone` counts, that of `full_names` does not.
    Spellings `only_alone` are also other words: free text is not searched for them.
    """

    name: str
    is_journal: bool
    abbreviations: tuple[str, ...] = ()
    full_names: tuple[str, ...] = ()
    only_alone: tuple[str, ...] = ()

    def spellings(self) -> Iterator[str]:
        """Every one, the name itself first."""
        yield from dict.fromkeys(
            (self.name, *self.abbreviations, *self.full_names, *self.only_alone)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueNames:
    """All venues that are known. `pattern` finds them in free text; its group `venue` is the
    name, `workshop` the letter in `CVPRW`."""

    venues: tuple[VenueSpellings, ...]
    pattern: re.Pattern[str]
    as_written: Mapping[str, VenueSpellings]
    in_any_case: Mapping[str, VenueSpellings]

    def name_of(self, found: re.Match[str]) -> str:
        """The venue that a match of `pattern` found."""
        venue = self.whole_name(found["venue"])
        return venue.name if venue else found["venue"]

    def whole_name(self, text: str) -> VenueSpellings | None:
        """The venue whose name is the whole of a text."""
        return self.as_written.get(" ".join(text.split())) or self.in_any_case.get(folded(text))

    def written_as_usual(self, text: str) -> VenueSpellings | None:
        """The same, but in the usual case: `Cell`, not `cell`."""
        return self.as_written.get(text)


def build_venue_names(venues: Iterable[VenueSpellings]) -> VenueNames:
    """The names of these venues, none of which shares a spelling with another."""
    venues = tuple(venues)
    as_written: dict[str, VenueSpellings] = {}
    in_any_case: dict[str, VenueSpellings] = {}
    for venue in venues:
        for spelling in venue.spellings():
            as_written[spelling] = as_written[spelling.rstrip(".")] = venue
        in_any_case.update(dict.fromkeys(_readable_in_any_case(venue), venue))
    return VenueNames(
        venues=venues,
        pattern=_pattern_of(venues),
        as_written=MappingProxyType(as_written),
        in_any_case=MappingProxyType(in_any_case),
    )


def folded(spelling: str) -> str:
    """Equal for the ways in which one full name is written: case, blanks, hyphens and marks."""
    marks = str.maketrans("-", " ", _OPTIONAL_MARKS)
    return " ".join(spelling.casefold().translate(marks).split())


def _readable_in_any_case(venue: VenueSpellings) -> Iterator[str]:
    """The name, the full names, and abbreviations in capitals: `Iccv`, `icml`."""
    yield folded(venue.name)
    yield from map(folded, venue.full_names)
    yield from (folded(each) for each in venue.abbreviations if each == each.upper())


def _pattern_of(venues: Iterable[VenueSpellings]) -> re.Pattern[str]:
    """Full names first, since they begin like some abbreviations (`SIGGRAPH Asia`); of each kind
    the longest first."""
    full_names: set[str] = set()
    abbreviations: set[str] = set()
    for venue in venues:
        for spelling in set(venue.spellings()) - set(venue.only_alone):
            is_short = spelling in venue.abbreviations or " " not in spelling
            (abbreviations if is_short else full_names).add(spelling)
    full = "|".join(map(_written_out, sorted(full_names, key=_longest_first)))
    short = "|".join(map(_abbreviated, sorted(abbreviations, key=_longest_first)))
    found = "|".join(filter(None, (f"(?i:{full})" if full else "", short))) or r"(?!)"
    return re.compile(rf"(?<![A-Za-z0-9])(?P<venue>{found})(?P<workshop>W)?(?![A-Za-z])")


def _longest_first(spelling: str) -> tuple[int, str]:
    return -len(spelling), spelling


def _abbreviated(spelling: str) -> str:
    return re.escape(spelling).replace(r"\ ", r"\s+")


def _written_out(spelling: str) -> str:
    return "".join(map(_letter, spelling))


def _letter(letter: str) -> str:
    if letter == " ":
        return r"\s+"
    if letter == "-":
        return r"[-\s]"
    return f"{re.escape(letter)}?" if letter in _OPTIONAL_MARKS else re.escape(letter)
