"""Appends the corpus of prompt injections to papers of the demonstration and recorded papers.

The classifiers `rules` and `local` guarantee:

- A detected instruction is excluded: relevance moves by at most EPSILON, the paper is flagged
  unless it is rejected as before, and it is never proposed.
- A single undetected sentence, or keyword stuffing, never turns a rejection into a proposal.
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
from medvl_watch.injection.detection import RESTS_ON_ONE_SENTENCE, blank_out, suspicious_spans
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.ports import Classifier
from medvl_watch.records import Decision, Paper, Record, Verdict
from medvl_watch.storage.model_files import bundled_model, read_model
from tests.beside import folder
from tests.classify.taxonomies import bundled_rules, bundled_taxonomy
from tests.demo.test_judgement import papers as demo_papers
from tests.injection.corpus import ALL, DETECTED, KEYWORD_STUFFING, UNDETECTED

EPSILON = 0.02
"""The most by which a detected instruction may move relevance. Its words are not counted, but
a sentence that runs into it is excluded as well."""
LIMITED = {
    **{f"undetected: {name}": text for name, text in UNDETECTED.items()},
    **{
        f"keyword stuffing: {name}": text
        for name, text in KEYWORD_STUFFING.items()
        if name != "two sentences"
    },
}
"""Texts whose effect on a verdict is limited although they are not detected."""


@cache
def classifier(name: str) -> Classifier:
    if name == "rules":
        return bundled_rules()
    return LocalClassifier(bundled_taxonomy(), read_model(bundled_model()))


@cache
def demonstration_papers() -> tuple[Paper, ...]:
    """Three papers for each decision, with abstracts of at least three sentences."""
    papers = [each for each in demo_papers().values() if each.facts.abstract.count(". ") > 2]
    verdicts = bundled_rules().judge(papers)
    by_decision = [
        [paper for paper, verdict in zip(papers, verdicts, strict=True) if verdict.decision is each]
        for each in Decision
    ]
    return tuple(paper for group in by_decision for paper in group[:3])


def recorded_papers() -> tuple[Paper, ...]:
    with gzip.open(folder("data/papers") / "stream-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [record_from_json(json.loads(line), "dev") for line in islice(lines, 0, 900, 75)]
    return tuple(Paper(id=record.id, facts=record) for record in records)


def append_text(paper: Paper, text: str, field: str = "abstract") -> Paper:
    facts = paper.facts
    original = f"{getattr(facts, field) or ''}".rstrip(" .")
    changed: Record = replace(facts, **{field: f"{original}. {text}"})  # type: ignore[arg-type]
    return replace(paper, facts=changed)


@cache
def verdicts_without_injection(name: str, papers: tuple[Paper, ...]) -> Sequence[Verdict]:
    return classifier(name).judge([append_text(each, "") for each in papers])


def check_detected(
    name: str, papers: tuple[Paper, ...], text: str, field: str = "abstract"
) -> None:
    is_excluded = not blank_out(text, suspicious_spans(text, thorough=True)).strip()
    verdicts = classifier(name).judge([append_text(each, text, field) for each in papers])
    for before, after in zip(verdicts_without_injection(name, papers), verdicts, strict=True):
        assert after.decision is not Decision.PROPOSE
        if after.decision is Decision.REJECT:
            assert before.decision is Decision.REJECT
        else:
            assert "suspicious-text" in after.flags
        if is_excluded:
            assert after.relevance == pytest.approx(before.relevance, abs=EPSILON)


def check_limited(name: str, papers: tuple[Paper, ...], text: str) -> None:
    verdicts = classifier(name).judge([append_text(each, text) for each in papers])
    for before, after in zip(verdicts_without_injection(name, papers), verdicts, strict=True):
        if before.decision is Decision.REJECT:
            assert after.decision is not Decision.PROPOSE


def test_the_corpus_is_large_and_varied() -> None:
    assert len(ALL) >= 200
    assert len(set(ALL.values())) == len(ALL)
    assert len({name.partition(":")[0] for name in ALL}) >= 8
    assert len(DETECTED) / len(ALL) > 0.85


@pytest.mark.parametrize("name", ["rules", "local"])
@pytest.mark.parametrize("injection", DETECTED)
def test_a_detected_instruction_is_excluded_and_flagged(name: str, injection: str) -> None:
    check_detected(name, demonstration_papers(), DETECTED[injection])


@pytest.mark.parametrize("field", ["title", "comment"])
def test_a_detected_instruction_in_another_field_is_excluded_and_flagged(field: str) -> None:
    for text in DETECTED.values():
        check_detected("rules", demonstration_papers()[::3], text, field)


@pytest.mark.parametrize("name", ["rules", "local"])
@pytest.mark.parametrize("injection", LIMITED)
def test_one_sentence_never_turns_a_rejection_into_a_proposal(name: str, injection: str) -> None:
    check_limited(name, demonstration_papers(), LIMITED[injection])


@pytest.mark.replay
@pytest.mark.parametrize("name", ["rules", "local"])
def test_recorded_papers_are_protected_likewise(name: str) -> None:
    papers = recorded_papers()
    for text in DETECTED.values():
        check_detected(name, papers, text)
    for text in LIMITED.values():
        check_limited(name, papers, text)


KEYWORDS = "Medical vision-language models write radiology reports of chest X-ray images."


@pytest.mark.parametrize("name", ["rules", "local"])
@pytest.mark.parametrize(
    ("abstract", "comment"),
    [
        pytest.param(
            f"Crystals grow. We measure how fast. It is slow. {KEYWORDS} All is well.",
            "",
            id="one sentence of five",
        ),
        pytest.param(f"Crystals of the sea grow. {KEYWORDS}", "", id="one sentence of two"),
        pytest.param(KEYWORDS, "", id="the only sentence"),
        pytest.param(
            f"\u6676\u4f53\u751f\u957f\u3002{KEYWORDS}\u5f88\u6162\u3002",
            "",
            id="between Chinese sentences",
        ),
        pytest.param(
            "Crystals of the sea grow, and we measure how fast.", KEYWORDS, id="in the comment"
        ),
        pytest.param("", KEYWORDS, id="in the comment, without an abstract"),
    ],
)
def test_a_paper_that_rests_on_one_sentence_is_not_proposed(
    name: str, abstract: str, comment: str
) -> None:
    title = "On the growth of crystals"
    stuffed = Paper(id="x", facts=Record(id="x", title=title, abstract=abstract, comment=comment))
    [verdict] = classifier(name).judge([stuffed])
    assert verdict.decision is not Decision.PROPOSE
    if verdict.decision is Decision.REFER and name == "rules":
        assert RESTS_ON_ONE_SENTENCE in verdict.flags
        assert "one sentence" in verdict.reason


@pytest.mark.parametrize("name", ["rules", "local"])
def test_the_demonstration_has_one_flagged_paper(name: str) -> None:
    verdicts = verdicts_without_injection(name, tuple(demo_papers().values()))
    flagged = [each.paper_id for each in verdicts if "suspicious-text" in each.flags]
    assert flagged == ["arxiv:2512.99902"]
