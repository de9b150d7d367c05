"""The model advises: how far a verdict can move, and that strangers' text cannot move it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.llm.answer_schema import Answer, Quote
from medvl_watch.classify.llm.question import Questions
from medvl_watch.classify.llm.verdict_rule import (
    DISAGREES,
    SAYS_SUSPICIOUS,
    VerdictRule,
    apply_answer,
)
from medvl_watch.injection import detection
from medvl_watch.records import Decision, SectionScore, Verdict
from tests.classify.llm.harness import (
    FIRST_VERDICTS,
    PAPERS,
    PROMPT,
    RULES,
    TAXONOMY,
    open_harness,
    paper,
)
from tests.classify.llm.modelserver import ModelRequest, Reply, answer_for, good_reply, reply_with
from tests.injection import corpus

RULE = VerdictRule(propose=0.9, refer=0.4, trust=0.5, may_move=0.15)
QUESTION = Questions(PROMPT, TAXONOMY, "small").make(PAPERS[0], ())
STEPS = [Decision.REJECT, Decision.REFER, Decision.PROPOSE]


def verdict(relevance: float) -> Verdict:
    place = (relevance >= RULE.refer) + (relevance >= RULE.propose)
    return Verdict(
        paper_id=PAPERS[0].id, relevance=relevance, decision=STEPS[place], classifier="rules"
    )


def answer(relevance: float, *, suspicious: bool = False, quoted: bool = True) -> Answer:
    quotes = (Quote(text="x rays", field="title"),) if quoted else ()
    return Answer(
        relevance=relevance, sections=(("use", 0.9),), quotes=quotes, suspicious=suspicious
    )


def apply_rule(first: Verdict, given: Answer, rule: VerdictRule = RULE) -> Verdict:
    return apply_answer(first, given, QUESTION, rule=rule, taxonomy=TAXONOMY, version="v")


@pytest.mark.parametrize(
    ("first", "model", "decision"),
    [
        (0.95, 1.0, Decision.PROPOSE),
        (0.95, 0.6, Decision.PROPOSE),
        (0.95, 0.0, Decision.REFER),
        (0.60, 0.0, Decision.REFER),
        (0.45, 0.0, Decision.REJECT),
        (0.60, 1.0, Decision.REFER),
        (0.80, 1.0, Decision.PROPOSE),
        (0.30, 1.0, Decision.REFER),
        (0.20, 1.0, Decision.REJECT),
        (0.00, 1.0, Decision.REJECT),
        (0.35, 0.5, Decision.REJECT),
    ],
    ids=[
        "both for it",
        "proposed and mildly praised",
        "proposed and denied: a person decides",
        "unsure and denied, too far from rejecting",
        "nearly rejected and denied",
        "unsure and praised, too far from proposing",
        "nearly proposed and praised",
        "nearly referred and praised",
        "rejected by more than the band",
        "rejected outright",
        "nearly referred, and the model cannot tell",
    ],
)
def test_examples_of_the_rule(first: float, model: float, decision: Decision) -> None:
    assert apply_rule(verdict(first), answer(model)).decision is decision


_share = st.floats(0, 1)


@given(
    first=_share,
    model=_share,
    trust=_share,
    may_move=_share,
    quoted=st.booleans(),
    suspicious=st.booleans(),
)
def test_limits_of_the_rule(
    *, first: float, model: float, trust: float, may_move: float, quoted: bool, suspicious: bool
) -> None:
    before = verdict(first)
    rule = VerdictRule(propose=0.9, refer=0.4, trust=trust, may_move=may_move)
    after = apply_rule(before, answer(model, quoted=quoted, suspicious=suspicious), rule)
    assert 0 <= after.relevance <= 1
    assert abs(after.relevance - before.relevance) <= (may_move if quoted else 0) + 1e-9
    assert after.relevance >= before.relevance or model < 0.5
    assert after.relevance <= before.relevance or model > 0.5
    assert abs(STEPS.index(after.decision) - STEPS.index(before.decision)) <= 1
    if before.decision is Decision.REJECT and first + may_move < rule.refer:
        assert after.decision is Decision.REJECT
    if suspicious:
        assert after.decision is not Decision.PROPOSE


def test_without_trust_only_flags_and_evidence_change() -> None:
    rule = VerdictRule(propose=0.9, refer=0.4, trust=0.0, may_move=0.15)
    after = apply_rule(verdict(0.7), answer(0.1), rule)
    assert (after.relevance, after.decision) == (0.7, Decision.REFER)
    assert DISAGREES in after.flags


def test_a_suspicious_paper_is_not_proposed() -> None:
    after = apply_rule(verdict(0.99), answer(1.0, suspicious=True))
    assert after.decision is Decision.REFER
    assert SAYS_SUSPICIOUS in after.flags


def test_section_scores_are_combined_and_add_up_to_at_most_one() -> None:
    first = replace(
        verdict(0.7),
        sections=(
            SectionScore(node="training", path=("Training",), score=0.6),
            SectionScore(node="use", path=("Use",), score=0.3),
        ),
    )
    after = apply_rule(first, answer(0.7))
    assert [(each.node, round(each.score, 3)) for each in after.sections] == [
        ("use", 0.6),
        ("training", 0.3),
    ]
    assert sum(each.score for each in after.sections) <= 1


def test_a_model_that_praises_everything_changes_no_clear_rejection() -> None:
    with open_harness(lambda request: reply_with(answer_for(request, relevance=1.0))) as harness:
        verdicts = harness.classifier.judge(PAPERS)
    assert verdicts[4].decision is FIRST_VERDICTS[4].decision is Decision.REJECT
    for after, first in zip(verdicts, FIRST_VERDICTS, strict=True):
        assert after.relevance <= first.relevance + 0.15 + 1e-9


@pytest.mark.parametrize("name", corpus.DETECTED)
def test_the_model_is_not_asked_about_text_that_addresses_it(name: str) -> None:
    abstract = f"Medical images and text. {corpus.DETECTED[name]}"
    attacked = paper("2501.00001", "Report generation for chest x rays", abstract)
    with open_harness(good_reply) as harness:
        (after,) = harness.classifier.judge([attacked])
        assert harness.server.requests == []
        assert harness.classifier.usage.not_asked == 1
    (first,) = RULES.judge([attacked])
    assert detection.SUSPICIOUS_TEXT in after.flags
    assert after.decision is not Decision.PROPOSE
    assert after.relevance == first.relevance


@pytest.mark.parametrize("name", corpus.HARMLESS)
def test_the_model_is_asked_about_harmless_text(name: str) -> None:
    harmless = paper("2501.00001", "Report generation", corpus.HARMLESS[name])
    with open_harness(good_reply) as harness:
        harness.classifier.judge([harmless])
        assert len(harness.server.requests) == 1


def test_the_model_is_not_asked_about_a_withdrawn_paper() -> None:
    withdrawn = replace(PAPERS[0], withdrawn=True)
    with open_harness(good_reply) as harness:
        (after,) = harness.classifier.judge([withdrawn])
        assert harness.server.requests == []
    assert after.decision is Decision.REJECT


def test_a_verdict_has_prompt_model_and_quotes() -> None:
    with open_harness(good_reply) as harness:
        (after,) = harness.classifier.judge(PAPERS[:1])
    request = f"classify@{PROMPT.sha} taxonomy@{TAXONOMY.digest} small"
    assert after.version == f"{request} over rules {RULES.version}"
    assert [(each.quote, each.field, each.speaks_for) for each in after.evidence] == [
        (PAPERS[0].facts.title, "title", "use/words")
    ]


@pytest.mark.parametrize(
    "odd",
    [
        paper("1", ""),
        paper("1", "Title only"),
        paper("1", "x " * 10_000, "medical image text " * 60_000),
        paper("1", "Röntgenbilder und Befunde", "Wir erzeugen Befunde aus Röntgenbildern."),
        paper("1", "\ud800 half a character", "\x00\x01"),
        paper("1", "{{taxonomy}} {{paper}}", "# System\n\n# User\n\n---"),
    ],
    ids=["empty", "no abstract", "a megabyte", "another language", "broken text", "template"],
)
def test_unusual_papers_get_a_verdict(odd: object) -> None:
    def behave(request: ModelRequest) -> Reply:
        return reply_with(answer_for(request, evidence=[]))

    with open_harness(behave) as harness:
        (after,) = harness.classifier.judge([odd])  # type: ignore[list-item]
    assert after.paper_id == "arxiv:1"
    assert after.classifier == "llm"
