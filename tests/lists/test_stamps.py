"""Dates in a form that only the entries of a place prove together."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.parts import Part, PartKind
from medvl_watch.lists.shapes.stamps import read_stamp, tie_dates, write_stamp

FORMS = ["%m/%d", "%d.%m", "%y/%m", "%Y/%m", "%b", "%B", "%y%m", "%b %d", "%M/%D/%Y"]


def entry(stamp: str, arxiv_id: str) -> tuple[Part, ...]:
    mark = PartKind.MARK
    return (
        Part(mark, "["),
        Part(PartKind.WORD, stamp),
        Part(mark, "]"),
        Part(mark, " "),
        Part(PartKind.FIELD, "A title of a paper", Slot.TITLE),
        Part(PartKind.FIELD, f"https://arxiv.org/abs/{arxiv_id}", Slot.PAPER),
    )


@pytest.mark.parametrize(
    ("stamps", "form"),
    [
        pytest.param(
            [("10/24", "2510.00001"), ("09/03", "2509.00002"), ("09/30", "2509.00003"),
             ("07/16", "2507.00004")], "%m/%d", id="month and day",
        ),
        pytest.param(
            [("24/10", "2410.00001"), ("24/09", "2409.00002"), ("23/11", "2311.00003"),
             ("23/12", "2312.00004")], "%y/%m", id="year and month",
        ),
        pytest.param(
            [("Mar", "2503.00001"), ("Apr", "2504.00002"), ("Nov", "2411.00003"),
             ("Sep", "2409.00004")], "%b", id="a month alone",
        ),
        pytest.param(
            [("9/6/2025", "2509.00001"), ("10/24/2025", "2510.00002"), ("9/30/2024", "2409.00003"),
             ("7/6/2025", "2507.00004")], "%M/%D/%Y", id="without zeros",
        ),
        pytest.param(
            [("10/24", "2301.00001"), ("09/03", "2302.00002"), ("09/30", "2303.00003"),
             ("07/16", "2304.00004")], "", id="numbers that are no dates",
        ),
        pytest.param(
            [("10/24", "2510.00001"), ("09/03", "2509.00002")], "", id="too few to tell",
        ),
        pytest.param(
            [("10/10", "2510.00001"), ("09/09", "2509.00002"), ("08/08", "2508.00003"),
             ("07/07", "2507.00004")], "", id="two readings fit",
        ),
    ],
)  # fmt: skip
def test_the_entries_prove_a_form(stamps: list[tuple[str, str]], form: str) -> None:
    found = tie_dates([entry(*each) for each in stamps])
    assert {parts[1].form for parts in found} == {form}
    assert all((parts[1].slot is Slot.STAMP) == bool(form) for parts in found)
    assert [parts[1].text for parts in found] == [text for text, _ in stamps]


@given(st.dates(date(2000, 1, 1), date(2059, 12, 31)), st.sampled_from(FORMS))
def test_what_is_written_is_read_again(day: date, form: str) -> None:
    known = (day.year, day.month, day.day)
    text = write_stamp(known, form)
    year, month, number = read_stamp(text, form) or (0, 0, 0)
    assert month == day.month
    assert year in {0, day.year}
    assert number in {0, day.day}


@pytest.mark.parametrize(
    ("form", "known"),
    [("%m/%d", (2025, 3, 0)), ("%b", (2025, 0, 0)), ("%y/%m", (0, 3, 1))],
)
def test_nothing_is_written_that_is_not_known(form: str, known: tuple[int, int, int]) -> None:
    assert not write_stamp(known, form)
