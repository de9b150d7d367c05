"""Feeds as tests write them."""

from __future__ import annotations

from datetime import UTC, datetime

from medvl_watch.ports import Response
from medvl_watch.sources.feed_records import ParsedFeed, parse_feed

SEEN = datetime(2026, 11, 30, 12, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><title>T</title>'
)
TAIL = "</channel></rss>"


def item(
    title: str = "A model for chest CT", link: str = "https://j.example/1", more: str = ""
) -> str:
    """One item; title and link are put in as they are."""
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def items(count: int) -> list[str]:
    """Items with titles and links of their own."""
    return [item(f"Paper number {one} on nets", f"https://j.example/{one}") for one in range(count)]


def feed(*parts: str) -> bytes:
    return (HEAD + "".join(parts) + TAIL).encode()


def read(
    body: bytes, content_type: str = "application/rss+xml", venue: str | None = "V"
) -> ParsedFeed:
    response = Response(body=body, fetched_at=SEEN, content_type=content_type)
    return parse_feed(response, "source", venue)
