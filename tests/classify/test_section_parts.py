"""Years, venues, kinds and stems of headings, titles and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from medvl_watch.classify.sections.kinds import (
    Kind,
    dataset_share,
    kind_of_path,
    survey_share,
    takes_no_papers,
)
from medvl_watch.classify.sections.section_shares import (
    filing_year,
    learn_year_shifts,
    sections_of_target,
)
from medvl_watch.classify.sections.targets import SectionTarget
from medvl_watch.classify.sections.words import name_parts, stem
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.papers.section_titles import venue_of_title, years_of_title
from medvl_watch.records import Headings, Record


def _path_id(value: object) -> str:
    return " > ".join(value) if isinstance(value, tuple) else str(value)


def test_year_shifts_are_learned_from_entries() -> None:
    seen = learn_year_shifts([(("2024",), 2023)] * 75)
    assert seen[1] > 0.7 > seen[0]
    assert sum(seen.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("facts", "year"),
    [
        pytest.param({"venue": "MICCAI 2024", "published": "2023-11-02"}, 2024, id="of the venue"),
        pytest.param({"arxiv_id": "2311.17597"}, 2023, id="of the arXiv id"),
        pytest.param(
            {"published": "2023-01-01", "extra": {"year": 2022}}, 2022, id="stated by the source"
        ),
        pytest.param(
            {"url": "https://www.biorxiv.org/content/10.1101/2023.09.08.555192v5"},
            2023,
            id="bioRxiv's address",
        ),
        pytest.param(
            {"doi": "10.1038/s41467-023-40260-7", "published": "2024-03-31"}, 2023, id="Nature's"
        ),
        pytest.param({"url": "https://www.aclweb.org/anthology/N18-1100"}, 2018, id="ACL's"),
        pytest.param({}, None, id="unknown"),
    ],
)
def test_filing_year(facts: dict[str, Any], year: int | None) -> None:
    assert filing_year(Record(id="p", title="A title", **facts)) == year


@pytest.mark.parametrize(
    ("heading", "years"),
    [
        pytest.param("2023", range(2023, 2024), id="plain"),
        pytest.param("📅 2023 (12)", range(2023, 2024), id="with a count"),
        pytest.param("Papers in 2023", range(2023, 2024), id="in words"),
        pytest.param("2018-2020", range(2018, 2021), id="span"),
        pytest.param("Before 2020", range(1900, 2021), id="before"),
        pytest.param("CVPR 2023", None, id="venue"),
        pytest.param("COVID 2019 imaging", None, id="subject"),
        pytest.param("Segmentation", None, id="no year"),
    ],
)
def test_years_in_a_heading(heading: str, years: range | None) -> None:
    assert years_of_title(heading) == years


@pytest.mark.parametrize(
    ("heading", "venue"),
    [
        ("MICCAI 2024", "MICCAI"),
        ("European Conference on Computer Vision (ECCV)", "ECCV"),
        ("BioNLP 2020 at ACL", "BioNLP"),
        ("Preprints", "arXiv"),
        ("Segmentation", None),
    ],
)
def test_venue_of_a_heading(heading: str, venue: str | None) -> None:
    assert venue_of_title(heading) == venue


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("Papers", "Survey"), Kind.SURVEY),
        (("Datasets", "VQA"), Kind.DATASET),
        (("Datasets & Benchmarks",), Kind.DATASET),
        (("MFM data",), Kind.DATASET),
        (("Applications and Datasets", "Robotics"), None),
        (("Data-efficient",), None),
        (("Other Applications:",), Kind.REST),
    ],
    ids=_path_id,
)
def test_kind_of_a_section(path: Headings, kind: Kind | None) -> None:
    assert kind_of_path(path) is kind


@pytest.mark.parametrize(
    ("path", "closed"),
    [
        (("Awesome", "Tools"), True),
        (("Other resources", "Blogs"), True),
        (("Table of Contents", "Large Language Models"), False),
        (("Related survey",), False),
        (("Medical Visual Question Answering",), False),
    ],
    ids=_path_id,
)
def test_sections_that_take_no_papers(path: Headings, closed: bool) -> None:
    assert takes_no_papers(path) is closed


@pytest.mark.parametrize(
    ("title", "survey", "dataset"),
    [
        ("A Survey on Vision-Language Models", 1.0, 0.0),
        ("Generating review text for products: a peer review process", 0.0, 0.0),
        ("PathVQA: a dataset of 32,000 questions", 0.0, 1.0),
        ("Tuned with 2,048 parameters and 16 training images", 0.0, 0.0),
        ("MedBench: benchmarking assistants", 0.0, 0.6),
        ("Report generation with memory", 0.0, 0.0),
    ],
)
def test_survey_and_data_set_shares_of_titles(title: str, survey: float, dataset: float) -> None:
    assert (survey_share(title), dataset_share(title)) == (survey, dataset)


@pytest.mark.parametrize(
    ("one", "other"),
    [("segmentation", "segmenting"), ("classification", "classifier"), ("report", "reports")],
)
def test_inflections_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_general_and_generation_have_different_stems() -> None:
    assert stem("general") != stem("generation")


def test_parts_of_coined_names() -> None:
    assert name_parts("MedCLIP and BioBERT") == ["med", "clip", "bio", "bert"]


@pytest.mark.parametrize(
    ("title", "share"),
    [
        ("X-ray images, Medical report", 1.0),
        ("CT, Ultrasound, X-Ray, Fluoroscopy, PET", 1.0),
        ("441K protein sequence, 441K texts", 1.0),
        ("Aligning images, reports and labels", 0.0),
        ("Medical report", 0.0),
    ],
)
def test_contents_of_a_data_set_instead_of_a_title(title: str, share: float) -> None:
    assert dataset_share(title) == share


def test_a_stated_year_is_not_shifted() -> None:
    target = SectionTarget(
        path=(YEAR,), sections=(("2024",), ("2025",)), entries=9, is_container=False
    )  # fmt: skip
    year_shifts = learn_year_shifts([(("2025",), 2024)] * 200)
    guessed = sections_of_target(
        target, Record(id="p", title="A", arxiv_id="2401.00001"), 2024, year_shifts
    )
    told = sections_of_target(
        target, Record(id="p", title="A", venue="MICCAI 2024"), 2024, year_shifts
    )
    assert max(guessed, key=lambda each: each.share).path == ("2025",)
    assert max(told, key=lambda each: each.share).path == ("2024",)
