from __future__ import annotations

import json
import lzma
import tarfile

import pytest

from medvl_watch.classify.sections.model import SectionExample, SectionGuess
from medvl_watch.evaluate.list_sections import (
    Case,
    PlacedPaper,
    is_same_section,
    parse_cases,
    place_papers,
    placement_figures,
    report,
)
from medvl_watch.lists.parsing.document import parse
from medvl_watch.offers.section_examples import examples_of, open_headings
from medvl_watch.records import Headings, Record
from medvl_watch.training.section_weights import choices_of, fit, own_entry_cases
from tests import beside
from tests.classify.taxonomies import bundled_taxonomy

LIST = """\
# Awesome
## News
- 2024-01: [our survey](https://arxiv.org/abs/2401.00009) is out
## Segmentation
### 2023
- Text-guided lesion segmentation of the lung. MICCAI 2023. [[paper](https://doi.org/10.1/a)]
- Prompted organ segmentation for all. [[paper](https://arxiv.org/abs/2205.00001)]
## Reports
### 2023
- Radiology report generation with memory. CVPR 2023. [[paper](https://doi.org/10.1/b)]
"""


def case_line(title: str, *path: str) -> str:
    paper = {"id": "p0", "title": title, "year": 2024}
    return json.dumps(
        {"id": "c", "list": "a/b:README.md", "domain": "medical-vl", "before_file": "before.md",
         "papers": [paper], "truth": [{"paper": "p0", "path": list(path)}]}
    )  # fmt: skip


def placed(correct: str, *ranked: tuple[str, float], is_new: bool = False) -> PlacedPaper:
    guesses = tuple(
        SectionGuess(path=(title,), score=score, opens=title.isdigit()) for title, score in ranked
    )
    return PlacedPaper("list", "medical-vl", guesses, (correct,), is_new)


def test_examples_have_title_section_year_line_and_site() -> None:
    first, second, third = (e for e in examples_of(parse(LIST)) if "News" not in e.path)
    assert first == SectionExample(
        "Text-guided lesion segmentation of the lung",
        ("Awesome", "Segmentation", "2023"),
        2023,
        6,
        "doi.org",
    )
    assert (second.year, third.year) == (2022, 2023)


def test_sections_of_news_are_left_out() -> None:
    assert ("Awesome", "News") not in open_headings(parse(LIST))


def test_a_paper_of_a_new_year_opens_its_section() -> None:
    line = case_line("Report generation for CT", "Awesome", "Reports", "bold:2024")
    [case] = parse_cases([line], lambda name: LIST if name == "before.md" else "")
    [paper] = place_papers(case, bundled_taxonomy())
    assert paper.guesses[0].path == ("Awesome", "Reports", "2024")
    figures = placement_figures([paper])
    assert (figures.top1, figures.new_years, figures.opened, figures.opened_wrongly) == (1, 1, 1, 0)


def test_figures_of_five_papers() -> None:
    figures = placement_figures(
        [
            placed("a", ("a", 0.9), ("b", 0.1)),
            placed("a", ("b", 0.7), ("a", 0.2)),
            placed("a", ("2024", 0.4), ("c", 0.3), ("a", 0.2)),
            placed("2024", ("2024", 0.8), is_new=True),
            placed("a"),
        ]
    )
    assert (figures.papers, figures.top1, figures.top2) == (5, 0.4, 0.6)
    assert (figures.new_years, figures.opened, figures.opened_wrongly) == (1, 1, 1)


def test_figures_of_no_papers_are_an_error() -> None:
    with pytest.raises(ValueError, match="no paper"):
        placement_figures([])


def test_the_report_has_one_line_per_group_and_one_for_all() -> None:
    lines = report([placed("a", ("a", 0.9))], by_list=False).splitlines()
    assert [line.split()[0] for line in lines] == ["group", "medical-vl", "all"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(("Papers", "VQA"), ("papers", "VQA:"), True, id="case and punctuation"),
        pytest.param(("Awesome", "VQA"), ("VQA",), True, id="title of the list at the start"),
        pytest.param(("A", "2023"), ("B", "2023"), False, id="another parent"),
        pytest.param((), ("A",), False, id="nothing"),
    ],
)
def test_paths_with_the_same_end_are_the_same_section(
    one: Headings, other: Headings, same: bool
) -> None:
    assert is_same_section(one, other) is same
    assert is_same_section(other, one) is same


def test_a_signal_that_finds_the_correct_section_gets_a_weight() -> None:
    examples = tuple(
        SectionExample(title, (section,), None, line)
        for line, (title, section) in enumerate(
            [("lung lesion segmentation", "A"), ("organ segmentation", "A"),
             ("report generation", "B"), ("report retrieval", "B")], start=1)
    )  # fmt: skip
    papers = (
        (Record(id="1", title="polyp segmentation"), ("A",)),
        (Record(id="2", title="report writing"), ("B",)),
    )
    case = Case("list", "general", examples, (("A",), ("B",)), papers)
    names, choices = choices_of([case], None)
    weights = fit(names, choices)
    assert weights["bayes"] > 0.1
    assert weights["entries"] == 0.0
    assert weights == fit(names, choices)


@pytest.mark.recordings
def test_sections_of_real_lists_are_found() -> None:
    folder = beside.folder("data/replay")
    cases = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [line for line in cases if '"domain": "medical-vl"' in line][::6]
    names = {json.loads(line)["before_file"] for line in lines}
    texts = {}
    with lzma.open(folder / "files.tar.xz") as packed, tarfile.open(fileobj=packed) as files:
        for member in files:
            name = member.name.removeprefix("./")
            if name in names and (text := files.extractfile(member)):
                texts[name] = text.read().decode("utf-8")
    figures = placement_figures(
        [
            each
            for case in parse_cases(lines, texts.__getitem__)
            for each in place_papers(case, bundled_taxonomy())
        ]
    )
    assert figures.papers > 30
    assert figures.top1 >= 0.6
    assert figures.top2 >= 0.7


def test_every_own_entry_is_left_out_once_to_fit_the_weights() -> None:
    case = next(parse_cases([case_line("A paper", "Segmentation")], lambda _: LIST))
    parts = list(own_entry_cases([case, case]))
    titles = [record.title for part in parts for record, _ in part.papers]
    assert sorted(titles) == sorted(each.title for each in case.examples)
    for part in parts:
        held = {record.title for record, _ in part.papers}
        assert held.isdisjoint(each.title for each in part.examples)
