"""What entries state about the works that they name, and whether an address speaks of one."""

from __future__ import annotations

import re
from functools import lru_cache

from medvl_watch.lists.checking.checked_list import CheckedEntry
from medvl_watch.lists.fields.dates_and_venues import ET_AL
from medvl_watch.lists.fields.names import name_apart
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.rows import PLACEHOLDER, role_of
from medvl_watch.lists.parsing.entries import has_paper_link
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.lists.parsing.tables import split_row
from medvl_watch.papers.addresses import keys_of_address
from medvl_watch.papers.identifiers import family_name, is_weak, title_key
from medvl_watch.papers.section_titles import names_data

_TOOL = re.compile(
    r"\b(?:corpus|leader ?boards?|challenges?|tool ?kits?|library|platform|suite|collection"
    r"|metrics?)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\d{2,4})?(?!\d)")
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_SAME_AUTHORS, _OTHER_AUTHORS = 0.5, 0.34
"""Shares of the shorter list of authors that stand in the longer one."""
_DESCRIBING = frozenset({"name", "text", ""})
"""Roles of columns by which rows of the same paper differ."""


def is_paper(work: CheckedEntry) -> bool:
    """Whether an entry names a paper, as opposed to a person, a page or a group."""
    if has_paper_link(work.text) or identifiers_of(work):
        return True
    stated = work.value(Slot.VENUE) or work.value(Slot.DATE) or work.value(Slot.AUTHORS)
    return bool(stated) and len(work.title.split()) >= 3


def are_strangers(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether both name their authors in full, and have none in common."""
    if any(ET_AL.search(work.value(Slot.AUTHORS)) for work in (one, other)):
        return False
    ours, theirs = families_of(one), families_of(other)
    return len(ours) > 1 and len(theirs) > 1 and not ours & theirs


def families_of(work: CheckedEntry) -> frozenset[str]:
    """The family names of the authors that an entry states."""
    return _families_in(work.value(Slot.AUTHORS))


def have_same_authors(one: CheckedEntry, other: CheckedEntry) -> bool | None:
    """Whether two entries state the same authors; None where one states none, or some names are
    common to both and most are not, as with frequent family names."""
    ours, theirs = families_of(one), families_of(other)
    if not ours or not theirs:
        return None
    share = len(ours & theirs) / min(len(ours), len(theirs))
    return True if share > _SAME_AUTHORS else False if share < _OTHER_AUTHORS else None


@lru_cache(maxsize=8192)
def _families_in(authors: str) -> frozenset[str]:
    names = re.split(r",| & | and |;", ET_AL.sub("", authors))
    families = (family_name(name) for name in names if name.strip())
    return frozenset(name for name in families if len(name) > 1)


def other_cells(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether two rows of one table differ in a cell that describes: its size, its modality."""
    columns = one.entry.columns
    if not columns or columns != other.entry.columns:
        return False
    cells = zip(columns, split_row(one.text), split_row(other.text), strict=False)
    return any(
        role_of(column) in _DESCRIBING
        and all(_is_filled(cell) and not _is_dated(cell) for cell in (ours, theirs))
        and title_key(plain(ours)) != title_key(plain(theirs))
        for column, ours, theirs in cells
    )


def _is_dated(cell: str) -> bool:
    """Whether a cell says when, whatever its column is called; it says where, too."""
    return bool(_YEAR.search(plain(cell)))


def _is_filled(cell: str) -> bool:
    return bool(cell.strip()) and not PLACEHOLDER.match(cell.strip())


def name_of(work: CheckedEntry) -> str:
    """The short name that an entry states by itself or before its title's colon, or nothing."""
    return work.value(Slot.NAME) or name_apart(work.title)[0]


def _name(work: CheckedEntry) -> str:
    return title_key(work.value(Slot.NAME) or work.title.partition(":")[0])


def speaks_of(url: str, work: CheckedEntry) -> bool:
    """Whether an address has the work's name (`MAVL`, `Merlin: …`) in it."""
    name = _name(work)
    return 2 < len(name) < 30 and name in title_key(url)


def is_named_in(work: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether the other's title or name has this work's name in it."""
    name = _name(work)
    return name in other.key or name in title_key(other.value(Slot.NAME))


def identifiers_of(work: CheckedEntry) -> frozenset[str]:
    """What the entry's paper link identifies: `arxiv:…`, `doi:…` and the like."""
    return frozenset(key for key in paper_keys(work) if not key.startswith("url:"))


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


def names_resource(title: str) -> bool:
    """Whether a section's or an entry's title is that of data, of a comparison or of a tool,
    which share address and code with the papers that present them."""
    return names_data(title) or _TOOL.search(title) is not None


def is_data(work: CheckedEntry) -> bool:
    """Whether the entry is data, or stands among data."""
    return any(map(names_resource, (work.title, *work.path)))
