"""Reads the recorded pages by themselves, so that they are tested apart from our sources."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
DEMO = SEEDS / "demo"
ARXIV_PAGES = tuple(sorted(path.name for path in DEMO.glob("arxiv-*.xml")))
FEED = "aaai-0.xml"

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "arxiv": "http://arxiv.org/schemas/atom",
    "search": "http://a9.com/-/spec/opensearch/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "prism": "http://prismstandard.org/namespaces/1.2/basic/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry or item as it stands on a page. `paper` is an arXiv id or a DOI."""

    paper: str
    page: str
    title: str
    abstract: str
    published: str
    updated: str
    authors: tuple[str, ...]
    version: int = 1
    categories: tuple[str, ...] = ()
    primary: str = ""
    comment: str = ""
    doi: str = ""


def index() -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = json.loads((DEMO / "index.json").read_bytes())["pages"]
    return pages


def root(name: str) -> Any:
    return etree.fromstring((DEMO / name).read_bytes())


def arxiv_rows() -> list[Row]:
    return [
        _entry(entry, name)
        for name in ARXIV_PAGES
        for entry in root(name).findall("atom:entry", NAMES)
    ]


def feed_rows() -> list[Row]:
    return [_item(item) for item in root(FEED).findall("rss:item", NAMES)]


def _entry(entry: Any, page: str) -> Row:
    def text(name: str) -> str:
        return str(entry.findtext(name, default="", namespaces=NAMES))

    found = re.fullmatch(r"http://arxiv\.org/abs/(\d{4}\.\d{5})v(\d)", text("atom:id"))
    assert found, text("atom:id")
    return Row(
        paper=found[1],
        page=page,
        version=int(found[2]),
        title=text("atom:title"),
        abstract=text("atom:summary"),
        published=text("atom:published"),
        updated=text("atom:updated"),
        authors=tuple(name.text for name in entry.findall("atom:author/atom:name", NAMES)),
        categories=tuple(each.get("term") for each in entry.findall("atom:category", NAMES)),
        primary=entry.find("arxiv:primary_category", NAMES).get("term"),
        comment=text("arxiv:comment"),
        doi=text("arxiv:doi"),
    )


def _item(item: Any) -> Row:
    def text(name: str) -> str:
        return str(item.findtext(name, default="", namespaces=NAMES))

    return Row(
        paper=text("prism:doi"),
        page=FEED,
        title=text("rss:title"),
        abstract=html.unescape(re.sub(r"</?p>", "", text("rss:description"))),
        published=text("dc:date"),
        updated=text("dc:date"),
        authors=tuple(each.text for each in item.findall("dc:creator", NAMES)),
        doi=text("prism:doi"),
    )
