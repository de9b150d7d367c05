"""What speaks for two records describing one work, and what speaks against it.

The thresholds were read off 1,331 known pairs of preprint and print, and 8,000 pairs of other
papers on medical vision-language models: SAME_ABSTRACT holds for all but 7 of the former and for
none of the latter. The thresholds for renamed papers are higher, since papers of one group share
sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from medvl_watch.papers.addresses import is_preprint_doi, place_of_doi
from medvl_watch.papers.identifiers import assigned_keys, is_generic_title
from medvl_watch.papers.known_venues import known_name
from medvl_watch.papers.names import AuthorMatch, match_authors
from medvl_watch.papers.place_rules import PlaceKind
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.schemes import without_version
from medvl_watch.papers.titles import TitleMatch, match_titles
from medvl_watch.papers.venues import first_year, venue_of
from medvl_watch.records import Record

SAME_ABSTRACT = 15.0
SIMILAR_TITLE_ABSTRACT = 50.0
RENAMED_ABSTRACT = 65.0
FRAME_ABSTRACT = 90.0
OTHER_ABSTRACT = 4.0
"""Percent of their word pairs that two abstracts share (`abstract_similarity`): at least so much
if they are one work's under one title; under similar titles and without authors; under another
title by the same authors; under titles with a word exchanged. Below the last, two works'."""
_ENOUGH_ABSTRACT = 150
_HEAD_OF_ABSTRACT = 1_500
_YEARS_TO_PRINT = 2


def strong_keys(record: Record) -> frozenset[str]:
    """The identity keys that somebody assigned, without the title key."""
    return assigned_keys(record)


def is_preprint(record: Record) -> bool:
    """Whether the record describes a preprint rather than a published version."""
    if record.venue and not is_preprint_name(record.venue):
        return False
    return bool(record.arxiv_id) or bool(record.doi and is_preprint_doi(record.doi))


@dataclass(frozen=True)
class RecordComparison:
    """How two records agree, apart from identifiers. Each part is worked out when it is needed."""

    one: Record
    other: Record

    @cached_property
    def title(self) -> TitleMatch:
        return match_titles(self.one.title, self.other.title)

    @cached_property
    def authors(self) -> AuthorMatch | None:
        """None where one of the records has no authors."""
        return match_authors(self.one.authors, self.other.authors)

    @cached_property
    def abstract(self) -> float | None:
        """In percent; None where one of the abstracts is missing or too short to tell."""
        return abstract_similarity(self.one.abstract, self.other.abstract)

    @cached_property
    def years(self) -> int | None:
        """The least distance between the years that the records name, None if unknown."""
        return years_apart(self.one, self.other)

    @cached_property
    def generic(self) -> bool:
        """Whether one of the titles is that of a part of every volume (`Preface`)."""
        return is_generic_title(self.one.title) or is_generic_title(self.other.title)

    @property
    def near_in_time(self) -> bool:
        """Within the time that a paper takes from preprint to print, or unknown."""
        return self.years is None or self.years <= _YEARS_TO_PRINT

    @property
    def in_words(self) -> tuple[str, ...]:
        """The evidence, one clause for each kind that there is."""
        words = [_TITLE_WORDS[self.title]]
        if self.authors:
            words.append(f"{self.authors.common} of {self.authors.shorter} authors agree")
        if self.abstract is not None:
            words.append(f"abstracts agree by {self.abstract:.0f} %")
        if self.years is not None:
            words.append("same year" if not self.years else f"{self.years} years apart")
        return tuple(words)


SAME_TITLE = "same title"
_TITLE_WORDS = {
    TitleMatch.SAME: SAME_TITLE,
    TitleMatch.VARIANT: "same title in another form",
    TitleMatch.NEAR: "similar titles",
    TitleMatch.FRAME: "titles with a word exchanged",
    TitleMatch.SERIES: "titles of a series",
    TitleMatch.DIFFERENT: "different titles",
}


def supports_shared_key(comparison: RecordComparison, *, both_printed: bool = False) -> bool:
    """Whether two records that share an identifier can be of one work.

    A preprint may change its title, its authors and its abstract, but not all of them: one of
    the three has to stay. Two printed records under one number have one title: the chapters of
    a book are by the same people, and are sometimes given the number of the book.
    """
    if comparison.title >= TitleMatch.NEAR:
        return True
    if (comparison.abstract or 0) >= SAME_ABSTRACT:
        return True
    if comparison.title is TitleMatch.SERIES and not both_printed:
        return comparison.authors is None or comparison.authors.common > 0
    return not both_printed and comparison.authors is not None and comparison.authors.most


def proof_without_key(comparison: RecordComparison) -> str:
    """The proof that two records without a common identifier are of one work, or an empty text.

    Two kinds of evidence have to agree: neither a title, nor a team of authors, nor an abstract
    suffices.
    """
    if comparison.generic:
        return ""
    return next((proof for proof, holds in _PROOFS if holds(comparison)), "")


def doubt_without_key(comparison: RecordComparison) -> str:
    """Why two records without a common identifier may be of one work although nothing proves
    it; empty where they are clearly two, or clearly one."""
    if comparison.generic or proof_without_key(comparison):
        return ""
    return next((doubt for doubt, holds in _DOUBTS if holds(comparison)), "")


def _same(c: RecordComparison) -> bool:
    return c.title is TitleMatch.SAME


def _most(c: RecordComparison) -> bool:
    return c.authors is not None and c.authors.most


def _all_of_several(c: RecordComparison) -> bool:
    return c.authors is not None and c.authors.all and c.authors.common > 1


def _shares(c: RecordComparison, percent: float) -> bool:
    return c.abstract is not None and c.abstract >= percent


def _renamed(c: RecordComparison) -> bool:
    if c.title is TitleMatch.SERIES:
        return False
    needed = FRAME_ABSTRACT if c.title is TitleMatch.FRAME else RENAMED_ABSTRACT
    return _shares(c, needed) and c.near_in_time


_Rule = tuple[str, Callable[[RecordComparison], bool]]
_PROOFS: tuple[_Rule, ...] = (
    ("title+author+year", lambda c: _same(c) and _most(c) and c.years in {0, 1}
     and (c.abstract is None or c.abstract >= OTHER_ABSTRACT)),
    ("title+author+abstract", lambda c: _same(c) and _most(c) and _shares(c, SAME_ABSTRACT)),
    ("title+abstract", lambda c: _same(c) and c.authors is None
     and _shares(c, SAME_ABSTRACT if c.near_in_time else RENAMED_ABSTRACT)),
    ("similar title+author+abstract", lambda c: c.title is TitleMatch.VARIANT and _most(c)
     and c.near_in_time and _shares(c, SAME_ABSTRACT)),
    ("similar title+authors+year", lambda c: c.title is TitleMatch.VARIANT and _all_of_several(c)
     and c.years in {0, 1} and c.abstract is None),
    ("similar title+abstract", lambda c: c.title in {TitleMatch.VARIANT, TitleMatch.NEAR}
     and c.authors is None and c.near_in_time and _shares(c, SIMILAR_TITLE_ABSTRACT)),
    ("authors+abstract", lambda c: c.authors is not None and c.authors.all and _renamed(c)),
)  # fmt: skip
"""What proves that two records are of one work, the strongest proof first."""

_DOUBTS: tuple[_Rule, ...] = (
    ("the same title, and no authors or abstract to compare",
     lambda c: _same(c) and c.authors is None and c.abstract is None),
    ("the same title, but another abstract, and no authors to compare",
     lambda c: _same(c) and c.authors is None),
    ("the same title and a similar abstract, but other authors",
     lambda c: _same(c) and _shares(c, SAME_ABSTRACT)),
    ("the same title and authors, but another abstract",
     lambda c: _same(c) and _all_of_several(c) and c.near_in_time and c.abstract is not None),
    ("a similar title by the same authors",
     lambda c: c.title is TitleMatch.VARIANT and _all_of_several(c) and c.near_in_time),
    ("a similar abstract under another title",
     lambda c: c.title is not TitleMatch.SERIES and _shares(c, SIMILAR_TITLE_ABSTRACT)
     and (c.authors is None or c.authors.most) and c.near_in_time),
)  # fmt: skip


def conflict(one: Record, other: Record) -> str:
    """Why two records cannot be of one work in spite of their title, or an empty text.

    Two arXiv ids, or two publishers' DOIs, were given out for two things, and what appeared at
    two known venues are two papers, a conference's and a journal's.
    """
    if one.arxiv_id and other.arxiv_id and one.arxiv_id != other.arxiv_id:
        return f"arXiv ids {one.arxiv_id} and {other.arxiv_id}"
    dois = [_publishers_doi(one), _publishers_doi(other)]
    if dois[0] and dois[1] and dois[0] != dois[1]:
        return f"DOIs {dois[0]} and {dois[1]}"
    venues = [known_venue(one), known_venue(other)]
    if venues[0] and venues[1] and venues[0] != venues[1]:
        return f"venues {venues[0]} and {venues[1]}"
    return ""


def abstract_similarity(one: str, other: str) -> float | None:
    """How many of the pairs of neighbouring words in the shorter abstract are also in the longer
    one, in percent. None where one of them is missing or too short to tell.

    Two texts on one subject share words, but hardly any pairs of words; a text that was rewritten
    or cut off keeps many of them.
    """
    if min(len(one), len(other)) < _ENOUGH_ABSTRACT:
        return None
    first, second = _word_pairs(one), _word_pairs(other)
    fewer = min(len(first), len(second))
    return 100 * len(first & second) / fewer if fewer else None


@lru_cache(maxsize=2_048)
def _word_pairs(abstract: str) -> frozenset[tuple[str, str]]:
    words = re.findall(r"\w+", abstract[:_HEAD_OF_ABSTRACT].casefold())
    return frozenset(pairwise(words))


def years_apart(one: Record, other: Record) -> int | None:
    """The least distance between the years that the records name; None if one names none."""
    distances = [abs(first - second) for first in _years(one) for second in _years(other)]
    return min(distances, default=None)


def _publishers_doi(record: Record) -> str:
    """The DOI of a record, unless it is that of a preprint server, or of a repository such as
    Zenodo, which gives a number to whatever is put there."""
    if record.doi is None:
        return ""
    place = place_of_doi(record.doi)
    is_deposit = place is not None and place.kind in _DEPOSITS
    return "" if is_deposit else without_version(record.doi)


_DEPOSITS = frozenset({PlaceKind.PREPRINTS, PlaceKind.PAGE, PlaceKind.DATA, PlaceKind.CODE})


def known_venue(record: Record) -> str:
    """Where a printed record appeared, if we know that venue: `MICCAI`, `MICCAI Workshop`."""
    if not record.venue or is_preprint_name(record.venue):
        return ""
    words = _YEAR_IN_VENUE.sub(" ", record.venue).split()
    rest = [word for word in words if word.lower() not in _BESIDE_A_VENUE]
    name = known_name(" ".join(rest).strip(" ,:()'"))
    return f"{name} {' '.join(sorted(set(words) - set(rest)))}".strip() if name else ""


_YEAR_IN_VENUE = re.compile(r"(?<!\d)'?(?:(?:19|20)\d\d|\d\d)(?!\d)")
_BESIDE_A_VENUE = frozenset({"workshop", "workshops", "findings"})


def _years(record: Record) -> set[int]:
    venue = venue_of(record)
    return {year for year in (venue and venue.year, first_year(record)) if year}
