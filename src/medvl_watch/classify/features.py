"""What a trained model takes from the lexicons, beside the words of a text.

Every feature runs from 0 to about 2 or is absent, which is 0. Lists do not take all that is
relevant: they hold report generation and agents more readily than classification. So a model
also learns from the points of each node of the taxonomy, in the whole paper and once more in
its title; they count as far as the paper is about the subject at all, that is by the strength
of the first facet.
"""

from __future__ import annotations

import math

from medvl_watch.classify.lexicon_scoring import AGAINST, TOGETHER, Points, ScoredPaper
from medvl_watch.classify.rules import RulesClassifier, strength

NODE, TITLE = "node:", "title:"
"""Before the id of a node whose points, in the paper or in its title, are a feature."""

_MOST, _UNIT = 10.0, 6.0


def lexicon_features(reading: ScoredPaper, rules: RulesClassifier) -> dict[str, float]:
    """The features of a paper; those of nodes only where words speak for them."""
    points = reading.points
    facets = {name: max(0.0, each) for name, each in rules.facet_points(points).items()}
    relevance = math.prod(map(strength, facets.values()))
    found = {
        **{name: min(each, 20.0) / 10 for name, each in facets.items()},
        "weakest": min(*facets.values(), 10.0) / 5,
        "relevance": relevance,
        "log-relevance": math.log(max(relevance, 1e-4)) / 9 + 1,
        TOGETHER: min(points.get(TOGETHER, 0.0), 12.0) / 6,
        AGAINST: min(points.get(AGAINST, 0.0), 6.0) / 3,
    }
    if not rules.off_subject(points):
        about = strength(next(iter(facets.values())))
        found |= _of_nodes(NODE, points, about, rules)
        found |= _of_nodes(TITLE, rules.reader.title_points(reading), about, rules)
    return found


def _of_nodes(kind: str, points: Points, about: float, rules: RulesClassifier) -> dict[str, float]:
    return {
        kind + label: min(each, _MOST) / _UNIT * about
        for label, each in points.items()
        if label in rules.nodes
    }
