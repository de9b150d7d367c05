"""How years are written."""

from __future__ import annotations

import re

YEAR_PATTERN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""A year of this century or the last, wherever it stands in a text."""

_LAST_CENTURY = 60
"""Two digits from here on belong to the last century."""

_TWO = 2


def full_year(two_digits: int) -> int:
    """The year that the last two digits of one stand for: 26 is 2026, 98 is 1998."""
    return (1900 if two_digits >= _LAST_CENTURY else 2000) + two_digits


def year_of_digits(digits: str) -> int:
    """The year that two or four digits stand for."""
    return full_year(int(digits)) if len(digits) == _TWO else int(digits)
