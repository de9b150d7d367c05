"""How long a server asks us to wait: seconds, dates, and what is neither."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.retry_after import LONGEST, seconds_to_wait

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("17", 17.0, id="seconds"),
        pytest.param("0", 0.0, id="no wait at all"),
        pytest.param("  17\t", 17.0, id="white space around it"),
        pytest.param("0.5", 0.5, id="half a second"),
        pytest.param("Sat, 14 Mar 2026 09:01:00 GMT", 60.0, id="a date"),
        pytest.param("Saturday, 14-Mar-26 09:01:00 GMT", 60.0, id="a date as RFC 850 wrote it"),
        pytest.param("Sat Mar 14 09:01:00 2026", 60.0, id="a date as C writes it"),
        pytest.param("Sat, 14 Mar 2026 10:01:00 +0100", 60.0, id="a date of another zone"),
        pytest.param("Sat, 14 Mar 2026 08:00:00 GMT", 0.0, id="a date that is over"),
        pytest.param("Sat, 14 Mar 2126 09:00:00 GMT", LONGEST, id="a date in a hundred years"),
        pytest.param("9" * 30, LONGEST, id="more seconds than a clock counts"),
        pytest.param("9" * 5000, LONGEST, id="more digits than Python reads as a number"),
        pytest.param("-3", None, id="negative"),
        pytest.param("+3", None, id="a sign"),
        pytest.param("3,5", None, id="a comma"),
        pytest.param("1e3", None, id="an exponent"),
        pytest.param("٣", None, id="digits of another script"),
        pytest.param("nan", None, id="not a number"),
        pytest.param("inf", None, id="infinite"),
        pytest.param("soon", None, id="a word"),
        pytest.param("30 s", None, id="a unit"),
        pytest.param("Sat, 14 Mar 20260 09:01:00 GMT", None, id="a year with five digits"),
        pytest.param("Sat, 44 Mar 2026 09:01:00 GMT", None, id="a day that is not in the month"),
        pytest.param("Sat, 14 Mar 2026 09:01:00 +99999999", None, id="a zone that is not one"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="no header"),
    ],
)
def test_seconds_to_wait(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds


@given(st.one_of(st.text(), st.text("0123456789:+-., GMTSatMar"), st.integers().map(str)))
def test_any_header_is_a_wait_that_ends_or_none(header: str) -> None:
    seconds = seconds_to_wait(header, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST
