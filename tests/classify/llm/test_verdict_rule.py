"""How far a model moves a verdict, and that strangers' text cannot move it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.exam.outcome import ExamOutcome
from medvl_watch.classify.exam.weight import ModelWeight
from medvl_watch.classify.llm.answer_schema import Answer, Quote
from medvl_watch.classify.llm.question import Questions
from medvl_watch.classify.llm.verdict_rule import (
    DISAGREES,
    PRAISED,
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

GOOD = ModelWeight(
    slope=1.5, most_evidence=4.0, skill=0.9, leaf_trust=0.5, section_trust=0.5,
    better_than_local=True,
)  # fmt: skip
MEDIOCRE = replace(GOOD, slope=1.0, better_than_local=False)
RULE = VerdictRule(propose=0.7, refer=0.2, weight=GOOD)
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
    ("first", "model", "weight", "decision"),
    [
        pytest.param(0.95, 1.0, GOOD, Decision.PROPOSE, id="both for it"),
        pytest.param(0.9, 0.02, GOOD, Decision.REJECT, id="proposed and denied: two steps"),
        pytest.param(0.12, 0.97, GOOD, Decision.PROPOSE, id="rejected and praised: two steps"),
        pytest.param(0.4, 0.97, GOOD, Decision.PROPOSE, id="referred and praised"),
        pytest.param(0.4, 0.02, GOOD, Decision.REJECT, id="referred and denied"),
        pytest.param(0.4, 0.5, GOOD, Decision.REFER, id="neither can tell"),
        pytest.param(0.05, 1.0, GOOD, Decision.REFER, id="rejected clearly: referred at most"),
        pytest.param(0.9, 0.0, MEDIOCRE, Decision.REFER, id="a mediocre model denies: one step"),
        pytest.param(0.12, 1.0, MEDIOCRE, Decision.REFER, id="a mediocre model praises: one step"),
    ],
)
def test_examples_of_the_rule(
    first: float, model: float, weight: ModelWeight, decision: Decision
) -> None:
    rule = replace(RULE, weight=weight)
    assert apply_rule(verdict(first), answer(model), rule).decision is decision


_share = st.floats(0, 1)


@given(
    first=_share,
    model=_share,
    weight=st.builds(
        ModelWeight,
        intercept=st.floats(-3, 3),
        slope=st.floats(0, 5),
        most_evidence=st.floats(0, 5),
        skill=_share,
        leaf_trust=_share,
        section_trust=_share,
        better_than_local=st.booleans(),
    ),
    quoted=st.booleans(),
    suspicious=st.booleans(),
)
def test_limits_of_the_rule(
    *, first: float, model: float, weight: ModelWeight, quoted: bool, suspicious: bool
) -> None:
    before = verdict(first)
    rule = replace(RULE, weight=weight)
    after = apply_rule(before, answer(model, quoted=quoted, suspicious=suspicious), rule)
    assert 0 <= after.relevance <= 1
    if rule.rejects_clearly(before) or suspicious:
        assert after.decision is not Decision.PROPOSE
    if rule.rejects_clearly(before):
        assert (PRAISED in after.flags) == (after.decision is Decision.REFER)
    if not weight.better_than_local and not suspicious:
        assert abs(STEPS.index(after.decision) - STEPS.index(before.decision)) <= 1
    if not quoted:
        assert after.relevance == before.relevance
        assert after.sections == before.sections
        assert STEPS.index(after.decision) <= STEPS.index(before.decision)


def test_a_higher_answer_never_lowers_relevance() -> None:
    relevances = [apply_rule(verdict(0.4), answer(each / 20)).relevance for each in range(21)]
    assert relevances == sorted(relevances)


def test_a_large_difference_is_flagged() -> None:
    assert DISAGREES in apply_rule(verdict(0.9), answer(0.1)).flags


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


def test_a_model_that_praises_everything_proposes_no_clear_rejection() -> None:
    with open_harness(lambda request: reply_with(answer_for(request, relevance=1.0))) as harness:
        verdicts = harness.classifier.judge(PAPERS)
    assert FIRST_VERDICTS[4].decision is Decision.REJECT
    assert verdicts[4].decision is not Decision.PROPOSE


def test_a_model_that_failed_its_exam_is_not_asked() -> None:
    failed = ExamOutcome(weight=ModelWeight(ignored="it guesses"))
    with open_harness(good_reply, outcome=failed) as harness:
        assert harness.classifier.judge(PAPERS) == list(FIRST_VERDICTS)
        assert harness.server.requests == []
        (problem,) = harness.classifier.problems
    assert "small is not asked: it guesses" in str(problem)


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
