"""Whether two entries of a list are one work.

Equal titles are the same paper; titles that differ in a number, a numeral, a sign or a name of
their own are parts, versions or relatives (`Part I`, `SemiSAM+`, `MMLU (Medicine)`). What the
entries say besides, such as authors, venues and other identifiers, may contradict equal titles
and never makes different titles equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry
from medvl_watch.lists.checking.likeness import families_of, identifiers_of, other_cells
from medvl_watch.lists.fields.dates_and_venues import imprint, is_preprint
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.names import name_apart
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.venue_names import known_name

_WORD = re.compile(r"[^\W_]+(?:['\u2019]s\b)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIGNS = re.compile(r"(?<=\w)\++|(?<=\w)[\u2032#](?!\w)")
_ROMAN = re.compile(r"(?:x{0,3})(?:ix|iv|v?i{1,3}|v|x)")
_QUALIFIERS = re.compile(
    r"\bv\d+(?:\.\d+)?\b|\b(?:part|vol(?:ume)?|chapter|version)\.? ?(?:[ivx]+|\d+|[a-d])\b"
    r"|\b(?:extended|journal|short|long|full|workshop|conference|arxiv) version\b"
    r"|\b(?:supplement|thesis|slides|poster|talk|tutorial|leaderboard|re-?implementation)\b",
    re.IGNORECASE,
)
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
_LONG_TITLE = 4
_VERY_LONG_TITLE = 6
_ALIKE, _SOMEWHAT_ALIKE = 85, 70
"""Likeness of titles, 0 to 100, from which on entries with one identifier are one paper, or may
be."""


class Sameness(Enum):
    """What two entries are to each other."""

    SAME = "same"
    PERHAPS = "perhaps"
    RELATED = "related"
    OTHER = "other"


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
    marks = [word for word in every if _is_mark(word)] + _SIGNS.findall(title)
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


def _is_mark(word: str) -> bool:
    """A number, a numeral or a single letter; also a name that ends in one (`sam2`)."""
    return not _YEAR.fullmatch(word) and (
        any(char.isdigit() for char in word)
        or bool(_ROMAN.fullmatch(word))
        or (len(word) == 1 and word not in _SMALL)
    )


# --- two entries ----------------------------------------------------------------------


def sameness(one: CheckedEntry, other: CheckedEntry, usual: Counter[str]) -> Sameness:
    """What two entries are to each other. `usual` counts the words of all titles of the list,
    by which a slip of the pen is told from another word."""
    ours, theirs = title_words(one.title), title_words(other.title)
    if not ours.words or not theirs.words:
        return Sameness.OTHER
    shared = bool(identifiers_of(one) & identifiers_of(other))
    if not ours.has_marks_of(theirs):
        return _by_unmarked(ours, theirs)
    found = _by_titles(one, other, usual, shared=shared)
    if found is Sameness.SAME and _contradict(one, other, len(ours.words)):
        return Sameness.PERHAPS
    return found


def _by_titles(
    one: CheckedEntry, other: CheckedEntry, usual: Counter[str], *, shared: bool
) -> Sameness:
    ours, theirs = title_words(one.title), title_words(other.title)
    length = min(len(ours.words), len(theirs.words))
    if one.key == other.key or ours.words == theirs.words:
        is_long = length >= _LONG_TITLE and len(one.key) >= 20
        alike = shared and fuzz.ratio(one.text, other.text) >= 90
        return Sameness.SAME if is_long or alike else Sameness.PERHAPS
    if length < _LONG_TITLE:
        return Sameness.RELATED if shared else Sameness.OTHER
    if ours.bare == theirs.bare and len(ours.bare) > _LONG_TITLE:
        named = ours.bare != ours.words and theirs.bare != theirs.words
        return Sameness.SAME if shared or not named else Sameness.PERHAPS
    likeness = fuzz.ratio(one.key, other.key) if shared else 0
    if likeness >= _ALIKE or _differ_by_a_slip(ours.words, theirs.words, usual):
        return Sameness.SAME
    return Sameness.PERHAPS if likeness >= _SOMEWHAT_ALIKE else Sameness.OTHER


def _by_unmarked(ours: TitleWords, theirs: TitleWords) -> Sameness:
    """Parts and versions of one work are related."""
    one, two = (
        {re.sub(r"\d+\w?$", "", word) for word in each.words if not _is_mark(word)} - {""}
        for each in (ours, theirs)
    )
    return (
        Sameness.RELATED if len(one & two) >= 0.7 * max(len(one), len(two), 1) else Sameness.OTHER
    )


def _differ_by_a_slip(ours: tuple[str, ...], theirs: tuple[str, ...], usual: Counter[str]) -> bool:
    if len(ours) != len(theirs) or len(ours) <= _LONG_TITLE:
        return False
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return len(differing) == 1 and is_slip(*differing[0], usual)


def is_slip(one: str, other: str, usual: Counter[str]) -> bool:
    """Whether one of two words is the other misspelt, or in the plural."""
    if _is_mark(one) or _is_mark(other):
        return False
    if one.rstrip("s") == other.rstrip("s"):
        return True
    shorter = min(len(one), len(other))
    distance = OSA.distance(one, other, score_cutoff=2)
    rare = min(usual[one], usual[other]) <= 1
    return rare and ((shorter >= 7 and distance == 1) or (shorter >= 9 and distance == 2))


# --- what contradicts equal titles ----------------------------------------------------


def _contradict(one: CheckedEntry, other: CheckedEntry, length: int) -> bool:
    return (
        _have_other_names(one, other)
        or (length < _VERY_LONG_TITLE and _have_other_identifiers(one, other))
        or _have_other_authors(one, other)
        or _have_other_venues(one, other)
        or _qualifiers(one) != _qualifiers(other)
        or other_cells(one, other)
    )


def _have_other_names(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Names that the entries state beside equal titles: two models or data sets of one paper."""
    ours, theirs = (title_key(work.value(Slot.NAME)) for work in (one, other))
    return bool(ours and theirs) and ours != theirs


def _have_other_identifiers(one: CheckedEntry, other: CheckedEntry) -> bool:
    ours, theirs = identifiers_of(one), identifiers_of(other)
    return not ours & theirs and bool(_schemes(ours) & _schemes(theirs))


def _schemes(keys: Iterable[str]) -> frozenset[str]:
    """Who assigned the identifiers; a preprint and its publication have others."""
    return frozenset(
        key.partition("/")[0] if key.startswith("doi:") else key.partition(":")[0] for key in keys
    )


def _have_other_authors(one: CheckedEntry, other: CheckedEntry) -> bool:
    ours, theirs = families_of(one), families_of(other)
    return bool(ours and theirs) and not ours & theirs


def _have_other_venues(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Two venues, neither a preprint server: a conference paper and the article that extends it."""
    ours, theirs = (_venue(work) for work in (one, other))
    return bool(ours and theirs) and ours != theirs


def _venue(work: CheckedEntry) -> str | None:
    venue = work.value(Slot.VENUE)
    return None if is_preprint(venue) else known_name(venue)


def _qualifiers(work: CheckedEntry) -> frozenset[str]:
    """What an entry says of its version, outside its links' addresses."""
    hidden = work.text
    for link in reversed(work.links):
        hidden = hidden[: link.url_start] + hidden[link.url_end :]
    return frozenset(match[0].casefold() for match in _QUALIFIERS.finditer(hidden))
