"""Rules about venues: misspelt ones, and those that the paper's own address contradicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange
from medvl_watch.lists.fields.dates_and_venues import is_venue, without_qualifier
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.addresses import HOLDERS, appearance_of, keys_of_address, place_of
from medvl_watch.papers.known_venues import known_name, names
from medvl_watch.papers.places import JOINT
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name, preprint_server

_VOLUME = re.compile(r"springer\.com/(?:chapter|content/pdf)/10\.1007/(97[89][\d-]{10,14})_\d")
_NEIGHBOURS = 12


def find_misspelt_venues(subject: CheckedList) -> Iterator[Finding]:
    """A venue one or two letters off a known one, or off what the list itself writes more often."""
    counts = Counter(
        without_qualifier(venue) for work in subject.works if (venue := work.value(Slot.VENUE))
    )
    known = {_key(name): name for name in names()}
    known |= {
        _key(name): name
        for name, count in counts.items()
        if count >= 3
        and all(count >= 3 * counts[o] for o in counts if _is_near(_key(o), _key(name)))
    }
    for work in subject.works:
        span = work.span(Slot.VENUE)
        name = without_qualifier(work.value(Slot.VENUE))
        right = _told_better(work, name) or _nearest(name, known) if name else None
        if right and span:
            shown = next((own for own in counts if _key(own) == _key(right)), right)
            start, end = span[0], span[0] + len(name)
            yield Finding(
                line=subject.line_at(start),
                rule="venue-spelling",
                what=f"“{name}” looks like “{shown}” misspelt",
                fix=f"write {shown}",
                changes=(TextChange(start, end, shown),) if subject.text[start:end] == name else (),
            )


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _nearest(name: str, known: dict[str, str]) -> str | None:
    """The known venue that this one is a slip of; None for a venue that is known or too far."""
    key = _key(name)
    acronym = is_venue(name) and _is_listed(name)
    if key in known or known_name(name) or acronym or is_preprint_name(name):
        return None
    near = [other for other in known if _is_near(key, other)]
    return known[min(near, key=lambda other: OSA.distance(key, other))] if near else None


def _told_better(work: CheckedEntry, name: str) -> str | None:
    """The name that the paper's own address gives, where this one is a slip of it: that
    much evidence makes up for a name so short that it has many neighbours."""
    if known_name(name) or is_preprint_name(name):
        return None
    url = work.value(Slot.PAPER)
    place, event = place_of(url), _told(url)
    told = event[0] if event else place.name if place else ""
    ours, theirs = _key(name), _key(told)
    slip = min(len(ours), len(theirs)) >= 4 and OSA.distance(ours, theirs, score_cutoff=1) == 1
    return told if slip else None


def _is_listed(name: str) -> bool:
    """A short name that is somebody's: acronyms lie close to each other by nature."""
    return len(name) <= 6


def _is_near(key: str, other: str) -> bool:
    """One slip in an acronym of five letters or more, two in a long name; no other digits."""
    if key == other or re.findall(r"\d+", key) != re.findall(r"\d+", other):
        return False
    shorter = min(len(key), len(other))
    if shorter < 5 or key[:1] != other[:1]:
        return False
    most = 1 if shorter < 12 else 2
    return OSA.distance(key, other, score_cutoff=most) <= most


# --- what the address says ------------------------------------------------------------


def find_other_venues(subject: CheckedList) -> Iterator[Finding]:
    """The entry names one conference, its address another, or another year of the same.

    A volume of proceedings speaks by the company it keeps: what the list's other entries in
    it, and in the volumes printed beside it, say of themselves.
    """
    volumes = _volumes(subject)
    for work in subject.works:
        claimed = _claimed(work)
        own = _told(work.value(Slot.PAPER))
        told = own or _by_company(work, volumes)
        if not claimed or not told or _as_one(claimed) == _as_one(told):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.VENUE),
            rule="other-venue",
            what=f"the entry says {_shown(claimed)}, "
            f"{'its address' if own else 'what others of its volume say is'} {_shown(told)}",
            fix=f"write {_shown(told)}, or link the other paper",
        )
    yield from _at_other_servers(subject)


def _at_other_servers(subject: CheckedList) -> Iterator[Finding]:
    """The entry says that it is a preprint of one server, but none of its links leads there."""
    for work in subject.works:
        server = preprint_server(work.value(Slot.VENUE))
        place = place_of(work.value(Slot.PAPER))
        if not server or place is None or place.kind not in HOLDERS:
            continue
        if server in place.copies_of:
            continue
        if any(_leads_to(server, link.url) for link in work.links):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.VENUE),
            rule="other-venue",
            what=f"the entry says {work.value(Slot.VENUE)}, its address is at {place.name}",
            fix=f"write where it appeared, or link the page at {server}",
        )


def _leads_to(server: str, url: str) -> bool:
    place = place_of(url)
    keys = keys_of_address(url) if server == ARXIV else ()
    return (place is not None and place.name == server) or any(
        key.startswith("arxiv:") for key in keys
    )


_Event = tuple[str, int]
_Volumes = list[tuple[int, str, _Event]]


def _claimed(work: CheckedEntry) -> _Event | None:
    """The conference and year that the entry names, if we know the conference."""
    venue, year = work.value(Slot.VENUE), work.value(Slot.YEAR)
    name = known_name(without_qualifier(venue)) if venue else None
    if not name or not year.isdigit() or is_preprint_name(venue):
        return None
    return name, int(year) if len(year) == 4 else 2000 + int(year)


def _told(url: str) -> _Event | None:
    """The conference and year that an address names itself."""
    at = appearance_of(url)
    return (at.base, at.year) if at and at.base and at.is_exact else None


def _volumes(subject: CheckedList) -> _Volumes:
    """Entries that link into a volume of proceedings: the paper's address, the volume, and
    what the entry says that it is."""
    found = []
    for work in subject.works:
        volume, claimed = _VOLUME.search(work.value(Slot.PAPER)), _claimed(work)
        if volume and claimed:
            found.append((work.line, volume[1].replace("-", ""), claimed))
    return found


def _by_company(work: CheckedEntry, volumes: _Volumes) -> _Event | None:
    """What the neighbours of the paper's volume say, if they agree against the entry.

    A series numbers the volumes of one conference in one go, so those within
    `_NEIGHBOURS` belong to it as a rule. An entry in the very volume counts twice.
    """
    own = _VOLUME.search(work.value(Slot.PAPER))
    if not own:
        return None
    isbn = own[1].replace("-", "")
    votes: Counter[_Event] = Counter()
    for line, other, event in volumes:
        if line != work.line and abs(int(other[:12]) - int(isbn[:12])) <= _NEIGHBOURS:
            votes[event] += 2 if other == isbn else 1
    if not votes:
        return None
    told, count = votes.most_common(1)[0]
    claimed = _claimed(work)
    against = votes[claimed] if claimed else 0
    return told if count >= max(2, 3 * against) and count == votes.total() - against else None


def _as_one(event: _Event) -> _Event:
    """The event, with the first name of those that were held as one."""
    joint = next((names for names, year in JOINT if event[0] in names and event[1] == year), ())
    return (min(joint, default=event[0]), event[1])


def _shown(event: _Event) -> str:
    return f"{event[0]} {event[1]}"
