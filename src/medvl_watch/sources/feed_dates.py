"""The dates of a feed's items, checked: what cannot be a date of publication is no date.

Feeds hold placeholders (year 0, the first of January 1970), numbers of seconds, days that do not
exist, and dates far ahead. A date is given only as precisely as the feed states it.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

FARTHEST = timedelta(days=366)
"""How far ahead of its appearance a paper may be dated: issues are dated months ahead."""
_EARLIEST_YEAR = 1950
# The beginning of time of Unix (in two zones), Windows, spreadsheets, ZIP, and of 32 bits.
_PLACEHOLDERS = frozenset(
    {"1970-01-01", "1969-12-31", "1601-01-01", "1899-12-30", "1899-12-31", "1900-01-01",
     "1980-01-01", "2038-01-19"}
)  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("january jan janvier januar enero ene", "february feb fevrier februar febrero fev"),
            *("march mar mars märz marz marzo mrz", "april apr avril abril abr avr"),
            *("may mai mayo", "june jun juin juni junio", "july jul juillet juli julio"),
            *("august aug aout août agosto ago", "september sep sept septembre septiembre"),
            *("october oct octobre oktober octubre okt", "november nov novembre noviembre"),
            "december dec decembre décembre dezember diciembre dez dic déc",
        ),
        start=1,
    )
    for name in names.split()
}
_LETTERS = r"([^\W\d_]{3,10})\.?"
_ISO = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?|/(\d{1,2})(?:/(\d{1,2}))?|\.(\d{1,2})(?:\.(\d{1,2}))?)?"
    r"(?:(?<=\d\d)[T\s]\s?\d\d?:?\d\d.*)?$"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{4,6}Z?)?$")
_DAY_MONTH_YEAR = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?\.?[\s-]+(?:of\s|de\s)?{_LETTERS},?[\s-]+(?:de\s)?(\d{{4}}|\d\d)(?!\d|:)"
)
_MONTH_DAY_YEAR = re.compile(
    rf"{_LETTERS}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,|\s)\s*(?:\d\d:[\d:]+\s+)?(?:[A-Z]{{3,4}}\s+)?(\d{{4}})(?!\d)"
)
_MONTH_YEAR = re.compile(rf"{_LETTERS}(?:\s?[\u2013/-]\s?[^\W\d_]{{3,10}})?,?[\s-]+(\d{{4}})(?!\d)")
_YEAR_MONTH_DAY = re.compile(rf"(\d{{4}})\s+{_LETTERS}(?:\s+(\d{{1,2}}))?\b")
_NUMBERS = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?!\d)")
_SEASON = re.compile(r"(?:spring|summer|autumn|fall|winter),?\s+(\d{4})$", re.IGNORECASE)
_EAST_ASIAN = re.compile(
    r"(\d{4})\s?[\u5e74\ub144]\s?(?:(\d{1,2})\s?[\u6708\uc6d4]\s?(?:(\d{1,2})\s?[\u65e5\uc77c])?)?"
)


def checked_date(raw: str, seen: datetime) -> str | None:
    """The date as `2026`, `2026-03` or `2026-03-02`; None for what is not one, or cannot be the
    date of a paper that appeared at `seen`."""
    parts = _parts(raw.strip()[:100])
    if parts is None:
        return None
    year, month, day = parts
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    text = first.isoformat()[: 10 if day else 7 if month else 4]
    if year < _EARLIEST_YEAR or first > seen.date() + FARTHEST or text in _PLACEHOLDERS:
        return None
    return text


def _parts(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month and day as the text states them; they may not exist in a calendar."""
    if found := _ISO.match(text):
        year, *rest = found.groups()
        month, day = next(
            (pair for pair in zip(rest[::2], rest[1::2], strict=True) if pair[0]), (None, None)
        )
        return int(year), _number(month), _number(day)
    if found := _COMPACT.match(text) or _EAST_ASIAN.match(text):
        return int(found.group(1)), _number(found.group(2)), _number(found.group(3))
    for pattern, order in (
        (_DAY_MONTH_YEAR, (3, 2, 1)),
        (_MONTH_DAY_YEAR, (3, 1, 2)),
        (_YEAR_MONTH_DAY, (1, 2, 3)),
        (_MONTH_YEAR, (2, 1, 0)),
    ):
        found = pattern.search(text)
        month = found and _MONTHS.get(found.group(order[1]).lower())
        if found and month:
            day = found.group(order[2]) if order[2] else None
            return _full_year(found.group(order[0])), month, _number(day)
    if found := _SEASON.match(text):
        return int(found.group(1)), None, None
    return _of_numbers(text)


def _of_numbers(text: str) -> tuple[int, int | None, int | None] | None:
    """`29/6/2026` and `6/29/2026`; only the year where day and month cannot be told apart."""
    found = _NUMBERS.match(text)
    if found is None:
        return None
    one, other, year = int(found.group(1)), int(found.group(3)), int(found.group(4))
    if found.group(2) == ".":
        return year, other, one  # who writes dots puts the day first
    if one == other:
        return year, one, one
    if one > 12:
        return year, other, one
    return (year, one, other) if other > 12 else (year, None, None)


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else 2000 + year if year < 70 else 1900 + year


def _number(text: str | None) -> int | None:
    return int(text) if text else None
