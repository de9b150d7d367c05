"""The rule about venues that the paper's own address contradicts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.fields.dates_and_venues import without_qualifier
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.addresses import HOLDERS, appearance_of, keys_of_address, place_of
from medvl_watch.papers.known_venues import known_name, name_of, venue_pattern
from medvl_watch.papers.place_rules import PlaceKind
from medvl_watch.papers.places import JOINT
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name, preprint_server
from medvl_watch.papers.years import year_of_digits

_VOLUME = re.compile(r"springer\.com/(?:chapter|content/pdf)/10\.1007/(97[89][\d-]{10,14})_\d")
_JOINS = re.compile(r"[^\w\n]{0,8}|\W*\|\W*")
"""What stands between a venue and the year that belongs to it."""
_NEIGHBOURS = 12
_HELD_ELSEWHERE = frozenset({"BioNLP", "CoNLL", "TACL"})
"""Venues whose papers are presented at a conference, which entries may name instead."""
_HOLD_PREPRINTS_TOO = frozenset({"PubMed", "OpenReview"})


def find_other_venues(subject: CheckedList) -> Iterator[Finding]:
    """The entry names one conference, its address another, or another year of the same.

    A volume of proceedings speaks by the company it keeps: what the list's other entries in
    it say of themselves, and, as a note, those in the volumes printed beside it.
    """
    volumes = _volumes(subject)
    for work in subject.works:
        claimed = _claimed(work)
        own = stated_event(work.value(Slot.PAPER))
        near = None if own else _by_company(work, volumes)
        stated = own or (near[0] if near else None)
        if not claimed or not stated or _as_one(claimed) == _as_one(stated):
            continue
        if _is_named_besides(work, stated[0]) or _is_held_at(stated, claimed):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.VENUE),
            rule="other-venue",
            what=f"the entry says {_shown(claimed)}, "
            f"{'its address' if own else 'what others of its volume say is'} {_shown(stated)}",
            fix=f"write {_shown(stated)}, or link the other paper",
            note=not near[1] if near else _may_be_held_later(work, claimed, stated),
        )
    yield from _at_other_servers(subject)


def _may_be_held_later(work: CheckedEntry, claimed: _Event, stated: _Event) -> bool:
    """A publisher gives the year of the volume, which can be that after the conference's."""
    place = place_of(work.value(Slot.PAPER))
    by_publisher = place is not None and place.kind is PlaceKind.PUBLISHER
    return by_publisher and claimed[0] == stated[0] and abs(claimed[1] - stated[1]) == 1


def _is_held_at(event: _Event, conference: _Event) -> bool:
    """Whether an event may be one of a conference, after which entries may name it."""
    return event[0] in _HELD_ELSEWHERE and event[0] != conference[0] and event[1] == conference[1]


def _is_named_besides(work: CheckedEntry, venue: str) -> bool:
    """Whether the entry names the venue, too, outside the field and its addresses."""
    claim = work.fields.claim(Slot.VENUE)
    hidden = [(link.url_start, link.url_end) for link in work.links]
    hidden += [(claim.start, claim.end)] if claim else []
    return any(
        name_of(found) == venue
        for found in venue_pattern().finditer(work.text)
        if not any(start <= found.start() < end for start, end in hidden)
    )


def _at_other_servers(subject: CheckedList) -> Iterator[Finding]:
    """The entry says that it is a preprint of one server, but none of its links leads there.
    What may hold a copy of a preprint is a note."""
    for work in subject.works:
        server = preprint_server(work.value(Slot.VENUE))
        place = place_of(work.value(Slot.PAPER))
        if not server or place is None or place.kind not in HOLDERS:
            continue
        if server in place.copies_of:
            continue
        if any(_leads_to(server, link.url) for link in work.links) or _has_other_venue(work):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.VENUE),
            rule="other-venue",
            what=f"the entry says {work.value(Slot.VENUE)}, its address is at {place.name}",
            fix=f"write where it appeared, or link the page at {server}",
            note=place.name in _HOLD_PREPRINTS_TOO,
        )


def _leads_to(server: str, url: str) -> bool:
    place = place_of(url)
    keys = keys_of_address(url) if server == ARXIV else ()
    return (place is not None and place.name == server) or any(
        key.startswith("arxiv:") for key in keys
    )


def _has_other_venue(work: CheckedEntry) -> bool:
    """Whether a venue is named outside title and addresses."""
    hidden = [(link.url_start, link.url_end) for link in work.links]
    title = work.fields.claim(Slot.TITLE)
    hidden += [(title.start, title.end)] if title else []
    return any(
        not any(start <= found.start() < end for start, end in hidden)
        for found in venue_pattern().finditer(work.text)
    )


_Event = tuple[str, int]
_Volumes = list[tuple[int, str, int, _Event]]


def _claimed(work: CheckedEntry) -> _Event | None:
    """The conference and year that the entry names together, if we know the conference."""
    venue, year = (work.fields.claim(slot) for slot in (Slot.VENUE, Slot.YEAR))
    if venue is None or year is None:
        return None
    shown, number = (work.text[claim.start : claim.end] for claim in (venue, year))
    name = known_name(without_qualifier(shown))
    first, second = sorted((venue, year), key=lambda claim: claim.start)
    between = work.text[first.end : second.start]
    if not name or is_preprint_name(shown) or not number.isdigit() or not _JOINS.fullmatch(between):
        return None
    return name, year_of_digits(number)


def stated_event(url: str) -> _Event | None:
    """The conference and year that an address names itself."""
    at = appearance_of(url)
    return (at.base, at.year) if at and at.base and at.is_exact else None


def _volumes(subject: CheckedList) -> _Volumes:
    """Entries that link into a volume of proceedings: the volume's number without its check
    digit, all of it, the entry's line and what it says that the volume is. Sorted."""
    found = []
    for work in subject.works:
        volume, claimed = _VOLUME.search(work.value(Slot.PAPER)), _claimed(work)
        if volume and claimed:
            isbn = volume[1].replace("-", "")
            found.append((int(isbn[:12]), isbn, work.line, claimed))
    return sorted(found)


def _by_company(work: CheckedEntry, volumes: _Volumes) -> tuple[_Event, bool] | None:
    """What the neighbours of the paper's volume say, if they agree against the entry, and
    whether at least two of them are in that very volume.

    A series numbers the volumes of one conference in one go, so those within
    `_NEIGHBOURS` belong to it as a rule. An entry in the very volume counts twice.
    """
    own = _VOLUME.search(work.value(Slot.PAPER))
    if not own:
        return None
    isbn = own[1].replace("-", "")
    votes: Counter[_Event] = Counter()
    inside: Counter[_Event] = Counter()
    at = bisect_left(volumes, (int(isbn[:12]) - _NEIGHBOURS,))
    for number, other, line, event in volumes[at:]:
        if number > int(isbn[:12]) + _NEIGHBOURS:
            break
        if line != work.line:
            votes[event] += 2 if other == isbn else 1
            inside[event] += other == isbn
    if not votes:
        return None
    stated, count = votes.most_common(1)[0]
    claimed = _claimed(work)
    against = votes[claimed] if claimed else 0
    agree = count >= max(2, 3 * against) and count == votes.total() - against
    return (stated, inside[stated] >= 2 and not against) if agree else None


def _as_one(event: _Event) -> _Event:
    """The event, with the first name of those that were held as one."""
    joint = next((names for names, year in JOINT if event[0] in names and event[1] == year), ())
    return (min(joint, default=event[0]), event[1])


def _shown(event: _Event) -> str:
    return f"{event[0]} {event[1]}"
