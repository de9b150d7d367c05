"""An index of the titles of a list's entries, to find titles that are similar to a text."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from medvl_watch.classify.sections.words import stems, with_pairs

TermVector = Mapping[str, float]
"""A sparse vector: the weight of each term."""

_UNSEEN_TITLES = 60.0
_UNSEEN_SHARE = 0.001
_SMALLEST_IDF = 0.05
_MOST_TERMS = 60


class TitleIndex:
    """TF-IDF vectors (with sublinear term frequency) of some titles, and an inverted index."""

    def __init__(self, titles: Sequence[Sequence[str]]) -> None:
        """`titles` has the terms of each title, as `Topics.terms` gives them."""
        self._document_counts = Counter(term for terms in titles for term in set(terms))
        self._count = len(titles)
        self.vectors = tuple(self.vector(terms) for terms in titles)
        self._index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, vector in enumerate(self.vectors):
            for term, weight in vector.items():
                self._index[term].append((number, weight))

    def idf(self, term: str) -> float:
        """The inverse document frequency of a term.

        It is smoothed with 60 unseen titles, so that the few words of a short list do not pass
        for common ones.
        """
        titles = self._document_counts[term] + _UNSEEN_TITLES * _UNSEEN_SHARE + 0.5
        return max(_SMALLEST_IDF, math.log((self._count + _UNSEEN_TITLES) / titles))

    def vector(self, terms: Iterable[str]) -> TermVector:
        """The TF-IDF vector of a text, of length one; empty if there are no terms."""
        weights = {
            term: (1.0 + math.log(count)) * self.idf(term) for term, count in Counter(terms).items()
        }
        length = math.hypot(*weights.values())
        return {term: weight / length for term, weight in weights.items()}

    def shared_terms(self, text: str) -> list[str]:
        """The terms of a longer text that occur in a title, the rarest first, at most 60."""
        terms = {term for term in with_pairs(stems(text)) if term in self._document_counts}
        return sorted(terms, key=lambda term: (-self.idf(term), term))[:_MOST_TERMS]

    def similar(self, vector: TermVector) -> list[tuple[int, float]]:
        """The titles that share a term with the vector, as (index, cosine), most similar
        first."""
        cosines: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for number, other in self._index.get(term, ()):
                cosines[number] += weight * other
        return sorted(cosines.items(), key=lambda each: (-each[1], each[0]))
