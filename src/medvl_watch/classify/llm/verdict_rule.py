"""Combines the answer of a language model with the verdict of a first classifier.

What a model may do follows from its exam (`exam.weight`). The complete rule is:

1. Relevance is the probability that the paper belongs, after both opinions: the log odds of the
   first classifier plus the evidence of the model's answer, which is as strong as the exam shows
   the model to be. An answer without a quote that occurs in the paper changes nothing, since
   small models judge papers that they have not read.
2. The decision follows from this relevance. A model that did better in the exam than the first
   classifier decides over any number of steps, by the thresholds `PROPOSE_FROM` and `REFER_FROM`.
   With another one, the thresholds are those of the first classifier, and the decision moves by
   at most one step. A model that failed the exam is not asked at all.
3. A paper that the first classifier rejects clearly is at most referred, with the flag `PRAISED`:
   it may contain an instruction to the model that was not detected. Clearly means a relevance
   below half of the threshold for referring.
4. The model is not asked about papers that are withdrawn or whose text addresses a model. The
   latter are referred at most, and so is a paper in which the model itself finds such text.
5. The scores of the taxonomy's sections are the weighted mean of both opinions, by the shares
   that the exam gives the model. Its choices among a list's own sections are weighted the same
   way when a section is chosen (`classify.section_choices`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.exam.weight import ModelWeight
from medvl_watch.classify.llm.answer_schema import Answer
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.injection import detection
from medvl_watch.records import (
    RELEVANCE,
    Decision,
    Evidence,
    ListSection,
    SectionScore,
    Verdict,
)

FALLBACK = "llm-fallback"
QUOTE_DROPPED = "llm-quote-dropped"
SAYS_SUSPICIOUS = "llm-says-suspicious"
DISAGREES = "llm-disagrees"
PRAISED = "llm-praises-rejected"
"""The flag of a paper that the model would propose and the first classifier rejects clearly."""
OVER = " over "
"""Separates, in the version of a verdict, the prompt and model from the first classifier."""

PROPOSE_FROM, REFER_FROM = 0.65, 0.1
"""The thresholds for a model that is better than the first classifier. The probability after both
opinions is near 0 or 1 for nearly all papers, so it needs less margin than that of the first
classifier alone. Chosen with recorded answers, like `exam.weight.SHARED`."""

_STEPS = (Decision.REJECT, Decision.REFER, Decision.PROPOSE)
_REFERRED_AT_MOST = frozenset({detection.SUSPICIOUS_TEXT, detection.RESTS_ON_ONE_SENTENCE})
_SMALLEST_SCORE = 0.01
_CLEARLY = 0.5
_LARGE_DIFFERENCE = 0.5  # of relevance; a reviewer should know when opinions differ so much


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRule:
    """The thresholds of the first classifier, from 0 to 1, and the weight of the model."""

    propose: float
    refer: float
    weight: ModelWeight

    def rejects_clearly(self, first: Verdict) -> bool:
        """Whether the first classifier's rejection is far from its threshold."""
        return first.decision is Decision.REJECT and first.relevance < _CLEARLY * self.refer


def apply_answer(  # noqa: PLR0913  both opinions and their limits
    first: Verdict,
    answer: Answer,
    question: Question,
    *,
    rule: VerdictRule,
    taxonomy: Taxonomy,
    version: str,
) -> Verdict:
    """The combined verdict; `version` names the prompt, the taxonomy and the model."""
    relevance = rule.weight.combine(first.relevance, answer.relevance)
    if not answer.quotes:
        relevance = first.relevance
    decision, new_flags = _decide(first, relevance, answer, rule)
    if question.is_cut and "text-cut" not in first.flags:
        new_flags = (*new_flags, "text-cut")
    return Verdict(
        paper_id=first.paper_id,
        relevance=relevance,
        decision=decision,
        sections=_sections(first.sections, answer, rule.weight.leaf_trust, taxonomy),
        evidence=_evidence(answer) or first.evidence,
        classifier="llm",
        version=f"{version}{OVER}{first.classifier} {first.version}",
        flags=(*first.flags, *new_flags),
        reason=_reason(first, answer, decision),
        list_sections=_list_sections(answer, question, rule.weight.section_trust),
        descriptions=answer.descriptions,
    )


def flag_fallback(first: Verdict, reason: str) -> Verdict:
    """The first classifier's verdict, with a flag that says why there is no answer."""
    return replace(first, flags=(*first.flags, f"{FALLBACK}: {reason}"))


def refer_suspicious(first: Verdict) -> Verdict:
    """The first classifier's verdict on a paper whose text addresses a model: flagged, and
    referred at most."""
    flags = (
        first.flags
        if detection.SUSPICIOUS_TEXT in first.flags
        else (*first.flags, detection.SUSPICIOUS_TEXT)
    )
    return replace(first, decision=_at_most_refer(first.decision), flags=flags)


def _decide(
    first: Verdict, relevance: float, answer: Answer, rule: VerdictRule
) -> tuple[Decision, tuple[str, ...]]:
    """The decision and the flags that explain it."""
    flags = []
    decision = _by_thresholds(relevance, rule)
    if not answer.quotes:
        decision = first.decision
    elif not rule.weight.better_than_local:
        step = _STEPS.index(first.decision)
        decision = _STEPS[max(step - 1, min(step + 1, _STEPS.index(decision)))]
    if rule.rejects_clearly(first) and decision is not Decision.REJECT:
        decision = Decision.REFER
        flags.append(PRAISED)
    if answer.suspicious:
        flags.append(SAYS_SUSPICIOUS)
    if answer.suspicious or not _REFERRED_AT_MOST.isdisjoint(first.flags):
        decision = _at_most_refer(decision)
    if answer.dropped:
        flags.append(QUOTE_DROPPED)
    if abs(answer.relevance - first.relevance) > _LARGE_DIFFERENCE:
        flags.append(DISAGREES)
    return decision, tuple(flags)


def _by_thresholds(relevance: float, rule: VerdictRule) -> Decision:
    propose, refer = rule.propose, rule.refer
    if rule.weight.better_than_local:
        propose, refer = min(propose, PROPOSE_FROM), max(refer, REFER_FROM)
    if relevance >= propose:
        return Decision.PROPOSE
    return Decision.REFER if relevance >= refer else Decision.REJECT


def _at_most_refer(decision: Decision) -> Decision:
    return Decision.REFER if decision is Decision.PROPOSE else decision


def _sections(
    first: Sequence[SectionScore], answer: Answer, trust: float, taxonomy: Taxonomy
) -> tuple[SectionScore, ...]:
    if not answer.sections or not answer.quotes:
        return tuple(first)
    whole = max(1.0, sum(score for _, score in answer.sections))
    scores = {each.node: (1 - trust) * each.score for each in first}
    for node_id, score in answer.sections:
        scores[node_id] = scores.get(node_id, 0.0) + trust * score / whole
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    return tuple(
        SectionScore(node=node_id, path=taxonomy.node(node_id).path, score=score)
        for node_id, score in ranked
        if score >= _SMALLEST_SCORE
    )


def _list_sections(answer: Answer, question: Question, trust: float) -> tuple[ListSection, ...]:
    if not answer.quotes:
        return ()
    return tuple(
        ListSection(list_id=list_id, path=path, score=score, trust=trust)
        for label, score in answer.list_sections
        for list_id, path in [question.sections.targets[label]]
        if score > 0
    )


def _evidence(answer: Answer) -> tuple[Evidence, ...]:
    speaks_for = answer.sections[0][0] if answer.sections else RELEVANCE
    return tuple(
        Evidence(quote=each.text, field=each.field, speaks_for=speaks_for, weight=answer.relevance)
        for each in answer.quotes
    )


def _reason(first: Verdict, answer: Answer, decision: Decision) -> str:
    scores = f"the model gives it {answer.relevance:.2f}, {first.classifier} {first.relevance:.2f}"
    if decision is first.decision and first.reason:
        return f"{first.reason}; {scores}"
    return scores
