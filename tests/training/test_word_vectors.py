from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from medvl_watch.classify.sections.word_vectors import cosine, load_word_vectors
from medvl_watch.training.word_vectors import texts_of, vector_file_of

pytest.importorskip("sklearn")

EYES = ["retina", "fundus", "glaucoma", "macula", "vessel"]
LUNGS = ["lung", "nodule", "pneumonia", "thorax", "airway"]


def test_words_of_one_company_come_out_alike() -> None:
    texts = [[*words[n % 5 :], *words[: n % 5]] for n in range(40) for words in (EYES, LUNGS)]
    content = vector_file_of(texts, size=3) | {"trained_on": "ten words"}
    vectors = load_word_vectors(json.dumps(content), "here")
    retina, fundus, lung = (
        vectors.text_vector({word: 1.0}) for word in ("retina", "fundus", "lung")
    )
    assert cosine(retina, fundus) > cosine(retina, lung) + 0.6


def test_titles_and_abstracts_are_read_as_stems(tmp_path: Path) -> None:
    file = tmp_path / "papers.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.write(json.dumps({"title": "Segmenting lungs", "abstract": None}) + "\n")
        lines.write(json.dumps({"title": "Lungs", "abstract": "Airways of lungs"}) + "\n")
    assert [[word for word in text if word] for text in texts_of(file)] == [
        ["segment", "lung"],
        ["lung", "airway", "lung"],
    ]
