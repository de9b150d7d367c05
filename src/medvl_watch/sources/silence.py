"""Why a source brings nothing new: in the usual course of things, or because it is broken."""

from __future__ import annotations

from datetime import datetime

from medvl_watch.ports import SourceHealth, SourceRhythm
from medvl_watch.sources import arxiv_schedule


def silence_of(health: SourceHealth | None, rhythm: SourceRhythm, now: datetime) -> str:
    """One sentence for people on a poll without new papers; `health` is that before it."""
    if health is None or health.last_good is None:
        return ""
    if rhythm.announcements == "arxiv" and (
        sentence := arxiv_schedule.silence(health.last_good, now)
    ):
        return sentence
    if health.last_news is None or rhythm.quiet_days is None:
        return ""
    days = (now - health.last_news).days
    return f"nothing new for {days} days; up to {rhythm.quiet_days} are usual" if days > 1 else ""


def alarm_of(health: SourceHealth | None, rhythm: SourceRhythm, now: datetime) -> str:
    """What to say of a source that has been without a new paper for longer than it ever is;
    empty if it has not."""
    if health is None or health.last_news is None or rhythm.quiet_days is None:
        return ""
    days = (now - health.last_news).days
    if days <= rhythm.quiet_days:
        return ""
    return f"no new paper for {days} days, although {rhythm.quiet_days} are the most that is usual"
