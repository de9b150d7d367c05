"""The weights of the signals by which a list's profile judges a paper, and the thresholds.

`python -m medvl_watch.training.subject_weights` fits them, over thirty subjects; they hold for
any list. The score is the log-odds that the paper fits, if as many papers fit as do not.
"""

from __future__ import annotations

from collections.abc import Mapping

FULL_WEIGHTS: Mapping[str, float] = {
    "strongest word": 5.428,
    "similarity of title": 0.747,
    "words": 3.544,
    "abstract words": 2.849,
    "similarity of abstract": 4.845,
    "bias": -3.623,
}
"""For a paper with an abstract, by the names of `profile.SubjectProfile.signals`."""

TITLE_WEIGHTS: Mapping[str, float] = {
    "strongest word": 5.356,
    "similarity of title": 5.669,
    "words": 2.430,
    "bias": -1.180,
}
"""For a paper of which only the title is known."""

PRIOR_LOG_ODDS = -1.386
"""The queries of a list find about one paper that fits in five."""
PROPOSE, REFER = 0.6, 0.15
"""Thresholds for the probability."""
