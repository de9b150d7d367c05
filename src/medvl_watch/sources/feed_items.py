"""The items of a feed, out of its bytes: RSS 0.9x to 2.0, RDF (RSS 1.0) and Atom.

feedparser reads them, since it accepts the XML errors of publishers; lxml reads the same
bytes once more for what feedparser drops: all but the last of several `dc:identifier`
(https://github.com/kurtmckee/feedparser/issues/145), and authors given one by one. Bytes are
fetched elsewhere, since feedparser has no timeout (its issues #76, #263), and its two slow passes
over HTML are switched off (#209): texts are made plain in `feed_texts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import feedparser
from lxml import etree

from medvl_watch.errors import SourceError
from medvl_watch.ports import Response
from medvl_watch.sources.answers import is_cut_off, refuse_non_feed

_IDENTIFIERS = frozenset({"identifier", "doi", "DOI", "guid", "id"})
_DATES = ("published", "updated", "prism_publicationdate", "prism_coverdate", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as the feed has it, nothing cleaned: texts may hold HTML.

    `date` is ISO 8601 to the day, or shorter if the feed states less.
    """

    title: str
    link: str = ""
    identifiers: tuple[str, ...] = ()
    creators: tuple[str, ...] = ()
    date: str | None = None
    texts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    journal_ref: str = ""


def read_items(response: Response, where: str) -> tuple[Item, ...]:
    """The items of a feed, in its order; those without a title too, with an empty one.

    Raises SourceError for bytes that are not a feed, are cut off, or cannot be read.
    """
    refuse_non_feed(response.body, where)
    headers = {"content-type": response.content_type or "application/xml"}
    if response.address:
        headers["content-location"] = response.address
    try:
        feed = feedparser.parse(
            response.body,
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # it has raised nearly everything on hostile input
        raise SourceError(f"the feed cannot be read ({error})", where=where) from error
    if not feed.get("version"):
        raise SourceError(
            "the answer is XML, but not an RSS, RDF or Atom feed", where=where,
            remedy="correct the address in sources.yaml",
        )  # fmt: skip
    if is_cut_off(response.body):
        raise SourceError("the feed is cut off", where=where, remedy="it is tried again next time")
    elements = _elements(response.body)
    pairs = (
        zip(feed.entries, elements, strict=True)
        if len(elements) == len(feed.entries)
        else ((entry, {}) for entry in feed.entries)
    )
    return tuple(_item(entry, element) for entry, element in pairs)


def _item(entry: Any, element: Mapping[str, tuple[str, ...]]) -> Item:
    identifiers = [one for name in _IDENTIFIERS for one in element.get(name, ())]
    identifiers += [entry.get(name, "") for name in ("prism_doi", "dc_identifier", "id")]
    creators = element.get("creator") or _creators(entry) or element.get("author") or ()
    contents = [one.get("value", "") for one in entry.get("content", ())]
    texts = [*contents, entry.get("summary", ""), *element.get("description", ())]
    return Item(
        title=_text(entry.get("title")),
        link=_text(entry.get("link")),
        identifiers=_distinct(identifiers),
        creators=_distinct(creators),
        date=_date(entry),
        texts=_distinct(texts),
        categories=_distinct(tag.get("term") or "" for tag in entry.get("tags", ())),
        journal_ref=_text(entry.get("arxiv_journal_reference")),
    )


def _creators(entry: Any) -> tuple[str, ...]:
    names = tuple(_text(author.get("name")) for author in entry.get("authors", ()))
    return names or (_text(entry.get("author")),)


def _date(entry: Any) -> str | None:
    """The first date that the item gives, as precise as it gives it."""
    for name in _DATES:
        raw = _text(entry.get(name)).strip()
        if iso := re.match(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?(?!\d)", raw):
            return iso.group()
        if parsed := entry.get(f"{name}_parsed"):
            return f"{parsed[0]:04d}-{parsed[1]:02d}-{parsed[2]:02d}"
    return None


def _elements(body: bytes) -> list[Mapping[str, tuple[str, ...]]]:
    """For each item the texts of its own elements by local name; empty if lxml sees none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None:
        return []
    return [
        dict(_texts_by_name(item))
        for item in root.iter()
        if isinstance(item.tag, str) and _local(item.tag) in {"item", "entry"}
    ]


def _texts_by_name(item: etree._Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    texts: dict[str, list[str]] = {}
    for child in item:
        if isinstance(child.tag, str) and (text := "".join(child.itertext()).strip()):
            texts.setdefault(_local(child.tag), []).append(text)
    for name, found in texts.items():
        yield name, tuple(found)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _distinct(values: Any) -> tuple[str, ...]:
    kept = (value.strip() for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(value for value in kept if value))
