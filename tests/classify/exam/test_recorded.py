"""Recorded answers of a capable model arrive, and those of a useless one do no harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from medvl_watch.classify.exam.weight import weigh
from medvl_watch.records import Decision, Verdict
from tests.beside import folder
from tests.classify.exam.models import chance
from tests.classify.exam.recorded import (
    JudgedPaper,
    cascade_of,
    exam_answers,
    figures,
    judge_in_folds,
    local_verdict,
    read_judged,
)

STEPS = (Decision.REJECT, Decision.REFER, Decision.PROPOSE)


@cache
def judged() -> Sequence[JudgedPaper]:
    papers, readings = folder("data/papers"), folder("data/recorded-readings")
    return read_judged(
        papers / "stream-dev.jsonl.gz", papers / "judged-dev.tsv", readings / "papers-dev.jsonl"
    )


def test_a_capable_model_decides() -> None:
    found = figures(judged(), judge_in_folds(judged()))
    assert found["core proposed"] >= 0.97
    assert found["of the proposed, belong"] >= 0.97
    assert found["core seen"] == 1.0
    assert found["referred"] <= 12
    assert found["leaf"] >= 0.88
    assert found["leaf or second"] >= 0.95
    assert found["without an answer"] == 0


def with_relevances(relevances: Sequence[float]) -> Sequence[JudgedPaper]:
    return [
        replace(each, reading={**each.reading, "relevance": relevance})
        for each, relevance in zip(judged(), relevances, strict=True)
    ]


@pytest.mark.parametrize("seed", ["a", "b"])
def test_a_model_that_answers_at_random_is_ignored(seed: str) -> None:
    papers = with_relevances([chance(f"{seed} {each.paper.id}") for each in judged()])
    assert weigh(exam_answers(papers)).ignored


def test_a_model_that_lies_with_confidence_is_ignored() -> None:
    papers = with_relevances([0.02 if each.belongs else 0.98 for each in judged()])
    assert weigh(exam_answers(papers)).ignored


def test_a_lucky_guesser_changes_little() -> None:
    """A model that passes by luck, and then answers at random."""
    lucky = with_relevances(
        [0.2 * each.belongs + 0.8 * chance(f"lucky {each.paper.id}") for each in judged()]
    )
    weight = weigh(exam_answers(lucky))
    assert not weight.ignored
    assert not weight.better_than_local
    papers = with_relevances([chance(f"later {each.paper.id}") for each in judged()])
    verdicts: Sequence[Verdict] = cascade_of(papers, weight).judge([each.paper for each in papers])
    firsts = [local_verdict(each.paper) for each in papers]
    for first, after in zip(firsts, verdicts, strict=True):
        assert abs(STEPS.index(after.decision) - STEPS.index(first.decision)) <= 1
