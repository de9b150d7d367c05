from __future__ import annotations

from dataclasses import replace

import pytest

from medvl_watch.classify.routing import (
    Route,
    Router,
    required_sections,
    verdict_for_list,
)
from medvl_watch.classify.scope_match import is_in_scope
from medvl_watch.classify.section_choices import NO_SECTION
from medvl_watch.classify.sections.map_and_model import combine_scores, matches_path
from medvl_watch.classify.sections.model import SectionExample, SectionGuess
from medvl_watch.classify.taxonomy import YEAR, Taxonomy
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.records import Decision, Headings, ListSection, SectionScore, Verdict
from tests.classify.taxonomies import TEXT, bundled_rules, bundled_taxonomy, paper, small_taxonomy


def verdict(**scores: float) -> Verdict:
    nodes = {name.replace("_", "/"): score for name, score in scores.items()}
    return Verdict(
        paper_id="x",
        relevance=1,
        decision=Decision.PROPOSE,
        sections=tuple(
            SectionScore(node=node, path=small_taxonomy().node(node).path, score=score)
            for node, score in nodes.items()
        ),
    )


def route(
    given: Verdict, map_id: str, *, year: int | None = 2024, title: str = "", text: str = TEXT
) -> Route:
    taxonomy: Taxonomy = load_taxonomy(text, "t")
    facts = replace(paper(title).facts, extra={"year": year} if year else {})
    return Router(taxonomy, taxonomy.list_map(map_id)).route(given, facts)


def test_the_best_section_is_chosen_and_the_others_are_alternatives() -> None:
    found = route(verdict(use_words=0.7, training=0.2), "tasks")
    assert [section.path for section in found.sections] == [("Papers", "Words")]
    assert [section.path for section in found.alternatives] == [("Papers", "Training")]
    assert found.sections[0].score == pytest.approx(0.7)
    assert found.is_sure
    assert found.doubt == ""


def test_nodes_below_a_mapped_node_count_for_its_section() -> None:
    [section] = route(verdict(training_large=0.5, training=0.3), "tasks").sections
    assert section.path == ("Papers", "Training")
    assert section.score == pytest.approx(0.8)


def test_a_node_with_its_own_section_does_not_count_for_its_parent() -> None:
    text = TEXT.replace("[Papers, Words], nodes: [use/words]", "[Rest], nodes: [use]")
    found = route(verdict(use_outlines=0.6, use_words=0.3), "tasks", text=text)
    assert [each.path for each in (*found.sections, *found.alternatives)] == [
        ("Papers", "Outlines", "2024"),
        ("Rest",),
    ]


@pytest.mark.parametrize(
    ("given", "map_id", "title", "year", "reason"),
    [
        pytest.param(
            verdict(training=0.9),
            "years",
            "Mammograms",
            2024,
            "not about chest",
            id="not in the required scope",
        ),
        pytest.param(
            verdict(use_words=0.9),
            "years",
            "Chest X-rays",
            2024,
            "no section",
            id="no section for its kind",
        ),
        pytest.param(verdict(), "tasks", "", 2024, "no section", id="no scores"),
        pytest.param(
            verdict(use_outlines=0.9), "tasks", "", None, "year is unknown", id="year unknown"
        ),
    ],
)
def test_a_paper_outside_of_the_list_gets_no_section_and_a_reason(
    given: Verdict, map_id: str, title: str, year: int | None, reason: str
) -> None:
    found = route(given, map_id, title=title, year=year)
    assert found.sections == ()
    assert reason in found.reason


@pytest.mark.parametrize(
    ("given", "map_id"),
    [
        pytest.param(verdict(use_words=0.1), "tasks", id="a low score"),
        pytest.param(verdict(use_words=0.9, training=0.1), "years", id="the second category"),
    ],
)
def test_a_paper_that_fits_a_list_weakly_goes_to_a_person(given: Verdict, map_id: str) -> None:
    found = route(given, map_id, title="Chest X-rays", year=2024)
    assert found.sections
    assert not found.is_sure
    assert found.short_doubt == "it may not fit any section of this list"


def test_a_paper_whose_third_category_alone_has_a_section_is_not_for_the_list() -> None:
    given = verdict(use_words=0.5, use_outlines=0.4, training=0.1)
    assert route(given, "years", title="Chest X-rays", year=2024).sections == ()


def test_the_placeholder_is_replaced_by_the_year() -> None:
    [section] = route(verdict(training=0.9), "years", title="Chest X-rays", year=2021).sections
    assert section.path == ("2021",)


def test_two_sections_with_similar_scores_need_a_person() -> None:
    found = route(verdict(use_words=0.45, training=0.4), "tasks")
    assert not found.is_sure
    assert found.doubt.startswith("its section is uncertain: Words (0.45) or Training (0.4")


def test_odds_of_a_section_multiply_its_score() -> None:
    text = TEXT.replace("nodes: [use/words]}", "nodes: [use/words], odds: 4}")
    found = route(verdict(training=0.6, use_words=0.3), "tasks", text=text)
    assert found.sections[0].path == ("Papers", "Words")
    assert found.sections[0].score == pytest.approx(1.2 / 1.9)


def test_only_a_list_with_several_gets_a_paper_twice() -> None:
    both = verdict(use_words=0.45, training=0.45)
    one = route(both, "tasks")
    assert (len(one.sections), one.is_sure) == (1, False)
    several = TEXT.replace("  tasks:\n", "  tasks:\n    several: true\n")
    two = route(both, "tasks", text=several)
    assert (len(two.sections), two.is_sure) == (2, True)


def test_closed_sections_are_required_and_sections_by_year_are_not() -> None:
    assert required_sections(small_taxonomy().list_map("tasks")) == (
        ("Old",),
        ("Papers", "Training"),
        ("Papers", "Words"),
    )
    assert required_sections(small_taxonomy().list_map("years")) == ()


def test_a_scope_applies_to_title_and_abstract() -> None:
    scope = small_taxonomy().scopes["chest"]
    assert is_in_scope(scope, paper("Chest X-rays").facts)
    assert is_in_scope(scope, paper("A title", "Of chest X-rays.").facts)
    assert not is_in_scope(scope, paper("Chests").facts)


def best_heading_by_map(title: str, abstract: str, map_id: str) -> str:
    given = paper(title, abstract)
    [judged] = bundled_rules().judge([given])
    facts = replace(given.facts, extra={"year": 2025})
    found = Router(bundled_taxonomy(), bundled_taxonomy().list_map(map_id)).route(judged, facts)
    return " > ".join(found.sections[0].path) if found.sections else ""


PAPERS = {
    "pre-training on chest X-rays": (
        "Contrastive Language-Image Pre-training on Chest X-rays and Radiology Reports",
        "We pre-train on image-report pairs.",
        {
            "clip-in-medical-imaging": "Pre-training > Others",
            "vlm-in-mia": "VLM in Medical image large model",
            "chest-xray-vlp": "2025",
            "vl-learning-in-medical-domain": "Papers > Pre-training > 2025",
        },
    ),
    "pre-training on slides": (
        "Vision-Language Pre-training for Computational Pathology",
        "Contrastive learning from image-text pairs of whole slide images.",
        {"chest-xray-vlp": "", "vlm-in-mia": "VLM in Medical image large model"},
    ),
    "segmentation by words": (
        "Text-Guided Segmentation of Organs in CT with a Vision-Language Model",
        "A prompt in words selects the organ to segment.",
        {
            "clip-in-medical-imaging": "CLIP-driven Application > Dense Prediction",
            "vlm-in-mia": "VLM in Medical image segmentation",
            "chest-xray-vlp": "",
            "medical-clip": "",
            "vl-learning-in-medical-domain": "Papers > Segmentation > 2025",
        },
    ),
    "reports": (
        "Radiology Report Generation with Large Language Models",
        "We write reports for chest X-ray images.",
        {
            "clip-in-medical-imaging": "CLIP-driven Application > Cross-modal",
            "vlm-in-mia": "VLM in Medical image report generation",
            "vl-learning-in-medical-domain": "Papers > Generation > 2025",
            "chest-xray-vlp": "",
        },
    ),
    "a survey": (
        "A Survey of Medical Vision-Language Models",
        "We review images and reports.",
        {"vl-learning-in-medical-domain": "Papers > Survey", "clip-in-medical-imaging": ""},
    ),
    "a data set": (
        "A Large-Scale Dataset of Chest X-rays with Radiology Reports",
        "A new publicly available dataset of images and text.",
        {
            "clip-in-medical-imaging": "Dataset Resource",
            "vl-learning-in-medical-domain": "Datasets",
        },
    ),
}


@pytest.mark.parametrize(
    ("name", "map_id"),
    [(name, map_id) for name, (_, _, wanted) in PAPERS.items() for map_id in wanted],
)
def test_each_list_gets_a_paper_in_one_of_its_own_sections(name: str, map_id: str) -> None:
    title, abstract, wanted = PAPERS[name]
    assert best_heading_by_map(title, abstract, map_id) == wanted[map_id]


def test_a_section_of_general_models_takes_no_medical_paper() -> None:
    title, abstract, _ = PAPERS["pre-training on chest X-rays"]
    assert "Medical-Specific Methods" in best_heading_by_map(title, abstract, "medical-clip")


# --- with sections learned from the list ----------------------------------------------------


def learned_router(map_id: str = "", text: str = TEXT, **entries: str) -> Router:
    """A router that has learned from a list: `entries` maps a section to the titles of its
    entries, separated by semicolons."""
    taxonomy = load_taxonomy(text, "t")
    examples = [
        SectionExample(title, ("My list", *name.split("/")), 2024, number)
        for number, (name, titles) in enumerate(entries.items(), 1)
        for title in titles.split(";")
    ]
    list_map = taxonomy.list_map(map_id) if map_id else None
    return Router.learn(taxonomy, list_map, examples, [each.path for each in examples])


ENTRIES = {
    "Papers/Training": "Learning from all images;Learning from all words;Learning from all scans",
    "Papers/Words": "Telling the lung's tale;Telling the liver's tale;Telling the heart's tale",
    "Old": "An old story of learning;Another old story of learning",
}


def route_title(router: Router, title: str, given: Verdict, year: int = 2024) -> Route:
    return router.route(given, replace(paper(title).facts, extra={"year": year}))


def test_without_a_map_the_learned_sections_decide() -> None:
    found = route_title(learned_router(**ENTRIES), "Telling the kidney's tale", verdict())
    assert found.sections[0].path == ("My list", "Papers", "Words")
    assert found.is_sure
    assert found.section_text(found.sections[0]) == "Papers > Words"


def test_agreement_of_map_and_list_raises_the_score() -> None:
    given = verdict(use_words=0.6, training=0.3)
    title = "Telling the kidney's tale"
    alone = route_title(learned_router(**ENTRIES), title, given).sections[0].score
    mapped = route(given, "tasks").sections[0].score
    both = route_title(learned_router("tasks", **ENTRIES), title, given).sections[0]
    assert both.path == ("My list", "Papers", "Words")
    assert both.score > max(alone, mapped)


def test_disagreement_of_map_and_list_lowers_the_score() -> None:
    router, title = learned_router("tasks", **ENTRIES), "Telling the kidney's tale"
    words = route_title(router, title, verdict(use_words=0.6)).sections[0].score
    training = route_title(router, title, verdict(training=0.6)).sections[0].score
    assert training < words


def test_a_closed_section_takes_no_papers() -> None:
    title = "Yet another old story of learning"
    assert route_title(learned_router(**ENTRIES), title, verdict()).sections[0].path == (
        "My list",
        "Old",
    )
    found = route_title(learned_router("tasks", **ENTRIES), title, verdict(training=0.9))
    assert ("My list", "Old") not in [each.path for each in found.ranked]


def test_a_paper_that_is_mostly_outside_of_the_map_needs_a_person() -> None:
    found = route_title(
        learned_router("tasks", **ENTRIES), "Telling the kidney's tale", verdict(use_words=0.4)
    )
    assert not found.is_sure
    assert found.doubt.startswith("it may not fit any section of this list: Papers > Words (")


def test_a_map_may_have_only_required_scopes() -> None:
    text = TEXT[: TEXT.index("lists:")] + "lists: {rest: {requires: [chest]}}\n"
    router = learned_router("rest", text=text, **ENTRIES)
    assert route_title(router, "Telling the chest X-ray's tale", verdict()).is_sure
    assert "not about chest" in route_title(router, "Telling the kidney's tale", verdict()).reason


def test_a_paper_without_a_year_needs_a_person() -> None:
    entries = {"Papers/Outlines/2024": "Outlines of lungs", "Papers/Words": "Tales of lungs"}
    router, given = learned_router("tasks", **entries), verdict(use_outlines=0.9)
    known = route_title(router, "Outlines of livers", given)
    assert (known.is_sure, known.sections[0].path[-1]) == (True, "2024")
    unknown = router.route(given, paper("Outlines of livers").facts)
    assert (unknown.is_sure, unknown.sections[0].path[-1]) == (False, "2024")
    assert unknown.section_text(unknown.sections[0]) == "Papers > Outlines", "2024 is not its year"
    assert "2024" not in unknown.doubt
    assert "Papers > Outlines (" in unknown.doubt


def test_a_paper_without_a_year_on_a_list_by_years() -> None:
    router = learned_router(
        **{"Papers/2024": "Outlines of lungs", "Papers/2023": "Outlines of livers"}
    )
    assert route_title(router, "Outlines of hearts", verdict()).is_sure
    unknown = router.route(verdict(), paper("Outlines of hearts").facts)
    assert not unknown.is_sure
    assert unknown.doubt.startswith(
        "its year is unknown, and the sections of the list go by year: "
    )
    assert "2024" not in unknown.doubt


def test_a_list_without_sections_takes_no_papers() -> None:
    assert route_title(learned_router(), "Any", verdict()).doubt == "the list has no sections"


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        pytest.param(("Papers", "Words"), ("Papers", "Words"), True, id="the same"),
        pytest.param(
            ("Papers", "Words"),
            ("My list", "Papers", "Words"),
            True,
            id="below the title of the list",
        ),
        pytest.param(("Words",), ("My list", "Papers", "Words"), False, id="two levels more"),
        pytest.param(("Papers", "Words"), ("Words",), False, id="one level less"),
        pytest.param(("WORDS!",), ("🩻 words",), True, id="other case, punctuation and emoji"),
        pytest.param((YEAR,), ("2024",), True, id="a year"),
        pytest.param((YEAR,), ("2018-2020",), True, id="a range of years"),
        pytest.param((YEAR,), ("Words",), False, id="no year"),
        pytest.param(("In {year}",), ("In 2024",), True, id="a year among words"),
        pytest.param(("In {year}",), ("After 2024",), False, id="a year with other words"),
        pytest.param(("🩻",), ("🧠",), False, id="different emoji"),
    ],
)
def test_paths_of_a_map_match_sections(pattern: Headings, path: Headings, matches: bool) -> None:
    assert matches_path(pattern, path) is matches


def test_combined_scores_keep_all_sections_and_add_up_to_one() -> None:
    guesses = [SectionGuess(path=(str(n),), score=score) for n, score in enumerate((0.7, 0.2, 0.1))]
    found = combine_scores(guesses, [0.0, 0.8, 0.0])
    assert [each.path for each in found] == [("1",), ("0",), ("2",)]
    assert sum(each.score for each in found) == pytest.approx(1.0)


@pytest.mark.parametrize("decision", list(Decision))
def test_a_verdict_for_a_list_has_its_sections_and_is_referred_if_uncertain(
    decision: Decision,
) -> None:
    given = replace(verdict(use_words=0.9), decision=decision)
    uncertain = Route(sections=(SectionGuess(path=("A",), score=0.4),))
    certain, no_section = replace(uncertain, is_sure=True), Route(reason="no place")
    assert verdict_for_list(given, certain).decision is decision
    assert verdict_for_list(given, certain).sections == (
        SectionScore(node="", path=("A",), score=0.4),
    )
    proposed = decision is Decision.PROPOSE
    assert verdict_for_list(given, uncertain).decision is (Decision.REFER if proposed else decision)
    assert verdict_for_list(given, no_section).decision is (
        Decision.REJECT if proposed else decision
    )


def chosen(*path: str, score: float = 0.9, trust: float = 0.9, list_id: str = "mine") -> Verdict:
    """A verdict for which a language model chose a section of a list."""
    section = ListSection(list_id=list_id, path=path, score=score, trust=trust)
    return replace(verdict(use_words=0.5, training=0.1), list_sections=(section,))


TRAINING = ("My list", "Papers", "Training")


@pytest.mark.parametrize(
    ("given", "first", "is_sure"),
    [
        pytest.param(verdict(), "Words", True, id="nothing was chosen"),
        pytest.param(chosen(*TRAINING), "Training", True, id="another section"),
        pytest.param(chosen(*TRAINING, trust=0.1), "Words", True, id="by a weak model"),
        pytest.param(chosen(*TRAINING, list_id="other"), "Words", True, id="on another list"),
        pytest.param(chosen(*TRAINING, score=0.6), "Training", False, id="not surely"),
    ],
)
def test_a_section_that_a_language_model_chose(given: Verdict, first: str, is_sure: bool) -> None:
    router = replace(learned_router(**ENTRIES), list_id="mine")
    found = route_title(router, "Telling the kidney's tale", given)
    assert found.sections[0].path[-1] == first
    assert found.is_sure is is_sure


def test_a_list_without_a_fitting_section_gets_no_paper() -> None:
    router = replace(learned_router(**ENTRIES), list_id="mine")
    found = route_title(router, "Telling the kidney's tale", chosen())
    assert found.sections == ()
    assert found.reason == NO_SECTION


def test_a_chosen_section_counts_more_than_a_weak_fit_of_the_map() -> None:
    router = replace(learned_router("tasks", **ENTRIES), list_id="mine")
    weak = route_title(router, "Telling the kidney's tale", verdict(use_words=0.1))
    assert not weak.is_sure
    given = replace(chosen("My list", "Papers", "Words"), sections=verdict(use_words=0.1).sections)
    assert route_title(router, "Telling the kidney's tale", given).is_sure
