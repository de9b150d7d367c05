"""The kind `arxiv`: one query to the arXiv API."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field, field_validator

from medvl_watch.papers.schemes import normal_arxiv_id
from medvl_watch.ports import Fetcher, Source, SourceRhythm
from medvl_watch.sources.entries import SourceEntry
from medvl_watch.sources.recorded import RecordedFetcher

SLICE_DAYS = 14
"""The windows in which an outage is caught up: some 20 pages of a query of ours."""


def _arxiv_id(text: str) -> str:
    found = normal_arxiv_id(text)
    if found is None:
        raise ValueError("should be an arXiv id, such as 2403.17834")
    return found


ArxivId: TypeAlias = Annotated[str, AfterValidator(_arxiv_id)]


class ArxivEntry(SourceEntry):
    """The window of time is added to the query by the source.

    At most `page_size` x `max_pages` results are read; a query that finds more is refused
    rather than cut.
    """

    gaps: ClassVar = MappingProxyType({"arxiv.org": 3.0})
    """One request every three seconds, over all of arXiv's services together: its terms of use,
    https://info.arxiv.org/help/api/tou.html"""

    kind: Literal["arxiv"]
    query: Annotated[str, Field(min_length=1, max_length=6_000)]
    page_size: Annotated[int, Field(ge=1, le=2_000)] = 100
    """https://info.arxiv.org/help/api/user-manual.html: slices of at most 2,000."""
    announced: list[Annotated[str, Field(pattern=r"^[a-z-]+(?:\.[A-Za-z-]+)?$")]] = Field(
        default_factory=list
    )
    """Categories whose daily announcements are compared with what the query finds."""
    canaries: list[ArxivId] = Field(default_factory=list)
    """Papers that the query finds; where it no longer does, the source raises an alarm."""
    max_pages: Annotated[int, Field(ge=1, le=1_000)] = 100

    @field_validator("query")
    @classmethod
    def _check_operators(cls, query: str) -> str:
        query = " ".join(query.split())
        # Words without an operator are OR-ed, and a small `and` is such a word:
        # search/domain/classic_api/README_classic_search_query.md of
        # https://github.com/arXiv/arxiv-search
        if query.count("(") != query.count(")"):
            raise ValueError("the parentheses do not match")
        if query.count('"') % 2:
            raise ValueError("a quotation mark is not closed")
        if "submittedDate:" in query or "lastUpdatedDate:" in query:
            raise ValueError("leave dates out, the window is added to the query")
        for word in (" and ", " or ", " andnot "):
            if word in query:
                raise ValueError(f"write{word.upper()}in capitals; arXiv takes{word}as a word")
        return query

    @property
    def rhythm(self) -> SourceRhythm:
        return SourceRhythm(
            slice_days=SLICE_DAYS, quiet_days=self.quiet_days, announcements="arxiv"
        )

    def open(self, fetcher: Fetcher) -> Source:
        from medvl_watch.sources.arxiv import ArxivSource  # noqa: PLC0415 - heavy, so late

        return ArxivSource(
            self.id,
            self.query,
            fetcher,
            page_size=self.page_size,
            max_pages=self.max_pages,
            canaries=self.canaries,
            announced=self.announced,
            recorded=isinstance(fetcher, RecordedFetcher),
        )
