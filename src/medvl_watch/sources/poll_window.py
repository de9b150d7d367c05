"""The time that a poll covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from medvl_watch.ports import SourceHealth, Window

OVERLAP = timedelta(days=7)
"""Looked back before a source's last good poll: moderation and indexing take days."""

LONGEST = timedelta(days=90)
"""The longest outage that is caught up by itself."""


def poll_window(
    health: Iterable[SourceHealth], sources: Collection[str], days: int, now: datetime
) -> Window:
    """The usual days, or back to before the outage of whichever of the sources was out longest."""
    since = now - timedelta(days=days)
    last = [each.last_good for each in health if each.last_good and each.receipt.source in sources]
    if last:
        since = min(since, max(min(last) - OVERLAP, now - LONGEST))
    return Window(since=since, until=now)
