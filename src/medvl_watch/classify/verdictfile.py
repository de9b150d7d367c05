"""Writes verdicts as JSON Lines, the format of `classify --output`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from medvl_watch.records import Verdict

_DIGITS = 4
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)


def verdict_fields(verdict: Verdict, arxiv_id: str | None = None) -> dict[str, object]:
    """A verdict as a JSON object; numbers are rounded to four digits after the point."""
    return {
        "id": verdict.paper_id,
        "arxiv_id": arxiv_id,
        "relevance": round(verdict.relevance, _DIGITS),
        "decision": verdict.decision.value,
        "sections": [
            {"path": list(each.path), "score": round(each.score, _DIGITS)}
            for each in verdict.sections
        ],
        "evidence": [
            {
                "quote": each.quote,
                "field": each.field,
                "speaks_for": each.speaks_for,
                "weight": round(each.weight, _DIGITS),
            }
            for each in verdict.evidence
        ],
        "classifier": verdict.classifier,
        "version": verdict.version,
        "flags": list(verdict.flags),
        "reason": verdict.reason,
    }


def verdict_line(
    verdict: Verdict,
    arxiv_id: str | None = None,
    extra_fields: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """One line of JSON without the line break: the verdict, then the extra fields. Letters
    outside of ASCII are not escaped."""
    return _ENCODER.encode(verdict_fields(verdict, arxiv_id) | dict(extra_fields))
