"""The kind `miccai`: one year of MICCAI's open proceedings, from the page that lists its papers
(https://papers.miccai.org). Built from descriptions of the page: no copy of it was at hand."""

from __future__ import annotations

import html
import re
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from medvl_watch.errors import SourceError
from medvl_watch.ports import Fetcher, Request, Response, Source
from medvl_watch.sources.archive import ArchiveEntry, ArchiveReading, OneAnswerSource
from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.entries import SourceEntry

_HOST = "https://papers.miccai.org"
_PAPER = re.compile(
    r"href=\"(?:https://papers\.miccai\.org)?(/miccai-\d{4}(?:-sat)?/(?:paper/)?\d+-Paper\d+\.html)\"[^>]*>"
    r"(.{5,1000}?)</a>(.{0,5000}?)(?=href=\"(?:https://papers\.miccai\.org)?/miccai-\d{4}|$)",
    re.DOTALL,
)
_AUTHORS = re.compile(
    r"class=\"[^\"]*author[^\"]*\"[^>]*>(.{3,2000}?)</(?:div|p|span|li|ul)>", re.DOTALL
)


class MiccaiEntry(SourceEntry):
    """The year of the conference."""

    kind: Literal["miccai"]
    year: Annotated[int, Field(ge=2023, le=2100)]

    def open(self, fetcher: Fetcher) -> Source:
        url = f"{_HOST}/miccai-{self.year}/"
        request = Request(source=self.id, url=url, accept="text/html")
        return OneAnswerSource(request, fetcher, partial(parse, entry=self))


def parse(response: Response, entry: MiccaiEntry) -> ArchiveReading:
    """The papers of a page. Raises SourceError for a page without any."""
    text = response.body.decode("utf-8", "replace")
    reading = ArchiveReading(entry.id, responses=[response])
    for found in _PAPER.finditer(text):
        link, title, rest = found.groups()
        authors = _AUTHORS.search(rest)
        reading.add(
            ArchiveEntry(
                title=title,
                authors=authors_of([html.unescape(authors.group(1))]) if authors else (),
                published=str(entry.year),
                venue=f"MICCAI {entry.year}",
                url=f"{_HOST}{link}",
                raw_ids=(link,),
            ),
            response,
        )
    if not reading.records:
        raise SourceError(
            "the page lists no papers", where=entry.id,
            remedy="see whether this year is published, and how the page looks now",
        )  # fmt: skip
    return reading
