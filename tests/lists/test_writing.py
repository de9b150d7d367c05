"""Dates, authors and cells, written as an example has them."""

import pytest

from medvl_watch.lists.style.writing import (
    arxiv_form,
    date_manner,
    manner_of_names,
    months_in,
    pad_cell,
    write_authors,
    write_date,
    write_year,
)

DAY = (2025, 3, 2)


@pytest.mark.parametrize(
    ("date", "example", "expected"),
    [
        pytest.param(DAY, "2024-05-06", "2025-03-02", id="digits"),
        pytest.param(DAY, "2024/05", "2025/03", id="digits without a day"),
        pytest.param((2025, 3, 0), "2024-05-06", "2025-03", id="the day is not known"),
        pytest.param((2025, 0, 0), "2024-05-06", "2025", id="the month is not known"),
        pytest.param(DAY, "05/2024", "03/2025", id="month first"),
        pytest.param((2025, 0, 0), "05/2024", "2025", id="month first, and not known"),
        pytest.param(DAY, "Jan. 2024", "Mar. 2025", id="short with a dot"),
        pytest.param(DAY, "January 2024", "March 2025", id="long"),
        pytest.param((2025, 5, 0), "Jan 2024", "May 2025", id="May is short and long"),
        pytest.param(DAY, "6 Jan 2024", "2 Mar 2025", id="day first"),
        pytest.param(DAY, "January 6, 2024", "March 2, 2025", id="day after the month"),
        pytest.param((2025, 3, 0), "January 6, 2024", "March 2025", id="no day to write"),
        pytest.param((2025, 0, 0), "January 2024", "2025", id="no month to write"),
        pytest.param(DAY, "soon", "2025", id="an example that is no date"),
        pytest.param((0, 0, 0), "2024-05-06", None, id="not even the year"),
    ],
)
def test_a_date_has_the_form_of_the_example(
    date: tuple[int, int, int], example: str, expected: str | None
) -> None:
    assert write_date(date, example, {}) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (23, "23rd")],
)
def test_an_ordinal_day_has_its_ending(day: int, expected: str) -> None:
    assert write_date((2025, 3, day), "6th January 2024", {}) == f"{expected} March 2025"


def test_a_month_is_written_as_the_list_writes_it() -> None:
    months = months_in(["Sept. 2023", "June 2024", "2024"])
    assert months == {9: "Sept.", 6: "June"}
    assert write_date((2025, 9, 1), "Jan. 2024", months) == "Sept. 2025"


@pytest.mark.parametrize(
    ("example", "manner"),
    [
        pytest.param("2024-05-06", ("digits", "-", "day"), id="digits"),
        pytest.param("2024/05", ("digits", "/", ""), id="digits without a day"),
        pytest.param("05.2024", ("reverse", "."), id="month first"),
        pytest.param("Jan. 2024", ("named", "short", ".", " ", "", ""), id="a short month"),
        pytest.param("6th January 2024", ("named", "long", "", " ", "before", "nth"), id="ordinal"),
        pytest.param("May 2024", (), id="May does not show it"),
        pytest.param("soon", (), id="no date"),
    ],
)
def test_ways_of_writing_dates_are_told_apart(example: str, manner: tuple[str, ...]) -> None:
    assert date_manner(example) == manner


ANA, LI, JOHN = "Ana B. Silva", "Li Wei", "John P. Doe"


@pytest.mark.parametrize(
    ("authors", "example", "expected"),
    [
        pytest.param((ANA, LI), "A. Roth, B. Moe", "A. Silva, L. Wei", id="initials first"),
        pytest.param((ANA, LI), "A. C. Roth, B. Moe", "A. B. Silva, L. Wei", id="all initials"),
        pytest.param((ANA, LI), "Roth A, Moe B", "Silva AB, Wei L", id="initials last"),
        pytest.param((ANA,), "Roth A., Moe B.", "Silva AB.", id="initials last with a dot"),
        pytest.param((ANA, LI), "Roth; Moe; Dahl; Lind", "Silva; Wei", id="family names"),
        pytest.param((ANA, LI), "Eva Roth and Ida Moe", f"{ANA} and {LI}", id="and"),
        pytest.param(
            (ANA, LI, JOHN), "Eva Roth, Ida Moe, & Jon Dahl", f"{ANA}, {LI}, & {JOHN}", id="comma &"
        ),
        pytest.param((ANA, LI, JOHN), "Roth et al.", "Silva et al.", id="et al."),
        pytest.param((ANA, LI, JOHN), "Roth, Moe, et al.", "Silva, Wei, et al.", id="two named"),
        pytest.param((ANA,), "Roth et al.", "Silva", id="one author needs no et al."),
        pytest.param(("Silva et al.",), "Roth, et al", "Silva et al", id="cut by the source"),
        pytest.param(("Silva, Ana",), "A. Roth", "A. Silva", id="family name first"),
        pytest.param(("OpenMed",), "A. Roth", "OpenMed", id="a group"),
    ],
)
def test_authors_are_written_as_the_example_has_them(
    authors: tuple[str, ...], example: str, expected: str
) -> None:
    assert write_authors(authors, example) == expected


@pytest.mark.parametrize(
    ("example", "form"),
    [
        ("A. Roth, B. Moe", "initials first"),
        ("Roth A, Moe B", "initials last"),
        ("Roth et al.", "family"),
        ("Eva Roth, Ida Moe", "full"),
    ],
)
def test_forms_of_names_are_told_apart(example: str, form: str) -> None:
    assert manner_of_names(example)[-1] == form


def test_a_year_has_as_many_digits_as_the_example() -> None:
    assert (write_year(2005, "24"), write_year(2005, "2024")) == ("05", "2005")


def test_an_arxiv_address_shows_its_form() -> None:
    pdf = arxiv_form("http://www.arxiv.org/pdf/2101.00001v2.pdf")
    assert pdf == ("http://arxiv.org/pdf/", ".pdf")
    assert arxiv_form("https://arxiv.org/abs/2101.00001") == ("https://arxiv.org/abs/", "")
    assert arxiv_form("https://example.org/2101.00001") is None


@pytest.mark.parametrize(
    ("alignment", "expected"), [("", "ab   "), ("right", "   ab"), ("center", " ab  ")]
)
def test_a_cell_is_padded_as_its_column_is_aligned(alignment: str, expected: str) -> None:
    assert pad_cell("ab", 5, alignment) == expected
    assert pad_cell("abcdef", 5, alignment) == "abcdef"
