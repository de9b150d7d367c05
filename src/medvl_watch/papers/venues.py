"""Where and when a paper appeared, as far as its record says so.

An author's remark is a claim: `submitted to MICCAI` is none, and a workshop is not the
conference beside which it takes place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from medvl_watch.papers.addresses import (
    HOLDERS,
    Appearance,
    appearance_of,
    appearance_of_doi,
    place_of,
)
from medvl_watch.papers.known_venues import known_name, name_of, venue_pattern
from medvl_watch.papers.place_rules import PlaceKind
from medvl_watch.papers.places import JOINT
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name, preprint_server
from medvl_watch.papers.schemes import normal_arxiv_id, year_of_arxiv_id
from medvl_watch.papers.years import full_year, year_of_digits
from medvl_watch.records import Record

_LONGEST = 2_000

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_YEAR_AFTER = re.compile(r"^(?:[\s'\u2019(:,\-\u2013]{0,3})((?:20)?\d\d)(?!\d)")
_CLAUSE_END = re.compile(r"[;\n]|\.(?:\s|$)|,(?=\s)|\s\|\s|\)\s*\(")
_CLAIM = re.compile(
    r"\b(?:accept(?:ed|ance)?|(?:to|will) (?:appear|be (?:published|presented))|appear(?:ed|s|ing)?"
    r"|published|presented|publication|presentation|camera[- ]?ready|in (?:the )?proceedings"
    r"|forthcoming|in press)\b",
    re.IGNORECASE,
)
_NO_CLAIM = re.compile(
    r"\b(?:submi(?:t|ssion|tted)\w*|under(?:going)? (?:\w+[- ])?review|in review"
    r"|reviewed? (?:at|for)"
    r"|reject\w*|withdraw\w*|not accepted|extend\w*|extension|based on|builds? on|intended"
    r"|challenge|competition|template|format|style|dataset used|tutorial|supersede\w*"
    r"|doctoral consortium|(?:preliminary|earlier|previous|shorter|conference) version)\b",
    re.IGNORECASE,
)
_WORKSHOP = re.compile(r"\b(?:workshops?|wkshp|satellite)\b|\bW\b", re.IGNORECASE)
_BESIDE = re.compile(
    r"\b(?-i:(?!IEEE|CVF|ACM|SPIE)\w*[A-Z]\w*[A-Z]\w*)\b[^,]{0,30}(?:\bat|@|\bconjunction|\bco-?located)\b"
    r"|\bco-?located\b|\bin conjunction\b|\bheld with\b|\bpart of\b|\bside event\b",
    re.IGNORECASE,
)
"""`Accepted by iMIMIC at MICCAI 2025`: an event of its own name beside the conference."""
_NO_NAME = re.compile(r"\bet al\b|^[A-Z]\. |^[A-Z][\w-]+, [A-Z]\.|^(?:In:? )?Proc")
"""A reference that begins with persons, or with proceedings whose name we do not know."""
_FINDINGS = re.compile(r"\bfindings\b", re.IGNORECASE)
_BARE = re.compile(
    r"^\W*(?:at |in |the |proc\.? (?:of )?|findings of (?:the )?|ieee[/\w ]{0,8}|acm |"
    r"(?:20\d\d )|\w{1,15}th )*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Venue:
    """A venue's name without its year (`MICCAI`, `Nature Medicine`, `arXiv`), and the year
    of the volume, or None where the record does not tell."""

    name: str
    year: int | None

    def __str__(self) -> str:
        return f"{self.name} {self.year}" if self.year else self.name


def venue_of(record: Record) -> Venue | None:
    """The venue that a record names: in `venue`, else in `journal_ref`, else in `comment`.

    The address of a volume of proceedings (`papers.miccai.org/miccai-2024/`) knows better than
    any of these, and tells the year where they do not. A preprint is of its server, in the year
    of its first version. None also for a paper that is called a preprint, has no arXiv id, and
    whose address is that of a publisher: where it appeared is not known.
    """
    explicit = _from_name(record.venue) if record.venue else None
    named = None if explicit and is_preprint_name(explicit.name) else explicit
    if named is None and record.journal_ref:
        named = _from_reference(record.journal_ref)
    if named is None and record.comment:
        named = _from_comment(record.comment)
    at = _appearance_by_address(record)
    if named:
        return _with_address(named, at, record)
    if at and at.venue and at.is_exact:
        return Venue(at.venue, at.year)
    if record.arxiv_id:
        return Venue(ARXIV, first_year(record))
    return _preprint(explicit, record) if explicit else None


def _appearance_by_address(record: Record) -> Appearance | None:
    # Nearly all addresses are arXiv's own, and these state no more than the id does.
    if not record.url or (record.arxiv_id and "//arxiv.org/" in record.url):
        return None
    return appearance_of(record.url)


def _with_address(named: Venue, at: Appearance | None, record: Record) -> Venue:
    """The venue that a record names, with what its address or its DOI states."""
    if at and at.base and at.is_exact:
        same = at.base == _base(named.name) or _are_joint(at.base, _base(named.name), at.year)
        return Venue(named.name if same else at.venue or at.base, at.year)
    if named.year is None:
        by_doi = appearance_of_doi(record.doi) if record.doi else None
        for stated in filter(None, (at, by_doi)):
            fits = stated.base is None or stated.base == _base(named.name)
            if fits and stated.is_exact and stated.is_published:
                return Venue(named.name, stated.year)
    return named


def _base(name: str) -> str:
    """The conference to which a workshop (`CVPRW`) or a volume of findings belongs."""
    found = venue_pattern().match(name)
    return name_of(found) if found else name


def _are_joint(one: str, other: str, year: int) -> bool:
    return (frozenset((one, other)), year) in JOINT


def _preprint(explicit: Venue, record: Record) -> Venue | None:
    """Where a preprint without an arXiv id is, if its address does not contradict."""
    place = place_of(record.url) if record.url else None
    if place is None or place.kind not in HOLDERS or explicit.name in place.copies_of:
        return Venue(explicit.name, first_year(record) or explicit.year)
    if place.kind is not PlaceKind.PREPRINTS:
        return None
    return Venue(place.name, first_year(record))


def year_of(record: Record) -> int | None:
    """The year under which a list files the paper: the venue's, else that of first publication."""
    venue = venue_of(record)
    if venue and venue.year:
        return venue.year
    return first_year(record)


def first_year(record: Record) -> int | None:
    """The year of `published`, else the one in the arXiv id, else the one that the address of a
    preprint states; None if none is there."""
    if record.published and (found := _YEAR.match(record.published)):
        return int(found.group(1))
    arxiv_id = normal_arxiv_id(record.arxiv_id) if record.arxiv_id else None
    if arxiv_id:
        return year_of_arxiv_id(arxiv_id)
    at = appearance_of(record.url) if record.url else None
    return at.year if at and not at.is_published else None


def _from_name(text: str) -> Venue | None:
    """`MICCAI 2024`, `2024 MICCAI`, `CVPR'24`, `Nature Medicine`, as a source's own field."""
    text = " ".join(text[:300].split())
    if not text:
        return None
    if server := preprint_server(text):
        return Venue(server, _only_year(text))
    year = _only_year(text)
    name = _YEAR.sub(" ", text)
    if year is None and (short := re.search(r"['\u2019](\d\d)$|(?<=[A-Z]{3})(\d\d)$", text)):
        year = full_year(int(short.group(1) or short.group(2)))
        name = text[: short.start()]
    name = " ".join(name.replace("()", " ").split())
    bare = name.strip(" ,.:;-\u2013'\u2019()")
    return Venue(known_name(name) or known_name(bare) or bare, year) if bare else None


def _from_reference(text: str) -> Venue | None:
    """`Medical Image Analysis 91 (2024) 102996`, `Proceedings of MICCAI 2023, LNCS 14224`."""
    text = " ".join(text[:_LONGEST].split())
    year = _only_year(text) or _last_year_in_brackets(text)
    if found := venue_pattern().search(text):
        return Venue(_full_name(found, text), year or _year_beside(found, text))
    lead = re.match(r"(?:In:?\s+)?([A-Z][A-Za-z&:.\- ]{2,80}?)(?=[\s,(]+(?:vol|[\d(])|,|$)", text)
    if lead and not _NO_NAME.search(text[:80]) and (name := lead.group(1).strip(" .,:")):
        return Venue(known_name(name) or name, year)
    return None


def _from_comment(text: str) -> Venue | None:
    text = " ".join(text[:_LONGEST].split())
    claimed, workshop = False, False
    for clause in _CLAUSE_END.split(text):
        if _NO_CLAIM.search(clause):
            claimed = False
            continue
        claim = _CLAIM.search(clause)
        for found in venue_pattern().finditer(clause):
            year = _year_beside(found, clause)
            bare = year is not None and _BARE.match(clause[: found.start()])
            if claim or bare or claimed:
                before = "workshop " if claimed and workshop else ""
                return Venue(_full_name(found, before + clause), year or _only_year(text))
        # `accepted to the International Conference, ICCV 2025`: the claim reaches on.
        claimed, workshop = claim is not None, bool(_WORKSHOP.search(clause))
    return None


def _full_name(found: re.Match[str], clause: str) -> str:
    name = name_of(found)
    if found["workshop"] or _WORKSHOP.search(clause) or _BESIDE.search(clause[: found.start()]):
        return f"{name} Workshop"
    if _FINDINGS.search(clause) and name in {"ACL", "EMNLP", "NAACL", "EACL", "AACL"}:
        return f"{name} Findings"
    return name


def _year_beside(found: re.Match[str], text: str) -> int | None:
    if after := _YEAR_AFTER.match(text[found.end() :]):
        year = after.group(1)
        if len(year) == 4 or 10 <= int(year) <= 49:
            return year_of_digits(year)
    years = _YEAR.findall(text)
    return int(years[0]) if len(set(years)) == 1 else None


def _only_year(text: str) -> int | None:
    years = set(_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None


def _last_year_in_brackets(text: str) -> int | None:
    years = re.findall(r"\(\D{0,12}((?:19|20)\d\d)\)", text)
    return int(years[-1]) if years else None
