from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.classify.features import NODE, TITLE, lexicon_features
from medvl_watch.classify.lexicon import TextWords
from medvl_watch.classify.local import LEARNED, LocalClassifier
from medvl_watch.classify.model import Model, dump_model, load_model, word_counts
from medvl_watch.errors import ConfigError
from medvl_watch.records import Decision
from tests.classify.small import paper, small, small_rules
from tests.injection.corpus import DETECTED

MODEL = Model(
    trained_on="a handful of papers",
    bias=-1.0,
    slope=1.0,
    offset=0.0,
    propose=0.7,
    refer=0.3,
    lexicon={"relevance": 1.0},
    words={"agents": (2.0, 4.0), "radiology": (1.0, 1.0), "turbines": (2.0, -4.0)},
)


def local(model: Model = MODEL) -> LocalClassifier:
    return LocalClassifier(small(), model)


def test_the_score_is_what_the_file_promises() -> None:
    agents, radiology = (1 + math.log(2)) * 2.0, 1.0
    length = math.hypot(agents, radiology)
    expected = -1.0 + (agents * 4.0 + radiology * 1.0) / length
    counts = word_counts(
        {"title": TextWords("Agents of"), "abstract": TextWords("radiology unheard")}
    )
    assert MODEL.score(counts, {"relevance": 0.0}) == pytest.approx(expected)
    assert MODEL.score({}, {"relevance": 0.5, "unheard of": 9.0}) == pytest.approx(-0.5)
    assert MODEL.probability(0.0) == 0.5
    assert 0.0 < MODEL.probability(-1e9) < MODEL.probability(1e9) <= 1.0


def test_the_title_is_read_twice_and_single_letters_are_not() -> None:
    counts = word_counts({"title": TextWords("A b MRI"), "abstract": TextWords("mri, t2_w")})
    assert counts == {"mri": 3, "t2": 1}


@pytest.mark.parametrize(
    ("title", "decision"),
    [
        pytest.param("Medical images: agents", Decision.PROPOSE, id="words that lists like"),
        pytest.param("Medical images: radiology", Decision.REFER, id="words that say little"),
        pytest.param("Medical images: turbines", Decision.REJECT, id="words that lists shun"),
        pytest.param("Agents", Decision.REJECT, id="too few facets for a closer look"),
        pytest.param("", Decision.REJECT, id="no words"),
    ],
)
def test_the_models_thresholds_decide(title: str, decision: Decision) -> None:
    [verdict] = local().judge([paper(title)])
    assert verdict.decision is decision
    assert verdict.classifier == "local"
    assert verdict.reason


def test_learned_words_are_quoted_as_they_stand() -> None:
    [verdict] = local().judge([paper("AGENTS", "Of medical images, radiology and turbines.")])
    learned = [each for each in verdict.evidence if each.speaks_for == LEARNED]
    assert [(each.quote, each.field) for each in learned] == [
        ("AGENTS", "title"),
        ("radiology", "abstract"),
    ]


def test_what_was_withdrawn_or_tampered_with_is_treated_as_the_rules_do() -> None:
    [verdict] = local().judge([paper("Agents", withdrawn=True)])
    assert verdict.decision is Decision.REJECT
    title = "Medical images in text"
    [clean] = local().judge([paper(title, "By agents.")])
    for name, text in DETECTED.items():
        [verdict] = local().judge([paper(title, f"By agents. {text}")])
        assert verdict.decision is Decision.REFER, name
        assert "suspicious-text" in verdict.flags
        assert verdict.relevance == pytest.approx(clean.relevance, abs=0.01)


def test_words_are_counted_wherever_the_lexicons_alone_would_show_the_paper() -> None:
    eager = replace(MODEL, bias=0.0)
    [verdict] = local(eager).judge([paper("Turbines")])
    assert verdict.decision is Decision.REJECT
    [verdict] = local(replace(eager, words={})).judge([paper("Turbines")])
    assert verdict.decision is Decision.REFER


def test_features_are_those_of_the_rules() -> None:
    scored_paper = small_rules().scorer.score(paper("Medical images", "Text."))
    features = lexicon_features(scored_paper, small_rules())
    assert features["medicine"] == pytest.approx(0.6)
    assert features["weakest"] == pytest.approx(0.6)
    assert features["relevance"] == small_rules().relevance(scored_paper.points)


def test_nodes_count_as_far_as_the_paper_is_about_the_subject_and_once_more_in_the_title() -> None:
    def of(title: str, abstract: str) -> dict[str, float]:
        return lexicon_features(small_rules().scorer.score(paper(title, abstract)), small_rules())

    within = of("Segmentation of images", "Medical images, segmented.")
    assert within[NODE + "use/outlines"] == pytest.approx(8 / 6 * (1 - 2**-3))
    assert within[TITLE + "use/outlines"] == pytest.approx(4 / 6 * (1 - 2**-3))
    below = of("Images", "Medical images, segmented.")
    assert below[NODE + "use/outlines"] == pytest.approx(4 / 6 * (1 - 2**-3))
    assert TITLE + "use/outlines" not in below
    elsewhere = of("Segmentation of images", "Vision and language.")
    assert NODE + "use/outlines" not in elsewhere
    assert NODE + "use/outlines" not in of("Segmentation of medical things", "No more.")


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=60)
def test_a_verdict_keeps_its_promises(title: str, abstract: str) -> None:
    given_paper = paper(title, abstract)
    [verdict] = local().judge([given_paper])
    assert 0 <= verdict.relevance <= 1
    for piece in verdict.evidence:
        assert piece.quote in (getattr(given_paper.facts, piece.field) or "")


def test_a_model_comes_back_as_it_went() -> None:
    text = dump_model(MODEL)
    back = load_model(text, "model.json")
    assert (back.words, back.lexicon, back.trained_on) == (
        MODEL.words,
        MODEL.lexicon,
        MODEL.trained_on,
    )
    assert dump_model(back) == text
    assert back.version != load_model(text.replace("4.000", "4.001"), "m").version


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"format": 1}, "format", id="another format"),
        pytest.param({"words": {"a": "os.system"}}, "words.a", id="no weights"),
        pytest.param({"run": "me"}, "run", id="an unknown key"),
        pytest.param({"refer": 0.9}, "smaller than propose", id="thresholds the wrong way"),
        pytest.param({"slope": 0}, "slope", id="no slope"),
    ],
)
def test_another_model_file_is_refused_with_the_reason(
    change: dict[str, object], said: str
) -> None:
    text = json.dumps({**json.loads(dump_model(MODEL)), **change})
    with pytest.raises(ConfigError) as caught:
        load_model(text, "model.json")
    assert str(caught.value).startswith("model.json: ")
    assert said in str(caught.value)
