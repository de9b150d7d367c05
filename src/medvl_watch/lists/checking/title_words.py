"""A title taken apart: its words, and the marks by which parts and versions of a work differ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from medvl_watch.lists.fields.dates_and_venues import imprint
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.names import name_apart
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.known_venues import known_name

_WORD = re.compile(r"[^\W_]+(?:['\u2019]s\b)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIGNS = re.compile(r"(?<=\w)\++|(?<=\w)[\u2032#](?!\w)")
_ROMAN = re.compile(r"(?:x{0,3})(?:ix|iv|v?i{1,3}|v|x)")
_STATUS = re.compile(
    r"\W*(?:(?:submitted|accepted|published|presented|available)\b|under (?:double.blind )?review\b"
    r"|to appear\b|in (?:press|proceedings)\b|(?:link|read|download|view|see|click)\b.{0,40}"
    r"\b(?:paper|pdf|article|code|here|repo\w*|page)\b)",
    re.IGNORECASE,
)
_SMALL = frozenset(
    ["a", "an", "the", "and", "of", "for", "in", "on", "with", "via", "from", "by", "to", "at",
     "as", "using", "is", "are", "towards", "toward"]
)  # fmt: skip
_LONGEST_LABEL = 8


@dataclass(frozen=True, slots=True)
class TitleWords:
    """A title taken apart: the words that tell it from others, those before its colon left out
    in `bare`, and the marks that tell parts and versions of a work apart."""

    words: tuple[str, ...]
    bare: tuple[str, ...]
    marks: tuple[str, ...]
    years: frozenset[str]

    def has_marks_of(self, other: TitleWords) -> bool:
        """Whether both are the same part and version; a year may be left out."""
        same_year = self.years == other.years or not (self.years and other.years)
        return self.marks == other.marks and same_year


@lru_cache(maxsize=65_536)
def title_words(title: str) -> TitleWords:
    """The words of a title. Empty where what stands there is not a title."""
    if not is_title(title):
        return TitleWords((), (), (), frozenset())
    name, rest = name_apart(title)
    bare = _words(rest)
    words = _words(title) if name else bare
    every = words_of(title)
    marks = [word for word in every if is_mark(word)] + _SIGNS.findall(title)
    years = frozenset(word for word in every if _YEAR.fullmatch(word))
    return TitleWords(words, bare, tuple(sorted(marks)), years)


def is_title(title: str) -> bool:
    """Whether an entry's title names a work, not a state of it (`Submitted to MIDL 2021`), a
    venue, or what a link leads to."""
    if not title_key(title) or is_label(title) or _STATUS.match(title):
        return False
    found = imprint(title)
    is_short = len(title.split()) <= _LONGEST_LABEL
    return not (found and found.year and is_short and _names_known_venue(title, found.venue))


def _names_known_venue(title: str, venue: tuple[int, int] | None) -> bool:
    return bool(venue) and any(known_name(word) for word in re.findall(r"[\w-]+", title))


def words_of(text: str) -> tuple[str, ...]:
    """All words of a text, in lower case and without accents; `&` is one, too."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def all_but_one(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words with one of them left out, each in turn: two texts that differ in one word have
    one of these in common."""
    for place in range(len(words)):
        yield (*words[:place], "", *words[place + 1 :])


def _words(text: str) -> tuple[str, ...]:
    return tuple(w for w in words_of(text) if w not in _SMALL and not _YEAR.fullmatch(w))


def is_mark(word: str) -> bool:
    """A number, a numeral or a single letter; also a name that ends in one (`sam2`)."""
    return not _YEAR.fullmatch(word) and (
        any(char.isdigit() for char in word)
        or bool(_ROMAN.fullmatch(word))
        or (len(word) == 1 and word not in _SMALL)
    )
