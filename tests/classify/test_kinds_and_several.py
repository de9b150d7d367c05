"""Papers that present data, and lists that put one paper into several sections: by tables."""

from __future__ import annotations

import pytest

from medvl_watch.classify.routing import Router
from medvl_watch.classify.sections.model import SectionExample
from medvl_watch.records import Decision, Headings, Record, Verdict
from tests.classify.small import shipped

TOP = "A list"
DATA: Headings = (TOP, "Datasets")
REPORTS: Headings = (TOP, "Report generation")
OUTLINES: Headings = (TOP, "Segmentation")

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
            ("Text-guided segmentation of lungs", OUTLINES),
            ("Segmenting polyps with prompts", OUTLINES),
            ("Promptable segmentation of organs", OUTLINES),
        ],
        1,
    )
]


def best(title: str, abstract: str = "", entries: list[SectionExample] = ENTRIES) -> Headings:
    route = routed(title, abstract, entries)
    return route[0]


def routed(title: str, abstract: str, entries: list[SectionExample]) -> list[Headings]:
    """The sections to propose."""
    router = Router.learn(shipped(), None, entries, [each.path for each in entries])
    record = Record(id="x", title=title, abstract=abstract, extra={"year": 2024})
    verdict = Verdict(paper_id="x", relevance=1.0, decision=Decision.PROPOSE)
    return [each.path for each in router.route(verdict, record).sections]


@pytest.mark.parametrize(
    ("title", "abstract", "section"),
    [
        pytest.param("RadText: A Dataset for Radiology Report Generation", "", DATA,
                     id="a dataset for a task that has its own section"),
        pytest.param("A Corpus for Organ Segmentation by Words", "", DATA, id="a corpus"),
        pytest.param("200,000 Chest X-ray Images with Reports", "", DATA,
                     id="counted in the title"),
        pytest.param("MedScan: Organs Outlined by Experts",
                     "We release a public dataset of 5,000 CT scans.", DATA,
                     id="only the abstract says so, and no task is named"),
        pytest.param("Report Generation on the MIMIC Dataset", "", REPORTS, id="it uses a dataset"),
        pytest.param("Segmentation across Public Datasets", "", OUTLINES, id="it uses several"),
        pytest.param("Report generation for CT",
                     "We evaluate on two datasets.", REPORTS, id="evaluated on datasets"),
    ],
)  # fmt: skip
def test_papers_that_present_data_go_to_the_datasets(
    title: str, abstract: str, section: Headings
) -> None:
    assert best(title, abstract) == section


def twice(count: int) -> list[SectionExample]:
    """The list, with so many papers that stand under two headings."""
    both = [f"Segmentation and report generation together, study {n}" for n in range(count)]
    return [
        *ENTRIES,
        *(SectionExample(title, path, 2024, 0) for title in both for path in (REPORTS, OUTLINES)),
    ]


@pytest.mark.parametrize(
    ("title", "entries", "sections"),
    [
        pytest.param("Joint segmentation and report generation", twice(4), {REPORTS, OUTLINES},
                     id="of both, in a list that does so"),
        pytest.param("Joint segmentation and report generation", ENTRIES, 1,
                     id="of both, in a list that does not"),
        pytest.param("Joint segmentation and report generation", twice(2), 1,
                     id="two papers twice may be a slip"),
        pytest.param("Segmentation of livers with prompts", twice(4), {OUTLINES},
                     id="of one, in a list that uses several"),
    ],
)  # fmt: skip
def test_a_paper_gets_several_sections_where_the_list_does_so(
    title: str, entries: list[SectionExample], sections: set[Headings] | int
) -> None:
    found = routed(title, "", entries)
    assert (len(found) if isinstance(sections, int) else set(found)) == sections
