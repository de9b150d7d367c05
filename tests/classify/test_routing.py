from __future__ import annotations

import pytest

from medvl_watch.classify.routing import Route, has_scope, required_sections, sections_for
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.records import Decision, SectionScore, Verdict
from tests.classify.small import TEXT, paper, shipped, shipped_rules, small


def verdict(**scores: float) -> Verdict:
    nodes = {name.replace("_", "/"): score for name, score in scores.items()}
    return Verdict(
        paper_id="x",
        relevance=1,
        decision=Decision.PROPOSE,
        sections=tuple(
            SectionScore(node=node, path=small().node(node).path, score=score)
            for node, score in nodes.items()
        ),
    )


def route(
    given: Verdict, map_id: str, *, year: int | None = 2024, title: str = "", text: str = TEXT
) -> Route:
    taxonomy: Taxonomy = load_taxonomy(text, "t")
    return sections_for(given, paper(title).facts, taxonomy.list_map(map_id), taxonomy, year)


def test_the_best_section_comes_first_and_the_others_are_kept() -> None:
    found = route(verdict(use_words=0.7, training=0.2), "tasks")
    assert [section.path for section in found.sections] == [("Papers", "Words")]
    assert [section.path for section in found.others] == [("Papers", "Training")]
    assert found.sections[0].score == pytest.approx(0.7)
    assert found.sections[0].sure


def test_a_node_takes_those_below_it_along() -> None:
    [section] = route(verdict(training_large=0.5, training=0.3), "tasks").sections
    assert section.path == ("Papers", "Training")
    assert section.nodes == ("training/large", "training")
    assert section.score == pytest.approx(0.8)


def test_a_deeper_node_with_its_own_section_is_not_taken_along() -> None:
    text = TEXT.replace("[Papers, Words], nodes: [use/words]", "[Rest], nodes: [use]")
    found = route(verdict(use_outlines=0.6, use_words=0.3), "tasks", text=text)
    assert [each.path for each in (*found.sections, *found.others)] == [
        ("Papers", "Outlines", "2024"),
        ("Rest",),
    ]


@pytest.mark.parametrize(
    ("given", "map_id", "title", "year", "reason"),
    [
        pytest.param(verdict(training=0.9), "years", "Mammograms", 2024, "speak of chest",
                     id="a scope that the list asks for"),
        pytest.param(verdict(use_words=0.9), "years", "Chest X-rays", 2024, "no section",
                     id="no section for its kind"),
        pytest.param(verdict(training=0.1, use_words=0.9), "years", "Chest X-rays", 2024,
                     "too weakly", id="it belongs mostly elsewhere"),
        pytest.param(verdict(use_words=0.1), "tasks", "", 2024, "too weakly", id="nothing sure"),
        pytest.param(verdict(), "tasks", "", 2024, "no section", id="nothing at all"),
        pytest.param(verdict(use_outlines=0.9), "tasks", "", None, "year is unknown",
                     id="no year for a list by years"),
    ],
)  # fmt: skip
def test_a_paper_outside_the_list_stays_out_with_a_reason(
    given: Verdict, map_id: str, title: str, year: int | None, reason: str
) -> None:
    found = route(given, map_id, title=title, year=year)
    assert found.sections == ()
    assert reason in found.reason


def test_the_year_is_filled_in() -> None:
    [section] = route(verdict(training=0.9), "years", title="Chest X-rays", year=2021).sections
    assert section.path == ("2021",)


def test_between_two_sections_a_person_should_look() -> None:
    found = route(verdict(use_words=0.45, training=0.4), "tasks")
    assert [section.sure for section in found.sections] == [False]


def test_odds_tip_the_balance() -> None:
    text = TEXT.replace("nodes: [use/words]}", "nodes: [use/words], odds: 4}")
    found = route(verdict(training=0.6, use_words=0.3), "tasks", text=text)
    assert found.sections[0].path == ("Papers", "Words")
    assert found.sections[0].score == pytest.approx(1.2 / 1.9)


def test_only_a_list_that_does_so_gets_a_paper_twice() -> None:
    both = verdict(use_words=0.45, training=0.45)
    assert len(route(both, "tasks").sections) == 1
    several = TEXT.replace("  tasks:\n", "  tasks:\n    several: true\n")
    assert len(route(both, "tasks", text=several).sections) == 2


def test_closed_sections_take_nothing_but_must_be_there() -> None:
    assert required_sections(small().list_map("tasks")) == (
        ("Old",),
        ("Papers", "Training"),
        ("Papers", "Words"),
    )
    assert required_sections(small().list_map("years")) == ()


def test_a_scope_is_read_from_title_and_abstract() -> None:
    scope = small().scopes["chest"]
    assert has_scope(scope, paper("Chest X-rays").facts)
    assert has_scope(scope, paper("A title", "Of chest X-rays.").facts)
    assert not has_scope(scope, paper("Chests").facts)


def headings(title: str, abstract: str, map_id: str) -> str:
    given = paper(title, abstract)
    [judged] = shipped_rules().judge([given])
    found = sections_for(judged, given.facts, shipped().list_map(map_id), shipped(), 2025)
    return " > ".join(found.sections[0].path) if found.sections else ""


PAPERS = {
    "pre-training on chest X-rays": (
        "Contrastive Language-Image Pre-training on Chest X-rays and Radiology Reports",
        "We pre-train on image-report pairs.",
        {"clip-in-medical-imaging": "Pre-training > Others",
         "vlm-in-mia": "VLM in Medical image large model",
         "chest-xray-vlp": "2025",
         "vl-learning-in-medical-domain": "Papers > Pre-training > 2025"},
    ),
    "pre-training on slides": (
        "Vision-Language Pre-training for Computational Pathology",
        "Contrastive learning from image-text pairs of whole slide images.",
        {"chest-xray-vlp": "", "vlm-in-mia": "VLM in Medical image large model"},
    ),
    "segmentation by words": (
        "Text-Guided Segmentation of Organs in CT with a Vision-Language Model",
        "A prompt in words selects the organ to segment.",
        {"clip-in-medical-imaging": "CLIP-driven Application > Dense Prediction",
         "vlm-in-mia": "VLM in Medical image segmentation",
         "chest-xray-vlp": "", "medical-clip": "",
         "vl-learning-in-medical-domain": "Papers > Segmentation > 2025"},
    ),
    "reports": (
        "Radiology Report Generation with Large Language Models",
        "We write reports for chest X-ray images.",
        {"clip-in-medical-imaging": "CLIP-driven Application > Cross-modal",
         "vlm-in-mia": "VLM in Medical image report generation",
         "vl-learning-in-medical-domain": "Papers > Generation > 2025", "chest-xray-vlp": ""},
    ),
    "a survey": (
        "A Survey of Medical Vision-Language Models", "We review images and reports.",
        {"vl-learning-in-medical-domain": "Papers > Survey", "clip-in-medical-imaging": ""},
    ),
    "a data set": (
        "A Large-Scale Dataset of Chest X-rays with Radiology Reports",
        "A new publicly available dataset of images and text.",
        {"clip-in-medical-imaging": "Dataset Resource",
         "vl-learning-in-medical-domain": "Datasets"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "map_id"),
    [(name, map_id) for name, (_, _, wanted) in PAPERS.items() for map_id in wanted],
)
def test_each_list_gets_a_paper_in_its_own_section(name: str, map_id: str) -> None:
    title, abstract, wanted = PAPERS[name]
    assert headings(title, abstract, map_id) == wanted[map_id]


def test_the_general_models_section_takes_no_medical_paper() -> None:
    title, abstract, _ = PAPERS["pre-training on chest X-rays"]
    assert "Medical-Specific Methods" in headings(title, abstract, "medical-clip")
