"""A model that did well in its exam and obeys every instruction in a paper: what it can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from medvl_watch.classify.cascade import AdviceScope, CascadeClassifier
from medvl_watch.classify.llm.verdict_rule import PRAISED
from medvl_watch.records import Decision, Paper, Verdict
from tests.classify.llm.harness import PAPERS, RULES, TAXONOMY, open_harness
from tests.classify.llm.modelserver import ModelRequest, Reply, answer_for, reply_with
from tests.injection.corpus import DETECTED, KEYWORD_STUFFING, UNDETECTED

REFER = TAXONOMY.relevance.refer
UNDETECTED_TEXTS = {
    **{f"undetected: {name}": text for name, text in UNDETECTED.items()},
    **{f"keyword stuffing: {name}": text for name, text in KEYWORD_STUFFING.items()},
}


def obedient(request: ModelRequest) -> Reply:
    """The best possible answer for the author of the paper."""
    sections = [{"node": "use/words", "score": 1.0}]
    return reply_with(answer_for(request, relevance=1.0, sections=sections, suspicious=False))


def papers_with(text: str) -> Sequence[Paper]:
    return [
        replace(each, facts=replace(each.facts, abstract=f"{each.facts.abstract} {text}"))
        for each in PAPERS
    ]


def verdicts_and_calls(
    papers: Sequence[Paper], *, first_decides: bool
) -> tuple[Sequence[Verdict], int]:
    with open_harness(obedient) as harness:
        scope = AdviceScope(refer=REFER, sure=TAXONOMY.placing.sure)
        cascade = CascadeClassifier(RULES, harness.classifier, scope)
        judge = cascade.judge if first_decides else harness.classifier.judge
        return judge(papers), len(harness.server.requests)


@pytest.mark.parametrize("first_decides", [False, True], ids=["llm", "cascade"])
def test_a_detected_instruction_never_reaches_the_model(first_decides: bool) -> None:
    papers = [each for text in DETECTED.values() for each in papers_with(text)]
    verdicts, request = verdicts_and_calls(papers, first_decides=first_decides)
    assert request == 0
    firsts = RULES.judge(papers)
    for before, after in zip(firsts, verdicts, strict=True):
        assert after.relevance == before.relevance
        assert after.decision is not Decision.PROPOSE
        if after.decision is not Decision.REJECT:
            assert "suspicious-text" in after.flags


@pytest.mark.parametrize("first_decides", [False, True], ids=["llm", "cascade"])
def test_an_undetected_instruction_makes_no_proposal_of_a_clear_rejection(
    first_decides: bool,
) -> None:
    papers = [each for text in UNDETECTED_TEXTS.values() for each in papers_with(text)]
    verdicts, request = verdicts_and_calls(papers, first_decides=first_decides)
    assert request > 0
    clear = 0
    for before, after in zip(RULES.judge(papers), verdicts, strict=True):
        if before.decision is Decision.REJECT and before.relevance < REFER / 2:
            clear += 1
            assert after.decision is not Decision.PROPOSE
            assert (after.decision is Decision.REFER) == (PRAISED in after.flags)
    assert clear > 0
