from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.classify.features import NODE, TITLE, lexicon_features
from medvl_watch.classify.lexicon import TextWords
from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.model import (
    Calibration,
    Model,
    Regression,
    dump_model,
    load_model,
    word_counts,
)
from medvl_watch.errors import ConfigError
from medvl_watch.records import Decision
from tests.classify.taxonomies import paper, small_rules, small_taxonomy
from tests.injection.corpus import DETECTED

WHOLE = Regression(
    bias=-1.0,
    calibration=Calibration(1.0, 0.0),
    lexicon={"relevance": 1.0},
    words={"agents": (2.0, 4.0), "radiology": (1.0, 1.0), "turbines": (2.0, -4.0)},
)
MODEL = Model(trained_on="a handful of papers", whole=WHOLE, title=WHOLE, propose=0.7, refer=0.3)


def make_classifier(model: Model = MODEL) -> LocalClassifier:
    return LocalClassifier(small_taxonomy(), model)


def test_score_of_a_paper() -> None:
    agents, radiology = (1 + math.log(2)) * 2.0, 1.0
    length = math.hypot(agents, radiology)
    expected = -1.0 + (agents * 4.0 + radiology * 1.0) / length
    counts = word_counts(
        {"title": TextWords("Agents of"), "abstract": TextWords("radiology unheard")}
    )
    assert WHOLE.score(counts, {"relevance": 0.0}) == pytest.approx(expected)
    assert WHOLE.score({}, {"relevance": 0.5, "unheard of": 9.0}) == pytest.approx(-0.5)
    assert WHOLE.probability({}, {"relevance": 1.0}) == 0.5
    calibration = WHOLE.calibration
    assert 0.0 < calibration.probability(-1e9) < calibration.probability(1e9) <= 1.0


def test_words_of_the_title_count_twice_and_single_letters_not_at_all() -> None:
    counts = word_counts({"title": TextWords("A b MRI"), "abstract": TextWords("mri, t2_w")})
    assert counts == {"mri": 3, "t2": 1}


@pytest.mark.parametrize(
    ("title", "decision"),
    [
        pytest.param("Medical images: agents", Decision.PROPOSE, id="words of listed papers"),
        pytest.param("Medical images: radiology", Decision.REFER, id="words with small weights"),
        pytest.param("Medical images: turbines", Decision.REJECT, id="words of other papers"),
        pytest.param("Agents", Decision.REJECT, id="too few facets"),
        pytest.param("", Decision.REJECT, id="no words"),
    ],
)
def test_the_thresholds_of_the_model_decide(title: str, decision: Decision) -> None:
    [verdict] = make_classifier().judge([paper(title)])
    assert verdict.decision is decision
    assert verdict.classifier == "local"
    assert verdict.reason


def test_a_paper_without_an_abstract_has_weights_of_its_own() -> None:
    model = replace(MODEL, title=replace(WHOLE, bias=9.0))
    [bare, whole] = make_classifier(model).judge(
        [paper("Medical images: turbines"), paper("Medical images: turbines", "Text.")]
    )
    assert bare.decision is Decision.PROPOSE
    assert whole.decision is Decision.REJECT


def test_withdrawn_and_suspicious_papers_are_judged_as_by_rules() -> None:
    [verdict] = make_classifier().judge([paper("Agents", withdrawn=True)])
    assert verdict.decision is Decision.REJECT
    title = "Medical images in text"
    [clean] = make_classifier().judge([paper(title, "By agents.")])
    for name, text in DETECTED.items():
        [verdict] = make_classifier().judge([paper(title, f"By agents. {text}")])
        assert verdict.decision is Decision.REFER, name
        assert "suspicious-text" in verdict.flags
        assert verdict.relevance == pytest.approx(clean.relevance, abs=0.01)


def test_words_off_the_subject_count_only_if_the_lexicon_features_suffice() -> None:
    lenient = replace(MODEL, title=replace(WHOLE, bias=0.0))
    [verdict] = make_classifier(lenient).judge([paper("Turbines")])
    assert verdict.decision is Decision.REJECT
    [verdict] = make_classifier(replace(lenient, title=replace(WHOLE, bias=0.0, words={}))).judge(
        [paper("Turbines")]
    )
    assert verdict.decision is Decision.REFER


def test_features_agree_with_the_rules() -> None:
    scored_paper = small_rules().scorer.score(paper("Medical images", "Text."))
    features = lexicon_features(scored_paper, small_rules())
    assert features["medicine"] == pytest.approx(0.6)
    assert features["weakest"] == pytest.approx(0.6)
    assert features["relevance"] == small_rules().relevance(scored_paper.points)


def test_points_of_nodes_are_weighted_by_the_first_facet_and_count_again_in_the_title() -> None:
    def features_of(title: str, abstract: str) -> dict[str, float]:
        return lexicon_features(small_rules().scorer.score(paper(title, abstract)), small_rules())

    in_both = features_of("Segmentation of images", "Medical images, segmented.")
    assert in_both[NODE + "use/outlines"] == pytest.approx(8 / 6 * (1 - 2**-3))
    assert in_both[TITLE + "use/outlines"] == pytest.approx(4 / 6 * (1 - 2**-3))
    in_abstract = features_of("Images", "Medical images, segmented.")
    assert in_abstract[NODE + "use/outlines"] == pytest.approx(4 / 6 * (1 - 2**-3))
    assert TITLE + "use/outlines" not in in_abstract
    off_subject = features_of("Segmentation of images", "Vision and language.")
    assert NODE + "use/outlines" not in off_subject
    assert NODE + "use/outlines" not in features_of("Segmentation of medical things", "No more.")


@given(st.text(max_size=80), st.text(max_size=80))
@settings(max_examples=60)
def test_properties_of_every_verdict(title: str, abstract: str) -> None:
    given_paper = paper(title, abstract)
    [verdict] = make_classifier().judge([given_paper])
    assert 0 <= verdict.relevance <= 1
    for each in verdict.evidence:
        assert each.quote in (getattr(given_paper.facts, each.field) or "")


def test_a_written_model_is_read_back_unchanged() -> None:
    text = dump_model(MODEL)
    loaded = load_model(text, "model.json")
    assert replace(loaded, version="") == MODEL
    assert dump_model(loaded) == text
    assert loaded.version != load_model(text.replace("4.000", "4.001"), "m").version


def test_the_same_model_file_is_read_once() -> None:
    text = dump_model(MODEL)
    first = load_model(text, "model.json")
    assert load_model(text, "model.json") is first
    assert load_model(text, "another.json") is not first


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"format": 2}, "format", id="another format"),
        pytest.param({"words": {"a": "os.system"}}, "words.a", id="text in place of weights"),
        pytest.param({"run": "me"}, "run", id="an unknown key"),
        pytest.param({"refer": 0.9}, "smaller than propose", id="thresholds in the wrong order"),
        pytest.param({"whole": {"bias": 0, "slope": 0, "offset": 0}}, "slope", id="slope of zero"),
    ],
)
def test_an_invalid_model_file_is_refused_with_a_reason(
    change: dict[str, object], reason: str
) -> None:
    text = json.dumps({**json.loads(dump_model(MODEL)), **change})
    with pytest.raises(ConfigError) as caught:
        load_model(text, "model.json")
    assert str(caught.value).startswith("model.json: ")
    assert reason in str(caught.value)
