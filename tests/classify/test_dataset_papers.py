"""Papers that present data sets, and lists that put a paper into several sections."""

from __future__ import annotations

import pytest

from medvl_watch.classify.routing import Router
from medvl_watch.classify.sections.model import SectionExample
from medvl_watch.records import Decision, Headings, Record, Verdict
from tests.classify.taxonomies import bundled_taxonomy

TOP = "A list"
DATA: Headings = (TOP, "Datasets")
REPORTS: Headings = (TOP, "Report generation")
SEGMENTATION: Headings = (TOP, "Segmentation")

ENTRIES = [
    SectionExample(title, path, 2024, line)
    for line, (title, path) in enumerate(
        [
            ("A large dataset of chest X-rays with labels", DATA),
            ("An annotated corpus of pathology images and captions", DATA),
            ("A database of dermoscopic images", DATA),
            ("Report generation with memory", REPORTS),
            ("Writing radiology reports by retrieval", REPORTS),
            ("Faithful report generation for chest X-rays", REPORTS),
            ("Text-guided segmentation of lungs", SEGMENTATION),
            ("Segmenting polyps with prompts", SEGMENTATION),
            ("Promptable segmentation of organs", SEGMENTATION),
        ],
        1,
    )
]


def best_section(
    title: str, abstract: str = "", entries: list[SectionExample] = ENTRIES
) -> Headings:
    route = proposed_sections(title, abstract, entries)
    return route[0]


def proposed_sections(title: str, abstract: str, entries: list[SectionExample]) -> list[Headings]:
    router = Router.learn(bundled_taxonomy(), None, entries, [each.path for each in entries])
    record = Record(id="x", title=title, abstract=abstract, extra={"year": 2024})
    verdict = Verdict(paper_id="x", relevance=1.0, decision=Decision.PROPOSE)
    return [each.path for each in router.route(verdict, record).sections]


@pytest.mark.parametrize(
    ("title", "abstract", "section"),
    [
        pytest.param(
            "RadText: A Dataset for Radiology Report Generation",
            "",
            DATA,
            id="a dataset for a task that has its own section",
        ),
        pytest.param("A Corpus for Organ Segmentation by Words", "", DATA, id="a corpus"),
        pytest.param(
            "200,000 Chest X-ray Images with Reports", "", DATA, id="number of images in the title"
        ),
        pytest.param(
            "MedScan: Organs Outlined by Experts",
            "We release a public dataset of 5,000 CT scans.",
            DATA,
            id="only the abstract presents data",
        ),
        pytest.param("Report Generation on the MIMIC Dataset", "", REPORTS, id="uses a dataset"),
        pytest.param(
            "Segmentation across Public Datasets", "", SEGMENTATION, id="uses several datasets"
        ),
        pytest.param(
            "Report generation for CT",
            "We evaluate on two datasets.",
            REPORTS,
            id="evaluated on datasets",
        ),
    ],
)
def test_papers_that_present_data_go_to_the_section_of_data_sets(
    title: str, abstract: str, section: Headings
) -> None:
    assert best_section(title, abstract) == section


def repeat_titles(count: int) -> list[SectionExample]:
    """The list with `count` more papers, each of them under two headings."""
    titles = [f"Segmentation and report generation together, study {n}" for n in range(count)]
    return [
        *ENTRIES,
        *(
            SectionExample(title, path, 2024, 0)
            for title in titles
            for path in (REPORTS, SEGMENTATION)
        ),
    ]


@pytest.mark.parametrize(
    ("title", "entries", "sections"),
    [
        pytest.param(
            "Segmentation and report generation for CT",
            repeat_titles(4),
            {REPORTS, SEGMENTATION},
            id="both subjects, list with repeated titles",
        ),
        pytest.param(
            "Joint segmentation and report generation",
            ENTRIES,
            1,
            id="both subjects, list without repeated titles",
        ),
        pytest.param(
            "Joint segmentation and report generation",
            repeat_titles(2),
            1,
            id="only two repeated titles",
        ),
        pytest.param(
            "Segmentation of livers with prompts",
            repeat_titles(4),
            {SEGMENTATION},
            id="one subject, list with repeated titles",
        ),
    ],
)
def test_a_paper_gets_several_sections_if_the_list_repeats_titles(
    title: str, entries: list[SectionExample], sections: set[Headings] | int
) -> None:
    found = proposed_sections(title, "", entries)
    assert (len(found) if isinstance(sections, int) else set(found)) == sections
