from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.injection.detection import suspicious_spans, without
from tests.classify.injections import FOUND, HARMLESS, QUOTED

ABSTRACT = "We study the growth of crystals. It is slow. The results are clear."


@pytest.mark.parametrize("name", FOUND)
def test_text_that_speaks_to_a_model_is_found(name: str) -> None:
    text = f"{ABSTRACT} {FOUND[name]}"
    spans = suspicious_spans(text, closely=True)
    assert spans
    left = without(text, spans)
    assert left.startswith(ABSTRACT[:-1])
    assert len(left) == len(text)


@pytest.mark.parametrize("name", HARMLESS)
def test_text_that_speaks_to_readers_is_left_alone(name: str) -> None:
    assert suspicious_spans(HARMLESS[name], closely=True) == ()


@pytest.mark.parametrize("name", QUOTED)
def test_what_cannot_be_told_from_an_order_is_shown_to_a_person(name: str) -> None:
    assert suspicious_spans(QUOTED[name], closely=True)


@given(st.text(max_size=200))
def test_blanking_keeps_every_other_character_in_its_place(text: str) -> None:
    spans = suspicious_spans(text, closely=True)
    left = without(text, spans)
    assert len(left) == len(text)
    inside = {place for start, end in spans for place in range(start, end)}
    assert all(left[place] == text[place] for place in range(len(text)) if place not in inside)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ignore " * 3000, id="one word again and again"),
        pytest.param("ignore" + " " * 20_000 + "instructions", id="blanks"),
        pytest.param("note to " + "!" * 20_000, id="marks"),
        pytest.param("you are " + "a " * 10_000, id="small words"),
        pytest.param("<" * 20_000, id="brackets"),
        pytest.param("a b c d " * 5_000, id="letters apart"),
        pytest.param("a1" * 10_000, id="letters and digits"),
        pytest.param("A" * 20_000, id="perhaps base64"),
        pytest.param("&#73;" * 5_000, id="references"),
        pytest.param("%20" * 8_000, id="per cent signs"),
        pytest.param("please include " * 1_500, id="orders without an object"),
        pytest.param("\u0456" * 20_000, id="letters of another alphabet"),
        pytest.param("a.b." * 5_000, id="dots"),
        pytest.param("\u200b" * 20_000, id="hidden characters"),
        pytest.param("\n" * 20_000, id="line ends"),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    suspicious_spans(text, closely=True)
    assert time.perf_counter() - began < 1
