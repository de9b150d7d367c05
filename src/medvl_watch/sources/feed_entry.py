"""The kind `feed`: one RSS, RDF or Atom feed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from medvl_watch.ports import Fetcher, Source
from medvl_watch.sources.entries import HttpsAddress, SourceEntry, VenueName


class FeedEntry(SourceEntry):
    """`venue` is the name of the venue in which the papers of the feed appear."""

    kind: Literal["feed"]
    url: HttpsAddress
    venue: VenueName | None = None
    canaries: list[Annotated[str, Field(min_length=2, max_length=200)]] = Field(
        default_factory=list
    )
    """Words that are always in the feed, such as its title; without them it raises an alarm."""

    def open(self, fetcher: Fetcher) -> Source:
        from medvl_watch.sources.feeds import FeedSource  # noqa: PLC0415 - heavy, so late

        return FeedSource(self.id, self.url, self.venue, fetcher, canaries=self.canaries)
