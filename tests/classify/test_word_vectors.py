from __future__ import annotations

import base64
import json

import pytest

from medvl_watch.classify.sections.model import SectionModel
from medvl_watch.classify.sections.word_vectors import cosine, load_word_vectors, subtract_mean
from medvl_watch.classify.sections.words import stem
from medvl_watch.errors import ConfigError
from medvl_watch.records import Headings, Record
from tests.classify.taxonomies import bundled_taxonomy, bundled_word_vectors

CONTENT = {
    "format": 1,
    "trained_on": "three words",
    "size": 2,
    "words": "retina fundus lung",
    "weights": base64.b64encode(bytes([255, 255, 51])).decode(),
    "vectors": base64.b64encode(bytes([100, 0, 90, 30, 0, 127])).decode(),
}


def test_words_in_the_same_contexts_have_similar_vectors() -> None:
    vectors = load_word_vectors(json.dumps(CONTENT), "here")
    retina, fundus, lung = (
        vectors.text_vector({word: 1.0}) for word in ("retina", "fundus", "lung")
    )
    assert cosine(retina, fundus) == pytest.approx(0.949, abs=0.001)
    assert cosine(retina, lung) == pytest.approx(0.0)


def test_rare_words_have_a_greater_weight() -> None:
    vectors = load_word_vectors(json.dumps(CONTENT), "here")
    both = vectors.text_vector({"retina": 1.0, "lung": 1.0})
    assert cosine(both, vectors.text_vector({"retina": 1.0})) > 0.9


def test_a_text_of_unknown_words_has_an_empty_vector() -> None:
    vectors = load_word_vectors(json.dumps(CONTENT), "here")
    assert not vectors.text_vector({"zebra": 1.0})
    assert cosine(vectors.text_vector({}), vectors.text_vector({"lung": 1.0})) == 0.0
    assert subtract_mean((), [0.5, 0.5]) == ()


def test_the_mean_of_all_titles_is_subtracted() -> None:
    vectors = load_word_vectors(json.dumps(CONTENT), "here")
    mean = vectors.mean_vector([["retina"]] * 50)
    mixed = vectors.text_vector({"retina": 1.0, "lung": 1.0})
    lung = vectors.text_vector({"lung": 1.0})
    assert cosine(subtract_mean(mixed, mean), lung) > cosine(mixed, lung) + 0.3


def test_the_mean_of_one_title_is_short() -> None:
    vectors = load_word_vectors(json.dumps(CONTENT), "here")
    assert vectors.mean_vector([["retina"]]) == pytest.approx([1 / 6, 0.0])
    assert not vectors.mean_vector([])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"format": 2}, id="another format"),
        pytest.param({"words": "retina fundus"}, id="a word is missing"),
        pytest.param({"vectors": "AAAA"}, id="vectors are missing"),
        pytest.param({"vectors": "no base64!"}, id="vectors are not base64"),
        pytest.param({"weights": "é"}, id="not ASCII"),
        pytest.param({"size": 0}, id="no size"),
        pytest.param({"code": "import os"}, id="unknown key"),
    ],
)
def test_an_invalid_file_is_refused_with_one_sentence(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"here: this version cannot read the word vectors"):
        load_word_vectors(json.dumps(CONTENT | change), "here")


def test_a_file_that_is_not_json_is_refused() -> None:
    with pytest.raises(ConfigError, match="cannot read the word vectors"):
        load_word_vectors("cut off {", "here")


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("ophthalmology", "fundus", "abdominal"),
        ("endoscopy", "polyp", "retinal"),
        ("pathology", "slide", "ultrasound"),
        ("agents", "planning", "segmentation"),
    ],
)
def test_similar_words_in_the_bundled_vectors(word: str, near: str, far: str) -> None:
    one, beside, apart_ = (
        bundled_word_vectors().text_vector({stem(each): 1.0}) for each in (word, near, far)
    )
    assert cosine(one, beside) > cosine(one, apart_)


HEADINGS: list[Headings] = [("Endoscopy",), ("Ophthalmology",), ("Radiology",)]


@pytest.mark.parametrize(
    ("title", "section"),
    [
        ("Retinal fundus images speak", "Ophthalmology"),
        ("Polyp descriptions in colonoscopy videos", "Endoscopy"),
        ("Chest X-ray findings in words", "Radiology"),
    ],
)
def test_a_heading_without_a_word_of_the_paper(title: str, section: str) -> None:
    model = SectionModel.learn([], HEADINGS, bundled_taxonomy())
    assert model.rank_sections(Record(id="p", title=title), 2025)[0].path == (section,)
