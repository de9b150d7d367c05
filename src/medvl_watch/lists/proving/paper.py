"""A paper as an entry must show it: its title as text, its addresses as links."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import unquote

from medvl_watch.lists.fields.labels import REPOSITORY
from medvl_watch.lists.fields.names import short_name
from medvl_watch.lists.style.encoding import seen
from medvl_watch.lists.style.facts import title_apart
from medvl_watch.papers.evidence import strong_keys
from medvl_watch.papers.identifiers import keys_in, title_key
from medvl_watch.records import Record

_NOT_SHOWN_OTHERWISE = re.compile(r"[^\w*`\[\]<>\\&~|$^#]+|_")
"""What a list may write in its own way (quotation marks, colons, blanks). What is left of a
title, letters and the characters that mean something in Markdown, must come out as it is."""


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """What of a paper can be seen in an entry. `identifiers` are what its addresses hold."""

    title: str
    names: tuple[str, ...]
    keys: frozenset[str]
    addresses: frozenset[str]
    identifiers: frozenset[str]

    @property
    def has_address(self) -> bool:
        return bool(self.keys or self.addresses)

    def owns(self, address: str) -> bool:
        """Whether an address is one of the paper, its code or its pages."""
        plain = _plain(address)
        return (
            plain in self.addresses
            or any(identifier in plain for identifier in self.identifiers)
            or bool(self.keys & keys_in(address))
        )

    def is_named_by(self, text: str) -> bool:
        """Whether a text is the title, a part of it, or one of the work's names."""
        key = title_key(text)
        return bool(key) and (key in title_key(self.title) or key in map(title_key, self.names))

    def is_named_in(self, text: str) -> bool:
        """Whether a text shows the title, whole or parted at its colon, or the work's name
        where lists give no titles."""
        shown = _bare(text)
        if title_key(self.title) in title_key(text):
            return _bare(self.title) in shown or all(
                _bare(part) in shown for part in re.split(r":\s", self.title)
            )
        return any(title_key(name) in title_key(text) for name in self.names if title_key(name))


def shown_paper(record: Record) -> ShownPaper:
    """What can be seen of this record's paper."""
    keys = strong_keys(record)
    urls = [url for url in (record.url, *record.code_urls) if url]
    values = {key.partition(":")[2].casefold() for key in keys}
    values |= {match[1].casefold() for url in urls if (match := REPOSITORY.search(url))}
    title, _, _ = title_apart(seen(record.title))
    return ShownPaper(
        title=title.rstrip("."),
        names=(short_name(title, record.abstract or ""), *re.split(r"[:.] ", title)),
        keys=keys,
        addresses=frozenset(_plain(url) for url in urls),
        identifiers=frozenset(values),
    )


def _plain(address: str) -> str:
    """An address as it is compared: what an encoder or a renderer does to it does not count."""
    return unquote(html.unescape(address)).casefold().rstrip("/")


def _bare(text: str) -> str:
    return _NOT_SHOWN_OTHERWISE.sub("", text)
