"""The taxonomy's lexicons as synonyms: *VQA* and *question answering* speak of one node."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from medvl_watch.classify.lexicon import Matcher
from medvl_watch.classify.sections.words import LONGEST, pieces, stems, with_pairs
from medvl_watch.classify.taxonomy import Taxonomy

Points = Mapping[str, float]
"""By the id of a node of the tree: the points of the terms that were found."""

_CLEAR = 2.0
"""From so many points on, a title is said to speak of the node."""


class Topics:
    """Which nodes a text speaks of; without a taxonomy, none."""

    def __init__(self, taxonomy: Taxonomy | None) -> None:
        uses = [
            (term, node.id)
            for node in (taxonomy.nodes.values() if taxonomy else ())
            for term in node.lexicon
            if term.weight > 0
        ]
        self._uses = [(label, term.weight) for term, label in uses]
        self._matcher = Matcher([term.words for term, _ in uses])

    def points(self, text: str) -> Points:
        """Each term counts once."""
        found: dict[str, float] = defaultdict(float)
        if self._uses:
            for number in sorted(self._matcher.terms(text[:LONGEST])):
                label, weight = self._uses[number]
                found[label] += weight
        return found

    def marks(self, title: str) -> list[str]:
        """The nodes that the title clearly speaks of, as words that no title can have."""
        return [f"@{label}" for label, points in self.points(title).items() if points >= _CLEAR]

    def terms(self, title: str) -> list[str]:
        """What titles are compared by: stems, pairs of them, pieces of names, and marks."""
        return [*with_pairs(stems(title)), *pieces(title), *self.marks(title)]


def agreement(one: Points, other: Points) -> float:
    """The cosine of two texts' points: 0 to 1."""
    shared = sum(points * other.get(label, 0.0) for label, points in one.items())
    if not shared:
        return 0.0
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return min(1.0, shared / lengths)
