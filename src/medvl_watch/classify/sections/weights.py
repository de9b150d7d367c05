"""How much each signal counts.

Fitted as a conditional logit: the chance of a target is proportional to
exp(sum of weight * signal) over the list's targets, so that it can be read as a probability.
"""

from __future__ import annotations

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    "votes": 1.067,
    "bayes": 0.446,
    "centroid": 0.633,
    "abstract votes": 0.558,
    "abstract bayes": 0.178,
    "abstract centroid": 0.382,
    "heading": 1.245,
    "heading of few": 1.109,
    "heading in abstract": 0.562,
    "topics": 0.894,
    "topics of abstract": 0.769,
    "held": 0.766,
    "recent": 0.335,
    "empty": -0.474,
    "container": -1.099,
    "rest": 1.808,
    "survey paper": 1.202,
    "no survey paper": -0.684,
    "dataset paper": 1.505,
    "no dataset paper": 0.018,
}
