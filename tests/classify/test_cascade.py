"""The first classifier judges every paper; the model is asked about the unclear ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.cascade import CascadeClassifier, CascadeCounts, UnclearRange
from medvl_watch.injection import detection
from medvl_watch.records import Decision, Paper, Record, Verdict
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    PAPERS,
    RULES,
    open_harness,
    without_fallback_flags,
)
from tests.classify.llm.modelserver import error_reply, good_reply


class ClassifierByTitle:
    """A classifier that takes the relevance from the title of the paper."""

    name = "by title"

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        return [
            Verdict(
                paper_id=each.id,
                relevance=float(each.facts.title),
                decision=Decision.REFER,
                flags=(each.facts.comment,) if each.facts.comment else (),
            )
            for each in papers
        ]


class MarkingAdviser:
    """An adviser that marks the verdicts that it has seen."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def advise(
        self, papers: Sequence[Paper], first_verdicts: Sequence[Verdict]
    ) -> Sequence[Verdict]:
        assert [each.id for each in papers] == [each.paper_id for each in first_verdicts]
        self.seen += [each.id for each in papers]
        return [replace(each, classifier="adviser") for each in first_verdicts]


def papers(*relevances: float, flag: str = "") -> list[Paper]:
    return [
        Paper(id=str(place), facts=Record(id=str(place), title=str(each), comment=flag or None))
        for place, each in enumerate(relevances)
    ]


def test_only_unclear_papers_go_to_the_adviser() -> None:
    adviser = MarkingAdviser()
    cascade = CascadeClassifier(ClassifierByTitle(), adviser, UnclearRange(0.3, 0.9))
    verdicts = cascade.judge(papers(0.95, 0.3, 0.1, 0.89, 0.9, 0.29))
    assert [each.paper_id for each in verdicts] == list("012345")
    assert adviser.seen == ["1", "3"]
    assert [each.classifier for each in verdicts] == ["", "adviser", "", "adviser", "", ""]
    assert cascade.counts == CascadeCounts(papers=6, unclear_papers=2)
    assert str(cascade.counts) == "2 of 6 papers (33.3%) went to the model"
    cascade.judge(papers(0.0, 0.0))
    assert cascade.counts.unclear_share == pytest.approx(0.25)


def test_the_unclear_range_extends_the_thresholds() -> None:
    unclear_range = UnclearRange.around(refer=0.2, propose=0.9, below_refer=0.1, above_propose=0.05)
    assert (unclear_range.low, unclear_range.high) == pytest.approx((0.1, 0.95))
    assert UnclearRange.around(refer=0.2, propose=0.9, below_refer=0.5, above_propose=0).low == 0


@pytest.mark.parametrize("flag", [detection.SUSPICIOUS_TEXT, "withdrawn"])
def test_withdrawn_and_suspicious_papers_do_not_go_to_the_adviser(flag: str) -> None:
    adviser = MarkingAdviser()
    CascadeClassifier(ClassifierByTitle(), adviser, UnclearRange(0.0, 1.0)).judge(
        papers(0.5, flag=flag)
    )
    assert adviser.seen == []


@given(st.lists(st.floats(0, 1)), st.floats(0, 1), st.floats(0, 1))
def test_every_paper_gets_its_own_verdict(
    relevances: list[float], one: float, other: float
) -> None:
    cascade = CascadeClassifier(
        ClassifierByTitle(), MarkingAdviser(), UnclearRange(min(one, other), max(one, other))
    )
    given_papers = papers(*relevances)
    verdicts = cascade.judge(given_papers)
    assert [each.paper_id for each in verdicts] == [each.id for each in given_papers]
    assert [each.relevance for each in verdicts] == relevances
    assert cascade.unclear_papers(given_papers) == [
        paper for paper, verdict in zip(given_papers, verdicts, strict=True) if verdict.classifier
    ]


def test_counts_of_no_papers() -> None:
    cascade = CascadeClassifier(ClassifierByTitle(), MarkingAdviser(), UnclearRange(0.0, 1.0))
    assert cascade.judge([]) == []
    assert cascade.counts.unclear_share == 0
    assert "0.0%" not in str(cascade.counts)


def test_if_the_model_always_fails_the_first_verdicts_remain() -> None:
    with open_harness(lambda _: error_reply(500)) as harness:
        cascade = CascadeClassifier(RULES, harness.classifier, UnclearRange(0.0, 1.1))
        assert without_fallback_flags(cascade.judge(PAPERS)) == list(FIRST_VERDICTS)
        assert cascade.counts.unclear_papers == len(PAPERS)


def test_the_model_is_not_asked_about_clear_papers() -> None:
    with open_harness(good_reply) as harness:
        cascade = CascadeClassifier(RULES, harness.classifier, UnclearRange(0.3, 0.98))
        verdicts = cascade.judge(PAPERS)
        assert {each.paper_id for each in harness.server.requests} == {
            first.paper_id for first in FIRST_VERDICTS if 0.3 <= first.relevance < 0.98
        }
        assert verdicts[4] == FIRST_VERDICTS[4]
