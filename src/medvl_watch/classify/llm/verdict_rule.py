"""From a model's answer to a verdict: the model advises, the first classifier decides.

The rule, in full:

1. Relevance is the mean of both opinions, the model's weighing `trust`; it is at most
   `may_move` above or below the first classifier's. Their scales differ, so an opinion for
   the paper (above 0.5) never lowers it and one against it never raises it; 0.5 says that the
   model cannot tell, and moves nothing (small ones say so of every paper). Nor does a model
   that shows no quote that occurs in the paper: small ones judge what they have not read.
2. The decision follows from that relevance by the thresholds, but it is at most one step from
   the first classifier's: what it rejects is never proposed, what it proposes never rejected.
3. So a paper that it rejects by more than `may_move` stays rejected, whatever a model says.
4. Papers that are withdrawn or whose text speaks to a model are not asked about; the latter
   are referred at most. So is one in which the model itself finds such text.
5. Section scores are mixed by `trust` likewise; labels are those of the taxonomy.
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
OVER = " over "
"""Stands in a verdict's version between prompt and model, and the first classifier's own."""

_STEPS = (Decision.REJECT, Decision.REFER, Decision.PROPOSE)
_MISTRUSTED = frozenset({detection.SUSPICIOUS_TEXT, detection.RESTS_ON_ONE_SENTENCE})
_SMALLEST_SHARE = 0.01
_CANNOT_TELL = 0.5
_FAR_APART = 0.5  # relevance; a reviewer should know when opinions differ so much


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRule:
    """The numbers of the rule; all are shares of one. `propose` and `refer` are the first
    classifier's thresholds."""

    propose: float
    refer: float
    trust: float
    may_move: float


def advised(  # noqa: PLR0913  both opinions and what bounds them
    first: Verdict,
    answer: Answer,
    question: Question,
    *,
    rule: VerdictRule,
    taxonomy: Taxonomy,
    version: str,
) -> Verdict:
    """The verdict of both together."""
    relevance = _relevance(first, answer, rule)
    decision = _decision(first.decision, relevance, rule)
    flags = [*first.flags]
    if not _MISTRUSTED.isdisjoint(flags):
        decision = _at_most_refer(decision)
    if answer.suspicious:
        flags.append(SAYS_SUSPICIOUS)
        decision = _at_most_refer(decision)
    if answer.dropped:
        flags.append(QUOTE_DROPPED)
    if abs(answer.relevance - first.relevance) > _FAR_APART:
        flags.append(DISAGREES)
    if question.cut and "text-cut" not in flags:
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


def unadvised(first: Verdict, why: str) -> Verdict:
    """The first classifier's verdict, flagged with why no model was heard."""
    return replace(first, flags=(*first.flags, f"{FALLBACK}: {why}"))


def set_aside(first: Verdict) -> Verdict:
    """The first classifier's verdict on a paper whose text speaks to a model."""
    flags = (
        first.flags
        if detection.SUSPICIOUS_TEXT in first.flags
        else (*first.flags, detection.SUSPICIOUS_TEXT)
    )
    return replace(first, decision=_at_most_refer(first.decision), flags=flags)


def _relevance(first: Verdict, answer: Answer, rule: VerdictRule) -> float:
    if not answer.quotes or answer.relevance == _CANNOT_TELL:
        return first.relevance
    wanted = rule.trust * (answer.relevance - first.relevance)
    wanted = max(0.0, wanted) if answer.relevance > _CANNOT_TELL else min(0.0, wanted)
    moved = first.relevance + max(-rule.may_move, min(rule.may_move, wanted))
    return max(0.0, min(1.0, moved))


def _decision(first: Decision, relevance: float, rule: VerdictRule) -> Decision:
    if relevance >= rule.propose:
        wanted = Decision.PROPOSE
    else:
        wanted = Decision.REFER if relevance >= rule.refer else Decision.REJECT
    place = _STEPS.index(first)
    return _STEPS[max(place - 1, min(place + 1, _STEPS.index(wanted)))]


def _at_most_refer(decision: Decision) -> Decision:
    return Decision.REFER if decision is Decision.PROPOSE else decision


def _sections(
    first: Sequence[SectionScore], answer: Answer, trust: float, taxonomy: Taxonomy
) -> tuple[SectionScore, ...]:
    if not answer.sections:
        return tuple(first)
    whole = max(1.0, sum(score for _, score in answer.sections))
    shares = {each.node: (1 - trust) * each.score for each in first}
    for label, score in answer.sections:
        shares[label] = shares.get(label, 0.0) + trust * score / whole
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(
        SectionScore(node=label, path=taxonomy.node(label).path, score=share)
        for label, share in ranked
        if share >= _SMALLEST_SHARE
    )


def _evidence(answer: Answer) -> tuple[Evidence, ...]:
    speaks_for = answer.sections[0][0] if answer.sections else RELEVANCE
    return tuple(
        Evidence(quote=each.text, field=each.field, speaks_for=speaks_for, weight=answer.relevance)
        for each in answer.quotes
    )


def _reason(first: Verdict, answer: Answer, decision: Decision) -> str:
    said = f"the model gives it {answer.relevance:.2f}, {first.classifier} {first.relevance:.2f}"
    if decision is first.decision and first.reason:
        return f"{first.reason}; {said}"
    return said
