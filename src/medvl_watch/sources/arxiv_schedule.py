"""When arXiv announces papers: https://info.arxiv.org/help/availability.html

Announcements are made at 20:00 in New York, Sunday to Thursday, but not on some holidays.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_ZONE = ZoneInfo("America/New_York")
_HOUR = time(20)
_FRIDAY, _SATURDAY = 4, 5
_MONDAY, _THURSDAY, _SUNDAY = 0, 3, 6
_CLOSED_IN = {2026: ((12, 29), (12, 31))}
"""Days at the end of a year that the page above adds to the holidays; of other years none is
known."""


@cache
def holidays(year: int) -> frozenset[date]:
    """Days of a year without an announcement.

    They are the page's for 2026. For other years its holidays are those of the same name: New
    Year, Martin Luther King Day, Juneteenth, Independence Day, Labor Day, Thanksgiving and
    Christmas, by the rules of 5 U.S.C. 6103. One on a weekend is kept on the nearest weekday.
    """
    fixed = (
        date(year, 1, 1),
        date(year + 1, 1, 1),
        date(year, 6, 19),
        date(year, 7, 4),
        date(year, 12, 25),
    )
    moving = (
        _nth(year, 1, _MONDAY, 3),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 11, _THURSDAY, 4),
    )
    closed = (date(year, month, day) for month, day in _CLOSED_IN.get(year, ()))
    found = (*map(_observed, fixed), *moving, *closed)
    return frozenset(day for day in found if day.year == year)


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    """The first, second … such weekday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _observed(day: date) -> date:
    """The weekday on which a holiday is kept: Friday for a Saturday, Monday for a Sunday."""
    moved = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=moved)


def is_announcement_day(day: date) -> bool:
    """Whether arXiv announces papers in the evening of this day in New York."""
    return day.weekday() not in {_FRIDAY, _SATURDAY} and day not in holidays(day.year)


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
    reason = "holiday" if any(day in holidays(day.year) for day in between) else ""
    if not reason and any(day.weekday() in {_FRIDAY, _SATURDAY} for day in between):
        reason = "weekend"
    cause = f"{reason}, " if reason else ""
    day = "today" if coming.date() == today.date() else f"{coming:%A}"
    return f"arXiv announced nothing: {cause}next {day} {coming:%H:%M} ET"


def _evening(day: date) -> datetime:
    return datetime.combine(day, _HOUR, _ZONE)
