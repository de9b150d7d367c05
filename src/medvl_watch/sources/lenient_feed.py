"""A second reading of feeds that are damaged or of an unusual format, by feedparser.

feedparser forgives more than any XML parser and knows formats that the strict reader does not
(RSS 0.90, CDF, undeclared prefixes). It is asked only where the strict reader is in doubt, since
it keeps only the last of several `dc:identifier`
(https://github.com/kurtmckee/feedparser/issues/145) and takes ten times as long. It gets bytes,
since it has no timeout of its own (its issues #76 and #263).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LenientItem:
    """One item as feedparser reads it; each text is empty where it found none."""

    title: str
    link: str
    identifier: str
    creators: tuple[str, ...]
    date: str
    texts: tuple[str, ...]


def read_leniently(body: bytes) -> Sequence[LenientItem]:
    """The items that feedparser finds in the bytes, in UTF-8; none where it finds no feed. It
    never raises: what a library does not survive is not a feed."""
    import feedparser  # noqa: PLC0415 - heavy, and most feeds are well-formed

    try:
        feed = feedparser.parse(
            body,
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # noqa: BLE001 - a parser of hostile bytes; then there is no second reading
        return ()
    if not feed.get("version"):
        return ()
    return tuple(_item(entry) for entry in feed.get("entries", ()))


def _item(entry: Any) -> LenientItem:
    contents = [each.get("value", "") for each in entry.get("content", ())]
    names = [each.get("name", "") for each in entry.get("authors", ())]
    date = next((entry[key] for key in ("published", "updated") if key in entry), "")
    return LenientItem(
        title=entry.get("title", "").strip(),
        link=entry.get("link", "").strip(),
        identifier=entry.get("id", "").strip(),
        creators=tuple(filter(None, names)),
        date=date,
        texts=tuple(dict.fromkeys(filter(None, (*contents, entry.get("summary", ""))))),
    )
