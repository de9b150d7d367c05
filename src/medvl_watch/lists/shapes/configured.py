"""The values that a configured template is given: all that is known of a paper, encoded."""

from __future__ import annotations

from collections.abc import Sequence

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.searches import write_query
from medvl_watch.lists.parsing import units
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.shapes.style import WritingStyle
from medvl_watch.lists.style.encoding import encode_html, encode_text
from medvl_watch.lists.style.facts import Facts, repository_of
from medvl_watch.lists.style.samples import Sample
from medvl_watch.lists.style.writing import write_authors, write_date


def plain_values(
    style: WritingStyle, samples: Sequence[Sample], paper: Facts, like: Entry | None
) -> dict[Slot, str]:
    """Every field that is known, as the list writes it where entries show that."""
    unit = like.unit if like else units.BULLET

    def encode(text: str) -> str:
        return encode_html(text) if unit.is_html else encode_text(text, cell=unit.has_cells)

    year, month, day = paper.date
    date = "-".join(f"{part:02}" for part in (year, month, day) if part)
    if style.dates:
        date = write_date(paper.date, style.dates[0], style.words.months) or date
    authors = paper.authors and write_authors(paper.authors, style.authors or "A B, C D, E F")
    number = next((n for s in samples if (n := s.fields.first(Slot.NUMBER))), "")
    texts = {
        Slot.TITLE: paper.title,
        Slot.NAME: paper.name,
        Slot.VENUE: style.words.venue(paper.venue) if paper.venue else "",
        Slot.AUTHORS: authors or "",
    }
    values = {slot: encode(text) for slot, text in texts.items()} | {
        Slot.NUMBER: number,
        Slot.YEAR: str(paper.year or ""),
        Slot.DATE: date,
        Slot.PAPER: style.paper_url(paper.url, paper.arxiv_id) if paper.url else "",
        Slot.CODE: paper.code or "",
        Slot.PAGE: paper.page or "",
        Slot.ARXIV: paper.arxiv_id or "",
        Slot.REPOSITORY: repository_of(paper.code),
        Slot.REPOSITORY_NAME: repository_of(paper.code).rpartition("/")[2],
        Slot.SCHOLAR: paper.scholar_id,
        Slot.QUERY: write_query(paper.title, ""),
    }
    return {slot: value for slot, value in values.items() if value}
