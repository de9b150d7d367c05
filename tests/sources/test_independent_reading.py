"""150 entries of recorded feeds, read a second time by a parser that shares no code with ours."""

from __future__ import annotations

import html
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from xml.dom import minidom
from xml.parsers.expat import ExpatError

import pytest

from medvl_watch.errors import SourceError
from medvl_watch.records import Record
from tests import beside
from tests.sources.feed_examples import read

_NO_PAPER = re.compile(r"correction|corrigendum|erratum|retraction|\d+ issue\(s\)", re.IGNORECASE)
"""Titles of entries that are notices or a bridge's error pages: no records come of them."""


@dataclass(frozen=True)
class Item:
    """An entry as the file has it, and the records that we made of the entries of its title."""

    file: str
    title: str
    doi: str
    authors: str
    date: str
    records: tuple[Record, ...]


def plain_key(text: str) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", html.unescape(text)))
    return re.sub(r"\W+", "", text.removeprefix("[ASAP]")).casefold()


def text_of(item: minidom.Element, *names: str) -> str:
    return " ; ".join(
        "".join(part.data for part in child.childNodes if part.nodeType in {3, 4}).strip()
        for child in item.childNodes
        if isinstance(child, minidom.Element) and child.tagName in names
    )


def recorded_items() -> Iterator[Item]:
    """The entries of all recorded feeds that are well-formed."""
    for path in sorted(beside.folder("data/recordings").glob("*/*")):
        body = path.read_bytes() if path.is_file() else b""
        is_feed = re.search(rb"<(rss|rdf:RDF|feed)\b", body[:1500])
        if path.parent.name.startswith(("arxiv_api", "broken")) or not is_feed:
            continue
        try:
            dom, parsed = minidom.parseString(body), read(body, "", None)
        except (ExpatError, SourceError, ValueError):
            continue
        by_title = defaultdict(list)
        for record in parsed.records:
            by_title[plain_key(record.title)].append(record)
        for one in (*dom.getElementsByTagName("item"), *dom.getElementsByTagName("entry")):
            title = text_of(one, "title")
            yield Item(
                file=path.name,
                title=title,
                doi=text_of(one, "prism:doi").removeprefix("doi:").strip().casefold(),
                authors=text_of(one, "dc:creator", "author"),
                date=text_of(one, "dc:date", "pubDate", "prism:publicationDate", "published"),
                records=tuple(by_title[plain_key(title)]),
            )


def repaired(text: str) -> str:
    """UTF-8 that was read as Latin-1, once more."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def faults(item: Item) -> Iterator[str]:
    if not item.records:
        if not _NO_PAPER.search(item.title):
            yield "no record"
        return
    if item.doi and item.doi not in {(one.doi or "").casefold() for one in item.records}:
        yield f"DOI {item.doi}"
    ours = " ".join(name for one in item.records for name in one.authors).casefold()
    theirs = repaired(html.unescape(re.sub(r"<[^>]+>", " ", item.authors))).casefold()
    for word in re.findall(r"[^\W\d_]{3,}", theirs):
        if word not in ours and word not in {"and", "phd", "msc"}:
            yield f"author {word}"
    year = re.search(r"(?:19|20)\d\d", item.date)
    dated = [one.published for one in item.records if one.published]
    if year and dated and not any(one.startswith(year[0]) for one in dated):
        yield f"year {year[0]}, not {dated[0]}"


@pytest.mark.recordings
@pytest.mark.replay
def test_150_entries_are_as_another_reader_has_them() -> None:
    items = list(recorded_items())
    drawn = random.Random(12).sample(items, 150)

    found = [f"{one.file}: {one.title[:60]}: {', '.join(bad)}" for one in drawn
             if (bad := list(faults(one)))]  # fmt: skip

    assert not found
    assert sum(bool(one.records) for one in drawn) > 120
