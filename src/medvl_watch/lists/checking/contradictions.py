"""What speaks against two entries with equal titles being one paper."""

from __future__ import annotations

import re

from medvl_watch.lists.checking.checked_list import CheckedEntry
from medvl_watch.lists.checking.likeness import (
    bare_address,
    have_same_authors,
    identifiers_of,
    other_cells,
)
from medvl_watch.lists.checking.title_words import words_of
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.known_venues import known_name
from medvl_watch.papers.preprint_names import is_preprint_name

_QUALIFIERS = re.compile(
    r"\bv\d+(?:\.\d+)?\b|\b(?:part|vol(?:ume)?|chapter|version)\.? ?(?:[ivx]+|\d+|[a-d])\b"
    r"|\b(?:extended|journal|short|long|full|workshop|conference|arxiv) version\b"
    r"|\b(?:supplement|thesis|slides|poster|talk|tutorial|leaderboard|re-?implementation)\b",
    re.IGNORECASE,
)
_VERY_LONG_TITLE = 6


def contradict(one: CheckedEntry, other: CheckedEntry, length: int) -> bool:
    """Whether anything that two entries state speaks against their being one paper, though their
    titles, of so many words, are equal."""
    return (
        _have_other_names(one, other)
        or (length < _VERY_LONG_TITLE and _have_other_identifiers(one, other))
        or have_same_authors(one, other) is False
        or _have_other_venues(one, other)
        or _qualifiers(one) != _qualifiers(other)
        or _have_other_words_before(one, other)
        or other_cells(one, other)
    )


def _have_other_names(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Names that the entries state beside equal titles: two models or data sets of one paper."""
    ours, theirs = (title_key(work.value(Slot.NAME)) for work in (one, other))
    return bool(ours and theirs) and ours != theirs


def _have_other_identifiers(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Each has an identifier, none in common. A preprint and its publication have others, too;
    equal authors or code say that it is one paper."""
    ours, theirs = identifiers_of(one), identifiers_of(other)
    codes = {bare_address(work.value(Slot.CODE)).lower() for work in (one, other)}
    same = have_same_authors(one, other) or (len(codes) == 1 and "" not in codes)
    return bool(ours and theirs) and not ours & theirs and not same


def _have_other_words_before(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Words before equal titles that differ: what was taken for the title may be a label."""
    ours, theirs = (_words_before(work) for work in (one, other))
    return bool(ours and theirs) and ours != theirs


def _words_before(work: CheckedEntry) -> tuple[str, ...]:
    """The words before an entry's title that belong to no field."""
    title = work.fields.claim(Slot.TITLE)
    if title is None or work.entry.unit.has_cells:
        return ()
    before = work.text[: title.outer[0]]
    for claim in reversed(work.fields.claims):
        if claim.end <= title.outer[0]:
            before = before[: claim.start] + before[claim.end :]
    return tuple(word for word in words_of(plain(before)) if word.isalpha())


def _have_other_venues(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Two venues, neither a preprint server: a conference paper and the article that extends it."""
    ours, theirs = (_venue(work) for work in (one, other))
    return bool(ours and theirs) and ours != theirs


def _venue(work: CheckedEntry) -> str | None:
    venue = work.value(Slot.VENUE)
    return None if is_preprint_name(venue) else known_name(venue)


def _qualifiers(work: CheckedEntry) -> frozenset[str]:
    """What an entry says of its version, outside its links' addresses."""
    hidden = work.text
    for link in reversed(work.links):
        hidden = hidden[: link.url_start] + hidden[link.url_end :]
    return frozenset(match[0].casefold() for match in _QUALIFIERS.finditer(hidden))
