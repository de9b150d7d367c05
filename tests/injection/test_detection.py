from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.injection.detection import blank_out, suspicious_spans
from tests.injection.corpus import DETECTED, HARMLESS, QUOTATIONS
from tests.limits import RUNAWAY

ABSTRACT = "We study the growth of crystals. It is slow. The results are clear."


@pytest.mark.parametrize("name", DETECTED)
def test_text_that_addresses_a_model_is_detected(name: str) -> None:
    text = f"{ABSTRACT} {DETECTED[name]}"
    spans = suspicious_spans(text, thorough=True)
    assert spans
    clean = blank_out(text, spans)
    assert clean.startswith(ABSTRACT[:-1])
    assert len(clean) == len(text)


@pytest.mark.parametrize("name", HARMLESS)
def test_text_that_addresses_human_readers_is_not_flagged(name: str) -> None:
    assert suspicious_spans(HARMLESS[name], thorough=True) == ()


@pytest.mark.parametrize("name", QUOTATIONS)
def test_a_quoted_instruction_is_flagged_like_an_instruction(name: str) -> None:
    assert suspicious_spans(QUOTATIONS[name], thorough=True)


@given(st.text(max_size=200))
def test_blank_out_keeps_every_other_character_at_its_position(text: str) -> None:
    spans = suspicious_spans(text, thorough=True)
    clean = blank_out(text, spans)
    assert len(clean) == len(text)
    blanked = {position for start, end in spans for position in range(start, end)}
    assert all(clean[at] == text[at] for at in range(len(text)) if at not in blanked)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ignore " * 3000, id="one word again and again"),
        pytest.param("ignore" + " " * 20_000 + "instructions", id="blanks"),
        pytest.param("note to " + "!" * 20_000, id="punctuation"),
        pytest.param("you are " + "a " * 10_000, id="short words"),
        pytest.param("<" * 20_000, id="brackets"),
        pytest.param("a b c d " * 5_000, id="separated letters"),
        pytest.param("a1" * 10_000, id="letters and digits"),
        pytest.param("A" * 20_000, id="possible base64"),
        pytest.param("&#73;" * 5_000, id="HTML character references"),
        pytest.param("%20" * 8_000, id="percent-encoding"),
        pytest.param("please include " * 1_500, id="instructions without an object"),
        pytest.param("\u0456" * 20_000, id="letters of another alphabet"),
        pytest.param("a.b." * 5_000, id="dots"),
        pytest.param("\u200b" * 20_000, id="invisible characters"),
        pytest.param("\n" * 20_000, id="line breaks"),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    start = time.perf_counter()
    suspicious_spans(text, thorough=True)
    assert time.perf_counter() - start < RUNAWAY
