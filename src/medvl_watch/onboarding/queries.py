"""Derives a search query for arXiv from the titles of a list's entries.

The words are chosen one by one: each time the word, or pair of words, that occurs in most of the
titles not found so far and in fewest papers at large. Judging comes later, so the query casts its
net wide; what it costs is papers to judge.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.classify.sections.words import stems
from medvl_watch.classify.subject.background import Background

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MOST_TERMS = 40
_MOST_OF_BACKGROUND = 0.15
"""The share of papers at large that the query may find: a hundred a day."""
_MOST_OF_TERM = 0.1
_LEAST_TITLES, _LEAST_NEW = 2, 0.02
_ENOUGH_FOUND = 0.97
_COST = 0.02
"""A word counts less if it occurs in more papers at large than this share."""
_SHORTEST = 3
_ABSTRACT_FACTOR = 2.0
"""So many times more papers have a word in title or abstract than in the title alone."""
_GROUP = re.compile(r"\)\s*AND\s*\(")
_QUERY_TERM = re.compile(r'\ball:(?:"([^"]+)"|(\S+?)(?=[\s)]|$))')

TermStems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A word or pair as it is written, the titles that have it, and how common it is at large."""

    text: str
    titles: frozenset[int]
    share: float


def derive_query(titles: Sequence[str], background: Background) -> str:
    """A query for arXiv; empty if no word occurs in two titles."""
    candidates = _candidates(titles, background)
    chosen: list[str] = []
    found: frozenset[int] = frozenset()
    spent = 0.0
    while candidates and len(chosen) < _MOST_TERMS and len(found) < _ENOUGH_FOUND * len(titles):
        best = max(candidates, key=lambda each: _gain(each, found))
        candidates.remove(best)
        if len(best.titles - found) < max(_LEAST_TITLES, _LEAST_NEW * len(titles)):
            continue
        if spent + best.share > _MOST_OF_BACKGROUND and chosen:
            continue
        chosen.append(best.text)
        found |= best.titles
        spent += best.share
    return " OR ".join(f'all:"{text}"' if " " in text else f"all:{text}" for text in chosen)


def _gain(candidate: _Candidate, found: frozenset[int]) -> tuple[float, str]:
    return len(candidate.titles - found) / (candidate.share + _COST), candidate.text


def _candidates(titles: Sequence[str], background: Background) -> list[_Candidate]:
    """The words and pairs of adjacent words that two titles have in common."""
    by_stems: dict[TermStems, set[int]] = defaultdict(set)
    written: dict[TermStems, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for number, title in enumerate(titles):
        words = [word.lower() for word in _WORD.findall(title)]
        terms = [(word,) for word in words] + list(itertools.pairwise(words))
        for term in terms:
            text = " ".join(term).replace("-", " ")
            term_stems = tuple(stems(text))
            if len(term_stems) >= len(term) and all(len(s) >= _SHORTEST for s in term_stems):
                by_stems[term_stems].add(number)
                written[term_stems][text] += 1
    return [
        _Candidate(
            text=max(written[term], key=lambda text: (written[term][text], text)),
            titles=frozenset(numbers),
            share=_share(term, background),
        )
        for term, numbers in by_stems.items()
        if len(numbers) >= _LEAST_TITLES and _share(term, background) <= _MOST_OF_TERM
    ]


def _share(term: TermStems, background: Background) -> float:
    """About the share of papers at large with this term in title or abstract. Of a pair, half
    that of its rarer word."""
    return _ABSTRACT_FACTOR * min(map(background.share_in_titles, term)) / len(term)


def found_by(query: str, titles: Iterable[str]) -> int:
    """How many of the papers a query finds by their titles alone; their abstracts, which arXiv
    searches as well, are not known. Groups without words, such as categories, are ignored."""
    groups = [
        [tuple(stems(one or other)) for one, other in _QUERY_TERM.findall(group)]
        for group in _GROUP.split(" ".join(query.split()))
    ]
    groups = [group for group in groups if group]
    return sum(
        bool(groups) and all(any(_has(term, title) for term in group) for group in groups)
        for title in (stems(title) for title in titles)
    )


def _has(term: TermStems, title: Sequence[str]) -> bool:
    length = len(term)
    return any(
        tuple(title[start : start + length]) == term for start in range(len(title) - length + 1)
    )


def recent_titles(years: Mapping[str, int | None], this_year: int) -> tuple[str, ...]:
    """The titles of this year and the last, by the year of each."""
    return tuple(title for title, year in years.items() if year and year >= this_year - 1)
