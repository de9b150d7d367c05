"""The week that a digest is about."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from medvl_watch.errors import ConfigError

DIGEST_KEY = "digest/"
"""How the keys of all digests begin."""
_ISO_WEEK = re.compile(r"(20\d{2})-W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week; the year is the week's, not always the day's."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        iso = day.isocalendar()
        return cls(iso.year, iso.week)

    @property
    def first(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    @property
    def start(self) -> datetime:
        """Monday 00:00 UTC."""
        return datetime.combine(self.first, time(), tzinfo=UTC)

    @property
    def key(self) -> str:
        """How the digest's issue is found again."""
        return f"{DIGEST_KEY}{self}"

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"


def week_named(name: str, now: datetime) -> Week:
    """The week that a person means: `current`, `last`, or one such as `2026-W47`.

    Weeks begin on Monday 00:00 UTC, whatever the time zone. Raises ConfigError.
    """
    if name == "current":
        return Week.of(now.date())
    if name == "last":
        return Week.of(now.date() - timedelta(days=7))
    found = _ISO_WEEK.fullmatch(name)
    if found is not None:
        week = Week(int(found[1]), int(found[2]))
        with contextlib.suppress(ValueError):  # 2025 has no week 53
            return Week.of(week.first)
    raise ConfigError("it is not a week", where=name, remedy="use `current`, `last` or 2026-W47")
