"""What happened to papers that lists hold, as pull requests and digests show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from medvl_watch.offers.list_news import PaperNews
from medvl_watch.publish import citation
from medvl_watch.publish.wording import event_in_words

MOST_NEWS_SHOWN = 20
"""Pieces of news in one digest; the rest is counted."""


class NewsRow(NamedTuple):
    """One event of a paper: `address` is that of the notice, empty where there is none, and
    `lists` are the titles of the lists that hold the paper."""

    cite: citation.Citation
    words: str
    address: str
    lists: tuple[str, ...]


def news_row(news: PaperNews, lists: Sequence[str] = ()) -> NewsRow:
    """Plain texts, not yet encoded."""
    return NewsRow(
        cite=citation.cite(news.paper),
        words=event_in_words(news.event),
        address=news.event.address or "",
        lists=tuple(lists),
    )
