from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify import suspicion
from medvl_watch.classify.suspicion import suspicious_spans, without
from medvl_watch.records import Paper, Record
from tests.classify.injections import ALL, HARMLESS
from tests.classify.small import shipped_rules

ABSTRACT = "We study the growth of crystals. It is slow. The results are clear."


@pytest.mark.parametrize("name", ALL)
def test_text_that_speaks_to_a_model_is_found(name: str) -> None:
    text = f"{ABSTRACT} {ALL[name]}"
    spans = suspicious_spans(text)
    assert spans
    left = without(text, spans)
    assert left.startswith(ABSTRACT)
    assert len(left) == len(text)


@pytest.mark.parametrize("name", HARMLESS)
def test_text_that_speaks_to_readers_is_left_alone(name: str) -> None:
    assert suspicious_spans(HARMLESS[name]) == ()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("field", ["title", "abstract", "comment"])
def test_the_quick_look_of_the_rules_misses_none(name: str, field: str) -> None:
    facts = Record(id="x", title="On crystals", abstract=ABSTRACT, comment="5 pages")
    odd = replace(facts, **{field: f"{getattr(facts, field)}. {ALL[name]}"})  # type: ignore[arg-type]
    [verdict] = shipped_rules().judge([Paper(id="x", facts=odd)])
    assert "suspicious-text" in verdict.flags


@given(st.text(max_size=200))
def test_blanking_keeps_every_other_character_in_its_place(text: str) -> None:
    spans = suspicious_spans(text)
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
        pytest.param("\u200b" * 20_000, id="hidden characters"),
        pytest.param("\n" * 20_000, id="line ends"),
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()
    suspicious_spans(text)
    assert time.perf_counter() - began < 1


def test_the_first_look_lets_every_suspicious_sentence_through() -> None:
    for text in ALL.values():
        for match in suspicion._SENTENCE.finditer(text):
            if suspicion._suspicious(match.group()):
                assert suspicion._has_a_cue(match.group()), match.group()
