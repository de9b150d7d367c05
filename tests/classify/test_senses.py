from __future__ import annotations

import base64
import json

import pytest

from medvl_watch.classify.sections.model import SectionModel
from medvl_watch.classify.sections.word_vectors import cosine, load_word_vectors, subtract_mean
from medvl_watch.classify.sections.words import stem
from medvl_watch.errors import ConfigError
from medvl_watch.records import Headings, Record
from tests.classify.small import shipped, shipped_word_vectors

CONTENT = {
    "format": 1,
    "trained_on": "three words",
    "size": 2,
    "words": "retina fundus lung",
    "weights": base64.b64encode(bytes([255, 255, 51])).decode(),
    "vectors": base64.b64encode(bytes([100, 0, 90, 30, 0, 127])).decode(),
}


def test_words_that_keep_the_same_company_are_alike() -> None:
    senses = load_word_vectors(json.dumps(CONTENT), "here")
    retina, fundus, lung = (
        senses.text_vector({word: 1.0}) for word in ("retina", "fundus", "lung")
    )
    assert cosine(retina, fundus) == pytest.approx(0.949, abs=0.001)
    assert cosine(retina, lung) == pytest.approx(0.0)


def test_rare_words_count_more() -> None:
    senses = load_word_vectors(json.dumps(CONTENT), "here")
    both = senses.text_vector({"retina": 1.0, "lung": 1.0})
    assert cosine(both, senses.text_vector({"retina": 1.0})) > 0.9


def test_unknown_words_mean_nothing() -> None:
    senses = load_word_vectors(json.dumps(CONTENT), "here")
    assert not senses.text_vector({"zebra": 1.0})
    assert cosine(senses.text_vector({}), senses.text_vector({"lung": 1.0})) == 0.0
    assert subtract_mean((), [0.5, 0.5]) == ()


def test_what_all_titles_of_a_list_have_in_common_is_left_out() -> None:
    senses = load_word_vectors(json.dumps(CONTENT), "here")
    middle = senses.mean_vector([["retina"]] * 50)
    mixed = senses.text_vector({"retina": 1.0, "lung": 1.0})
    lung = senses.text_vector({"lung": 1.0})
    assert cosine(subtract_mean(mixed, middle), lung) > cosine(mixed, lung) + 0.3


def test_one_title_is_no_middle_yet() -> None:
    senses = load_word_vectors(json.dumps(CONTENT), "here")
    assert senses.mean_vector([["retina"]]) == pytest.approx([1 / 6, 0.0])
    assert not senses.mean_vector([])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"format": 2}, id="another format"),
        pytest.param({"words": "retina fundus"}, id="a word is missing"),
        pytest.param({"vectors": "AAAA"}, id="vectors are missing"),
        pytest.param({"vectors": "no base64!"}, id="no numbers"),
        pytest.param({"weights": "é"}, id="not ASCII"),
        pytest.param({"size": 0}, id="no size"),
        pytest.param({"code": "import os"}, id="something else"),
    ],
)
def test_a_broken_file_is_refused_in_one_sentence(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"here: this version cannot read the word vectors"):
        load_word_vectors(json.dumps(CONTENT | change), "here")


def test_a_file_that_is_no_json_is_refused() -> None:
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
def test_the_shipped_words_know_what_belongs_together(word: str, near: str, far: str) -> None:
    one, beside, apart_ = (
        shipped_word_vectors().text_vector({stem(each): 1.0}) for each in (word, near, far)
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
def test_a_heading_that_shares_no_word_with_the_paper(title: str, section: str) -> None:
    model = SectionModel.learn([], HEADINGS, shipped())
    assert model.rank_sections(Record(id="p", title=title), 2025)[0].path == (section,)
