from __future__ import annotations

import json

import pytest

from medvl_watch.evaluate.links import LinkFigures, measure_links, parse_pairs, report

AUTHORS = ["Ana Silva", "Li Wei"]


def pair(number: int, **published: object) -> str:
    title = f"Reading radiographs with words, part {number} of a long study"
    preprint = {
        "arxiv_id": f"2501.{number:05}", "title": title, "authors": AUTHORS,
        "published": "2025-01-02",
    }  # fmt: skip
    published_record = {"doi": f"10.1000/{number}", "title": title, "authors": AUTHORS,
             "published": "2025-06-01", "venue": "MICCAI 2025"}  # fmt: skip
    return json.dumps({"preprint": preprint, "published": published_record | published})


def test_linked_and_missed_pairs_are_counted() -> None:
    other = pair(3, title="Something about another subject", doi="10.1000/x")
    lines = [pair(1), pair(2), other]
    figures = measure_links(parse_pairs(lines))
    assert (figures.pairs, figures.linked_pairs, figures.false_merges) == (3, 2, 0)
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.precision == 1.0
    assert figures.missed_titles == ("Reading radiographs with words, part 3 of a long study",)
    text = report(figures)
    assert text.startswith("pairs 3, precision 1.0000, recall 0.6667, false merges 0")
    assert "missed: Reading radiographs with words, part 3" in text


def test_a_false_merge_is_reported_and_lowers_precision() -> None:
    two = json.loads(pair(2))
    two["published"] = json.loads(pair(1))["published"] | {"doi": None}
    figures = measure_links(parse_pairs([pair(1), json.dumps(two)]))
    assert figures.false_merges > 0
    assert figures.precision < 1.0
    assert "false: Reading radiographs" in report(figures)


def test_records_with_the_same_arxiv_id_are_one_work_in_different_pairs_too() -> None:
    both = pair(1, arxiv_id="2501.00001")
    figures = measure_links(parse_pairs([both, both]))
    assert (figures.linked_pairs, figures.false_merges) == (2, 0)


def test_figures_of_no_pairs_are_perfect() -> None:
    figures = LinkFigures(pairs=0, linked_pairs=0, false_merges=0, doubts=0)
    assert (figures.precision, figures.recall) == (1.0, 1.0)
