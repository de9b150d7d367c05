"""What we can say of a paper in an entry: the values that go into a template's slots."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medvl_watch.lists.encoding import safe_url, seen
from medvl_watch.lists.phrases import is_preprint
from medvl_watch.papers.venues import venue_of, year_of
from medvl_watch.records import Record

_PREFIX = re.compile(r"^([^\s:][^:]{0,28}?)\s*:\s+\S")
_IN_BRACKETS = re.compile(r"\(([A-Z][\w+-]*[A-Z0-9][\w+-]*)\)")
_INTRODUCED = re.compile(
    r"\b(?:introduc\w+|present\w*|propos\w+|develop\w*|call(?:ed)?|named?|dubbed|termed|release\w*)"
    r"\s+(?:the\s+|a\s+|an\s+)?([A-Z][\w+-]*[A-Z0-9][\w+-]*)\b"
)
_DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_NEW_ID = re.compile(r"^(\d{2})(\d{2})\.\d{4,5}$")
_ONLY_AUTHORS = re.compile(r"(?:[A-Z][\w.-]*\s){1,4}et\.? al\.?")
_PROCEEDINGS = re.compile(
    r"(?:thecvf|ecva|aclanthology)\.\w+/\S*?(?:[A-Za-z]_?(20\d\d)\b|(20\d\d)\.[a-z])"
)
_REPOSITORY = re.compile(
    r"github\.com|gitlab|bitbucket|huggingface\.co|codeberg|gitee", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A paper's facts. `venue` is a name without year, None where none is known; `date` is
    year, month, day of first publication, 0 for what is unknown. `year_is_sure` tells that
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


def facts_of(paper: Record) -> Facts:
    """The facts of a record, made clean but not yet encoded."""
    venue = venue_of(paper)
    title = seen(paper.title)
    code, page = _code_and_page(paper.code_urls)
    url = _address(paper)
    if url is None and code is None:
        url, page = page, None
    told = _year_in_address(url or "")
    named = venue is not None and not is_preprint(venue.name)
    return Facts(
        id=paper.id,
        title=title[:-1] if title.endswith(".") and not title.endswith("..") else title,
        name=short_name(title, paper.abstract or ""),
        authors=_authors(paper, title),
        venue=venue.name if venue else None,
        preprint=not named and (venue is not None or paper.arxiv_id is not None),
        year=(venue.year if named and venue and venue.year else None) or told or year_of(paper),
        year_is_sure=bool(named and (told or (venue and venue.year))),
        date=_date(paper),
        arxiv_id=paper.arxiv_id,
        url=url,
        code=code,
        page=page,
    )


def _authors(paper: Record, title: str) -> tuple[str, ...]:
    """The authors. Some records have them (`Y. Zhang et al`) where the title should be; then
    they are at least written where authors go."""
    named = tuple(filter(None, (seen(author) for author in paper.authors)))
    return named or ((title,) if _ONLY_AUTHORS.fullmatch(title) else ())


def _year_in_address(url: str) -> int | None:
    """The year that addresses of proceedings tell (`/CVPR2024/`, `2022.emnlp-main.256`)."""
    match = _PROCEEDINGS.search(url)
    return int(match[1] or match[2]) if match else None


def short_name(title: str, abstract: str) -> str:
    """The name a work gives itself (`CT-CLIP`), from its title, else from its abstract, if
    it is used there at least twice; empty where there is none."""
    prefix = _PREFIX.match(title)
    if prefix and _is_name(prefix[1]):
        return prefix[1]
    inside = _IN_BRACKETS.search(title)
    if inside:
        return inside[1]
    introduced = _INTRODUCED.search(abstract)
    if introduced and abstract.count(introduced[1]) >= 2:
        return introduced[1]
    return ""


def _is_name(text: str) -> bool:
    words = text.split()
    if len(words) > 3:
        return False
    marked = sum(
        any(c.isupper() for c in word[1:]) or any(c.isdigit() for c in word) for word in words
    )
    return marked > 0 or len(words) == 1


def _date(paper: Record) -> tuple[int, int, int]:
    match = _DATE.match(paper.published or "")
    if match and match[2]:
        return int(match[1]), int(match[2]), int(match[3] or 0)
    arxiv = _NEW_ID.match(paper.arxiv_id or "")
    if arxiv:
        return 2000 + int(arxiv[1]), int(arxiv[2]), 0
    return (int(match[1]), 0, 0) if match else (0, 0, 0)


def _address(paper: Record) -> str | None:
    url = safe_url(paper.url)
    if url:
        return url
    if paper.arxiv_id:
        return f"https://arxiv.org/abs/{paper.arxiv_id}"
    return safe_url(f"https://doi.org/{paper.doi}") if paper.doi else None


def _code_and_page(urls: tuple[str, ...]) -> tuple[str | None, str | None]:
    safe = [url for url in map(safe_url, urls) if url]
    code = next((url for url in safe if _REPOSITORY.search(url) and "github.io" not in url), None)
    page = next((url for url in safe if url != code), None)
    return code, page
