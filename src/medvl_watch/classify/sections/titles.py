"""The titles of a list's entries as vectors, to find those that are like a paper's."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from medvl_watch.classify.sections.words import stems, with_pairs

Vector = Mapping[str, float]

_UNSEEN_TITLES = 60.0
_RARE = 0.001
_SMALLEST_RARITY = 0.05
_MOST_TERMS = 60


class Titles:
    """TF-IDF vectors (words, pairs and marks, sublinear) of some titles, with an index to
    find those that share terms with a text."""

    def __init__(self, titles: Sequence[Sequence[str]]) -> None:
        """`titles` are the terms of each."""
        self._seen = Counter(term for terms in titles for term in set(terms))
        self._count = len(titles)
        self.vectors = tuple(self.vector(terms) for terms in titles)
        self._index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, vector in enumerate(self.vectors):
            for term, weight in vector.items():
                self._index[term].append((number, weight))

    def rarity(self, term: str) -> float:
        """The inverse document frequency, smoothed as if more titles had been seen, so that
        a short list does not take its few words for common ones."""
        seen = self._seen[term] + _UNSEEN_TITLES * _RARE + 0.5
        return max(_SMALLEST_RARITY, math.log((self._count + _UNSEEN_TITLES) / seen))

    def vector(self, terms: Iterable[str]) -> Vector:
        """Of length one, or empty."""
        weights = {
            term: (1.0 + math.log(count)) * self.rarity(term)
            for term, count in Counter(terms).items()
        }
        length = math.hypot(*weights.values())
        return {term: weight / length for term, weight in weights.items()}

    def known(self, text: str) -> list[str]:
        """The terms of a longer text that some title has, the rarest first."""
        found = {term for term in with_pairs(stems(text)) if term in self._seen}
        return sorted(found, key=lambda term: (-self.rarity(term), term))[:_MOST_TERMS]

    def alike(self, vector: Vector) -> list[tuple[int, float]]:
        """The titles that share a term with the vector and their cosine with it, most alike
        first."""
        likeness: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for number, other in self._index.get(term, ()):
                likeness[number] += weight * other
        return sorted(likeness.items(), key=lambda each: (-each[1], each[0]))
