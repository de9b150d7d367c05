"""The first classifier decides the clear cases; the model is asked about the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.cascade import CascadeClassifier, CascadeCounts, UnclearRange
from medvl_watch.injection import detection
from medvl_watch.records import Decision, Paper, Record, Verdict
from tests.classify.llm.bench import FIRSTS, PAPERS, RULES, bench, unflagged
from tests.classify.llm.modelserver import failing, good


class Given:
    """A classifier whose relevance stands in the paper's title."""

    name = "given"

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


class Shouting:
    """An adviser that marks what it has seen."""

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


def test_only_the_band_is_asked_about() -> None:
    adviser = Shouting()
    cascade = CascadeClassifier(Given(), adviser, UnclearRange(0.3, 0.9))
    verdicts = cascade.judge(papers(0.95, 0.3, 0.1, 0.89, 0.9, 0.29))
    assert [each.paper_id for each in verdicts] == list("012345")
    assert adviser.seen == ["1", "3"]
    assert [each.classifier for each in verdicts] == ["", "adviser", "", "adviser", "", ""]
    assert cascade.counts == CascadeCounts(papers=6, unclear_papers=2)
    assert str(cascade.counts) == "2 of 6 papers (33.3%) went to the model"
    cascade.judge(papers(0.0, 0.0))
    assert cascade.counts.unclear_share == pytest.approx(0.25)


def test_the_band_lies_around_the_thresholds() -> None:
    unclear_range = UnclearRange.around(refer=0.2, propose=0.9, below_refer=0.1, above_propose=0.05)
    assert (unclear_range.low, unclear_range.high) == pytest.approx((0.1, 0.95))
    assert UnclearRange.around(refer=0.2, propose=0.9, below_refer=0.5, above_propose=0).low == 0


@pytest.mark.parametrize("flag", [detection.SUSPICIOUS_TEXT, "withdrawn"])
def test_no_model_sees_what_is_not_for_it(flag: str) -> None:
    adviser = Shouting()
    CascadeClassifier(Given(), adviser, UnclearRange(0.0, 1.0)).judge(papers(0.5, flag=flag))
    assert adviser.seen == []


@given(st.lists(st.floats(0, 1)), st.floats(0, 1), st.floats(0, 1))
def test_every_paper_gets_its_own_verdict(
    relevances: list[float], one: float, other: float
) -> None:
    cascade = CascadeClassifier(Given(), Shouting(), UnclearRange(min(one, other), max(one, other)))
    given_papers = papers(*relevances)
    verdicts = cascade.judge(given_papers)
    assert [each.paper_id for each in verdicts] == [each.id for each in given_papers]
    assert [each.relevance for each in verdicts] == relevances
    assert cascade.unclear_papers(given_papers) == [
        paper for paper, verdict in zip(given_papers, verdicts, strict=True) if verdict.classifier
    ]


def test_nothing_judged_is_no_division_by_zero() -> None:
    cascade = CascadeClassifier(Given(), Shouting(), UnclearRange(0.0, 1.0))
    assert cascade.judge([]) == []
    assert cascade.counts.unclear_share == 0
    assert "0.0%" not in str(cascade.counts)


def test_with_a_model_that_always_fails_it_equals_the_first() -> None:
    with bench(lambda _: failing(500)) as here:
        cascade = CascadeClassifier(RULES, here.classifier, UnclearRange(0.0, 1.1))
        assert unflagged(cascade.judge(PAPERS)) == list(FIRSTS)
        assert cascade.counts.unclear_papers == len(PAPERS)


def test_with_a_good_model_the_clear_cases_cost_nothing() -> None:
    with bench(good) as here:
        cascade = CascadeClassifier(RULES, here.classifier, UnclearRange(0.3, 0.98))
        verdicts = cascade.judge(PAPERS)
        assert {each.paper_id for each in here.server.asked} == {
            first.paper_id for first in FIRSTS if 0.3 <= first.relevance < 0.98
        }
        assert verdicts[4] == FIRSTS[4]
