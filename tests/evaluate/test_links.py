from __future__ import annotations

import json

import pytest

from medvl_watch.evaluate.links import LinkFigures, measure, pairs_from, report

AUTHORS = ["Ana Silva", "Li Wei"]


def pair(number: int, **published: object) -> str:
    title = f"Reading radiographs with words, part {number} of a long study"
    preprint = {
        "arxiv_id": f"2501.{number:05}", "title": title, "authors": AUTHORS,
        "published": "2025-01-02",
    }  # fmt: skip
    known = {"doi": f"10.1000/{number}", "title": title, "authors": AUTHORS,
             "published": "2025-06-01", "venue": "MICCAI 2025"}  # fmt: skip
    return json.dumps({"preprint": preprint, "published": known | published})


def test_pairs_that_are_found_and_missed_are_counted() -> None:
    other = pair(3, title="Something that nobody would connect", doi="10.1000/x")
    lines = [pair(1), pair(2), other]
    figures = measure(pairs_from(lines))
    assert (figures.pairs, figures.found, figures.false) == (3, 2, 0)
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.precision == 1.0
    assert figures.missed == ("Reading radiographs with words, part 3 of a long study",)
    text = report(figures)
    assert text.startswith("pairs 3, precision 1.0000, recall 0.6667, false merges 0")
    assert "missed: Reading radiographs with words, part 3" in text


def test_a_false_merge_is_named_and_lowers_the_precision() -> None:
    two = json.loads(pair(2))
    two["published"] = json.loads(pair(1))["published"] | {"doi": None}
    figures = measure(pairs_from([pair(1), json.dumps(two)]))
    assert figures.false > 0
    assert figures.precision < 1.0
    assert "false: Reading radiographs" in report(figures)


def test_records_of_one_arxiv_id_are_one_work_whatever_pair_they_came_in() -> None:
    both = pair(1, arxiv_id="2501.00001")
    figures = measure(pairs_from([both, both]))
    assert (figures.found, figures.false) == (2, 0)


def test_without_pairs_nothing_was_missed() -> None:
    figures = LinkFigures(pairs=0, found=0, false=0, doubts=0)
    assert (figures.precision, figures.recall) == (1.0, 1.0)
