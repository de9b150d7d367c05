"""One page of the arXiv API, checked strictly before the `arxiv` package reads it.

The package (seen with 4.0.2) takes an error, a web page or half a feed for few results or none,
and does not return the total number of results; https://github.com/lukasschwab/arxiv.py/issues/43
is one of the reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from medvl_watch.errors import SourceError
from medvl_watch.papers.schemes import normal_arxiv_id
from medvl_watch.sources.answers import refuse_non_feed, root_of_whole_xml

_ATOM = "{http://www.w3.org/2005/Atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_ERROR_AUTHOR = "arXiv api core"
"""Who signs an error, which comes as an entry of a feed:
https://info.arxiv.org/help/api/user-manual.html#errors"""


class QueryRefused(SourceError):
    """The answer is an error message about the query; asking again does not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEntry:
    """An entry that cannot be used, and why. `entry_id` may be empty."""

    entry_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivPage:
    """What a page states: the total number of results of the query, the position of its first
    entry, and the ids of its usable entries with their versions, in order. `body` is the page
    without the others, and with a total of 0, so that the `arxiv` package asks for no more."""

    total: int
    start: int | None
    ids: tuple[str, ...]
    bad: tuple[BadEntry, ...]
    body: bytes

    @property
    def entries(self) -> int:
        return len(self.ids) + len(self.bad)


def read_page(body: bytes, where: str) -> ArxivPage:
    """Check a page and return what it states. Raises SourceError with the reason for a page that
    is not whole, SourceLimited for `Rate exceeded.`"""
    refuse_non_feed(body, where)
    root = root_of_whole_xml(body, where)
    if root.tag != f"{_ATOM}feed":
        raise SourceError("the answer is XML, but not an arXiv feed", where=where)
    entries = list(root.iterfind(f"{_ATOM}entry"))
    _refuse_error(entries, where)
    total = _number(root, "totalResults")
    if total is None:
        raise SourceError("the answer has no total number of results", where=where)
    bad: list[BadEntry] = []
    ids: list[str] = []
    for entry in entries:
        entry_id = _text(entry, "id")
        if reason := _fault(entry, entry_id):
            bad.append(BadEntry(entry_id=entry_id, reason=reason))
            root.remove(entry)
        else:
            ids.append(entry_id)
    start = _number(root, "startIndex")
    for element in root.iterfind(f"{_SEARCH}totalResults"):
        element.text = "0"
    return ArxivPage(
        total=total, start=start, ids=tuple(ids), bad=tuple(bad), body=etree.tostring(root)
    )


def _refuse_error(entries: list[etree._Element], where: str) -> None:
    for entry in entries:
        names = {_text(author, "name") for author in entry.iterfind(f"{_ATOM}author")}
        if _ERROR_AUTHOR in names or "/api/errors" in _text(entry, "id"):
            raise QueryRefused(
                f"arXiv refuses the query: {_text(entry, 'summary')[:200]}",
                where=where,
                remedy="correct the query in sources.yaml",
            )


def paper_id(entry_id: str) -> str:
    """The arXiv id in an entry's id, without version; empty if there is none."""
    return normal_arxiv_id(entry_id.rpartition("/abs/")[2]) or ""


def _fault(entry: etree._Element, entry_id: str) -> str:
    """Why an entry cannot be used, as a clause; empty if it can."""
    missing = [name for name in ("id", "title", "published", "updated") if not _text(entry, name)]
    if missing:
        return f"the entry {entry_id or '(no id)'} lacks {' and '.join(missing)}"
    if not paper_id(entry_id):
        return f"the entry id {entry_id[:100]!r} is not an arXiv id"
    for date in (_text(entry, "published"), _text(entry, "updated")):
        try:
            datetime.fromisoformat(date)
        except ValueError:
            return f"the entry {entry_id} has the date {date[:40]!r}"
    return ""


def _number(root: etree._Element, name: str) -> int | None:
    text = (root.findtext(f"{_SEARCH}{name}") or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _text(element: etree._Element, name: str) -> str:
    return " ".join((element.findtext(f"{_ATOM}{name}") or "").split())
