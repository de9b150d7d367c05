"""The items of a feed as records. Every item ends as a record, a repeat, a notice, or as unusable
with a reason, and all of them are counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from rapidfuzz.fuzz import ratio

from medvl_watch.papers.addresses import place_of_doi
from medvl_watch.papers.identifiers import keys_in, title_key
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name
from medvl_watch.papers.schemes import arxiv_key, normal_arxiv_id, normal_doi, version_of
from medvl_watch.ports import Response
from medvl_watch.records import Origin, Record
from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.feed_items import Item, read_items
from medvl_watch.sources.feed_texts import abstract_of, issue_date
from medvl_watch.sources.item_kinds import ItemKind, kind_of, without_retraction_mark
from medvl_watch.sources.markup import plain, plain_title
from medvl_watch.sources.record_ids import id_with_address, id_without_number, record_id

_TRACKING = re.compile(r"^(?:utm_\w+|rss|af|dgcid|source|rft_dat|fc|ff|v|TRACK|ref)$")
# The guid of an item: https://info.arxiv.org/help/rss_specifications.html
_ARXIV_OAI = re.compile(r"^oai:arXiv\.org:(\S+)$")
_DOI_LABEL = re.compile(
    r"\bdoi:?\s*(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE
)
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(?:/[^\s?#\[\]\\<>\"]*)?$")
_SAME_TITLE = 85.0
"""Two titles under one DOI that are less alike (0 to 100) are two works."""
UNTITLED = "without a title"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The records of a feed and how its other items ended: `repeats` are in it twice, `notices`
    announce corrections, `unusable` counts the rest by its reason. `damaged` items were not
    well-formed; what could be read of them is among the others."""

    records: tuple[Record, ...]
    items: int
    repeats: int = 0
    notices: int = 0
    notice_records: tuple[Record, ...] = ()
    unusable: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    damaged: int = 0
    first_error: str = ""

    @property
    def detail(self) -> str:
        """How the items that are not records ended, as a clause; empty if all are records."""
        left_out = [f"{count} {reason}" for reason, count in self.unusable.items()]
        left_out += [f"{self.notices} {ItemKind.NOTICE}"] if self.notices else []
        parts = [f"{self.repeats} came twice"] if self.repeats else []
        parts += [f"{self.damaged} damaged"] if self.damaged else []
        parts += [f"left out: {', '.join(left_out)}"] if left_out else []
        return "; ".join(parts)


def parse_feed(response: Response, source: str, venue: str | None) -> ParsedFeed:
    """The records in a feed's bytes. Raises SourceError for bytes that are not a whole feed."""
    items = read_items(response, source)
    records: list[Record] = []
    notices: list[Record] = []
    unusable, first_error = Counter[str](), ""
    for item in items:
        title = plain_title(item.title)
        if not title:
            unusable[UNTITLED] += 1
            continue
        texts = tuple(plain(text) for text in item.texts)
        abstract = abstract_of(texts)
        kind = kind_of(title, abstract, item.categories)
        if kind in {ItemKind.PAPER, ItemKind.NOTICE}:
            text = _ItemText(title=title, abstract=abstract, all=texts)
            record = _record(item, text, response, source, venue)
            (records if kind is ItemKind.PAPER else notices).append(record)
        else:
            unusable[kind.value] += 1
            first_error = first_error or (title if kind is ItemKind.ERROR else "")
    different = _once(_without_shared_dois(records))
    return ParsedFeed(
        records=different,
        items=len(items),
        repeats=len(records) - len(different),
        notices=len(notices),
        notice_records=tuple(notices),
        unusable=MappingProxyType(dict(unusable)),
        damaged=sum(item.damaged for item in items),
        first_error=first_error,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _ItemText:
    """The plain texts of an item."""

    title: str
    abstract: str
    all: tuple[str, ...]


def _record(
    item: Item, text: _ItemText, response: Response, source: str, venue: str | None
) -> Record:
    arxiv_id, version = _arxiv_id(item)
    doi = _doi(item, text.all)
    published = _published(item, text.all, arxiv_id, version)
    title, retraction = without_retraction_mark(text.title)
    authors = authors_of(item.creators, text.all, commas_separate=bool(item.announcement))
    url = _address(item.link, arxiv_id, doi)
    number = arxiv_key(arxiv_id) if arxiv_id else f"doi:{doi}" if doi else ""
    return Record(
        id=number or id_without_number(title, authors, url),
        title=title,
        abstract=text.abstract,
        authors=authors,
        categories=item.categories if arxiv_id else (),
        arxiv_id=arxiv_id,
        version=version,
        doi=doi,
        published=published,
        venue=_venue(venue, published, arxiv_id),
        comment=f"This paper has been {retraction}." if retraction else None,
        journal_ref=plain(item.journal_ref) or None,
        url=url,
        origin=Origin(
            source=source,
            fetched_at=response.fetched_at,
            raw_ids=item.identifiers,
            address=response.address,
        ),
    )


def _published(
    item: Item, texts: Sequence[str], arxiv_id: str | None, version: int | None
) -> str | None:
    """The day of publication. arXiv's feeds date a new version of an old paper by the day of its
    announcement (https://github.com/matiscke/arxiv-scan/issues/1): then the id states the month
    of the first version."""
    date = item.date or issue_date(texts)
    month = _month_of(arxiv_id) if arxiv_id else None
    if month is None:
        return date
    is_revision = item.announcement.startswith("replace") or (version or 1) > 1
    if date is None:
        return month
    if date[:7] == month:
        return date
    # Ids are given at the announcement, which may fall into the next month.
    is_next_month = len(date) >= 7 and _months(date) - _months(month) == 1
    return date if is_next_month and not is_revision else month


def _month_of(arxiv_id: str) -> str | None:
    digits = arxiv_id.rpartition("/")[2][:4]
    century = "19" if digits[:2] >= "91" else "20"
    return f"{century}{digits[:2]}-{digits[2:]}" if digits.isdigit() else None


def _months(date: str) -> int:
    return int(date[:4]) * 12 + int(date[5:7])


def _arxiv_id(item: Item) -> tuple[str | None, int | None]:
    for raw in (*item.identifiers, item.link):
        if oai := _ARXIV_OAI.match(raw):
            return normal_arxiv_id(oai.group(1)), version_of(oai.group(1))
        if "arxiv" not in raw.lower():
            continue
        for key in keys_in(raw):
            if key.startswith("arxiv:"):
                return key.removeprefix("arxiv:"), version_of(raw)
    return None, None


def _doi(item: Item, texts: Sequence[str]) -> str | None:
    """The item's own DOI: in its identifiers, its link, or behind `DOI:` in its text."""
    for raw in item.identifiers:
        if doi := normal_doi(re.sub(r"^(?:info:doi/|doi:|urn:doi:)\s*", "", raw.strip())):
            return _unless_arxivs(doi)
    for raw in (item.link, *item.identifiers):
        if "10." not in raw and "doi" not in raw.lower():
            continue
        for key in sorted(keys_in(raw)):
            if key.startswith("doi:"):
                return key.removeprefix("doi:")
    for text in texts:
        if "10." in text and (found := _DOI_LABEL.search(text)):
            return normal_doi(found.group(1))
    return None


def _unless_arxivs(doi: str) -> str | None:
    place = place_of_doi(doi)
    return None if place and place.name == ARXIV else doi


def _venue(venue: str | None, published: str | None, arxiv_id: str | None) -> str | None:
    """The configured name with the item's year; a preprint server has no volumes."""
    if venue is None:
        return ARXIV if arxiv_id else None
    if is_preprint_name(venue) or not published or re.search(r"\b20\d\d\b", venue):
        return venue
    return f"{venue} {published[:4]}"


def _address(link: str, arxiv_id: str | None, doi: str | None) -> str | None:
    """The page of the paper: built from its id where possible, else the link, tidied."""
    if arxiv_id:
        return f"https://arxiv.org/abs/{arxiv_id}"
    if _PLAIN_ADDRESS.match(link):
        return link
    try:
        parts = urlsplit(link.strip())
        if parts.scheme in {"http", "https"} and parts.hostname:
            pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
            kept = [(name, value) for name, value in pairs if not _TRACKING.match(name)]
            return urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
    except ValueError:
        pass
    return f"https://doi.org/{doi}" if doi else None


# --- one paper, several items -------------------------------------------------------------


def _without_shared_dois(records: Sequence[Record]) -> list[Record]:
    """Records whose DOI another work of the feed has too lose it: it is that of their book
    (https://github.com/wcmc-its/ReCiter/issues/750)."""
    by_doi: dict[str, list[Record]] = {}
    for record in records:
        if record.doi and not record.arxiv_id:
            by_doi.setdefault(record.doi, []).append(record)
    shared = {doi for doi, found in by_doi.items() if len(found) > 1 and _are_several(found)}
    return [_without_doi(one) if one.doi in shared and not one.arxiv_id else one for one in records]


def _are_several(records: Sequence[Record]) -> bool:
    """Whether records with one DOI stand for several works: other titles at other addresses."""
    first = records[0]
    return any(
        one.url != first.url and not _is_same_title(one.title, first.title) for one in records[1:]
    )


def _is_same_title(one: str, other: str) -> bool:
    return ratio(title_key(one), title_key(other)) >= _SAME_TITLE


def _without_doi(record: Record) -> Record:
    url = record.url
    if url and record.doi and record.doi in url.lower():
        url = None
    record = replace(record, doi=None, url=url)
    return replace(record, id=record_id(record))


def _once(records: Iterable[Record]) -> tuple[Record, ...]:
    """Each paper once, in its newest version: feeds list one paper under two sections. Two items
    with one title and no identifier are two papers if their addresses differ."""
    kept: dict[str, Record] = {}
    for record in records:
        found = kept.get(record.id)
        if found is None or (record.version or 0) > (found.version or 0):
            kept[record.id] = record
        elif record.id.startswith("title:") and record.url and record.url != found.url:
            other = replace(record, id=id_with_address(record))
            kept.setdefault(other.id, other)
    return tuple(kept.values())
