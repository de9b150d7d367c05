"""What an address or a DOI says of itself: the place, whose paper it is, and where that appeared.

No address is ever fetched here. All facts about places are rows of `places.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from medvl_watch.papers.place_rules import NO_KEYS, Keys, Place, PlaceKind, VolumeRule
from medvl_watch.papers.places import PLACES
from medvl_watch.papers.schemes import doi_keys, normal_doi
from medvl_watch.papers.years import full_year

_LONGEST = 2_000
_PLAIN_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]{1,250})((?:/[A-Za-z0-9._~-]*){0,50})")
"""Nothing in it is to be decoded. Most addresses are so, and urlsplit takes its time."""
_DOI_IN_PATH = re.compile(r"/(10\.\d{4,9}/\S+)")
_SCHEME = re.compile(r"(?:[a-z][a-z+.-]*:)?//", re.IGNORECASE)
_INNER_PARAMETERS = frozenset({"url", "q", "u", "target", "to", "dest", "redirect"})
_SEARCH_PAGES = frozenset({"search", "scholar", "results", "query", "find", "s"})
_SEARCH_KEYS = frozenset({"q", "query", "search", "search_query", "term", "text", "wd", "as_q"})
_PAPER_PATH = re.compile(r"/papers?/|\.pdf\b", re.IGNORECASE)
HOLDERS = frozenset({PlaceKind.PREPRINTS, PlaceKind.PROCEEDINGS, PlaceKind.PUBLISHER})
"""Where a paper has appeared if its address leads there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """Where and when a paper appeared, as its address or DOI states.

    `venue` is our name of the venue, with `Workshop` or `Findings`, or None where the place has
    several and the address does not say which; `base` is the venue without these words. `is_exact`
    as in `VolumeRule`.
    """

    place: Place
    venue: str | None
    year: int
    is_exact: bool

    @property
    def is_published(self) -> bool:
        """Whether the place is not one of preprints."""
        return self.place.kind is not PlaceKind.PREPRINTS

    @property
    def base(self) -> str | None:
        return re.sub(r" (?:Workshop|Findings)$", "", self.venue) if self.venue else None


@dataclass(frozen=True, slots=True)
class _Parts:
    """Host in lower case, decoded path, query."""

    host: str
    path: str
    query: str


def keys_of_address(address: str) -> Keys:
    """The identity keys that one address carries itself; empty where it carries none."""
    parts = _parts_of(address)
    return _keys_of(parts) if parts and parts.host else NO_KEYS


def place_of(address: str) -> Place | None:
    """The place to which an address leads, with or without its scheme; that of the DOI in it
    where the address goes through an index, that of the address in it where it is a redirect.
    None where it is not in the table."""
    parts = _parts_of(address if _SCHEME.match(address) else f"//{address}")
    if not parts:
        return None
    place = next(_places_at(parts), None)
    if place is None or place.kind is PlaceKind.INDEX:
        doi = _doi_in_path(parts.path)
        place = (place_of_doi(doi) if doi else None) or place
    if place is None and "http" in parts.query:
        inner = map(_parts_of, inner_addresses(address))
        places = (at for parts in inner if parts for at in _places_at(parts))
        return next(places, None)
    return place


def place_of_doi(doi: str) -> Place | None:
    """The place that gave out a DOI, where the table has it."""
    doi = normal_doi(doi) or ""
    rows = _BY_REGISTRANT.get(doi.partition("/")[0], ())
    return next((row for row in rows if row.doi is None or row.doi.match(doi)), None)


def is_preprint_doi(doi: str) -> bool:
    """Whether a preprint server gave out a DOI."""
    place = place_of_doi(doi)
    return place is not None and place.kind is PlaceKind.PREPRINTS


def registrants_of_host(host: str) -> frozenset[str] | None:
    """The numbers with which the DOIs of a host's papers begin; None where we do not know."""
    rows = [row for row in _rows_of_host(host.lower()) if row.registrants]
    return frozenset(rows[0].registrants) if rows else None


def is_paper_address(address: str) -> bool:
    """Whether an address leads to where papers are."""
    place = place_of(address)
    return (place is not None and place.kind in {*HOLDERS, PlaceKind.INDEX}) or bool(
        _PAPER_PATH.search(address)
    )


def is_search(address: str) -> bool:
    """Whether an address asks a search engine: what it finds may be another paper tomorrow."""
    parts = _parts_of(address)
    if not parts or keys_of_address(address):
        return False
    last = parts.path.rstrip("/").rpartition("/")[2].lower()
    asked = {key.lower() for key, _ in parse_qsl(parts.query)}
    return last in _SEARCH_PAGES and not asked.isdisjoint(_SEARCH_KEYS)


def is_preprint_address(address: str) -> bool:
    """Whether an address leads to a preprint server."""
    place = place_of(address)
    return place is not None and place.kind is PlaceKind.PREPRINTS


def is_code_address(address: str) -> bool:
    """Whether an address leads to where code and models are."""
    place = place_of(address)
    return place is not None and place.kind is PlaceKind.CODE


def is_data_address(address: str) -> bool:
    """Whether an address leads to where data sets are."""
    place = place_of(address)
    return place is not None and place.kind is PlaceKind.DATA


def is_account(address: str) -> bool:
    """Whether an address leads to all that a person or an organisation has at a code host."""
    parts = _parts_of(address)
    place = next(_places_at(parts), None) if parts else None
    return bool(place and place.account and parts and place.account.match(parts.path))


def appearance_of(address: str) -> Appearance | None:
    """Where and when the paper at an address appeared, as far as the address states it."""
    parts = _parts_of(address)
    if not parts or not parts.host:
        return None
    keys = sorted(_keys_of(parts))
    for place in _places_at(parts):
        if place.volumes:
            return _appearance_at(place, [parts.path, *keys])
    return next(filter(None, (_appearance_by_doi(key) for key in keys)), None)


def appearance_of_doi(doi: str) -> Appearance | None:
    """Where and when the paper with a DOI appeared, as far as the DOI states it."""
    normal = normal_doi(doi)
    return _appearance_by_doi(f"doi:{normal}") if normal else None


def _appearance_by_doi(key: str) -> Appearance | None:
    if not key.startswith("doi:"):
        return None
    place = place_of_doi(key.removeprefix("doi:"))
    keys = sorted(doi_keys(key.removeprefix("doi:")))
    return _appearance_at(place, keys) if place else None


def _appearance_at(place: Place, texts: list[str]) -> Appearance | None:
    for rule in place.volumes:
        for text in texts:
            if (found := rule.pattern.search(text)) and (read := _read_volume(place, rule, found)):
                return read
    return None


def _read_volume(place: Place, rule: VolumeRule, found: re.Match[str]) -> Appearance | None:
    groups = found.groupdict()
    venue = rule.venue or rule.venues.get((groups.get("venue") or "").lower())
    if rule.needs_venue and venue is None:
        return None
    if venue and any(groups[name] for name in groups if name.startswith("workshop")):
        venue = f"{venue} Workshop"
    elif venue and groups.get("findings"):
        venue = f"{venue} Findings"
    year = int(groups["year"])
    if year < 100:
        year = full_year(year)
    return Appearance(place=place, venue=venue, year=year, is_exact=rule.is_exact)


def inner_addresses(address: str) -> Iterator[str]:
    """The addresses in the query of another one: redirects are looked into, never followed."""
    if "?" not in address:
        return
    try:
        pairs = parse_qsl(urlsplit(address).query, max_num_fields=50)
    except ValueError:
        return
    for name, value in pairs:
        if name.lower() in _INNER_PARAMETERS and value.lower().startswith("http"):
            yield unquote(value)[:_LONGEST]


@lru_cache(maxsize=4_096)
def _parts_of(address: str) -> _Parts | None:
    if plain := _PLAIN_ADDRESS.fullmatch(address):
        return _Parts(plain[1].lower(), plain[2], "")
    try:
        parts = urlsplit(address.strip()[:_LONGEST])
        return _Parts((parts.hostname or "").lower(), unquote(parts.path), parts.query)
    except ValueError:
        return None


def _keys_of(parts: _Parts) -> Keys:
    for row in _rows_of_host(parts.host):
        for rule in row.identities:
            if found := rule.path.search(parts.path):
                return rule.read_keys(found)
    return _keys_in_query(parts) or _doi_keys_in_path(parts.path)


def _doi_in_path(path: str) -> str | None:
    found = _DOI_IN_PATH.search(path)
    return normal_doi(found.group(1)) if found else None


def _doi_keys_in_path(path: str) -> Keys:
    doi = _doi_in_path(path)
    return doi_keys(doi) if doi else NO_KEYS


def _keys_in_query(parts: _Parts) -> Keys:
    if not parts.query:
        return NO_KEYS
    try:
        parameters = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return NO_KEYS
    for row in _rows_of_host(parts.host):
        if row.parameter is None:
            continue
        name, scheme = row.parameter
        value = parameters.get(name, [""])[0].strip()
        # OpenReview: a revision's number under /references/ is not the forum's.
        if value and not parts.path.startswith("/references"):
            return frozenset({scheme + value})
    if parts.host == "dl.acm.org":
        number = parameters.get("doid", parameters.get("id", [""]))[0]
        # `2522848.2522886` is volume and article; one number alone is ACM's own count.
        return doi_keys(f"10.1145/{number}") if re.fullmatch(r"\d+\.\d+", number) else NO_KEYS
    for name in ("doi", "id"):
        if doi := normal_doi(parameters.get(name, [""])[0]):
            return doi_keys(doi)
    return NO_KEYS


def _places_at(parts: _Parts) -> Iterator[Place]:
    return (row for row in _rows_of_host(parts.host) if not row.path or row.path.match(parts.path))


@lru_cache(maxsize=4_096)
def _rows_of_host(host: str) -> tuple[Place, ...]:
    """The rows for a host: those of the longest end of its name first."""
    labels = host.split(".")
    ends = [".".join(labels[at:]) for at in range(len(labels))]
    rows = [row for end in ends for row in _BY_HOST.get(end, ())]
    rows += [row for row in PLACES if row.label and row.label in labels and row not in rows]
    return tuple(rows)


def _rows_by(names_of: Callable[[Place], Iterable[str]]) -> dict[str, list[Place]]:
    rows: dict[str, list[Place]] = {}
    for row in PLACES:
        for name in names_of(row):
            rows.setdefault(name, []).append(row)
    return rows


_BY_HOST = _rows_by(lambda row: row.hosts)
_BY_REGISTRANT = _rows_by(lambda row: row.registrants)
_CODE_ROWS = [row for row in PLACES if row.kind is PlaceKind.CODE]
CODE_HOST_PARTS = frozenset(part for row in _CODE_ROWS for part in (*row.hosts, row.label) if part)
"""One of these is in every address of code."""
CODE_HOST_SPELLING = "|".join(
    [re.escape(host) for row in _CODE_ROWS for host in row.hosts]
    + [rf"{row.label}(?:\.[\w-]+)+" for row in _CODE_ROWS if row.label]
)
"""A regular expression for the host of code in free text."""
