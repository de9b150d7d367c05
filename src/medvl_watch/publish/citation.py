"""A paper as text needs it: authors, date, where to read it, which sources announced it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from medvl_watch.publish import addresses
from medvl_watch.records import SET_ASIDE, Decision, Evidence, Paper, Record, Verdict

AUTHORS_SHOWN = 6
FEW_AUTHORS = 2
WORDS_SHOWN = 6
_NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class TextLink:
    """A link before it is encoded. `address` passed `addresses.safe`."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class SourceMention:
    """A source that announced the paper, and the first day on which we read it there."""

    source: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Plain texts, not yet encoded. `page` is empty where we know no safe address."""

    paper_id: str
    title: str
    authors: str
    short_authors: str
    venue: str
    published: str
    place: str
    page: str
    links: tuple[TextLink, ...]
    sightings: tuple[SourceMention, ...]


def cite(paper: Paper) -> Citation:
    facts = paper.facts
    links = _links(facts)
    return Citation(
        paper_id=paper.id,
        title=facts.title.strip() or paper.id,
        authors=_authors(facts.authors),
        short_authors=_authors(facts.authors, FEW_AUTHORS),
        venue=facts.venue or "",
        published=(facts.published or "")[:10],
        place=_place(facts.venue or "", facts.published or ""),
        page=links[0].address if links else "",
        links=links,
        sightings=_sightings(paper),
    )


def words(verdict: Verdict) -> tuple[Evidence, ...]:
    """The pieces of text that decided most, each once, the weightiest first; for one that is
    part of another, the whole. Those that spoke against a paper count only where it was not
    proposed; what was set aside decided nothing."""
    positive_only = verdict.decision is Decision.PROPOSE
    decided = [piece for piece in verdict.evidence if piece.speaks_for != SET_ASIDE]
    ranked = sorted(
        (piece for piece in decided if piece.weight > 0 or not positive_only),
        key=lambda piece: (-abs(piece.weight), piece.field, piece.quote),
    )
    by_text: dict[str, Evidence] = {}
    for piece in ranked:
        whole = _whole(piece, ranked)
        by_text.setdefault(whole.quote.casefold(), whole)
    return tuple(by_text.values())[:WORDS_SHOWN]


def _whole(piece: Evidence, among: Sequence[Evidence]) -> Evidence:
    """The longest of these that the piece is part of, and whose weight has the same sign."""
    part = piece.quote.casefold()
    wholes = [
        each
        for each in among
        if part in each.quote.casefold()
        and each.field == piece.field
        and (each.weight > 0) == (piece.weight > 0)
    ]
    return max(wholes, key=lambda each: len(each.quote))


def _place(venue: str, published: str) -> str:
    """Where and when it appeared, in two words: `MICCAI 2025`, `arXiv 2025`, `2025`."""
    year = published[:4]
    return venue if re.search(r"\d{2}", venue) else " ".join(filter(None, (venue, year)))


def _authors(names: tuple[str, ...], most: int = AUTHORS_SHOWN) -> str:
    shown = [name[:_NAME_LIMIT] for name in names[:most]]
    return ", ".join(shown) + (" et al." if len(names) > most else "")


def _links(facts: Record) -> tuple[TextLink, ...]:
    """Addresses built from identifiers come first; of a feed's own, those that are safe."""
    candidates: list[tuple[str, str]] = []
    if facts.arxiv_id:
        candidates.append(("abstract", addresses.arxiv_page(facts.arxiv_id)))
        candidates.append(("pdf", addresses.arxiv_pdf(facts.arxiv_id)))
    if facts.doi:
        candidates.append(("doi", addresses.doi_page(facts.doi)))
    if facts.url and not candidates:
        candidates.append(("page", facts.url))
    candidates += [("code", address) for address in facts.code_urls]
    checked = ((text, addresses.safe(address)) for text, address in candidates)
    unique = {address: text for text, address in checked if address}
    return tuple(TextLink(text, address) for address, text in unique.items())


def _sightings(paper: Paper) -> tuple[SourceMention, ...]:
    first: dict[str, date] = {}
    for record in (*paper.records, paper.facts):
        if record.origin is not None:
            source, day = record.origin.source, record.origin.fetched_at.date()
            first[source] = min(day, first.get(source, day))
    return tuple(SourceMention(source, first[source]) for source in sorted(first))
