"""The first classifier judges every paper; the model is asked about the unclear ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.cascade import AdviceScope, CascadeClassifier, CascadeCounts
from medvl_watch.classify.llm.protocols import ListCandidates
from medvl_watch.injection import detection
from medvl_watch.records import Decision, Paper, Record, SectionScore, Verdict
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    PAPERS,
    RULES,
    TAXONOMY,
    open_harness,
    without_fallback_flags,
)
from tests.classify.llm.modelserver import error_reply, good_reply

REFER, PROPOSE, SURE = 0.2, 0.7, 0.75
SCOPE = AdviceScope(refer=REFER, sure=SURE)
RULES_SCOPE = AdviceScope(refer=TAXONOMY.relevance.refer, sure=TAXONOMY.placing.sure)


class ClassifierByTitle:
    """A classifier that takes the relevance from the title of the paper, and the score of its
    best category from the abstract."""

    name = "by title"

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        return [
            Verdict(
                paper_id=each.id,
                relevance=float(each.facts.title),
                decision=_decision(float(each.facts.title)),
                sections=_sections(float(each.facts.abstract or 1)),
                flags=(each.facts.comment,) if each.facts.comment else (),
            )
            for each in papers
        ]


def _decision(relevance: float) -> Decision:
    if relevance >= PROPOSE:
        return Decision.PROPOSE
    return Decision.REFER if relevance >= REFER else Decision.REJECT


def _sections(score: float) -> tuple[SectionScore, ...]:
    return (SectionScore(node="use", path=("Use",), score=score),)


class OneList:
    """A list whose section is in doubt, or not, for every paper."""

    def __init__(self, *, in_doubt: bool) -> None:
        self._in_doubt = in_doubt

    def candidates(self, paper: Paper, verdict: Verdict) -> Sequence[ListCandidates]:
        return [ListCandidates(list_id="a", title="A", sections=(), in_doubt=self._in_doubt)]


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
    cascade = CascadeClassifier(ClassifierByTitle(), adviser, SCOPE)
    verdicts = cascade.judge(papers(0.96, 0.3, 0.05, 0.9, 0.95, 0.09))
    assert [each.paper_id for each in verdicts] == list("012345")
    assert adviser.seen == ["1", "3"]
    assert [each.classifier for each in verdicts] == ["", "adviser", "", "adviser", "", ""]
    assert cascade.counts == CascadeCounts(papers=6, unclear_papers=2)
    assert str(cascade.counts) == "2 of 6 papers (33.3%) went to the model"
    cascade.judge(papers(0.0, 0.0))
    assert cascade.counts.unclear_share == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("relevance", "best_category", "section_in_doubt", "is_asked"),
    [
        pytest.param(0.05, 0.1, True, False, id="rejected clearly"),
        pytest.param(0.1, 1.0, False, True, id="rejected near the threshold"),
        pytest.param(0.2, 1.0, False, True, id="referred"),
        pytest.param(0.7, 1.0, False, True, id="proposed near the threshold"),
        pytest.param(0.95, 1.0, False, False, id="proposed and everything clear"),
        pytest.param(0.99, 0.7, False, True, id="proposed and the category in doubt"),
        pytest.param(0.99, 1.0, True, True, id="proposed and the section of a list in doubt"),
    ],
)
def test_what_is_unclear(
    relevance: float, best_category: float, section_in_doubt: bool, is_asked: bool
) -> None:
    facts = Record(id="1", title=str(relevance), abstract=str(best_category))
    scope = replace(SCOPE, lists=OneList(in_doubt=section_in_doubt))
    adviser = MarkingAdviser()
    CascadeClassifier(ClassifierByTitle(), adviser, scope).judge([Paper(id="1", facts=facts)])
    assert adviser.seen == (["1"] if is_asked else [])


@pytest.mark.parametrize("flag", [detection.SUSPICIOUS_TEXT, "withdrawn"])
def test_withdrawn_and_suspicious_papers_do_not_go_to_the_adviser(flag: str) -> None:
    adviser = MarkingAdviser()
    CascadeClassifier(ClassifierByTitle(), adviser, SCOPE).judge(papers(0.5, flag=flag))
    assert adviser.seen == []


@given(st.lists(st.floats(0, 1)))
def test_every_paper_gets_its_own_verdict(relevances: list[float]) -> None:
    cascade = CascadeClassifier(ClassifierByTitle(), MarkingAdviser(), SCOPE)
    given_papers = papers(*relevances)
    verdicts = cascade.judge(given_papers)
    assert [each.paper_id for each in verdicts] == [each.id for each in given_papers]
    assert [each.relevance for each in verdicts] == relevances
    assert cascade.unclear_papers(given_papers) == [
        paper for paper, verdict in zip(given_papers, verdicts, strict=True) if verdict.classifier
    ]


def test_counts_of_no_papers() -> None:
    cascade = CascadeClassifier(ClassifierByTitle(), MarkingAdviser(), SCOPE)
    assert cascade.judge([]) == []
    assert cascade.counts.unclear_share == 0
    assert "0.0%" not in str(cascade.counts)


def test_if_the_model_always_fails_the_first_verdicts_remain() -> None:
    with open_harness(lambda _: error_reply(500)) as harness:
        cascade = CascadeClassifier(RULES, harness.classifier, RULES_SCOPE)
        assert without_fallback_flags(cascade.judge(PAPERS)) == list(FIRST_VERDICTS)
        assert cascade.counts.unclear_papers > 0


def test_the_model_is_not_asked_about_clear_papers() -> None:
    with open_harness(good_reply) as harness:
        cascade = CascadeClassifier(RULES, harness.classifier, RULES_SCOPE)
        verdicts = cascade.judge(PAPERS)
        asked = {each.paper_id for each in harness.server.requests}
        assert asked == {each.id for each in cascade.unclear_papers(PAPERS)}
        assert PAPERS[4].id not in asked
        assert verdicts[4] == FIRST_VERDICTS[4]
