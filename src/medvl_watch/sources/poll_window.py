"""The time that a poll of one source covers."""

from __future__ import annotations

from datetime import timedelta

from medvl_watch.ports import SourceHealth, SourceRhythm, Window

OVERLAP = timedelta(days=7)
"""How far a poll goes back before the last successful one: moderation and indexing take days."""

LONGEST = timedelta(days=3 * 366)
"""The longest outage that is caught up without a person."""


def poll_windows(
    health: SourceHealth | None, rhythm: SourceRhythm, usual: Window
) -> tuple[Window, ...]:
    """The windows that a source is polled for now, oldest first: the usual one, or more of its
    own where it was out of order for longer. Another source's outage does not count.

    A long outage is cut into slices, if the source can be asked for them: each that was read
    whole is done, whatever happens to the next.
    """
    since, memory = usual.since, health.memory if health else {}
    # One that has failed ever since it was first polled is out of order since then.
    reached = (health.last_good or health.last_news) if health else None
    if reached:
        since = min(since, max(reached - OVERLAP, usual.until - LONGEST))
    if rhythm.slice_days is None:
        return (Window(since=since, until=usual.until, memory=memory),)
    length = max(timedelta(days=rhythm.slice_days), usual.until - usual.since)
    ends = [usual.until]
    while ends[-1] - since > length + OVERLAP:
        ends.append(ends[-1] - length)
    begins = [since, *reversed(ends[1:])]
    return tuple(
        Window(since=begin, until=end, memory=memory)
        for begin, end in zip(begins, reversed(ends), strict=True)
    )
