"""Rules about venues: misspelt ones, and those that the paper's own address contradicts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange
from medvl_watch.lists.checking.same_work import words_of
from medvl_watch.lists.fields.dates_and_venues import is_preprint, is_venue
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.papers.addresses import keys_of_address
from medvl_watch.papers.venue_names import PLAIN, known_name, name_of, names, venue_pattern

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
_OFTEN = 3
_RARE = 2
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

_ACL_EVENTS = {"acl", "emnlp", "naacl", "eacl", "aacl", "coling", "lrec"}
"""Conferences; workshops held at one of them are left out, since entries name either."""


def find_misspelt_venues(subject: CheckedList) -> Iterator[Finding]:
    """A venue's name with one word misspelt: as a known venue has it, or as the list itself
    writes it more often. An acronym is a note, unless the paper's address gives the right one:
    acronyms lie close to each other by nature."""
    counts = Counter(_bare(venue) for work in subject.works if (venue := work.value(Slot.VENUE)))
    usual = Counter(word for work in subject.works for word in words_of(plain(work.text)))
    names_by_length = _names_by_length(counts)
    for work in subject.works:
        span = work.span(Slot.VENUE)
        name = _bare(work.value(Slot.VENUE))
        if not span or not name or _is_known(name):
            continue
        proved = _stated_by_address(work, name)
        right = proved or _nearest(name, names_by_length, usual)
        if not right:
            continue
        shown = next((own for own in counts if _key(own) == _key(right)), right)
        start, end = span[0], span[0] + len(name)
        yield Finding(
            line=subject.line_at(start),
            rule="venue-spelling",
            what=f"“{name}” looks like “{shown}” misspelt",
            fix=f"write {shown}",
            changes=(TextChange(start, end, shown),) if subject.text[start:end] == name else (),
            note=not proved and _is_acronym(name),
        )


def _names_by_length(counts: Counter[str]) -> dict[int, list[str]]:
    """Right names, ours and those that the list writes often, by their number of words."""
    right = [name for name in (*names(), *PLAIN) if known_name(name) == name]
    right += [name for name, count in counts.items() if count >= _OFTEN and not _is_acronym(name)]
    found: defaultdict[int, list[str]] = defaultdict(list)
    for name in dict.fromkeys(right):
        found[len(words_of(name))].append(name)
    return found


def _bare(venue: str) -> str:
    """A venue's name without `Workshop` and the like."""
    return _WORKSHOP.sub("", venue.strip()).strip()


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _is_acronym(name: str) -> bool:
    """One word that is no ordinary one: short, or with capitals inside."""
    return len(name.split()) == 1 and (len(name) <= 7 or name[1:] != name[1:].lower())


def _is_known(name: str) -> bool:
    """Whether a venue is known by itself, or names one beside other words (`Findings of ACL`)."""
    if known_name(name) or is_preprint(name) or (is_venue(name) and _is_acronym(name)):
        return True
    acronyms = re.findall(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b", name)
    return len(name.split()) > 1 and any(known_name(word) for word in acronyms)


def _nearest(name: str, right: dict[int, list[str]], usual: Counter[str]) -> str | None:
    """The venue of which this is a slip in one word."""
    ours = words_of(name)
    near = [
        other
        for other in right.get(len(ours), ())
        if _is_slip_of(ours, words_of(other), usual, known=known_name(other) == other)
    ]
    return near[0] if len(near) == 1 else None


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
    stated = "PMLR" if _PMLR.search(url) else (_stated(url) or ("", 0))[0]
    ours, theirs = _key(name), _key(stated)
    slip = min(len(ours), len(theirs)) >= 4 and OSA.distance(ours, theirs, score_cutoff=1) == 1
    return stated if slip else None


# --- what the address says ------------------------------------------------------------


def find_other_venues(subject: CheckedList) -> Iterator[Finding]:
    """The entry names one conference, its address another, or another year of the same.

    A volume of proceedings speaks by the company it keeps: what the list's other entries in
    it say of themselves, and, as a note, those in the volumes printed beside it.
    """
    volumes = _volumes(subject)
    for work in subject.works:
        claimed = _claimed(work)
        own = _stated(work.value(Slot.PAPER))
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


_Event = tuple[str, int]
_Volumes = list[tuple[int, str, int, _Event]]


def _claimed(work: CheckedEntry) -> _Event | None:
    """The conference and year that the entry names together, if we know the conference."""
    venue, year = (work.fields.claim(slot) for slot in (Slot.VENUE, Slot.YEAR))
    if venue is None or year is None:
        return None
    shown, number = (work.text[claim.start : claim.end] for claim in (venue, year))
    name = known_name(_bare(shown))
    first, second = sorted((venue, year), key=lambda claim: claim.start)
    between = work.text[first.end : second.start]
    if not name or is_preprint(shown) or not number.isdigit() or not _JOINS.fullmatch(between):
        return None
    return name, int(number) if len(number) == 4 else 2000 + int(number)


def _stated(url: str) -> _Event | None:
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
