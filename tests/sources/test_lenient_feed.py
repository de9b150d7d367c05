"""The second reading of feeds, by feedparser: what the strict reader does not recognise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.errors import SourceError
from medvl_watch.ports import Response
from medvl_watch.sources.feed_items import read_items
from medvl_watch.sources.lenient_feed import read_leniently

NOW = datetime(2026, 11, 30, tzinfo=UTC)
UNKNOWN_ROOT = """\
<?xml version="1.0" encoding="utf-8"?>
<export><rss version="2.0"><channel><title>Journal</title>
<item><title>A paper on images</title><link>https://journal.example.org/1</link>
<author>Mary Somerville</author><pubDate>Mon, 23 Nov 2026 08:00:00 GMT</pubDate>
<description>About images.</description></item>
</channel></rss></export>
"""


def response(text: str) -> Response:
    return Response(body=text.encode(), fetched_at=NOW, content_type="application/xml")


def test_a_feed_inside_a_foreign_element_is_read() -> None:
    (item,) = read_items(response(UNKNOWN_ROOT), "journal")
    assert (item.title, item.link) == ("A paper on images", "https://journal.example.org/1")
    assert item.creators == ("Mary Somerville",)
    assert item.date == "2026-11-23"
    assert item.texts == ("About images.",)
    assert item.damaged


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<sitemap><url>https://a.example.org</url></sitemap>", id="a sitemap"),
        pytest.param("<records><record><title>A</title></record></records>", id="other XML"),
    ],
)
def test_what_neither_reader_recognises_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="not an RSS, RDF or Atom feed"):
        read_items(response(text), "journal")


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    for item in read_leniently(body):
        assert isinstance(item.title, str)
