"""Why two records are of one paper, or of two, for a person to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from medvl_watch.papers.evidence import (
    RecordComparison,
    conflict,
    doubt_without_key,
    proof_without_key,
    strong_keys,
)
from medvl_watch.papers.link_decisions import LinkDecisions, name_of_record
from medvl_watch.papers.linking import NO_DECISIONS, link
from medvl_watch.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkExplanation:
    """How two records agree, and what follows. `linked` says whether they are of one paper."""

    one: Record
    other: Record
    linked: bool
    evidence: tuple[str, ...]
    conclusion: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "one": self.one.id,
            "other": self.other.id,
            "linked": self.linked,
            "evidence": list(self.evidence),
            "conclusion": self.conclusion,
        }


def explain_link(
    one: Record,
    other: Record,
    decisions: LinkDecisions = NO_DECISIONS,
    *,
    linked: bool | None = None,
) -> LinkExplanation:
    """Explain what linkage does with two records. `linked` is what it did, where that is known
    and may rest on other records of the papers."""
    comparison = RecordComparison(one, other)
    shared = sorted(strong_keys(one) & strong_keys(other))
    evidence = [*(f"same {key}" for key in shared), *comparison.in_words]
    if against := conflict(one, other):
        evidence.append(f"two {against}")
    result = link([one, other], {}, [], decisions)
    by_these = len(result.papers) == 1
    is_linked = by_these if linked is None else linked
    return LinkExplanation(
        one=one,
        other=other,
        linked=is_linked,
        evidence=tuple(evidence),
        conclusion=_conclusion(comparison, decisions, by_these=by_these, is_linked=is_linked,
                               doubt=next((each.reason for each in result.doubts), "")),
    )  # fmt: skip


def _conclusion(
    comparison: RecordComparison,
    decisions: LinkDecisions,
    *,
    by_these: bool,
    is_linked: bool,
    doubt: str,
) -> str:
    one, other = comparison.one, comparison.other
    if decisions.are_apart(one, other):
        return "Two papers: a person separated them."
    if name_of_record(other) in decisions.partners(one):
        return "One paper: a person joined them."
    if is_linked and not by_these:
        return "One paper: other records of it link these two."
    if is_linked:
        proof = proof_without_key(comparison)
        return f"One paper: {proof or 'a shared identifier, and the rest does not contradict'}."
    doubt = doubt or doubt_without_key(comparison)
    return (
        f"Two papers, in doubt: {doubt}."
        if doubt
        else "Two papers: nothing proves that they are one."
    )
