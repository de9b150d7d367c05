"""A paper as text needs it: authors, date, where to read it, which sources announced it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice

from medvl_watch.papers.venues import venue_of
from medvl_watch.publish import addresses
from medvl_watch.records import SET_ASIDE, Decision, Evidence, Paper, Record, Verdict

AUTHORS_SHOWN = 6
FEW_AUTHORS = 2
QUOTES_SHOWN = 2
_SHORTEST_QUOTE = 20  # characters
_SAME = 80  # characters in which a shortened sentence and the whole one agree
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
        place=_place(facts),
        page=links[0].address if links else "",
        links=links,
        sightings=_sightings(paper),
    )


def quotes(verdict: Verdict, *, summary: str = "") -> tuple[Evidence, ...]:
    """What a person reads of a paper's own text to see why it was judged so, best first.

    Words of the title and of the `summary` are left out, since both are shown beside; so are
    quotes too short to say anything, those that counted against a proposed paper, and those that
    are part of another.
    """
    shown = [
        each
        for each in verdict.evidence
        if _is_worth_reading(each, verdict.decision)
        and " ".join(each.quote.split())[:_SAME] not in summary
    ]
    texts = [each.quote.casefold() for each in shown]
    whole = (
        each
        for number, each in enumerate(shown)
        if texts[number] not in texts[:number]
        and not any(texts[number] in other for other in texts if other != texts[number])
    )
    return tuple(islice(whole, QUOTES_SHOWN))


def _is_worth_reading(piece: Evidence, decision: Decision) -> bool:
    return (
        piece.speaks_for != SET_ASIDE
        and piece.field != "title"
        and len(piece.quote) >= _SHORTEST_QUOTE
        and (piece.weight > 0 or decision is not Decision.PROPOSE)
    )


def _place(facts: Record) -> str:
    """Where and when it appeared: `MICCAI 2025`, `arXiv 2025`, `2025`."""
    venue = venue_of(facts)
    return str(venue) if venue else (facts.venue or (facts.published or "")[:4])


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
