"""The item elements of a feed, also where its XML is damaged.

A feed that is well-formed is parsed as a whole. In any other, small faults (entities that nobody
declared, bare ampersands) are mended first. If that does not help, the text is cut at its items and
each is parsed alone, so that one damaged item does not take its neighbours with it: parsers that
recover by themselves lose everything up to the next place that fits
(https://github.com/macieklamberski/feedsmith/issues/378).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5

from lxml import etree

_START = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?(?:item|entry))(?=[\s/>])", re.IGNORECASE)
_NAMESPACE = re.compile(r"\sxmlns(?::[A-Za-z_][\w.-]*)?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_CDATA_PARTS = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)
_NAMED = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,31});|(?!#\d+;|#x[0-9A-Fa-f]+;))")
_BARE_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_UNQUOTED = re.compile(r"(\s[\w.:-]{1,40})=([^\s\"'<>=]{1,200})(?=[\s/>])")
_TAG_WITHOUT_QUOTES = re.compile(r"<[A-Za-z_][^<>\"']{0,500}=[^<>\"']{1,500}>")
"""A start tag without any quotes: what stands between some may look like an attribute."""
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_LISTS = frozenset({"channel", "feed", "rdf", "rss", "items"})
_BEHIND_ITEMS = re.compile(r"</(?:channel|rss|feed|(?:rdf:)?RDF)\s*>\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedXml:
    """The item elements in their order, and the places among them of those that were damaged:
    they may lack fields. `root` is the local name of the document's root, lower-case."""

    root: str
    items: tuple[etree._Element, ...]
    damaged: frozenset[int] = frozenset()


def read_feed_xml(text: str) -> FeedXml | None:
    """The items in the text of a feed; None if it is not XML at all. It never raises."""
    root = _parsed(text)
    if root is None:
        text = mended(text)
        root = _parsed(text)
    if root is not None:
        items = _items_of(root)
        if not _hidden_items(text, items):
            return FeedXml(local_name(root), items)
    return _cut_at_items(text)


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace or an undeclared prefix, lower-case."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""  # a comment or an instruction


@lru_cache(maxsize=1_000)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _parsed(text: str, *, recover: bool = False) -> etree._Element | None:
    # A parser of its own each time: one that recovered keeps its errors.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, recover=recover, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root is not None else None


def _items_of(root: etree._Element) -> tuple[etree._Element, ...]:
    """The items of the feed itself. Elements of another namespace, and those within an item, are
    not, whatever they are called (https://github.com/feedbin/support/issues/287)."""
    found = [
        element
        for element in root.iter()
        if local_name(element) in {"item", "entry"}
        and (parent := element.getparent()) is not None
        and local_name(parent) in _LISTS
    ]
    if not found:
        return ()
    namespaces = {_namespace(element) for element in found}
    if len(namespaces) > 1:
        own = {_namespace(one) for one in root.iter() if local_name(one) in {"channel", "feed"}}
        found = [one for one in found if _namespace(one) in own] or found
    return tuple(found)


def _namespace(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[0]


def _hidden_items(text: str, items: tuple[etree._Element, ...]) -> bool:
    """Whether a CDATA section that is not closed has swallowed the items up to the next one. The
    document can be well-formed all the same."""
    return text.count("<![CDATA[") > 1 and any(
        "<![CDATA[" in part and _START.search(part) for item in items for part in item.itertext()
    )


def mended(text: str) -> str:
    """The text with named entities of HTML as letters, and with bare `&` and `<` escaped."""
    parts = _CDATA_PARTS.split(text)
    for place in range(0, len(parts), 2):
        parts[place] = _BARE_LESS.sub("&lt;", _NAMED.sub(_entity, parts[place]))
    return "".join(parts)


def _with_quotes(text: str) -> str:
    """The text with quotes around the values of attributes that have none (`<item id=7>`)."""
    return _TAG_WITHOUT_QUOTES.sub(lambda tag: _UNQUOTED.sub(r'\1="\2"', tag[0]), text)


def _entity(found: re.Match[str]) -> str:
    name = found.group(1)
    if name is None:
        return "&amp;"
    if name in _XML_ENTITIES:
        return found.group()
    letters = html5.get(f"{name};")
    return html.escape(letters) if letters else f"&amp;{name};"


# --- item by item -------------------------------------------------------------------------


@dataclass(slots=True)
class _NextPlaces:
    """Where the next of some marks stand; each is searched for once, however often it is asked."""

    text: str
    places: dict[str, int] = field(default_factory=dict)

    def of(self, mark: str, start: int) -> int:
        """The place of the mark at or behind `start`; the text's length if there is none."""
        place = self.places.get(mark, -1)
        if place < start:
            found = self.text.find(mark, start)
            place = len(self.text) if found < 0 else found
            self.places[mark] = place
        return place


def _cut_at_items(text: str) -> FeedXml | None:
    first = _START.search(text)
    root = re.search(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)", text)
    if root is None:
        return None
    if first is None:
        return FeedXml(root.group(1).lower(), ())
    namespaces = " ".join(dict.fromkeys(_NAMESPACE.findall(text[: first.start()])))
    items: list[etree._Element] = []
    damaged: set[int] = set()
    for chunk, is_whole in _chunks(text, first.group(1)):
        element, is_sound = _item(chunk, _without_repeats(namespaces))
        if element is None:
            continue
        if not (is_whole and is_sound):
            damaged.add(len(items))
        items.append(element)
    return FeedXml(root.group(1).lower(), tuple(items), frozenset(damaged))


def _without_repeats(declarations: str) -> str:
    """Each prefix declared once, as XML wants it."""
    by_name = {one.partition("=")[0].strip(): one for one in _NAMESPACE.findall(f" {declarations}")}
    return "".join(by_name.values())


def _item(chunk: str, namespaces: str) -> tuple[etree._Element | None, bool]:
    """The item's element, and whether it is well-formed."""
    for text in (chunk, mended(chunk), _with_quotes(mended(chunk))):
        root = _parsed(f"<feed{namespaces}>{text}</feed>")
        if root is not None and len(root):
            return root[0], True
    root = _parsed(f"<feed{namespaces}>{mended(chunk)}</feed>", recover=True)
    return (root[0], False) if root is not None and len(root) else (None, False)


def _chunks(text: str, name: str) -> Iterator[tuple[str, bool]]:
    """The text of each item, and whether it ends as it should. Marks of comments and CDATA that
    are not closed within the item are left out of it."""
    end_tag = re.compile(rf"</{re.escape(name)}\s*>")
    tokens = re.compile(rf"<!--|<!\[CDATA\[|<{re.escape(name)}(?=[\s/>])|</{re.escape(name)}\s*>")
    places = _NextPlaces(text)
    parts: list[str] = []
    begin: int | None = None
    is_whole, position = True, 0
    while found := tokens.search(text, position):
        mark, position = found.group(), found.end()
        if mark in {"<!--", "<![CDATA["}:
            closing = "-->" if mark == "<!--" else "]]>"
            close = places.of(closing, position)
            is_open = close == len(text) or places.of(mark, position) < close
            if begin is None:
                position = close + 3 if close < len(text) else position
            elif is_open or (mark == "<!--" and end_tag.search(text, position, close)):
                parts.append(text[begin : found.start()])
                begin, is_whole = position, False
            else:
                position = close + 3
        elif mark.startswith("</"):
            if begin is not None:
                yield "".join([*parts, text[begin:position]]), is_whole
            parts, begin, is_whole = [], None, True
        else:
            if begin is not None:
                yield "".join([*parts, text[begin : found.start()]]), False
            parts, begin, is_whole = [], found.start(), True
    if begin is not None:
        rest = text[begin:]
        behind = _BEHIND_ITEMS.search(rest)
        yield "".join([*parts, rest[: behind.start()] if behind else rest]), False
