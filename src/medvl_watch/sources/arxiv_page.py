"""One page of the arXiv API, checked strictly before the `arxiv` package reads it.

The package (seen with 4.0.2) takes an error, a web page or half a feed for few results or none,
and does not return the total number of results; https://github.com/lukasschwab/arxiv.py/issues/43
is one of the reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from medvl_watch.errors import SourceError
from medvl_watch.sources.answers import refuse_non_feed

_ATOM = "{http://www.w3.org/2005/Atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_ERROR_AUTHOR = "arXiv api core"
"""Who signs an error, which comes as an entry of a feed:
https://info.arxiv.org/help/api/user-manual.html#errors"""


@dataclass(frozen=True, slots=True)
class ArxivPage:
    """What a page states: the total number of results of the query, the position of its first
    entry, and the ids of its entries with their versions, in order."""

    total: int
    start: int | None
    ids: tuple[str, ...]


def read_page(body: bytes, where: str) -> ArxivPage:
    """Check a page and return its total, position and ids. Raises SourceError with the reason,
    SourceLimited for `Rate exceeded.`"""
    refuse_non_feed(body, where)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(
            f"the answer is cut off or damaged ({error})", where=where,
            remedy="it is tried again next time",
        ) from error  # fmt: skip
    if root.tag != f"{_ATOM}feed":
        raise SourceError("the answer is XML, but not an arXiv feed", where=where)
    entries = list(root.iterfind(f"{_ATOM}entry"))
    _refuse_error(entries, where)
    total = _number(root, "totalResults")
    if total is None:
        raise SourceError("the answer has no total number of results", where=where)
    return ArxivPage(
        total=total,
        start=_number(root, "startIndex"),
        ids=tuple(_complete(entry, where) for entry in entries),
    )


def _refuse_error(entries: list[etree._Element], where: str) -> None:
    for entry in entries:
        names = {_text(author, "name") for author in entry.iterfind(f"{_ATOM}author")}
        if _ERROR_AUTHOR in names or "/api/errors" in _text(entry, "id"):
            raise SourceError(
                f"arXiv refuses the query: {_text(entry, 'summary')[:200]}",
                where=where,
                remedy="correct the query in sources.yaml",
            )


def _complete(entry: etree._Element, where: str) -> str:
    entry_id = _text(entry, "id")
    missing = [name for name in ("id", "title", "published", "updated") if not _text(entry, name)]
    if missing:
        raise SourceError(
            f"the entry {entry_id or '(no id)'} lacks {' and '.join(missing)}", where=where
        )
    for date in (_text(entry, "published"), _text(entry, "updated")):
        try:
            datetime.fromisoformat(date)
        except ValueError as error:
            raise SourceError(
                f"the entry {entry_id} has the date {date[:40]!r}", where=where
            ) from error
    return entry_id


def _number(root: etree._Element, name: str) -> int | None:
    text = (root.findtext(f"{_SEARCH}{name}") or "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _text(element: etree._Element, name: str) -> str:
    return " ".join((element.findtext(f"{_ATOM}{name}") or "").split())


def repeats(pages: tuple[ArxivPage, ...]) -> Iterator[str]:
    """The ids that stand on more than one place of the pages."""
    seen: set[str] = set()
    for page in pages:
        for entry_id in page.ids:
            if entry_id in seen:
                yield entry_id
            seen.add(entry_id)
