"""How much each signal counts.

Fitted as a conditional logit: the chance of a target is proportional to
exp(sum of weight * signal) over the list's targets, so that it can be read as a probability.
`python -m medvl_watch.evaluate.section_weights` fits them again; they hold for any list. Only
that of "dataset paper" is set by hand: in the replay it stands for seven papers, all of which
went to the data sets, so a fit (3.8) tells no more than that it is large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WEIGHTS: Mapping[str, float] = {
    "votes": 1.514,
    "bayes": 0.346,
    "centroid": 2.075,
    "abstract votes": 0.617,
    "abstract bayes": 0.182,
    "abstract centroid": 1.425,
    "heading": 0.736,
    "heading of few": 2.59,
    "heading in abstract": 1.036,
    "topics": 0.789,
    "topics of abstract": 1.258,
    "held": 0.63,
    "recent": 0.383,
    "empty": -0.338,
    "container": -1.585,
    "rest": 2.364,
    "survey paper": 2.409,
    "no survey paper": -0.676,
    "dataset paper": 6.0,
    "no dataset paper": 0.133,
}


@dataclass(frozen=True, slots=True)
class Joining:
    """How a list's own sections and the taxonomy's map of it are joined: the score is
    proportional to `learned score ** learned * (map's share * odds + doubt) ** mapped`. The
    odds of a section say how much more, or less, the list uses it than the map would on the
    list's own entries; both counts begin at `belief`."""

    learned: float
    mapped: float
    doubt: float
    belief: float


JOINING = Joining(learned=0.5, mapped=1.4, doubt=0.1, belief=5.0)
"""Chosen on a plateau of what fits best in five folds of three lists (docs/sections.md)."""
