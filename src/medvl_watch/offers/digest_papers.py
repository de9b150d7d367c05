"""Which papers a week's digest is about, and what it says of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from medvl_watch.offers.outcomes import WAITS_FOR_TIME, by_paper
from medvl_watch.records import Outcome


def papers_first_under_review(history: Sequence[Outcome], start: datetime) -> frozenset[str]:
    """The papers first put before a person in the week that begins at `start`. `history` has all
    outcomes that ask a person to look at a paper."""
    end = start + timedelta(days=7)
    asked_before = {each.paper_id for each in history if each.at < start}
    asked_now = {each.paper_id for each in history if start <= each.at < end}
    return frozenset(asked_now - asked_before)


def outcomes_shown(
    latest_outcomes: Sequence[Outcome], list_ids: Collection[str]
) -> Mapping[str, tuple[Outcome, ...]]:
    """What is said of each paper: its outcomes on the configured lists, or else the one that
    holds for all lists."""
    on_lists = by_paper(each for each in latest_outcomes if each.list_id in list_ids)
    found = {each.paper_id: (each,) for each in latest_outcomes if not each.list_id}
    return found | {key: tuple(outcomes.values()) for key, outcomes in on_lists.items()}


def waiting_for_time(deferred: Iterable[Outcome]) -> Counter[str]:
    """How many papers wait for a reviewer's time, by list; "" is the reader of digests."""
    return Counter(each.list_id for each in deferred if each.reason == WAITS_FOR_TIME)
