"""What the titles of sections say of years and venues."""

import pytest

from medvl_watch.papers.section_titles import (
    has_year,
    venue_of_title,
    year_of_title,
    year_within,
    years_of_title,
)


@pytest.mark.parametrize(
    ("title", "years"),
    [
        pytest.param("2024", range(2024, 2025), id="a year"),
        pytest.param("YEAR 2024", range(2024, 2025), id="with the word year"),
        pytest.param("2.1. 2024", range(2024, 2025), id="with a number of the outline"),
        pytest.param("3) Papers of 2024", range(2024, 2025), id="with papers and a number"),
        pytest.param("2024年", range(2024, 2025), id="in Chinese"),
        pytest.param("📅 2024 (12)", range(2024, 2025), id="with a picture and a count"),
        pytest.param("2018-2020", range(2018, 2021), id="a span"),
        pytest.param("Before 2019", range(1900, 2020), id="open below"),
        pytest.param("12/2024", None, id="a month"),
        pytest.param("CVPR 2024", None, id="a venue's year"),
        pytest.param("Segmentation", None, id="a subject"),
    ],
)
def test_years_of_a_title(title: str, years: range | None) -> None:
    assert years_of_title(title) == years
    assert year_of_title(title) == (years.start if years and len(years) == 1 else None)


@pytest.mark.parametrize(
    ("title", "venue", "year"),
    [
        pytest.param("CVPR'26", "CVPR", 2026, id="two digits"),
        pytest.param("CVPR \u201926", "CVPR", 2026, id="a typographic apostrophe"),
        pytest.param("arXiv'26", "arXiv", 2026, id="preprints of a year"),
        pytest.param("MICCAI 2024 (7)", "MICCAI", 2024, id="four digits and a count"),
        pytest.param("ACL'98", "ACL", 1998, id="the last century"),
        pytest.param("Preprints", "arXiv", None, id="no year"),
        pytest.param("Children's hospitals", None, None, id="an apostrophe without a year"),
    ],
)
def test_venue_and_year_within_a_title(title: str, venue: str | None, year: int | None) -> None:
    assert venue_of_title(title) == venue
    assert year_within(title) == year
    assert has_year(title) == (year is not None)
