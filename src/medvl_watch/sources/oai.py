"""The kind `arxiv-oai`: arXiv through OAI-PMH, the one channel that tells of edited metadata: a
journal reference, a DOI, a comment, a withdrawal (https://info.arxiv.org/help/oa/index.html).

Dates of a request are those of the last change, not of submission. Tokens expire within a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import urlencode

from pydantic import Field

from medvl_watch.errors import SourceError
from medvl_watch.papers.preprint_names import ARXIV
from medvl_watch.papers.schemes import normal_arxiv_id
from medvl_watch.ports import Fetcher, Response, Source, SourceRhythm, Window
from medvl_watch.records import Poll, Record
from medvl_watch.sources.answers import root_of_whole_xml
from medvl_watch.sources.archive import ArchiveEntry, ArchiveReading, read_pages
from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.entries import SourceEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_OAI = "https://oaipmh.arxiv.org/oai"
_OPEN = "{http://www.openarchives.org/OAI/2.0/}"
_NOTHING = "noRecordsMatch"
_VERSION = re.compile(r"^v(\d{1,3})$")


class OaiEntry(SourceEntry):
    """A set of arXiv, such as `cs:cs:CV`."""

    gaps: ClassVar[Mapping[str, float]] = MappingProxyType({"arxiv.org": 3.0})

    kind: Literal["arxiv-oai"]
    set: Annotated[str, Field(pattern=r"^[a-z-]+(?::[a-z-]+(?::[A-Za-z-]+)?)?$")]

    @property
    def rhythm(self) -> SourceRhythm:
        return SourceRhythm(slice_days=14, quiet_days=self.quiet_days, announcements="arxiv")

    def open(self, fetcher: Fetcher) -> Source:
        return OaiSource(self, fetcher)


class OaiSource:
    """The papers of a set whose metadata changed in a window."""

    def __init__(self, entry: OaiEntry, fetcher: Fetcher) -> None:
        self.name = entry.id
        self._entry = entry
        self._fetcher = fetcher

    def poll(self, window: Window) -> Poll:
        """All papers that were added or changed since the window's begin. Raises SourceError."""
        query = {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "set": self._entry.set,
            "from": f"{window.since:%Y-%m-%d}",
        }
        reading = ArchiveReading(self.name)
        read_pages(
            reading,
            self._fetcher,
            f"{_OAI}?{urlencode(query)}",
            partial(add_records, where=self.name),
            accept="text/xml",
        )
        return reading.poll(window)

    def lookup(self, identifier: str) -> Record | None:  # noqa: ARG002 - the API answers faster
        return None


def add_records(response: Response, reading: ArchiveReading, where: str) -> str | None:
    """Add the papers of an answer; the address of the next one, if there is one. Raises
    SourceError for another answer."""
    root = root_of_whole_xml(response.body, where)
    if root.tag != f"{_OPEN}OAI-PMH":
        raise SourceError("the answer is not one of OAI-PMH", where=where)
    refusal = root.find(f"{_OPEN}error")
    if refusal is not None and refusal.get("code") != _NOTHING:
        raise SourceError(f"arXiv refuses: {(refusal.text or '')[:200]}", where=where)
    deleted = 0
    records = []
    for record in root.iter(f"{_OPEN}record"):
        header = record.find(f"{_OPEN}header")
        if header is not None and header.get("status") == "deleted":
            deleted += 1
        else:
            records.append(record)
    reading.add_all(records, _read, response)
    if deleted:
        reading.unusable["deleted"] += deleted
    token = (root.findtext(f".//{_OPEN}resumptionToken") or "").strip()
    if not token or len(token) > 2_000:
        return None
    return f"{_OAI}?{urlencode({'verb': 'ListRecords', 'resumptionToken': token})}"


def _read(record: _Element) -> ArchiveEntry:
    fields: dict[str, _Element] = {}
    for element in record.iter():
        if isinstance(element.tag, str):
            fields.setdefault(element.tag.rpartition("}")[2], element)
    arxiv_id = normal_arxiv_id(_text(fields, "id"))
    if arxiv_id is None:
        raise ValueError("id")
    versions = [
        int(found.group(1))
        for element in record.iter()
        if isinstance(element.tag, str)
        and element.tag.endswith("}version")
        and (found := _VERSION.match(element.get("version") or ""))
    ]
    authors = fields.get("authors")
    named = [_name(one) for one in authors] if authors is not None and len(authors) else []
    return ArchiveEntry(
        title=_escaped(_text(fields, "title")),
        authors=named or authors_of([_text(fields, "authors")], commas_separate=True),
        abstract=_escaped(_text(fields, "abstract")),
        doi=next(iter(_text(fields, "doi").split()), None),
        arxiv_id=arxiv_id,
        version=max(versions, default=None),
        published=_text(fields, "created") or _text(fields, "date"),
        venue=ARXIV,
        url=f"https://arxiv.org/abs/{arxiv_id}",
        comment=_text(fields, "comments"),
        journal_ref=_text(fields, "journal-ref"),
        categories=_text(fields, "categories").split(),
        raw_ids=(_text(fields, "identifier"),),
    )


def _name(author: _Element) -> str:
    parts = {str(one.tag).rpartition("}")[2]: one.text or "" for one in author}
    names = (parts.get("forenames"), parts.get("keyname"), parts.get("suffix"))
    return " ".join(one for one in names if one)


def _text(fields: Mapping[str, _Element], name: str) -> str:
    element = fields.get(name)
    return " ".join((element.text or "").split()) if element is not None else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
