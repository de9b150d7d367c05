"""The rule about venues that the paper's own address contradicts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.fields.dates_and_venues import is_preprint
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.addresses import keys_of_address
from medvl_watch.papers.venue_names import known_name, name_of, venue_pattern

_WORKSHOP = re.compile(
    r"\s*[-(]?\s*(?:w|ws|workshops?|wkshp|findings|oral|spotlight)\)?$", re.IGNORECASE
)
_CVF = re.compile(
    r"openaccess\.thecvf\.com/content[/_]([A-Z]+)_?(\d{4})(_?W(?:orkshops)?)?", re.IGNORECASE
)
_ACL = re.compile(r"aclanthology\.org/(\d{4})\.(?:findings-)?([a-z]+)-")
_NEURIPS = re.compile(r"(?:neurips|nips)\.cc/paper(?:_files/paper)?/(\d{4})/")
_MICCAI = re.compile(r"papers\.miccai\.org/miccai-(\d{4})/")
_VOLUME = re.compile(r"springer\.com/(?:chapter|content/pdf)/10\.1007/(97[89][\d-]{10,14})_\d")
_JOINS = re.compile(r"[^\w\n]{0,8}|\W*\|\W*")
"""What stands between a venue and the year that belongs to it."""
_NEIGHBOURS = 12
_HOSTS = {
    "ssrn.com": "SSRN",
    "techrxiv.org": "TechRxiv",
    "biorxiv.org": "bioRxiv",
    "medrxiv.org": "medRxiv",
    "researchsquare.com": "Research Square",
    "preprints.org": "Preprints.org",
    "ncbi.nlm.nih.gov": "PubMed",
    "ieeexplore.ieee.org": "IEEE",
    "dl.acm.org": "the ACM",
    "link.springer.com": "Springer",
    "sciencedirect.com": "Elsevier",
    "nature.com": "Nature's journals",
    "aclanthology.org": "the ACL's proceedings",
    "openaccess.thecvf.com": "the CVF's proceedings",
    "proceedings.mlr.press": "PMLR",
    "papers.nips.cc": "NeurIPS",
    "ojs.aaai.org": "the AAAI",
}
"""Places that are not arXiv, by their hosts."""

_ACL_EVENTS = {"acl", "emnlp", "naacl", "eacl", "aacl", "coling", "lrec"}
"""Conferences; workshops held at one of them are left out, since entries name either."""


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
        if _is_named_besides(work, stated[0]):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.VENUE),
            rule="other-venue",
            what=f"the entry says {_shown(claimed)}, "
            f"{'its address' if own else 'what others of its volume say is'} {_shown(stated)}",
            fix=f"write {_shown(stated)}, or link the other paper",
            note=bool(near and not near[1]),
        )
    yield from _at_other_servers(subject)


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
    """The entry says arXiv, but none of its links leads there. PubMed holds preprints, too."""
    for work in subject.works:
        where = _host_of(work.value(Slot.PAPER))
        is_arxiv = work.value(Slot.VENUE).casefold() in {"arxiv", "arxiv preprint"}
        if not (is_arxiv and where) or _links_arxiv(work) or _has_other_venue(work):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.VENUE),
            rule="other-venue",
            what=f"the entry says {work.value(Slot.VENUE)}, its address is at {where}",
            fix="write where it appeared, or link the page at arXiv",
            note=where == "PubMed",
        )


def _links_arxiv(work: CheckedEntry) -> bool:
    keys = (key for link in work.links for key in keys_of_address(link.url))
    return "arxiv.org" in work.text.lower() or any(key.startswith("arxiv:") for key in keys)


def _has_other_venue(work: CheckedEntry) -> bool:
    """Whether a venue is named outside title and addresses."""
    hidden = [(link.url_start, link.url_end) for link in work.links]
    title = work.fields.claim(Slot.TITLE)
    hidden += [(title.start, title.end)] if title else []
    return any(
        not any(start <= found.start() < end for start, end in hidden)
        for found in venue_pattern().finditer(work.text)
    )


def _host_of(url: str) -> str:
    """Who keeps the page at this address, if we know."""
    host = re.match(r"https?://([^/:?#]+)", url.lower())
    return next(
        (
            name
            for known, name in _HOSTS.items()
            if host and (host[1] == known or host[1].endswith(f".{known}"))
        ),
        "",
    )


def bare_venue(venue: str) -> str:
    """A venue's name without `Workshop` and the like."""
    return _WORKSHOP.sub("", venue.strip()).strip()


_Event = tuple[str, int]
_Volumes = list[tuple[int, str, int, _Event]]


def _claimed(work: CheckedEntry) -> _Event | None:
    """The conference and year that the entry names together, if we know the conference."""
    venue, year = (work.fields.claim(slot) for slot in (Slot.VENUE, Slot.YEAR))
    if venue is None or year is None:
        return None
    shown, number = (work.text[claim.start : claim.end] for claim in (venue, year))
    name = known_name(bare_venue(shown))
    first, second = sorted((venue, year), key=lambda claim: claim.start)
    between = work.text[first.end : second.start]
    if not name or is_preprint(shown) or not number.isdigit() or not _JOINS.fullmatch(between):
        return None
    return name, int(number) if len(number) == 4 else 2000 + int(number)


def stated_event(url: str) -> _Event | None:
    """The conference and year that an address names itself."""
    if found := _CVF.search(url):
        name = known_name(found[1].upper().removesuffix("W"))
        return (name, int(found[2])) if name else None
    if (found := _ACL.search(url)) and found[2] in _ACL_EVENTS:
        return known_name(found[2].upper()) or found[2].upper(), int(found[1])
    if found := _NEURIPS.search(url):
        return "NeurIPS", int(found[1])
    if found := _MICCAI.search(url):
        return "MICCAI", int(found[1])
    return None


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
    """LREC and COLING were one conference in 2024."""
    return ("COLING", 2024) if event == ("LREC", 2024) else event


def _shown(event: _Event) -> str:
    return f"{event[0]} {event[1]}"
