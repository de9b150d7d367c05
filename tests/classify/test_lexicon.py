from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from medvl_watch.classify.lexicon import Matcher, term_words
from tests.limits import RUNAWAY


def matches(term: str, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Matcher([term_words(term)]).find(text)]


@pytest.mark.parametrize(
    ("term", "text", "quotes"),
    [
        pytest.param("image", "An image.", ["image"], id="a word"),
        pytest.param("image", "Images of an image", ["image"], id="not the plural"),
        pytest.param("image*", "Images of imagery", ["Images", "imagery"], id="a star at the end"),
        pytest.param("*clip", "CLIP and MedCLIP", ["CLIP", "MedCLIP"], id="a star in front"),
        pytest.param("*clip*", "xCLIPx eclipse", ["xCLIPx", "eclipse"], id="a star on both sides"),
        pytest.param("ct", "object ct", ["ct"], id="not inside a word"),
        pytest.param("x ray*", "X-rays", ["X-rays"], id="a hyphen"),
        pytest.param("x-ray", "X Ray", ["X Ray"], id="a hyphen in the term"),
        pytest.param("text image", "Text\u2013Image", ["Text\u2013Image"], id="a dash"),
        pytest.param(
            "vision language", "vision\n  language", ["vision\n  language"], id="a line break"
        ),
        pytest.param("vision language", r"vision}-language", ["vision}-language"], id="LaTeX"),
        pytest.param("vision language", "computer vision, language", [], id="a comma between"),
        pytest.param("vision language", "vision. Language", [], id="a full stop between"),
        pytest.param("vision language", "vision and language", [], id="a word between"),
        pytest.param("report* generat*", "Reports generated", ["Reports generated"], id="stars"),
        pytest.param("vision language", "only vision", [], id="half of a phrase"),
        pytest.param("classification", "classi\ufb01cation", ["classi\ufb01cation"], id="ligature"),
        pytest.param(
            "clip",
            "\uff23\uff2c\uff29\uff30",
            ["\uff23\uff2c\uff29\uff30"],
            id="full-width letters",
        ),
        pytest.param("ct", "\U0001d402\U0001d413", ["\U0001d402\U0001d413"], id="bold letters"),
        pytest.param("text", "snake_text", ["text"], id="an underscore separates words"),
        pytest.param("image", "", [], id="no text"),
    ],
)
def test_matches_of_a_term(term: str, text: str, quotes: list[str]) -> None:
    assert matches(term, text) == quotes


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param("seg*ment", "not a word", id="a star inside"),
        pytest.param("(a|b)+", "not a word", id="a regular expression"),
        pytest.param("ct*", "fewer than 3 letters", id="a short stem"),
        pytest.param("*", "not a word", id="a star alone"),
        pytest.param("f1.score", "not a word", id="a full stop"),
    ],
)
def test_an_invalid_term_is_refused_with_a_reason(term: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        term_words(term)


TERMS = ("image", "image*", "vision language", "*clip", "report* generat*", "x ray")


@given(st.text(st.sampled_from("imageclpvisonlruty X-.,\n\u2013\ufb01\u00e9\u0130"), max_size=80))
@example("x ray\u0130 image")
def test_hits_are_offsets_in_the_unchanged_text(text: str) -> None:
    for hit in Matcher([term_words(term) for term in TERMS]).find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert text[hit.start] not in " \n.,-"
        assert text[hit.end - 1] not in " \n.,-"


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_separate_term_is_found_in_any_text(before: str, after: str) -> None:
    text = f"{before} | image-text | {after}"
    assert "image-text" in matches("image text", text)


def test_many_terms_together_match_like_each_alone() -> None:
    text = "MedCLIP aligns X-ray images; vision-language report generation."
    together = Matcher([term_words(term) for term in TERMS]).find(text)
    for number, term in enumerate(TERMS):
        assert [text[hit.start : hit.end] for hit in together if hit.term == number] == matches(
            term, text
        )


def test_a_megabyte_takes_a_few_seconds() -> None:
    matcher = Matcher([term_words(term) for term in TERMS])
    start = time.perf_counter()
    matcher.find("vision " * 150_000 + "-" * 100_000 + "a" * 100_000)
    assert time.perf_counter() - start < RUNAWAY
