"""A model's choice among the sections of a list, beside what the list itself shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.section_choices import (
    NO_SECTION,
    apply_choices,
    is_placed_by,
    reason_against,
)
from medvl_watch.classify.sections.model import SectionGuess
from medvl_watch.records import Headings, ListSection

GUESSES = (
    SectionGuess(path=("Reports", "2024"), score=0.5, target=("Reports", "{year}")),
    SectionGuess(path=("Questions", "2024"), score=0.27, target=("Questions", "{year}")),
    SectionGuess(path=("Outlines", "2024"), score=0.1, target=("Outlines", "{year}")),
    SectionGuess(path=("Questions", "2025"), score=0.09, target=("Questions", "{year}")),
)


def choice(subject: str, score: float, trust: float = 0.9) -> ListSection:
    path: Headings = (subject, "{year}") if subject else ()
    return ListSection(list_id="a", path=path, score=score, trust=trust)


def test_without_choices_nothing_changes() -> None:
    assert apply_choices(GUESSES, []) == GUESSES


def test_a_trusted_choice_comes_first_and_the_years_keep_their_proportion() -> None:
    found = apply_choices(GUESSES, [choice("Questions", 0.9)])
    assert found[0].path == ("Questions", "2024")
    scores = {each.path: each.score for each in found}
    assert scores["Questions", "2024"] == pytest.approx(0.846 * 0.75)
    assert scores["Questions", "2024"] / scores["Questions", "2025"] == pytest.approx(3)


def test_a_choice_without_trust_changes_nothing() -> None:
    found = apply_choices(GUESSES, [choice("Questions", 0.9, trust=0.0)])
    assert [each.path for each in found] == [each.path for each in GUESSES]
    assert [each.score for each in found] == pytest.approx([each.score for each in GUESSES])


def test_two_choices_share_the_probability() -> None:
    found = apply_choices(GUESSES, [choice("Questions", 0.6), choice("Outlines", 0.4)])
    assert found[0].path == ("Questions", "2024")
    assert found[-1].path == ("Reports", "2024")


def test_a_section_that_is_not_there_is_not_chosen() -> None:
    assert apply_choices(GUESSES, [choice("Elsewhere", 1.0)]) == GUESSES


@pytest.mark.parametrize(
    ("choices", "placed", "reason"),
    [
        pytest.param([], False, "", id="nothing is said"),
        pytest.param([choice("Reports", 0.9)], True, "", id="a section fits"),
        pytest.param([choice("Reports", 0.9, 0.3)], False, "", id="a weak model"),
        pytest.param([choice("", 0.9)], False, NO_SECTION, id="no section fits"),
        pytest.param([choice("", 0.9, 0.3)], False, "", id="a weak model finds none"),
    ],
)
def test_what_a_choice_says_about_the_list(
    choices: list[ListSection], placed: bool, reason: str
) -> None:
    assert is_placed_by(choices) is placed
    assert reason_against(choices) == reason


def test_if_no_section_fits_none_is_likely() -> None:
    found = apply_choices(GUESSES, [choice("", 1.0)])
    assert sum(each.score for each in found) < 0.15


@given(
    st.lists(
        st.builds(
            choice,
            st.sampled_from(["", "Reports", "Questions", "Outlines", "Elsewhere"]),
            st.floats(0, 1),
            st.floats(0, 1),
        ),
        max_size=6,
    )
)
def test_scores_stay_probabilities(choices: list[ListSection]) -> None:
    found = apply_choices(GUESSES, choices)
    assert {each.path for each in found} == {each.path for each in GUESSES}
    assert all(0 <= each.score <= 1 for each in found)
    assert sum(each.score for each in found) <= 1 + 1e-9
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
