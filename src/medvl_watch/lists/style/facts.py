"""What we can say of a paper in an entry: the values that go into a template's slots."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from medvl_watch.lists.fields.dates_and_venues import imprint, is_venue
from medvl_watch.lists.fields.labels import REPOSITORY
from medvl_watch.lists.fields.names import short_name, with_blank_after_name
from medvl_watch.lists.style.encoding import safe_url, seen
from medvl_watch.papers.addresses import appearance_of, is_account, is_code_address, is_search
from medvl_watch.papers.identifiers import keys_of
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.schemes import normal_doi, year_of_arxiv_id
from medvl_watch.papers.venues import venue_of, year_of
from medvl_watch.records import Record

_DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEW_ID = re.compile(r"^(\d{2})(\d{2})\.\d{4,5}$")
_PERSON = r"(?:[A-Z]{1,3}\.[ -]?){1,3}[A-Z][\w'-]+"
_ONLY_AUTHORS = re.compile(
    rf"(?:[A-Z][\w.-]*\s){{1,4}}et\.? al\.?|{_PERSON}(?:, {_PERSON})*,? (?:and|&) {_PERSON}"
)
_NO_PERSON = re.compile(r"[:/|\[\]<>]|https?")
"""What stands in no name: a record whose authors have it holds something else there."""

_END_OF_TITLE = re.compile(r"(?:[.,]|(?<=[?!]))\s+")
_SHORTEST = 3
_RESOLVERS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
_PLAIN_DOI = re.compile(r"10\.\d{4,9}/[\w.:/-]+")


@dataclass(frozen=True, slots=True)
class Facts:
    """A paper's facts. `venue` is a name without year, None where none is known; `date` is
    year, month, day of first publication, 0 for what is unknown. `year_is_sure` says that
    the year is the venue's own."""

    id: str
    title: str
    name: str
    authors: tuple[str, ...]
    venue: str | None
    preprint: bool
    year: int | None
    year_is_sure: bool
    date: tuple[int, int, int]
    arxiv_id: str | None
    url: str | None
    code: str | None
    page: str | None
    scholar_id: str = ""
    """The paper's id as Semantic Scholar's interface understands it (`ARXIV:`, `DOI:`)."""
    doi: str = ""
    """The DOI of the published paper or of the preprint; empty where none is known."""


def facts_of(paper: Record) -> Facts:
    """The facts of a record, made clean but not yet encoded."""
    title, venue_in_title, year_in_title = title_apart(with_blank_after_name(seen(paper.title)))
    if venue_in_title and (not paper.venue or is_preprint_name(paper.venue)):
        paper = replace(paper, venue=f"{venue_in_title} {year_in_title}")
    venue = venue_of(paper)
    code, pages = _code_and_pages(paper.code_urls)
    url = _address(paper)
    if url is None and code is None and pages:
        url = next((page for page in pages if page.endswith(".pdf")), pages[0])
    page = next((page for page in pages if page != url), None)
    stated_year = _year_in_address(url or "") or _stated_year(paper)
    named = venue is not None and not is_preprint_name(venue.name)
    year = venue.year if named and venue and venue.year else None
    return Facts(
        id=paper.id,
        title=title[:-1] if title.endswith(".") and not title.endswith("..") else title,
        name=short_name(title, paper.abstract or ""),
        authors=_authors(paper, title),
        venue=venue.name if venue else None,
        preprint=not named and (venue is not None or paper.arxiv_id is not None),
        year=year or stated_year or year_of(paper),
        year_is_sure=bool(named and (stated_year or (venue and venue.year))),
        date=_date(paper),
        arxiv_id=paper.arxiv_id,
        url=url,
        code=code,
        page=page,
        scholar_id=_scholar_id(paper),
        doi=_doi(paper),
    )


def title_apart(title: str) -> tuple[str, str, str]:
    """The title without a venue and year that a source has let run into it (`Title. MICCAI
    2021`), and both of these; empty where it has none."""
    for stop in reversed(list(_END_OF_TITLE.finditer(title))[-3:]):
        head, tail = title[: stop.start()], title[stop.end() :].rstrip(" .")
        found = imprint(tail)
        if not found or not found.venue or not found.year or found.rest:
            continue
        venue, year = tail[slice(*found.venue)], tail[slice(*found.year)]
        if tail in {f"{venue} {year}", f"{venue}, {year}"} and len(head.split()) >= _SHORTEST:
            return (head, venue, year) if is_venue(venue) else (title, "", "")
    return title, "", ""


def _authors(paper: Record, title: str) -> tuple[str, ...]:
    """The authors. Some records have them (`Y. Zhang et al`) where the title should be; then
    they are at least written where authors go."""
    named = tuple(filter(None, (seen(author) for author in paper.authors)))
    if any(_NO_PERSON.search(name) for name in named):
        named = ()
    if named or not _ONLY_AUTHORS.fullmatch(title):
        return named
    return (title,) if "et" in title.split() else tuple(re.split(r",? and | & |, ", title))


def _year_in_address(url: str) -> int | None:
    """The year that the address of a published paper states (`/CVPR2024/`, `2022.emnlp-main.1`)."""
    at = appearance_of(url)
    return at.year if at and at.is_exact and at.is_published else None


def _stated_year(paper: Record) -> int | None:
    """The year that a record gives beside the date of publication: the venue's, or the one
    that the source files the paper under."""
    text = str(paper.extra.get("year") or "")
    return int(text) if _YEAR.fullmatch(text) else None


def _date(paper: Record) -> tuple[int, int, int]:
    """Year, month and day as exact as they are known. Sources write `01` for a day, and then
    for a month, that they do not know: a first of the month counts as a day only with a time
    of the day, and a January 1 as a month only where an arXiv id says so, too."""
    match = _DATE.match(paper.published or "")
    arxiv = _NEW_ID.match(paper.arxiv_id or "")
    of_id = (year_of_arxiv_id(arxiv[0]), int(arxiv[2])) if arxiv else None
    if not match or not match[2]:
        if of_id and (not match or int(match[1]) == of_id[0]):
            return (*of_id, 0)
        return (int(match[1]), 0, 0) if match else (0, 0, 0)
    year, month, day = int(match[1]), int(match[2]), int(match[3] or 0)
    exact = "T" in (paper.published or "")
    if day == 1 and not exact:
        day = 0
        if month == 1 and of_id != (year, month):
            month = 0
    return year, month, day


def _address(paper: Record) -> str | None:
    url = safe_url(paper.url)
    if url and not is_search(url):
        return url
    if paper.arxiv_id:
        return f"https://arxiv.org/abs/{paper.arxiv_id}"
    return safe_url(f"https://doi.org/{paper.doi}") if paper.doi else None


def _scholar_id(paper: Record) -> str:
    if paper.arxiv_id:
        return f"ARXIV:{paper.arxiv_id}"
    dois = sorted(key for key in keys_of(paper) if key.startswith("doi:"))
    doi = dois[0].removeprefix("doi:") if dois else ""
    return f"DOI:{doi}" if _PLAIN_DOI.fullmatch(doi) else ""


def _doi(paper: Record) -> str:
    """The record's own DOI as it is written there, else the one in its address, else the one
    that arXiv gives to each of its papers."""
    own = (paper.doi or "").strip()
    if normal_doi(own) != own.lower():
        parts = urlsplit(paper.url or "")
        own = normal_doi(parts.path.lstrip("/")) or "" if parts.hostname in _RESOLVERS else ""
    if not own and paper.arxiv_id:
        own = f"10.48550/arXiv.{paper.arxiv_id}"
    return own if _PLAIN_DOI.fullmatch(own) else ""


def repository_of(code: str | None) -> str:
    """`owner/name` of an address of code; empty where it has none."""
    match = REPOSITORY.search(code or "")
    return match[1] if match else ""


def _code_and_pages(urls: tuple[str, ...]) -> tuple[str | None, list[str]]:
    """The address of the code, and those that are not code. What an account holds besides
    belongs to other papers, so its address is left out."""
    safe = [url for url in map(safe_url, urls) if url and not is_account(url)]
    code = next(filter(is_code_address, safe), None)
    return code, [url for url in safe if url != code]
