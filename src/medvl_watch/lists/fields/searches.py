"""Links that ask a search engine for the paper: its title stands in the address, encoded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_plus

from medvl_watch.lists.fields.slots import FieldReader, Slot
from medvl_watch.lists.parsing.markup import MarkdownLink, links_in, plain
from medvl_watch.papers.addresses import is_search

_VALUE = re.compile(r"(?<==)[^&#=]+")
_LEAST = 12
"""Letters and digits without which a text is no title."""


def asks_for_a_title(link: MarkdownLink) -> bool:
    """Whether a link leads to what a search engine finds for a title, not to a paper."""
    return is_search(link.url) and any(len(_squeezed(text[0])) >= _LEAST for text in _values(link))


def read_searches(reading: FieldReader) -> None:
    """Claim the entry's title where it stands in the address of a search."""
    title = next((c for c in reading.claims if c.slot is Slot.TITLE), None)
    wanted = _squeezed(plain(reading.text[title.start : title.end])) if title else ""
    if len(wanted) < _LEAST:
        return
    for link in links_in(reading.text):
        for value in _values(link) if is_search(link.url) else ():
            if _squeezed(unquote_plus(value[0])) == wanted:
                start = link.url_start + value.start()
                reading.claim(start, start + len(value[0]), Slot.QUERY, (link.start, link.end))


def write_query(title: str, example: str) -> str:
    """A title as a search's address has it, with blanks as in the example."""
    encoded = quote(title, safe="")
    return encoded if "%20" in example else encoded.replace("%20", "+")


def _values(link: MarkdownLink) -> Iterator[re.Match[str]]:
    return _VALUE.finditer(link.url)


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
