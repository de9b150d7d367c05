"""Sections of a list for papers, learned from the list's entries and headings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medvl_watch.classify.sections.model import (
    SectionExample,
    SectionGuess,
    SectionModel,
    choose_sections,
)
from medvl_watch.records import Headings, Record
from tests.classify.taxonomies import bundled_taxonomy, small_taxonomy

SEGMENTATION = (
    "Text-guided segmentation of lung lesions",
    "Prompting a segmentation network for polyps",
    "Organ segmentation with language",
)
REPORTS = (
    "Radiology report generation with memory",
    "Writing chest X-ray reports by retrieval",
    "Aligned report generation for CT",
)


def record(title: str, abstract: str = "", **facts: Any) -> Record:
    return Record(id="p", title=title, abstract=abstract, **facts)


def entries(
    path: Headings, titles: tuple[str, ...], year: int | None = None
) -> list[SectionExample]:
    return [SectionExample(title, path, year, 10 + number) for number, title in enumerate(titles)]


def two_task_examples(*under: str) -> list[SectionExample]:
    """Entries of two tasks, under these headings below each task."""
    return [
        *entries(("Segmentation", *under), SEGMENTATION),
        *entries(("Reports", *under), REPORTS),
    ]


def learn_model(examples: list[SectionExample], *empty: Headings) -> SectionModel:
    paths = [*dict.fromkeys(example.path for example in examples), *empty]
    return SectionModel.learn(examples, paths, bundled_taxonomy())


def best_guess(model: SectionModel, paper: Record, year: int | None = 2024) -> SectionGuess:
    return model.rank_sections(paper, year)[0]


# --- which section --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "section"),
    [
        pytest.param("Lesion segmentation by text prompts", "Segmentation", id="first task"),
        pytest.param("Generating radiology reports", "Reports", id="other inflection"),
        pytest.param("CXRReportGen: a model", "Reports", id="part of a coined name"),
    ],
)
def test_the_nearest_entries_decide(title: str, section: str) -> None:
    found = best_guess(learn_model(two_task_examples()), record(title))
    assert found.path == (section,)
    assert found.score > 0.5


def test_neighbours_have_their_lines() -> None:
    found = best_guess(
        learn_model(two_task_examples()), record("Organ segmentation with language models")
    )
    assert (found.neighbours[0].title, found.neighbours[0].line) == (SEGMENTATION[2], 12)
    assert 0.5 < found.neighbours[0].similarity <= 1.0


def test_without_entries_the_words_of_the_headings_decide() -> None:
    model = SectionModel.learn([], [("Segmentation",), ("Detection",), ("Retrieval",)], None)
    found = best_guess(model, record("Weakly supervised detection of nodules"))
    assert (found.path, found.words) == (("Detection",), ("Detection",))


def test_synonyms_come_from_the_taxonomy() -> None:
    headings: list[Headings] = [("Segmentation",), ("VQA",), ("Report Generation",)]
    paper = record("Answering open questions about pathology slides: medical question answering")
    assert best_guess(SectionModel.learn([], headings, bundled_taxonomy()), paper).path == ("VQA",)
    without_taxonomy = SectionModel.learn([], headings, None).rank_sections(paper, 2024)
    assert len({guess.score for guess in without_taxonomy}) == 1


def test_the_abstract_decides_if_the_title_says_nothing() -> None:
    paper = record("A surprising result", "We study the segmentation of lung lesions and polyps.")
    assert best_guess(learn_model(two_task_examples()), paper).path == ("Segmentation",)


def test_one_subject_of_a_heading_is_enough() -> None:
    headings: list[Headings] = [("Pre-training",), ("Explanation, Bias, Noise, and Robustness",)]
    found = best_guess(
        SectionModel.learn([], headings, None), record("On the robustness of encoders")
    )
    assert found.path == headings[1]


def test_the_same_heading_under_two_parents() -> None:
    examples = [
        *entries(("Radiology", "Datasets"), ("PadChest images", "MIMIC chest radiographs")),
        *entries(("Pathology", "Datasets"), ("Slides of colon tissue", "Breast slide archive")),
    ]
    found = best_guess(learn_model(examples), record("A dataset of colon tissue slides"))
    assert found.path == ("Pathology", "Datasets")


@pytest.mark.parametrize(
    ("title", "section"),
    [
        pytest.param("A systematic review of assistants in radiology", "Surveys", id="survey"),
        pytest.param("MedSegSet: a large dataset for segmentation", "Datasets", id="data set"),
        pytest.param(
            "Segmentation on a private dataset by text", "Segmentation", id="uses a data set"
        ),
    ],
)
def test_surveys_and_data_sets_go_to_their_sections(title: str, section: str) -> None:
    examples = [
        *two_task_examples(),
        *entries(("Surveys",), ("A survey of foundation models", "Prompting: a review")),
        *entries(("Datasets",), ("VQA-RAD", "CheXpert", "A dataset of endoscopy")),
    ]
    assert best_guess(learn_model(examples), record(title)).path == (section,)


def test_sections_of_tools_take_no_papers() -> None:
    examples = [*two_task_examples(), *entries(("Tools",), ("A toolkit for segmentation",))]
    below: Headings = ("Other Resources", "Segmentation courses")
    paths = {
        g.path
        for g in learn_model(examples, below).rank_sections(record("Segmentation toolkit"), 2024)
    }
    assert paths == {("Segmentation",), ("Reports",)}


def test_sections_that_only_contain_others_take_no_papers() -> None:
    model = learn_model(two_task_examples("2024"), ("Segmentation",), ("Reports",))
    paths = [guess.path for guess in model.rank_sections(record("Lesion segmentation"), 2024)]
    assert paths[0] == ("Segmentation", "2024")


# --- years and venues -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "path", "opens"),
    [
        pytest.param(2023, ("Reports", "2023"), False, id="year that exists"),
        pytest.param(2025, ("Reports", "2025"), True, id="newer year is opened"),
        pytest.param(2021, ("Reports", "2021"), True, id="missing year is opened"),
        pytest.param(None, ("Reports", "2024"), False, id="unknown year: the newest"),
    ],
)
def test_the_section_has_the_year_of_the_paper(
    year: int | None, path: Headings, opens: bool
) -> None:
    examples = [
        *two_task_examples("2022"),
        *entries(("Reports", "2023"), REPORTS),
        *entries(("Reports", "2024"), REPORTS[:1]),
    ]
    found = best_guess(learn_model(examples), record("Report generation for ultrasound"), year)
    assert (found.path, found.opens) == (path, opens)
    if year is None:
        assert found.score < 0.5


def test_a_year_above_the_tasks_is_opened() -> None:
    examples = [
        *entries(("2023", "Segmentation"), SEGMENTATION),
        *entries(("2023", "Reports"), REPORTS),
    ]
    found = best_guess(learn_model(examples), record("Report generation"), 2024)
    assert (found.path, found.opens) == (("2024", "Reports"), True)


def test_a_range_of_years_takes_papers_of_its_years() -> None:
    examples = [*entries(("2024",), REPORTS), *entries(("Before 2022",), SEGMENTATION)]
    found = best_guess(learn_model(examples), record("Anything"), 2019)
    assert (found.path, found.opens) == (("Before 2022",), False)


def test_no_year_is_opened_if_other_headings_contain_it() -> None:
    examples = entries(("2020", "Challenge 2020"), REPORTS)
    model = learn_model(examples)
    assert model.rank_sections(record("Reports"), 2023) == ()
    [year_before] = model.rank_sections(record("Reports"), 2021)
    assert (year_before.path, year_before.opens) == (("2020", "Challenge 2020"), False)
    assert year_before.score < 0.1


def test_a_list_that_files_papers_a_year_late() -> None:
    late = [
        *(example for _ in range(9) for example in entries(("2024",), REPORTS, year=2023)),
        *entries(("2023",), REPORTS[:1], year=2022),
    ]
    assert best_guess(learn_model(late), record("Report generation"), 2023).path == ("2024",)


def test_sections_of_venues_take_papers_of_their_venues() -> None:
    examples = [
        *entries(("Papers", "MICCAI"), SEGMENTATION),
        *entries(
            ("Papers", "Conference on Computer Vision and Pattern Recognition (CVPR)"), REPORTS
        ),
        *entries(("Papers", "arXiv"), REPORTS[:1]),
    ]
    model = learn_model(examples)
    published = record("Report generation", venue="MICCAI 2024")
    assert best_guess(model, published).path == ("Papers", "MICCAI")
    assert best_guess(model, record("Segmentation", arxiv_id="2401.00001")).path == (
        "Papers",
        "arXiv",
    )
    unknown = best_guess(model, record("Report generation", venue="Journal of Nothing 2024"))
    assert unknown.score < 0.3


# --- several sections, none, and odd input --------------------------------------------


def test_a_list_with_repeated_titles_gets_several_sections() -> None:
    both = [*entries(("Theme one",), SEGMENTATION), *entries(("Theme two",), SEGMENTATION)]
    model = learn_model(both)
    assert model.several
    guesses = model.rank_sections(record("Lung lesion segmentation"), 2024)
    assert {guess.path for guess in choose_sections(guesses, several=model.several)} == {
        ("Theme one",),
        ("Theme two",),
    }


def test_a_list_without_repeated_titles_gets_the_best_section() -> None:
    model = learn_model(two_task_examples())
    guesses = model.rank_sections(record("Segmentation and report generation"), 2024)
    assert not model.several
    assert choose_sections(guesses, several=model.several) == guesses[:1]


def test_a_single_section_takes_every_paper() -> None:
    found = learn_model(entries(("Papers",), REPORTS)).rank_sections(
        record("Anything at all"), None
    )
    assert [guess.path for guess in found] == [("Papers",)]
    assert 0.9 < found[0].score <= 1.0


@pytest.mark.parametrize("headings", [[], [("Tools",)], [()]], ids=["empty", "closed", "root"])
def test_a_list_without_sections_has_no_guesses(headings: list[Headings]) -> None:
    model = SectionModel.learn([], headings, bundled_taxonomy())
    assert model.rank_sections(record("Anything"), 2024) == ()
    assert choose_sections((), several=model.several) == ()


def test_a_megabyte_of_text() -> None:
    paper = record("segmentation " * 80_000, "we present a dataset " * 50_000)
    assert best_guess(learn_model(two_task_examples()), paper).path == ("Segmentation",)


_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [*SEGMENTATION, *REPORTS, "2023", "MICCAI 2023", "arXiv", "{year}", "Datasets"]
    ),
)
_PATHS = st.lists(_TEXTS, max_size=3).map(tuple)


@settings(max_examples=150, deadline=None)
@given(
    examples=st.lists(
        st.builds(
            SectionExample,
            title=_TEXTS,
            path=_PATHS,
            year=st.none() | st.integers(1990, 2030),
            line=st.integers(1, 999),
        ),
        max_size=12,
    ),
    headings=st.lists(_PATHS, max_size=6),
    title=_TEXTS,
    abstract=_TEXTS,
    year=st.none() | st.integers(0, 9999),
    venue=st.none() | _TEXTS,
)
def test_properties_of_every_ranking(  # noqa: PLR0917 - Hypothesis names them
    examples: list[SectionExample],
    headings: list[Headings],
    title: str,
    abstract: str,
    year: int | None,
    venue: str | None,
) -> None:
    paper = record(title, abstract, venue=venue)
    model = SectionModel.learn(examples, headings, small_taxonomy())
    found = model.rank_sections(paper, year)
    scores = [guess.score for guess in found]
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1.0 + 1e-9
    assert len({guess.path for guess in found}) == len(found)
    assert found == SectionModel.learn(examples, headings, small_taxonomy()).rank_sections(
        paper, year
    )
