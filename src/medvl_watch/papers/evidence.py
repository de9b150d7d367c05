"""What speaks for two records describing one work, and what speaks against it.

The thresholds were read off 1,331 known pairs of preprint and print, and 60,000 random pairs
of other works: SAME_ABSTRACT holds for all but 19 of the former and for none of the latter;
the thresholds for titles, which count only beside a shared identifier, for 1 of the latter
in 10,000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from medvl_watch.papers.addresses import is_preprint_doi
from medvl_watch.papers.identifiers import (
    family_name,
    is_generic_title,
    is_weak,
    keys_of,
    title_key,
)
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.venues import first_year, venue_of
from medvl_watch.records import Record

SAME_ABSTRACT = 55.0
SAME_TITLE = 65.0
SAME_WORDS_IN_TITLE = 80.0
_ENOUGH_ABSTRACT = 150
_HEAD_OF_ABSTRACT = 600


def strong_keys(record: Record) -> frozenset[str]:
    """The identity keys that somebody assigned, without the title key."""
    return frozenset(key for key in keys_of(record) if not is_weak(key))


def is_preprint(record: Record) -> bool:
    """Whether the record describes a preprint rather than a published version."""
    if record.venue and not is_preprint_name(record.venue):
        return False
    return bool(record.arxiv_id) or bool(record.doi and is_preprint_doi(record.doi))


def agree(one: Record, other: Record) -> bool:
    """Whether two records that share an identifier can be of one work.

    A preprint may change its title, and its authors, and its abstract, but not all of them:
    one of the three has to stay.
    """
    return (
        similar_titles(one.title, other.title)
        or similar_authors(one.authors, other.authors)
        or similar_abstracts(one.abstract, other.abstract)
    )


def similar_titles(one: str, other: str) -> bool:
    first, second = _words(one), _words(other)
    if title_key(one) == title_key(other):
        return True
    if fuzz.ratio(first, second) >= SAME_TITLE:
        return True
    shorter = min(len(first.split()), len(second.split()))
    # `CAT-ViL: Co-attention …` against `Co-attention …`; one word in common says nothing.
    return shorter >= 4 and fuzz.token_set_ratio(first, second) >= SAME_WORDS_IN_TITLE


def similar_authors(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether the first authors have one family name and at least half of the rest agree."""
    first, second = _families(one), _families(other)
    if not first or not second or first[0] != second[0]:
        return False
    return len(set(first) & set(second)) * 2 >= min(len(set(first)), len(set(second)))


def same_first_author(one: Record, other: Record) -> bool | None:
    """None where one of the two names no author."""
    first, second = _families(one.authors), _families(other.authors)
    if not first or not second:
        return None
    return first[0] == second[0]


def similar_abstracts(one: str, other: str) -> bool:
    """False also where one of them is missing or too short to tell."""
    if min(len(one), len(other)) < _ENOUGH_ABSTRACT:
        return False
    first, second = (_words(text[: 2 * _HEAD_OF_ABSTRACT]) for text in (one, other))
    length = min(len(first), len(second), _HEAD_OF_ABSTRACT)
    return fuzz.ratio(first[:length], second[:length]) >= SAME_ABSTRACT


def years_apart(one: Record, other: Record) -> int | None:
    """The least distance between the years that the records name; None if one names none."""
    distances = [abs(first - second) for first in _years(one) for second in _years(other)]
    return min(distances, default=None)


def conflict(one: Record, other: Record) -> str:
    """Why two records cannot be of one work in spite of their title, or an empty text.

    Two arXiv ids, or two publishers' DOIs, were given out for two things.
    """
    if one.arxiv_id and other.arxiv_id and one.arxiv_id != other.arxiv_id:
        return f"arXiv ids {one.arxiv_id} and {other.arxiv_id}"
    dois = [record.doi for record in (one, other) if _publishers_doi(record)]
    if len(dois) == 2 and dois[0] != dois[1]:
        return f"DOIs {dois[0]} and {dois[1]}"
    return ""


def title_proof(one: Record, other: Record) -> str:
    """The proof that two records with one title key are of one work, or an empty text.

    Without authors on both sides only the abstracts can tell.
    """
    if is_generic_title(one.title) or is_generic_title(other.title):
        return ""
    author = same_first_author(one, other)
    apart = years_apart(one, other)
    if author and apart is not None and apart <= 1:
        return "title+author+year"
    if not similar_abstracts(one.abstract, other.abstract):
        return ""
    if author:
        return "title+author+abstract"
    if author is None and (apart is None or apart <= 2):
        return "title+abstract"
    return ""


def _publishers_doi(record: Record) -> bool:
    return record.doi is not None and not is_preprint_doi(record.doi)


def _years(record: Record) -> set[int]:
    venue = venue_of(record)
    return {year for year in (venue and venue.year, first_year(record)) if year}


def _families(authors: Iterable[str]) -> list[str]:
    return [name for name in map(family_name, authors) if name]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
