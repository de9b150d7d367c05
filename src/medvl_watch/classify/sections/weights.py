"""How much each signal counts.

Fitted as a conditional logit: the chance of a target is proportional to
exp(sum of weight * signal) over the list's targets, so that it can be read as a probability.
`python -m medvl_watch.training.section_weights` fits them again; they hold for any list. Only
that of "dataset paper" is set by hand: in the replay it stands for about a dozen papers, all of
which went to the data sets, so a fit (4.8) tells no more than that it is large.
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
    "held": 0.555,
    "recent": 0.449,
    "container": -1.493,
    "survey paper": 2.274,
    "dataset paper": 6.0,
    "rest": 2.525,
    "no survey paper": -0.621,
}


@dataclass(frozen=True, slots=True)
class MapWeights:
    """How a list's own sections and the taxonomy's map of it are joined: the score is
    proportional to `learned score ** learned * (map's share * odds + doubt) ** mapped`. The
    odds of a section say how much more, or less, the list uses it than the map would on the
    list's own entries; both counts begin at `belief`."""

    learned: float
    mapped: float
    doubt: float
    belief: float


JOINING = MapWeights(learned=0.5, mapped=1.4, doubt=0.1, belief=5.0)
"""Chosen on a plateau of what fits best in five folds of three lists (docs/sections.md)."""
