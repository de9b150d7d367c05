from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.classify.telling_sentences import sentences, telling_sentences

SCANS = "Reading scans takes a radiologist many hours each day."
WE = "We propose ScanTalk, a model that writes a report for each scan."
CODE = "Code and weights are available on our page."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("One is here. Two is there.", ["One is here.", "Two is there."], id="two"),
        pytest.param(
            "It gains 0.9 points. Good!", ["It gains 0.9 points.", "Good!"], id="a number"
        ),
        pytest.param(
            "We use images, e.g. MRI. See Smith et al. For more, ask.",
            ["We use images, e.g. MRI.", "See Smith et al. For more, ask."],
            id="abbreviations",
        ),
        pytest.param("A heading\n\nA text.", ["A heading", "A text."], id="a paragraph"),
        pytest.param(
            "It asks: “Why?” He answers.", ["It asks: “Why?”", "He answers."], id="quotes"
        ),
        pytest.param("  \n ", [], id="nothing"),
    ],
)
def test_sentences_of_a_text(text: str, found: list[str]) -> None:
    assert list(sentences(text)) == found


@pytest.mark.parametrize(
    ("strengths", "found"),
    [
        pytest.param({SCANS: 0.6, WE: 0.95}, [WE], id="one that says all"),
        pytest.param({SCANS: 0.6, WE: 0.5}, [WE, SCANS], id="what the authors do comes first"),
        pytest.param({SCANS: 0.1, WE: 0.5}, [WE], id="no weak second"),
        pytest.param({SCANS: 0.99, WE: 0.5}, [SCANS], id="a much stronger one"),
        pytest.param({}, [], id="none says anything"),
    ],
)
def test_the_most_telling_sentences(strengths: dict[str, float], found: list[str]) -> None:
    abstract = f"Scans. {SCANS} {WE} {CODE}"
    told = telling_sentences(abstract, lambda sentence: strengths.get(sentence, 0.0))
    assert [each.quote for each in told] == found
    assert all(each.field == "abstract" for each in told)


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_sentences_occur_in_their_text_and_lose_nothing(text: str) -> None:
    found = list(sentences(text))
    assert all(sentence in text for sentence in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert len(telling_sentences(text, lambda _: 0.5)) <= 2
