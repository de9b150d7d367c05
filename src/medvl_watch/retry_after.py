"""The header `Retry-After`: how long a server asks a client to wait (RFC 9110, section 10.2.3).

urllib3 reads the same header (`Retry.parse_retry_after`), but measures a date against the
machine's clock, and raises for what it cannot read; here the moment is an argument.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 366 * 24 * 3600.0
"""Seconds; a longer wait is given as this one."""
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def seconds_to_wait(header: str | None, now: datetime) -> float | None:
    """Seconds from `now`, which is aware; 0 for a date that is over.

    Seconds may have decimals, which the standard does not allow but servers write. None where
    there is no header, and for what is neither seconds nor a date: -5, `soon`, `inf`.
    """
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST)
    try:
        until = parsedate_to_datetime(text)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(0.0, (until - now).total_seconds()), LONGEST)
    except (ValueError, TypeError, OverflowError):  # each for another kind of broken date
        return None
