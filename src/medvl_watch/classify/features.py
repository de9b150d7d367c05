"""The features of the trained model that come from the lexicons, in addition to single words.

Every feature ranges from 0 to about 2; an absent feature is 0. Lists do not accept every
relevant paper: they hold report generation and agents more readily than classification.
Therefore the model also learns from the points of each node of the taxonomy, in the whole paper
and once more in its title alone. The points of nodes are multiplied by the strength of the
first facet, so that they count only as far as the paper is about the subject at all.
"""

from __future__ import annotations

import math

from medvl_watch.classify.lexicon_scoring import AGAINST, TOGETHER, Points, ScoredPaper
from medvl_watch.classify.rules import RulesClassifier, strength

NODE, TITLE = "node:", "title:"
"""Prefixes of a feature's name, before the id of a node: its points in the whole paper, or in
the title alone."""

_MOST_POINTS, _POINTS_PER_UNIT = 10.0, 6.0


def lexicon_features(scored_paper: ScoredPaper, rules: RulesClassifier) -> dict[str, float]:
    """The features of a paper by name. Nodes without a matching term have no feature."""
    points = scored_paper.points
    facets = {name: max(0.0, each) for name, each in rules.facet_points(points).items()}
    relevance = math.prod(map(strength, facets.values()))
    features = {
        **{name: min(each, 20.0) / 10 for name, each in facets.items()},
        "weakest": min(*facets.values(), 10.0) / 5,
        "relevance": relevance,
        "log-relevance": math.log(max(relevance, 1e-4)) / 9 + 1,
        TOGETHER: min(points.get(TOGETHER, 0.0), 12.0) / 6,
        AGAINST: min(points.get(AGAINST, 0.0), 6.0) / 3,
    }
    if not rules.is_off_subject(points):
        first_facet = strength(next(iter(facets.values())))
        title_points = rules.scorer.title_points(scored_paper)
        features |= _node_features(NODE, points, first_facet, rules)
        features |= _node_features(TITLE, title_points, first_facet, rules)
    return features


def _node_features(
    prefix: str, points: Points, factor: float, rules: RulesClassifier
) -> dict[str, float]:
    return {
        prefix + node_id: min(each, _MOST_POINTS) / _POINTS_PER_UNIT * factor
        for node_id, each in points.items()
        if node_id in rules.nodes
    }
