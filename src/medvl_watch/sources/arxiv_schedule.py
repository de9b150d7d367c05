"""When arXiv announces papers: https://info.arxiv.org/help/availability.html

Announcements are made at 20:00 in New York, Sunday to Thursday, but not on some holidays.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("America/New_York")
_HOUR = time(20)
_FRIDAY, _SATURDAY = 4, 5
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in (
        *((1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26)),
        *((12, 25), (12, 29), (12, 31)),
    )
)
"""Days without an announcement, as the page above lists them; only 2026 is known."""


def is_announcement_day(day: date) -> bool:
    """Whether arXiv announces papers in the evening of this day in New York."""
    return day.weekday() not in {_FRIDAY, _SATURDAY} and day not in HOLIDAYS


def last_announcement(moment: datetime) -> datetime:
    """The latest announcement at or before an aware moment."""
    day = moment.astimezone(_ZONE).date()
    while not is_announcement_day(day) or _evening(day) > moment:
        day -= timedelta(days=1)
    return _evening(day)


def next_announcement(moment: datetime) -> datetime:
    """The first announcement after an aware moment."""
    day = moment.astimezone(_ZONE).date()
    while not is_announcement_day(day) or _evening(day) <= moment:
        day += timedelta(days=1)
    return _evening(day)


def silence(since: datetime, now: datetime) -> str:
    """Why arXiv has nothing new, in one sentence; empty if it made an announcement in between,
    so that papers were due."""
    last = last_announcement(now)
    if last > since:
        return ""
    coming = next_announcement(now).astimezone(_ZONE)
    today = now.astimezone(_ZONE)
    between = [last.date() + timedelta(days=one + 1) for one in range((coming - last).days)]
    reason = "holiday" if HOLIDAYS.intersection(between) else ""
    if not reason and any(day.weekday() in {_FRIDAY, _SATURDAY} for day in between):
        reason = "weekend"
    cause = f"{reason}, " if reason else ""
    day = "today" if coming.date() == today.date() else f"{coming:%A}"
    return f"arXiv announced nothing: {cause}next {day} {coming:%H:%M} ET"


def _evening(day: date) -> datetime:
    return datetime.combine(day, _HOUR, _ZONE)
