"""Rules about venues: misspelt ones, and those that the paper's own address contradicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange
from medvl_watch.lists.fields.dates_and_venues import is_preprint, is_venue
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.venue_names import PLAIN, known_name, names

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
_NEIGHBOURS = 12
_PMLR = re.compile(r"^https?://proceedings\.mlr\.press/", re.IGNORECASE)
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

_ACL_EVENTS = {"acl", "emnlp", "naacl", "eacl", "aacl", "coling", "lrec", "conll", "bionlp"}


def find_misspelt_venues(subject: CheckedList) -> Iterator[Finding]:
    """A venue one or two letters off a known one, or off what the list itself writes more often."""
    counts = Counter(_bare(venue) for work in subject.works if (venue := work.value(Slot.VENUE)))
    known = {_key(name): name for name in (*names(), *PLAIN) if known_name(name) == name}
    known |= {
        _key(name): name
        for name, count in counts.items()
        if count >= 3
        and all(count >= 3 * counts[o] for o in counts if _is_near(_key(o), _key(name)))
    }
    for work in subject.works:
        span = work.span(Slot.VENUE)
        name = _bare(work.value(Slot.VENUE))
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


def _bare(venue: str) -> str:
    """A venue's name without `Workshop` and the like."""
    return _WORKSHOP.sub("", venue.strip()).strip()


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _nearest(name: str, known: dict[str, str]) -> str | None:
    """The known venue that this one is a slip of; None for a venue that is known or too far."""
    key = _key(name)
    acronym = is_venue(name) and _is_listed(name)
    if key in known or known_name(name) or acronym or is_preprint(name):
        return None
    near = [other for other in known if _is_near(key, other)]
    return known[min(near, key=lambda other: OSA.distance(key, other))] if near else None


def _told_better(work: CheckedEntry, name: str) -> str | None:
    """The name that the paper's own address gives, where this one is a slip of it: that
    much evidence makes up for a name so short that it has many neighbours."""
    if known_name(name) or is_preprint(name):
        return None
    url = work.value(Slot.PAPER)
    told = "PMLR" if _PMLR.search(url) else (_told(url) or ("", 0))[0]
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
    """The entry says arXiv, but none of its links leads there."""
    for work in subject.works:
        where = _host_of(work.value(Slot.PAPER))
        is_arxiv = work.value(Slot.VENUE).casefold() in {"arxiv", "arxiv preprint"}
        if not (is_arxiv and where) or any("arxiv.org" in x.url for x in work.links):
            continue
        yield Finding(
            line=subject.line_of(work, Slot.VENUE),
            rule="other-venue",
            what=f"the entry says {work.value(Slot.VENUE)}, its address is at {where}",
            fix="write where it appeared, or link the page at arXiv",
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


_Event = tuple[str, int]
_Volumes = list[tuple[int, str, _Event]]


def _claimed(work: CheckedEntry) -> _Event | None:
    """The conference and year that the entry names, if we know the conference."""
    venue, year = work.value(Slot.VENUE), work.value(Slot.YEAR)
    name = known_name(_bare(venue)) if venue else None
    if not name or not year.isdigit() or is_preprint(venue):
        return None
    return name, int(year) if len(year) == 4 else 2000 + int(year)


def _told(url: str) -> _Event | None:
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
    """LREC and COLING were one conference in 2024."""
    return ("COLING", 2024) if event == ("LREC", 2024) else event


def _shown(event: _Event) -> str:
    return f"{event[0]} {event[1]}"
