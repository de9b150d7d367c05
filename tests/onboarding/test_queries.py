"""Queries that are derived from the entries of a list."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.onboarding.queries import derive_query, found_by, recent_titles
from medvl_watch.storage.model_files import bundled_background
from tests.classify.test_subject import SATELLITES


def test_the_query_finds_the_papers_of_the_list() -> None:
    query = derive_query(SATELLITES, bundled_background())
    assert 'all:"remote sensing"' in query
    assert found_by(query, SATELLITES) >= 9


def test_the_query_of_a_list_finds_few_others() -> None:
    query = derive_query(SATELLITES, bundled_background())
    assert found_by(query, ["Tighter bounds for bandits", "Chest X-rays and their reports"]) == 0


@pytest.mark.parametrize(
    ("query", "title", "found"),
    [
        pytest.param("all:graph", "Learning on graphs", 1, id="another form of the word"),
        pytest.param('all:"remote sensing"', "Sensing what is remote", 0, id="another order"),
        pytest.param(
            "(cat:cs.CV) AND (all:a1 OR all:maps)", "Maps", 1, id="categories are ignored"
        ),
        pytest.param("(all:maps) AND (all:words)", "Maps", 0, id="one of two groups"),
        pytest.param("cat:cs.CV", "Maps", 0, id="no words at all"),
    ],
)
def test_a_title_is_found_by_its_words(query: str, title: str, found: int) -> None:
    assert found_by(query, [title]) == found


@pytest.mark.parametrize("titles", [(), ("Only one title of a paper",), ("", "")])
def test_without_common_words_there_is_no_query(titles: tuple[str, ...]) -> None:
    assert derive_query(titles, bundled_background()) == ""


def test_recent_are_this_year_and_the_last() -> None:
    assert recent_titles({"a": 2026, "b": 2025, "c": 2024, "d": None}, 2026) == ("a", "b")


@given(st.lists(st.text(max_size=60), max_size=8))
@settings(max_examples=30, deadline=None)
def test_no_title_breaks_a_query(titles: list[str]) -> None:
    query = derive_query(titles, bundled_background())
    assert "\n" not in query
    assert query.count('"') % 2 == 0
