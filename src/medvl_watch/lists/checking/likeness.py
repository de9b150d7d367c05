"""Whether two entries are one work, two works of one family, or strangers."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry
from medvl_watch.lists.fields.dates_and_venues import ET_AL
from medvl_watch.lists.fields.names import are_names_alike, name_and_rest_keys
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.addresses import keys_of_address
from medvl_watch.papers.identifiers import family_name, is_weak, title_key
from medvl_watch.papers.section_titles import names_data

_MOST_SLIPS = 3
"""Letters by which one title may differ from itself; another word is another title."""

_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)


def is_same_work(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Equal titles but for case, markup, a short name in front or a slip; or one address
    under titles that are much alike."""
    if not one.key or not other.key:
        return False
    if min(len(one.key), len(other.key)) < 12:
        return one.key == other.key and bool(paper_keys(one) & paper_keys(other))
    if one.key == other.key or _slips(one.key, other.key):
        return True
    if (
        min(len(one.bare_key), len(other.bare_key)) >= 20
        and (one.bare_key == other.bare_key or _slips(one.bare_key, other.bare_key))
        and not _have_two_names(one, other)
    ):
        return True
    return bool(paper_keys(one) & paper_keys(other)) and fuzz.ratio(one.key, other.key) >= 70


def _have_two_names(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether one subtitle stands behind two names: `Big Sleep: A command line tool`, `Deep
    Daze: A command line tool`."""
    (ours, _), (theirs, _) = name_and_rest_keys(one.title), name_and_rest_keys(other.title)
    return bool(ours and theirs) and not are_names_alike(ours, theirs)


def _slips(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 30 or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return OSA.distance(one, other, score_cutoff=_MOST_SLIPS) <= _MOST_SLIPS


def are_strangers(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether both name their authors in full, and have none in common."""
    ours, theirs = _families(one), _families(other)
    return len(ours) > 1 and len(theirs) > 1 and not ours & theirs


def are_copied(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether they share the paper's address: then one entry was copied from the other."""
    return bool(paper_keys(one) & paper_keys(other))


def _name(work: CheckedEntry) -> str:
    return title_key(work.value(Slot.NAME) or work.title.partition(":")[0])


def _families(work: CheckedEntry) -> frozenset[str]:
    authors = ET_AL.sub("", work.value(Slot.AUTHORS))
    names = (family_name(name) for name in re.split(r",| & | and |;", authors) if name.strip())
    return frozenset(name for name in names if len(name) > 1)


def speaks_of(url: str, work: CheckedEntry) -> bool:
    """Whether an address has the work's name (`MAVL`, `Merlin: …`) in it."""
    name = _name(work)
    return 2 < len(name) < 30 and name in title_key(url)


def is_named_in(work: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether the other's title or name has this work's name in it."""
    name = _name(work)
    return name in other.key or name in title_key(other.value(Slot.NAME))


def paper_keys(work: CheckedEntry) -> frozenset[str]:
    """What the entry's paper link identifies; for other pages, the address itself."""
    return _keys_of(work.value(Slot.PAPER))


@lru_cache(maxsize=8192)
def _keys_of(url: str) -> frozenset[str]:
    keys = frozenset(key for key in keys_of_address(url) if not is_weak(key))
    if keys or not url:
        return keys
    bare, fragment = bare_address(url), url.partition("#")[2]
    return frozenset({f"url:{bare}#{fragment}"}) if bare else frozenset()


def bare_address(url: str) -> str:
    """An address without scheme, `www.`, fragment and closing slash; empty for a bare host."""
    bare = _SCHEME.sub("", url.partition("#")[0]).rstrip("/")
    host, _, path = bare.partition("/")
    return f"{host.lower()}/{path}" if path else ""


def is_data(work: CheckedEntry) -> bool:
    """Whether the entry stands among data sets, which share address and code with papers."""
    return any(names_data(title) for title in work.path)
