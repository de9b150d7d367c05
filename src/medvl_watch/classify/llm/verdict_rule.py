"""Combines the answer of a language model with the verdict of a first classifier.

The model advises, and the first classifier decides. The complete rule is:

1. Relevance is the weighted mean of both opinions, where the model's has the weight `trust`. It
   differs from the first classifier's by at most `may_move`. Since the scales differ, a model's
   opinion above 0.5 never lowers relevance, and one below 0.5 never raises it. 0.5 means that
   the model cannot tell and changes nothing; small models answer it for every paper. An answer
   without a quote that occurs in the paper changes nothing either, since small models judge
   papers that they have not read.
2. The decision follows from this relevance and the thresholds, but is at most one step away from
   the first classifier's. A rejected paper is never proposed, and a proposed one never rejected.
3. Therefore a paper that is rejected by more than `may_move` stays rejected, whatever the model
   answers.
4. The model is not asked about papers that are withdrawn or whose text addresses a model. The
   latter are referred at most, and so is a paper in which the model itself finds such text.
5. Section scores are combined likewise, with the weight `trust`. The nodes are those of the
   taxonomy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.llm.answer_schema import Answer
from medvl_watch.classify.llm.question import Question
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.injection import detection
from medvl_watch.records import Decision, Evidence, SectionScore, Verdict

FALLBACK = "llm-fallback"
QUOTE_DROPPED = "llm-quote-dropped"
SAYS_SUSPICIOUS = "llm-says-suspicious"
DISAGREES = "llm-disagrees"
RELEVANCE = "relevance"
"""The target (`Evidence.speaks_for`) of quotes in an answer that names no section."""
OVER = " over "
"""Separates, in the version of a verdict, the prompt and model from the first classifier."""

_STEPS = (Decision.REJECT, Decision.REFER, Decision.PROPOSE)
_REFERRED_AT_MOST = frozenset({detection.SUSPICIOUS_TEXT, detection.RESTS_ON_ONE_SENTENCE})
_SMALLEST_SCORE = 0.01
_CANNOT_TELL = 0.5
_LARGE_DIFFERENCE = 0.5  # of relevance; a reviewer should know when opinions differ so much


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRule:
    """The parameters of the rule, each from 0 to 1. `propose` and `refer` are the thresholds of
    the first classifier."""

    propose: float
    refer: float
    trust: float
    may_move: float


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
    relevance = _relevance(first, answer, rule)
    decision = _decision(first.decision, relevance, rule)
    flags = [*first.flags]
    if not _REFERRED_AT_MOST.isdisjoint(flags):
        decision = _at_most_refer(decision)
    if answer.suspicious:
        flags.append(SAYS_SUSPICIOUS)
        decision = _at_most_refer(decision)
    if answer.dropped:
        flags.append(QUOTE_DROPPED)
    if abs(answer.relevance - first.relevance) > _LARGE_DIFFERENCE:
        flags.append(DISAGREES)
    if question.is_cut and "text-cut" not in flags:
        flags.append("text-cut")
    return Verdict(
        paper_id=first.paper_id,
        relevance=relevance,
        decision=decision,
        sections=_sections(first.sections, answer, rule.trust, taxonomy),
        evidence=_evidence(answer) or first.evidence,
        classifier="llm",
        version=f"{version}{OVER}{first.classifier} {first.version}",
        flags=tuple(flags),
        reason=_reason(first, answer, decision),
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


def _relevance(first: Verdict, answer: Answer, rule: VerdictRule) -> float:
    if not answer.quotes or answer.relevance == _CANNOT_TELL:
        return first.relevance
    change = rule.trust * (answer.relevance - first.relevance)
    change = max(0.0, change) if answer.relevance > _CANNOT_TELL else min(0.0, change)
    relevance = first.relevance + max(-rule.may_move, min(rule.may_move, change))
    return max(0.0, min(1.0, relevance))


def _decision(first: Decision, relevance: float, rule: VerdictRule) -> Decision:
    if relevance >= rule.propose:
        by_thresholds = Decision.PROPOSE
    else:
        by_thresholds = Decision.REFER if relevance >= rule.refer else Decision.REJECT
    step = _STEPS.index(first)
    return _STEPS[max(step - 1, min(step + 1, _STEPS.index(by_thresholds)))]


def _at_most_refer(decision: Decision) -> Decision:
    return Decision.REFER if decision is Decision.PROPOSE else decision


def _sections(
    first: Sequence[SectionScore], answer: Answer, trust: float, taxonomy: Taxonomy
) -> tuple[SectionScore, ...]:
    if not answer.sections:
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
