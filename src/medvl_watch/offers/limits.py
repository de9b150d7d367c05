"""How much the maintainers of a list are asked to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from medvl_watch.offers.next_step import MOST_AT_ONCE
from medvl_watch.offers.reviewer_time import ReviewBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLimits:
    """Papers and completed entries in one pull request, review time in a week, and how long two
    closed pull requests in a row pause a list."""

    papers: int = MOST_AT_ONCE
    completions: int = 5
    time: ReviewBudget = field(default_factory=ReviewBudget)
    pause: timedelta = timedelta(weeks=4)
