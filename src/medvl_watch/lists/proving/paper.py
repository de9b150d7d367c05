"""A paper as an entry must show it: its title as text, its addresses as links."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from medvl_watch.lists.fields.labels import REPOSITORY
from medvl_watch.lists.fields.names import short_name
from medvl_watch.lists.style.encoding import seen
from medvl_watch.lists.style.facts import facts_of, title_apart
from medvl_watch.lists.style.samples import venue_key
from medvl_watch.papers.evidence import strong_keys
from medvl_watch.papers.identifiers import keys_in, title_key
from medvl_watch.papers.venues import year_of
from medvl_watch.papers.years import YEAR_PATTERN
from medvl_watch.records import Record

_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LONG_TITLE = 12
_USUAL = ("et al", "and", "preprint")

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
    words: frozenset[str]
    years: frozenset[str]

    @property
    def has_address(self) -> bool:
        return bool(self.keys or self.addresses)

    def owns(self, address: str) -> bool:
        """Whether an address is one of the paper, its code or its pages, or asks for its title."""
        plain = _plain(address)
        title = title_key(self.title)
        return (
            plain in self.addresses
            or any(identifier in plain for identifier in self.identifiers)
            or bool(self.keys & keys_in(address))
            or (len(title) >= _LONG_TITLE and title in title_key(plain))
        )

    def is_named_by(self, text: str) -> bool:
        """Whether a text is the title, a part of it, or one of the work's names."""
        key = title_key(text)
        return bool(key) and (key in title_key(self.title) or key in map(title_key, self.names))

    def is_described_by(self, text: str) -> bool:
        """Whether each word of a text, but for numbers, is one of the paper's: of its title,
        authors, venue or addresses."""
        parts = _WORD.findall(text)
        return any(map(_LETTERS.search, parts)) and all(map(self._is_known, parts))

    def _is_known(self, word: str) -> bool:
        """Whether a word is one of the paper's, perhaps with a number behind (`CVPR2024`)."""
        letters = map(title_key, _LETTERS.findall(word))
        return title_key(word) in self.words or self.words.issuperset(letters)

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
        words=_words_of(record, urls),
        years=_years_of(record),
    )


def _words_of(record: Record, urls: Sequence[str]) -> frozenset[str]:
    """The words that are known of a paper, in the forms in which lists write them."""
    facts = facts_of(record)
    venues = [record.venue or "", facts.venue or "", "arXiv" if record.arxiv_id else ""]
    texts = [record.title, *record.authors, *venues, *urls, *map(venue_key, venues), *_USUAL]
    return frozenset(title_key(word) for text in texts for word in _WORD.findall(text))


def _years_of(record: Record) -> frozenset[str]:
    """The years that are known of a paper: of its first version, its venue, and its address."""
    facts = facts_of(record)
    years = [facts.year, facts.date[0], year_of(record)]
    text = f"{record.venue or ''} {record.published or ''} {record.extra.get('year') or ''}"
    return frozenset([*YEAR_PATTERN.findall(text), *(str(year) for year in years if year)])


def _plain(address: str) -> str:
    """An address as it is compared: what an encoder or a renderer does to it does not count."""
    return unquote(html.unescape(address)).casefold().rstrip("/")


def _bare(text: str) -> str:
    return _NOT_SHOWN_OTHERWISE.sub("", text).casefold()
