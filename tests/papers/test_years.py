"""How years are written."""

import pytest

from medvl_watch.papers.years import year_of_digits


@pytest.mark.parametrize(
    ("digits", "year"),
    [
        pytest.param("2024", 2024, id="four digits"),
        pytest.param("26", 2026, id="this century"),
        pytest.param("98", 1998, id="the last century"),
        pytest.param("05", 2005, id="a leading zero"),
    ],
)
def test_year_of_digits(digits: str, year: int) -> None:
    assert year_of_digits(digits) == year
