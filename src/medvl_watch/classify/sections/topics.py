"""The taxonomy's lexicons as synonyms: *VQA* and *question answering* belong to one node."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from medvl_watch.classify.lexicon import Matcher
from medvl_watch.classify.sections.words import LONGEST, name_parts, stems, with_pairs
from medvl_watch.classify.taxonomy import Taxonomy

Points = Mapping[str, float]
"""The points of the terms that occur in a text, by the id of the taxonomy's node."""

_CLEAR = 2.0
"""The points from which on a title is clearly about the node."""


class Topics:
    """Finds the nodes that a text is about; without a taxonomy, none."""

    def __init__(self, taxonomy: Taxonomy | None) -> None:
        uses = [
            (term, node.id)
            for node in (taxonomy.section_nodes.values() if taxonomy else ())
            for term in node.lexicon
            if term.weight > 0
        ]
        self._uses = [(node_id, term.weight) for term, node_id in uses]
        self._matcher = Matcher([term.words for term, _ in uses])

    def points(self, text: str) -> Points:
        """The points of a text; each term counts once."""
        points: dict[str, float] = defaultdict(float)
        if self._uses:
            for number in sorted(self._matcher.term_numbers(text[:LONGEST])):
                node_id, weight = self._uses[number]
                points[node_id] += weight
        return points

    def node_terms(self, title: str) -> list[str]:
        """The nodes that the title is clearly about, as terms that cannot occur in a title."""
        return [f"@{node_id}" for node_id, each in self.points(title).items() if each >= _CLEAR]

    def terms(self, title: str) -> list[str]:
        """The terms by which titles are compared: stems, pairs of stems, parts of coined names,
        and nodes."""
        return [*with_pairs(stems(title)), *name_parts(title), *self.node_terms(title)]


def points_cosine(one: Points, other: Points) -> float:
    """The cosine of the points of two texts, from 0 to 1."""
    shared = sum(points * other.get(node_id, 0.0) for node_id, points in one.items())
    if not shared:
        return 0.0
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return min(1.0, shared / lengths)
