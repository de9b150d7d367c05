"""The weights of the signals that choose a section.

They are the weights of a conditional logit: the probability of a target is proportional to
exp(sum of weight * signal), over all targets of the list. They hold for any list.
`python -m medvl_watch.training.section_weights` fits them again. Only the weight of
"dataset paper" is set by hand: in the replay this signal occurs for about a dozen papers, all
of which belong to data set sections, so the fit (4.8) shows only that the weight is large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WEIGHTS: Mapping[str, float] = {
    "votes": 2.006,
    "bayes": 0.33,
    "centroid": 1.683,
    "abstract votes": 0.361,
    "abstract bayes": 0.195,
    "abstract centroid": 1.529,
    "heading": 1.461,
    "heading of few": 1.882,
    "heading in abstract": 1.222,
    "topics": 0.642,
    "topics of abstract": 1.205,
    "entries": 0.555,
    "recent entries": 0.449,
    "container": -1.493,
    "survey paper": 2.274,
    "dataset paper": 6.0,
    "rest": 2.525,
    "no survey paper": -0.621,
}
"""By the names of `signals.TargetComparison.compare`."""


@dataclass(frozen=True, slots=True)
class MapWeights:
    """How scores learned from a list are combined with scores by the taxonomy's map of it.

    The combined score is proportional to
    `learned score ** learned_exponent * (map score * odds + smoothing) ** map_exponent`.
    The odds of a section are the ratio of its entries in the list to the entries that the map
    would give it; `prior_count` is added to both counts.
    """

    learned_exponent: float
    map_exponent: float
    smoothing: float
    prior_count: float


MAP_WEIGHTS = MapWeights(learned_exponent=0.5, map_exponent=1.4, smoothing=0.1, prior_count=5.0)
"""Values in the middle of the range that fits best in five folds of three lists
(docs/sections.md)."""
