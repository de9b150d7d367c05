"""The subject of a list, learned from the titles of its entries.

A word says something about the subject if the list has it more often than papers at large do.
Two vectors are compared as well, so that *satellite* counts for a list on *remote sensing*
even if no entry has the word. Nothing here depends on a particular subject.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import mul
from statistics import median

from medvl_watch.classify.sections.word_vectors import WordVectors
from medvl_watch.classify.sections.words import LONGEST, stems, stems_with_words
from medvl_watch.classify.subject.background import Background, title_words
from medvl_watch.papers.identifiers import title_key

LEAST_ENTRIES = 10
"""Fewer titles do not show a subject."""
_MOST_ENTRIES = 1_500
_MOST_COMPARED = 200
"""Entries that are compared with the others to learn how alike they are; more take time."""
_PRIOR_COUNT = 0.5
_ABSTRACT_SHARE = 0.3
"""A word of the abstract says about as much as one of a title three times as frequent."""
_MOST_ABSTRACT_WORDS = 10
_SHORTEST_TITLE = 3  # words
_UNIT = 5.0
"""Points are divided by this, so that all signals are of similar size."""

Signals = Mapping[str, float]
"""By the names in `weights`."""


@dataclass(frozen=True, slots=True)
class _TitleSignals:
    points: float
    strongest: float
    similarity: float


class SubjectProfile:
    """What the titles of a list's entries have in common, against the background."""

    def __init__(self, titles: Sequence[str], background: Background, vectors: WordVectors) -> None:
        """`titles` are those of the list's entries; see `usable_titles`."""
        self._background = background
        self._vectors = vectors
        step = 1 + len(titles) // _MOST_ENTRIES
        self.titles = tuple(titles[::step])
        self._indices = {title_key(title): index for index, title in enumerate(self.titles)}
        self._words = [title_words(title) for title in self.titles]
        self._counts = Counter(word for words in self._words for word in words)
        self._title_vectors = [self._vector(stems(title)) for title in self.titles]
        self._sum = [sum(each) for each in zip(*filter(None, self._title_vectors), strict=True)]
        step = 1 + len(self.titles) // _MOST_COMPARED
        own = [self._own_signals(index) for index in range(0, len(self.titles), step)]
        self._usual_points = median(each.points for each in own) if own else 0.0

    def index_of(self, key: str) -> int | None:
        """The index of the entry with this title key; None if the list has no such entry."""
        return self._indices.get(key)

    def signals(self, title: str, abstract: str = "", left_out: int | None = None) -> Signals:
        """The signals of a paper; no text makes this fail. `left_out` is the index of the
        paper's own entry, if the list has it."""
        title, abstract = title[:LONGEST], abstract[:LONGEST]
        title_stems = stems(title)
        words = title_words(title) if left_out is None else self._words[left_out]
        found = self._title_signals(words, self._vector(title_stems), left_out)
        if not abstract.strip():
            return self._named(found)
        abstract_stems = stems(abstract)
        weights = sorted(
            (self._abstract_weight(word) for word in set(abstract_stems) - words), reverse=True
        )
        vector = self._vector([*title_stems, *title_stems, *abstract_stems])
        return {
            **self._named(found),
            "abstract words": sum(weights[:_MOST_ABSTRACT_WORDS]) / _UNIT,
            "similarity of abstract": _cosine(vector, self._sum),
        }

    def weight(self, word: str) -> float:
        """How much a word of a title speaks for the subject: the logarithm of how much more
        often the list has it than the background; negative if it has it less often."""
        return self._weight(word, 0)

    @property
    def share_of_known_words(self) -> float:
        """The share of the words of the list's titles that the background has, from 0 to 1."""
        total = sum(self._counts.values())
        known = sum(n for word, n in self._counts.items() if word in self._background.words)
        return known / total if total else 0.0

    def strongest_words(self, count: int) -> tuple[str, ...]:
        """The words that tell most about the subject, as the titles have them most often."""
        ranked = sorted(self._counts, key=lambda word: -self._counts[word] * self.weight(word))
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for title in self.titles:
            for stem, word in stems_with_words(title).items():
                written[stem][word.lower()] += 1
        found = (written[stem].most_common(1)[0][0] for stem in ranked if stem in written)
        return tuple(islice(dict.fromkeys(found), count))

    def _named(self, found: _TitleSignals) -> Signals:
        return {
            "words": (found.points - self._usual_points) / _UNIT,
            "strongest word": found.strongest / _UNIT,
            "similarity of title": found.similarity,
        }

    def _own_signals(self, index: int) -> _TitleSignals:
        return self._title_signals(self._words[index], self._title_vectors[index], index)

    def _title_signals(
        self, words: frozenset[str], vector: Sequence[float], left_out: int | None
    ) -> _TitleSignals:
        """The signals of a title; `left_out` is the index of the entry whose title it is."""
        is_own = left_out is not None
        weights = [self._weight(word, int(is_own)) for word in words]
        total = self._sum
        if left_out is not None and self._title_vectors[left_out]:
            own = self._title_vectors[left_out]
            total = [one - other for one, other in zip(total, own, strict=True)]
        return _TitleSignals(
            points=sum(weight for weight in weights if weight > 0),
            strongest=max(weights, default=0.0),
            similarity=_cosine(vector, total),
        )

    def _weight(self, word: str, left_out: int) -> float:
        expected = (len(self.titles) - left_out) * self._background.share_in_titles(word)
        count = self._counts.get(word, 0) - left_out
        return math.log((count + _PRIOR_COUNT) / (expected + _PRIOR_COUNT))

    def _abstract_weight(self, word: str) -> float:
        if not (count := self._counts.get(word, 0)):
            return 0.0
        share = self._background.share_in_abstracts(word) * _ABSTRACT_SHARE
        expected = len(self.titles) * share
        return max(0.0, math.log((count + _PRIOR_COUNT) / (expected + _PRIOR_COUNT)))

    def _vector(self, text_stems: Sequence[str]) -> Sequence[float]:
        return _normalized(self._background.whiten(self._vectors.text_vector(Counter(text_stems))))


def usable_titles(titles: Sequence[str]) -> tuple[str, ...]:
    """The titles without repetitions and without those that are too short to be titles."""
    by_key = {title_key(title): title for title in titles if len(title.split()) >= _SHORTEST_TITLE}
    by_key.pop("", None)
    return tuple(by_key.values())


def _normalized(vector: Sequence[float]) -> Sequence[float]:
    length = math.hypot(*vector)
    return [each / length for each in vector] if length else ()


def _cosine(vector: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of a vector of length one and another; 0 if either is empty."""
    if not vector or not other:
        return 0.0
    product: float = sum(map(mul, vector, other))
    return product / (math.hypot(*other) or 1.0)
