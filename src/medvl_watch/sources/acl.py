"""The kind `acl`: the papers of the ACL Anthology, from the XML of its repository, one file per
event (https://github.com/acl-org/acl-anthology/tree/master/data/xml)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from medvl_watch.errors import SourceError
from medvl_watch.ports import Fetcher, Request, Response, Source, Window
from medvl_watch.records import Record
from medvl_watch.sources.answers import root_of_whole_xml
from medvl_watch.sources.archive import (
    ArchiveEntry,
    ArchiveReading,
    OneAnswerSource,
    looked_up,
    months,
)
from medvl_watch.sources.entries import HttpsAddress, SourceEntry, VenueName

if TYPE_CHECKING:
    from lxml.etree import _Element


class AclEntry(SourceEntry):
    """The address of a file of the Anthology, and the venue of its papers."""

    kind: Literal["acl"]
    url: HttpsAddress
    venue: VenueName | None = None

    def open(self, fetcher: Fetcher) -> Source:
        request = Request(source=self.id, url=self.url)
        return AclSource(request, fetcher, partial(parse, entry=self))


class AclSource(OneAnswerSource):
    """All papers of one event, whenever they were added."""

    def lookup(self, identifier: str) -> Record | None:
        """The paper with this DOI, if it is one of the Anthology's."""
        if not identifier.startswith(("10.18653/", "10.3115/")):
            return None
        now = self._fetcher.get(self._request).fetched_at
        return looked_up(self.poll, Window(since=now, until=now), identifier)


def parse(response: Response, entry: AclEntry) -> ArchiveReading:
    """The papers of a file. Raises SourceError for an answer that is not one."""
    root = root_of_whole_xml(response.body, entry.id)
    if root.tag != "collection":
        raise SourceError("the answer is not a file of the ACL Anthology", where=entry.id)
    reading = ArchiveReading(entry.id, responses=[response])
    for volume in root.iterfind("volume"):
        date = _date(volume)
        read_paper = partial(_read, date=date, entry=entry)
        reading.add_all(volume.iterfind("paper"), read_paper, response)
    return reading


def _read(paper: _Element, *, date: str | None, entry: AclEntry) -> ArchiveEntry:
    number = paper.findtext("url") or ""
    is_retracted = paper.find("retracted") is not None
    return ArchiveEntry(
        title=_markup(paper, "title"),
        authors=[_name(one) for one in paper.iterfind("author")],
        abstract=_markup(paper, "abstract"),
        doi=paper.findtext("doi"),
        published=date,
        venue=entry.venue,
        url=number if "://" in number else f"https://aclanthology.org/{number}" if number else None,
        comment="This paper has been retracted." if is_retracted else None,
        raw_ids=(number, paper.findtext("doi") or ""),
    )


def _name(author: _Element) -> str:
    return f"{author.findtext('first') or ''} {author.findtext('last') or ''}".strip()


def _markup(paper: _Element, name: str) -> str:
    from lxml import etree  # noqa: PLC0415 - heavy, so late

    element = paper.find(name)
    if element is None:
        return ""
    if not len(element):
        return (element.text or "").replace("&", "&amp;").replace("<", "&lt;")
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return text[text.index(">") + 1 : text.rindex("<")]


def _date(volume: _Element) -> str | None:
    year, month = volume.findtext("meta/year"), (volume.findtext("meta/month") or "").lower()
    names = (
        *("january", "february", "march", "april", "may", "june", "july"),
        *("august", "september", "october", "november", "december"),
    )
    number = names.index(month) + 1 if month in names else None
    return months([year, number]) if year and year.isdigit() else None
