"""Answers of the arXiv API as we write them ourselves, and a fetcher that hands them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from medvl_watch.errors import SourceError
from medvl_watch.ports import Request, Response, Source, Window
from medvl_watch.records import Poll
from medvl_watch.sources.recorded import NotRecorded

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = Window(since=datetime(2026, 2, 20, 6, 30, tzinfo=UTC), until=NOW)

_FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
 xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/x</id>
  <title>arXiv Query: x</title>
  <updated>2026-03-02T12:00:00Z</updated>
  <opensearch:itemsPerPage>2</opensearch:itemsPerPage>
  {total}
  <opensearch:startIndex>{start}</opensearch:startIndex>
  {entries}
</feed>
"""
_ENTRY = """<entry>
    <id>http://arxiv.org/abs/{id}</id>
    <title>{title}</title>
    <updated>{updated}</updated>
    <link href="https://arxiv.org/abs/{id}" rel="alternate" type="text/html"/>
    <summary>{summary}</summary>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.CV" scheme="http://arxiv.org/schemas/atom"/>
    <published>2026-02-27T10:00:00Z</published>
    <arxiv:primary_category term="cs.CV"/>
    <author><name>Ana Cruz</name></author>
    <author><name>Bo Li</name></author>
    {more}
  </entry>
"""
ERROR = _FEED.format(
    total="<opensearch:totalResults>1</opensearch:totalResults>",
    start=0,
    entries="""<entry>
    <id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>
    <title>Error</title>
    <summary>incorrect id format for abc</summary>
    <author><name>arXiv api core</name></author>
  </entry>""",
).encode()


def entry(
    number: int | str,
    title: str = "Seeing and Reading Radiographs",
    *,
    summary: str = "Radiographs and reports are aligned.",
    updated: str = "2026-02-27T10:00:00Z",
    more: str = "",
) -> str:
    """One entry; `number` is 1 for 2602.00001v1, or an id with its version."""
    arxiv_id = f"2602.{number:05d}v1" if isinstance(number, int) else number
    return _ENTRY.format(id=arxiv_id, title=title, summary=summary, updated=updated, more=more)


def page(entries: Sequence[str], total: int | None = None, start: int = 0) -> bytes:
    """One page; `total` is the number of its entries if not given, and left out if negative."""
    claimed = len(entries) if total is None else total
    text = f"<opensearch:totalResults>{claimed}</opensearch:totalResults>" if claimed >= 0 else ""
    return _FEED.format(total=text, start=start, entries="".join(entries)).encode()


@dataclass
class Answers:
    """A fetcher with one body a page, in the order of asking; it remembers what was asked.

    After the last body the first comes again, as when a poll is repeated.
    """

    bodies: Sequence[bytes]
    lookups: Mapping[str, bytes] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def get(self, request: Request) -> Response:
        self.asked.append(request)
        if request.page < 0:
            body = next((b for key, b in self.lookups.items() if key in request.url), None)
            if body is None:
                raise NotRecorded("not recorded", where=request.source)
            return Response(body=body, fetched_at=NOW, address=request.url)
        if request.page >= len(self.bodies):
            raise NotRecorded(f"page {request.page} is not recorded", where=request.source)
        return Response(body=self.bodies[request.page], fetched_at=NOW, address=request.url)


def polled(source: Source) -> Poll | str:
    """What a poll gives: the poll, or the sentence of its SourceError. Nothing else is caught."""
    try:
        return source.poll(WINDOW)
    except SourceError as error:
        return str(error)
