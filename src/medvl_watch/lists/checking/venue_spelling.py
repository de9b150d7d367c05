"""The rule about venues whose names are misspelt."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.checking.title_words import all_but_one, words_of
from medvl_watch.lists.checking.venues import stated_event
from medvl_watch.lists.fields.dates_and_venues import is_venue, without_qualifier
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.lists.proving.changes import TextChange
from medvl_watch.papers.addresses import place_of
from medvl_watch.papers.known_venues import known_name, names
from medvl_watch.papers.preprint_names import is_preprint_name

_OFTEN = 3
_RARE = 2
_LONG_ACRONYM = 7
"""Letters from which on an acronym has no neighbours by chance (`NeurIPS`)."""


def find_misspelt_venues(subject: CheckedList) -> Iterator[Finding]:
    """A venue's name with one word misspelt: as a known venue has it, or as the list itself
    writes it more often. A short acronym is a note, unless the paper's address gives the right
    one: acronyms lie close to each other by nature."""
    counts = Counter(
        without_qualifier(venue) for work in subject.works if (venue := work.value(Slot.VENUE))
    )
    usual = Counter(word for work in subject.works for word in words_of(plain(work.text)))
    right_names = _right_names(counts)
    own_names = {_key(name): name for name in reversed(counts)}
    for work in subject.works:
        span = work.span(Slot.VENUE)
        name = without_qualifier(work.value(Slot.VENUE))
        if not span or not name or _is_known(name):
            continue
        proved = _stated_by_address(work, name)
        right = proved or _nearest(name, right_names, usual)
        if not right:
            continue
        shown = own_names.get(_key(right), right)
        start, end = span[0], span[0] + len(name)
        yield Finding(
            line=subject.line_at(start),
            rule="venue-spelling",
            what=f"“{name}” looks like “{shown}” misspelt",
            fix=f"write {shown}",
            changes=(TextChange(start, end, shown),) if subject.text[start:end] == name else (),
            note=not proved and _is_acronym(name) and len(right) < _LONG_ACRONYM,
        )


def _right_names(counts: Counter[str]) -> dict[tuple[str, ...], list[str]]:
    """Right names, ours and those that the list writes often, by all their words but one."""
    right = list(names())
    right += [name for name, count in counts.items() if count >= _OFTEN and not _is_acronym(name)]
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in dict.fromkeys(right):
        for key in all_but_one(words_of(name)):
            found[key].append(name)
    return found


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _is_acronym(name: str) -> bool:
    """Whether a venue is one word, short or with capitals inside, unlike ordinary words."""
    return len(name.split()) == 1 and (len(name) <= 7 or name[1:] != name[1:].lower())


def _is_known(name: str) -> bool:
    """Whether a venue is known by itself, or names one beside other words (`Findings of ACL`)."""
    if known_name(name) or is_preprint_name(name) or (is_venue(name) and _is_acronym(name)):
        return True
    acronyms = re.findall(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b", name)
    return len(name.split()) > 1 and any(known_name(word) for word in acronyms)


def _nearest(name: str, right: dict[tuple[str, ...], list[str]], usual: Counter[str]) -> str | None:
    """The venue of which this is a slip in one word."""
    ours = words_of(name)
    near = {
        other
        for key in all_but_one(ours)
        for other in right.get(key, ())
        if _is_slip_of(ours, words_of(other), usual, known=known_name(other) == other)
    }
    return near.pop() if len(near) == 1 else None


def _is_slip_of(
    ours: tuple[str, ...], theirs: tuple[str, ...], usual: Counter[str], *, known: bool
) -> bool:
    """One word differs by a letter or two. An abbreviation is not a slip (`Digit` for
    `Digital`), nor is a word that the list uses otherwise, unless it is the plural of what
    a known venue has."""
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    if len(differing) != 1:
        return False
    one, right = differing[0]
    shorter = min(len(one), len(right))
    if one.rstrip("s") == right.rstrip("s"):
        return known and shorter >= 5
    if right.startswith(one) or one[:1] != right[:1] or shorter < 5:
        return False
    if any(char.isdigit() for char in one + right) or usual[one] > _RARE:
        return False
    most = 1 if shorter < 8 else 2
    return OSA.distance(one, right, score_cutoff=most) <= most


def _stated_by_address(work: CheckedEntry, name: str) -> str | None:
    """The name that the paper's own address gives, where this one is a slip of it."""
    url = work.value(Slot.PAPER)
    place, event = place_of(url), stated_event(url)
    stated = event[0] if event else place.name if place else ""
    ours, theirs = _key(name), _key(stated)
    slip = min(len(ours), len(theirs)) >= 4 and OSA.distance(ours, theirs, score_cutoff=1) == 1
    return stated if slip else None
