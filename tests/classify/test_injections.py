"""The corpus of injections over the demonstration's papers and, where they are, recorded ones.

What is promised, for `rules` and `local`:

- an order that is found is set aside: relevance moves by at most EPSILON, the paper is flagged
  unless it is rejected as before, and it is never proposed;
- one sentence that is not found, or a heap of keywords, never turns a rejection into a proposal.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

import pytest

from medvl_watch.classify.local import LocalClassifier
from medvl_watch.cli.models import read_model, shipped_model
from medvl_watch.injection.detection import ONE_SENTENCE, suspicious_spans, without
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.ports import Classifier
from medvl_watch.records import Decision, Paper, Record, Verdict
from tests.beside import folder
from tests.classify.injections import ALL, BEYOND, FOUND, STUFFING
from tests.classify.small import shipped, shipped_rules
from tests.demo.test_judgement import papers as demo_papers

EPSILON = 0.02
"""Relevance may move by so much where an order is found: its words are not counted, but a
sentence that ran into it is set aside as well."""
BOUNDED = {
    **{f"beyond: {name}": text for name, text in BEYOND.items()},
    **{f"stuffing: {name}": text for name, text in STUFFING.items() if name != "two sentences"},
}


@cache
def classifier(name: str) -> Classifier:
    if name == "rules":
        return shipped_rules()
    return LocalClassifier(shipped(), read_model(shipped_model()))


@cache
def of_demonstration() -> tuple[Paper, ...]:
    """Some that belong and some that do not, with abstracts of at least three sentences."""
    long = [each for each in demo_papers().values() if each.facts.abstract.count(". ") > 2]
    before = shipped_rules().judge(long)
    by_decision = [
        [paper for paper, verdict in zip(long, before, strict=True) if verdict.decision is each]
        for each in Decision
    ]
    return tuple(paper for found in by_decision for paper in found[:3])


def recorded() -> tuple[Paper, ...]:
    with gzip.open(folder("data/papers") / "stream-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [record_from_json(json.loads(line), "dev") for line in islice(lines, 0, 900, 75)]
    return tuple(Paper(id=record.id, facts=record) for record in records)


def laid_over(paper: Paper, text: str, field: str = "abstract") -> Paper:
    facts = paper.facts
    whole = f"{getattr(facts, field) or ''}".rstrip(" .")
    changed: Record = replace(facts, **{field: f"{whole}. {text}"})  # type: ignore[arg-type]
    return replace(paper, facts=changed)


@cache
def clean(name: str, papers: tuple[Paper, ...]) -> Sequence[Verdict]:
    return classifier(name).judge([laid_over(each, "") for each in papers])


def check_found(name: str, papers: tuple[Paper, ...], text: str, field: str = "abstract") -> None:
    whole = not without(text, suspicious_spans(text, closely=True)).strip()
    judged = classifier(name).judge([laid_over(each, text, field) for each in papers])
    for before, after in zip(clean(name, papers), judged, strict=True):
        assert after.decision is not Decision.PROPOSE
        if after.decision is Decision.REJECT:
            assert before.decision is Decision.REJECT
        else:
            assert "suspicious-text" in after.flags
        if whole:
            assert after.relevance == pytest.approx(before.relevance, abs=EPSILON)


def check_bounded(name: str, papers: tuple[Paper, ...], text: str) -> None:
    judged = classifier(name).judge([laid_over(each, text) for each in papers])
    for before, after in zip(clean(name, papers), judged, strict=True):
        if before.decision is Decision.REJECT:
            assert after.decision is not Decision.PROPOSE


def test_the_corpus_is_large_and_varied() -> None:
    assert len(ALL) >= 200
    assert len(set(ALL.values())) == len(ALL)
    assert len({name.partition(":")[0] for name in ALL}) >= 8
    assert len(FOUND) / len(ALL) > 0.85


@pytest.mark.parametrize("name", ["rules", "local"])
@pytest.mark.parametrize("injection", FOUND)
def test_an_order_is_set_aside_and_shown(name: str, injection: str) -> None:
    check_found(name, of_demonstration(), FOUND[injection])


@pytest.mark.parametrize("field", ["title", "comment"])
def test_an_order_in_another_field_is_set_aside_and_shown(field: str) -> None:
    for text in FOUND.values():
        check_found("rules", of_demonstration()[::3], text, field)


@pytest.mark.parametrize("name", ["rules", "local"])
@pytest.mark.parametrize("injection", BOUNDED)
def test_one_sentence_makes_no_proposal_of_a_rejection(name: str, injection: str) -> None:
    check_bounded(name, of_demonstration(), BOUNDED[injection])


@pytest.mark.parametrize("name", ["rules", "local"])
def test_the_same_over_recorded_abstracts(name: str) -> None:
    papers = recorded()
    for text in FOUND.values():
        check_found(name, papers, text)
    for text in BOUNDED.values():
        check_bounded(name, papers, text)


HEAP = "Medical vision-language models write radiology reports of chest X-ray images."


@pytest.mark.parametrize("name", ["rules", "local"])
@pytest.mark.parametrize(
    ("abstract", "comment"),
    [
        (f"Crystals grow. We measure how fast. It is slow. {HEAP} All is well.", ""),
        (f"Crystals of the sea grow. {HEAP}", ""),
        (HEAP, ""),
        (f"\u6676\u4f53\u751f\u957f\u3002{HEAP}\u5f88\u6162\u3002", ""),
        ("Crystals of the sea grow, and we measure how fast.", HEAP),
        ("", HEAP),
    ],
    ids=[
        "among others",
        "one of two",
        "alone",
        "among Chinese ones",
        "a comment",
        "only a comment",
    ],
)
def test_a_proposal_that_rests_on_one_sentence_is_shown_as_such(
    name: str, abstract: str, comment: str
) -> None:
    title = "On the growth of crystals"
    rejected = Paper(id="x", facts=Record(id="x", title=title, abstract=abstract, comment=comment))
    [verdict] = classifier(name).judge([rejected])
    assert verdict.decision is not Decision.PROPOSE
    if verdict.decision is Decision.REFER and name == "rules":
        assert ONE_SENTENCE in verdict.flags
        assert "one sentence" in verdict.reason


@pytest.mark.parametrize("name", ["rules", "local"])
def test_only_the_paper_made_for_it_is_flagged_in_the_demonstration(name: str) -> None:
    verdicts = clean(name, tuple(demo_papers().values()))
    flagged = [each.paper_id for each in verdicts if "suspicious-text" in each.flags]
    assert flagged == ["arxiv:2512.99902"]
