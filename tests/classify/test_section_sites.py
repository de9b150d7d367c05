"""The sites where entries and papers lie."""

from __future__ import annotations

from typing import Any

import pytest

from medvl_watch.classify.sections.model import SectionExample, SectionModel
from medvl_watch.classify.sections.sites import site_in, site_of
from medvl_watch.records import Record


@pytest.mark.parametrize(
    ("text", "site"),
    [
        pytest.param("[paper](https://arxiv.org/abs/1)", "arxiv.org", id="a link"),
        pytest.param("see http://www.Nature.com.", "", id="a full stop behind a bare address"),
        pytest.param("<a href='https://a.github.io/x'>", "github.io", id="a part of a site"),
        pytest.param(
            "![](https://img.shields.io/x) [c](https://github.com/a/b)", "github.com", id="a badge"
        ),
        pytest.param("no address", "", id="none"),
    ],
)
def test_site_in(text: str, site: str) -> None:
    assert site_in(text) == site


@pytest.mark.parametrize(
    ("facts", "site"),
    [
        pytest.param({"url": "https://youtu.be/x", "arxiv_id": "2401.1"}, "youtu.be", id="address"),
        pytest.param({"arxiv_id": "2401.00001", "doi": "10.1/a"}, "arxiv.org", id="preprint"),
        pytest.param({"doi": "10.1/a"}, "doi.org", id="publisher"),
        pytest.param({}, "", id="unknown"),
    ],
)
def test_site_of(facts: dict[str, Any], site: str) -> None:
    assert site_of(Record(id="p", title="A paper", **facts)) == site


def test_a_preprint_goes_to_the_section_of_preprints() -> None:
    def entries(path: str, site: str, first: int) -> list[SectionExample]:
        words = ("One model", "Two models", "Three models", "Four models", "Five models")
        return [
            SectionExample(f"{title} for language", (path,), None, first + number, site)
            for number, title in enumerate(words)
        ]

    examples = [*entries("Milestones", "arxiv.org", 1), *entries("Programs", "github.com", 20)]
    model = SectionModel.learn(examples, [("Milestones",), ("Programs",)])
    paper = Record(id="p", title="Six models for language", arxiv_id="2401.00001")
    assert model.rank_sections(paper, None)[0].path == ("Milestones",)
    program = Record(id="p", title=paper.title, url="https://github.com/a/six")
    assert model.rank_sections(program, None)[0].path == ("Programs",)
