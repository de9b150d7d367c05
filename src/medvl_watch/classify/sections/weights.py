"""The weights of the signals that choose a section.

They are the weights of a conditional logit: the probability of a target is proportional to
exp(sum of weight * signal), over all targets of the list. They hold for any list.
`python -m medvl_watch.training.section_weights` fits them again, on insertions of maintainers
and on the lists' own entries. Only the weight of "dataset paper" is set by hand: the fit (2.7)
follows a few lists that keep training data and benchmarks apart, and elsewhere a paper that
presents data belongs to the data sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WEIGHTS: Mapping[str, float] = {
    "votes": 1.566,
    "vector votes": 1.641,
    "bayes": 0.453,
    "centroid": 1.907,
    "abstract votes": 0.713,
    "abstract bayes": 0.187,
    "abstract centroid": 0.719,
    "heading": 1.319,
    "heading of few": 1.409,
    "heading in abstract": 0.717,
    "site": 0.544,
    "topics": 1.05,
    "topics of abstract": 0.319,
    "entries": 0.85,
    "recent entries": -0.044,
    "container": -0.443,
    "survey paper": 3.499,
    "dataset paper": 6.0,
    "rest": 0.808,
    "no survey paper": -1.246,
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
