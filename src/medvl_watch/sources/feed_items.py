"""The items of a feed, out of its bytes: RSS 0.9x to 2.0, RDF (RSS 1.0) and Atom.

lxml reads them, since it keeps every element. A feed that is damaged, or that lxml does not
recognise, is also read by feedparser (`lenient_feed`), and items that only it finds are added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from medvl_watch.errors import SourceError
from medvl_watch.ports import Response
from medvl_watch.sources.answers import is_cut_off, refuse_non_feed, without_public_doctype
from medvl_watch.sources.decoding import feed_text
from medvl_watch.sources.feed_dates import checked_date
from medvl_watch.sources.feed_xml import local_name, read_feed_xml
from medvl_watch.sources.lenient_feed import LenientItem, read_leniently

_TITLES = ("title", "media title")
_LINKS = ("alternate link", "link", "other link", "about")
_IDENTIFIERS = ("identifier", "doi", "guid", "id", "about")
_CATEGORIES = ("category", "subject")
_DATES = (
    *("published", "pubdate", "issued", "date", "publicationdate", "coverdate"),
    *("created", "updated", "modified"),
)
_TEXTS = ("encoded", "content", "abstract", "description", "summary")
_CREATORS = ("creator", "author", "authors", "contributor")
_FIELDS = frozenset(
    ["title", "link", "category", "subject", "announce_type", "journal_reference",
     *_IDENTIFIERS[:-1], *_DATES, *_TEXTS, *_CREATORS]
)  # fmt: skip
_MEDIA = "http://search.yahoo.com/mrss/"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_OUTER_TAGS = re.compile(r"^<[^>]*>|</[^>]*>\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as it is in the feed: texts may contain HTML.

    `date` is ISO 8601 to the day, or shorter if the feed states less; None if no date of the item
    can be that of a publication. `announcement` is arXiv's kind of it: new, cross, replace,
    replace-cross. A `damaged` item was not well-formed and may lack fields.
    """

    title: str
    link: str = ""
    identifiers: tuple[str, ...] = ()
    creators: tuple[str, ...] = ()
    date: str | None = None
    texts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    journal_ref: str = ""
    announcement: str = ""
    damaged: bool = False


def read_items(response: Response, where: str) -> tuple[Item, ...]:
    """The items of a feed, in its order; those without a title too, with an empty one.

    Raises SourceError for bytes that are not a feed, are cut off, or cannot be read.
    """
    text = without_public_doctype(feed_text(response.body, response.content_type, where))
    body = text.encode("utf-8")
    refuse_non_feed(body, where)
    feed = read_feed_xml(text)
    if feed is None or feed.root not in _FEED_ROOTS:
        return _lenient_items(body, response, where)
    if is_cut_off(body):
        raise SourceError("the feed is cut off", where=where, remedy="it is tried again next time")
    items = tuple(
        _item(
            _fields(element, damaged=place in feed.damaged), response, damaged=place in feed.damaged
        )
        for place, element in enumerate(feed.items)
    )
    return (*items, *_overlooked(items, body, response)) if feed.damaged else items


def _lenient_items(body: bytes, response: Response, where: str) -> tuple[Item, ...]:
    """The items of a feed that only feedparser recognises. Raises SourceError if it is not one."""
    found = tuple(_from_lenient(each, response) for each in read_leniently(body))
    if not found:
        raise SourceError(
            "the answer is XML, but not an RSS, RDF or Atom feed", where=where,
            remedy="correct the address in sources.yaml",
        )  # fmt: skip
    return found


def _overlooked(items: tuple[Item, ...], body: bytes, response: Response) -> Iterator[Item]:
    """The items of a damaged feed that only feedparser finds, where it finds more: their title,
    address and identifier are all unlike those of the others."""
    found = read_leniently(body)
    if len(found) <= len(items):
        return
    seen = {text for item in items for text in (item.title, item.link, *item.identifiers)}
    for each in found:
        item = _from_lenient(each, response)
        if item.title and item.link and not seen & {item.title, item.link, *item.identifiers}:
            yield item


def _from_lenient(found: LenientItem, response: Response) -> Item:
    return Item(
        title=found.title,
        link=found.link,
        identifiers=(found.identifier,) if found.identifier else (),
        creators=found.creators,
        date=checked_date(found.date, response.fetched_at),
        texts=found.texts,
        damaged=True,
    )


def _item(fields: Mapping[str, list[str]], response: Response, *, damaged: bool) -> Item:
    dates = (checked_date(raw, response.fetched_at) for raw in _all(fields, _DATES))
    return Item(
        title=_first(fields, _TITLES),
        link=_first(fields, _LINKS),
        identifiers=_distinct(_all(fields, _IDENTIFIERS)),
        creators=_distinct(next((fields[name] for name in _CREATORS if name in fields), [])),
        date=next(filter(None, dates), None),
        texts=_distinct(_all(fields, _TEXTS)),
        categories=_distinct(_all(fields, _CATEGORIES)),
        journal_ref=_first(fields, ("journal_reference",)),
        announcement=_first(fields, ("announce_type",)).strip().lower(),
        damaged=damaged,
    )


def _all(fields: Mapping[str, list[str]], names: tuple[str, ...]) -> list[str]:
    """The texts of the elements with these names, those of the first name first."""
    return [text for name in names if name in fields for text in fields[name]]


def _first(fields: Mapping[str, list[str]], names: tuple[str, ...]) -> str:
    for name in names:
        if name in fields:
            return fields[name][0]
    return ""


def _distinct(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts)) if len(texts) > 1 else tuple(texts)


def _fields(item: etree._Element, *, damaged: bool) -> dict[str, list[str]]:
    """The texts of an item's own elements by their local names, stripped, in their order.

    Where an element of a damaged item was not closed, those behind it stand in it: they are taken
    out again.
    """
    fields: dict[str, list[str]] = {}
    if about := item.get(_RDF_ABOUT):
        fields["about"] = [about.strip()]
    for name, text in _named_texts(item, damaged=damaged):
        if text := text.strip():
            fields.setdefault(name, []).append(text)
    return fields


def _named_texts(item: etree._Element, *, damaged: bool) -> Iterator[tuple[str, str]]:
    for child in item:
        name = local_name(child)
        if name not in _FIELDS:
            continue
        if name == "link":
            yield _link(child)
        elif name in {"author", "contributor"} and (names := tuple(_person_names(child))):
            yield from (("author", one) for one in names)
        elif name == "title" and _MEDIA in str(child.tag):
            yield "media title", child.text or ""
        elif name == "category":
            yield name, child.get("term") or child.text or ""
        elif len(child) == 0:
            yield name, child.text or ""
        elif damaged and any(local_name(one) in _FIELDS for one in child):
            yield name, child.text or ""
            yield from _named_texts(child, damaged=True)
        else:
            yield name, _inner_markup(child)


def _link(element: etree._Element) -> tuple[str, str]:
    """Atom has the address in an attribute, and several kinds of links."""
    address = element.get("href")
    if address is None:
        return "link", element.text or ""
    kind = element.get("rel", "alternate")
    return ("alternate link" if kind == "alternate" else "other link"), address


def _person_names(element: etree._Element) -> Iterable[str]:
    for child in element:
        if local_name(child) == "name" and child.text:
            yield child.text


def _inner_markup(element: etree._Element) -> str:
    """What is within an element, with its tags: XHTML, or a formula in a title."""
    markup = etree.tostring(element, encoding="unicode", with_tail=False)
    return _OUTER_TAGS.sub("", markup)
