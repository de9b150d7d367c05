"""The keyword classifier on the demonstration, measured against what a person would say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest

from medvl_watch.classify.register import open_classifier
from medvl_watch.classify.routing import Router
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.papers.linking import link
from medvl_watch.records import Decision, Headings, Paper, Verdict
from tests.demo.expected import NEVER_PROPOSED, ROLES, SAME_WORK, Role
from tests.demo.polling import records
from tests.demo.reading import SEEDS

PAPERS = {key: role for key, role in ROLES.items() if key not in SAME_WORK.values()}
"""One key a work: the preprint where the feed has its venue version."""


@cache
def taxonomy() -> Taxonomy:
    return load_taxonomy((SEEDS / "taxonomy.yaml").read_text("utf-8"), "taxonomy.yaml")


@cache
def papers() -> Mapping[str, Paper]:
    linked = link(records(), {}, ())
    return {paper.facts.arxiv_id or paper.facts.doi or "": paper for paper in linked.papers}


@cache
def verdicts() -> Mapping[str, Verdict]:
    given = list(papers().values())
    judged = open_classifier("rules", taxonomy()).classifier.judge(given)
    return dict(zip(papers(), judged, strict=True))


@cache
def sections(list_id: str) -> Counter[Headings]:
    """How many proposed papers each section of a list would get."""
    counts: Counter[Headings] = Counter()
    for key, verdict in verdicts().items():
        if verdict.decision is Decision.PROPOSE:
            facts = papers()[key].facts
            route = Router(taxonomy(), taxonomy().lists[list_id]).route(verdict, facts)
            counts.update(section.path for section in route.sections)
    return counts


def test_every_work_becomes_one_paper() -> None:
    assert set(papers()) == set(PAPERS)


@pytest.mark.parametrize(("preprint", "doi"), SAME_WORK.items())
def test_preprint_and_venue_version_become_one_paper(preprint: str, doi: str) -> None:
    facts = papers()[preprint].facts
    assert (facts.doi, facts.venue) == (doi, "AAAI 2024")


def test_the_newest_version_gives_the_title() -> None:
    paper = papers()["2510.15710"]
    assert paper.facts.version == 2
    assert paper.facts.title.startswith("UniMedVL")


@pytest.mark.parametrize(
    "key", [key for key, role in PAPERS.items() if role in NEVER_PROPOSED], ids=str
)
def test_what_does_not_belong_is_not_proposed(key: str) -> None:
    verdict = verdicts()[key]
    assert verdict.decision is not Decision.PROPOSE, (papers()[key].facts.title, verdict.evidence)


@pytest.mark.parametrize("key", [key for key, role in PAPERS.items() if role is Role.BELONGS])
def test_what_belongs_is_not_lost(key: str) -> None:
    verdict = verdicts()[key]
    assert verdict.decision is not Decision.REJECT, (papers()[key].facts.title, verdict.reason)


def test_nine_in_ten_that_belong_are_proposed() -> None:
    belonging = [key for key, role in PAPERS.items() if role is Role.BELONGS]
    proposed = [key for key in belonging if verdicts()[key].decision is Decision.PROPOSE]
    assert len(proposed) >= 0.9 * len(belonging)


def test_an_instruction_to_the_model_is_put_before_a_person() -> None:
    verdict = verdicts()["2512.99902"]
    assert verdict.decision is Decision.REFER
    assert verdict.flags


def test_a_withdrawn_paper_is_rejected_as_such() -> None:
    assert papers()["2510.07681"].withdrawn
    assert "withdrawn" in verdicts()["2510.07681"].reason


def test_markup_in_a_title_does_not_keep_a_paper_out() -> None:
    assert verdicts()["2512.99901"].decision is Decision.PROPOSE


@pytest.mark.parametrize(
    "list_id",
    [
        "medical-clip",
        "clip-in-medical-imaging",
        "vlm-in-mia",
        "chest-xray-vlp",
        "vl-learning-in-medical-domain",
    ],
)
def test_every_list_gets_something(list_id: str) -> None:
    assert sections(list_id).total() >= 3


@pytest.mark.parametrize(
    ("list_id", "path"),
    [
        pytest.param("chest-xray-vlp", ("2025",), id="a year that the list does not have"),
        pytest.param(
            "vl-learning-in-medical-domain",
            ("Papers", "Pre-training", "2025"),
            id="a year under a task",
        ),
        pytest.param(
            "vl-learning-in-medical-domain",
            ("Papers", "Generation", "2024"),
            id="another year under a task",
        ),
        pytest.param("clip-in-medical-imaging", ("Dataset Resource",), id="the table of data sets"),
        pytest.param(
            "vlm-in-mia", ("VLM in Medical image detection",), id="a table of three columns"
        ),
    ],
)
def test_every_kind_of_place_gets_something(list_id: str, path: Headings) -> None:
    assert sections(list_id)[path] >= 1


def test_seven_tasks_of_one_list_get_something() -> None:
    assert len(sections("vlm-in-mia")) == 7
