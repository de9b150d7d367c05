"""The time that a poll covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from medvl_watch.ports import SourceHealth, Window

OVERLAP = timedelta(days=7)
"""How far a poll goes back before the last successful one: moderation and indexing take days."""

LONGEST = timedelta(days=90)
"""The longest outage that is caught up without a person."""


def poll_window(
    health: Iterable[SourceHealth], sources: Collection[str], days: int, now: datetime
) -> Window:
    """The usual days, or more: from before the longest outage among these sources."""
    since = now - timedelta(days=days)
    last = [each.last_good for each in health if each.last_good and each.receipt.source in sources]
    if last:
        since = min(since, max(min(last) - OVERLAP, now - LONGEST))
    return Window(since=since, until=now)
