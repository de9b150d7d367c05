"""The kind `cvf`: a conference of the Computer Vision Foundation, from the page that lists all its
papers (https://openaccess.thecvf.com). It has no abstracts."""

from __future__ import annotations

import html
import re
from functools import partial
from typing import Literal
from urllib.parse import urljoin

from medvl_watch.errors import SourceError
from medvl_watch.ports import Fetcher, Request, Response, Source
from medvl_watch.sources.archive import ArchiveEntry, ArchiveReading, OneAnswerSource
from medvl_watch.sources.entries import HttpsAddress, SourceEntry, VenueName

_PAPER = re.compile(
    r"<dt class=\"ptitle\">(?:\s|<br\s*/?>)*<a href=\"([^\"]{1,500})\">(.{1,2000}?)</a>\s*</dt>"
    r"(.{0,20000}?)(?=<dt class=\"ptitle\">|</dl>|$)",
    re.DOTALL,
)
_BEGIN = re.compile(r"<dt class=\"ptitle\">")
_AUTHOR = re.compile(r"name=\"query_author\"\s+value=\"([^\"]{1,200})\"")
_ARXIV = re.compile(r"https?://arxiv\.org/abs/([\w.-]+(?:/\d+)?)")
_YEAR = re.compile(r"(?:CVPR|ICCV|WACV|ACCV|ECCV)_?(20\d\d)")


class CvfEntry(SourceEntry):
    """The address of the page with all papers (`…?day=all`), and their venue."""

    kind: Literal["cvf"]
    url: HttpsAddress
    venue: VenueName | None = None

    def open(self, fetcher: Fetcher) -> Source:
        request = Request(source=self.id, url=self.url, accept="text/html")
        return OneAnswerSource(request, fetcher, partial(parse, entry=self))


def parse(response: Response, entry: CvfEntry) -> ArchiveReading:
    """The papers of a page. Raises SourceError for a page without any."""
    from medvl_watch.papers.schemes import normal_arxiv_id, version_of  # noqa: PLC0415

    text = response.body.decode("utf-8", "replace")
    reading = ArchiveReading(entry.id, responses=[response])
    base = response.address or entry.url
    for found in _PAPER.finditer(text):
        link, title, rest = found.groups()
        preprint, year = _ARXIV.search(rest), _YEAR.search(link)
        reading.add(
            ArchiveEntry(
                title=title,
                authors=[html.unescape(one) for one in _AUTHOR.findall(rest)],
                arxiv_id=normal_arxiv_id(preprint.group(1)) if preprint else None,
                version=version_of(preprint.group(1)) if preprint else None,
                published=year.group(1) if year else None,
                venue=entry.venue,
                url=urljoin(base, html.unescape(link)),
                raw_ids=(link,),
            ),
            response,
        )
    if not reading.entries:
        raise SourceError(
            "the page lists no papers", where=entry.id, remedy="correct the address in sources.yaml"
        )
    reading.claimed = len(_BEGIN.findall(text))
    return reading
