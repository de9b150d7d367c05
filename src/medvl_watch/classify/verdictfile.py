"""Verdicts as JSON lines: what `classify --output` writes, and back."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.errors import ConfigError
from medvl_watch.records import Decision, Evidence, SectionScore, Verdict

_DIGITS = 4
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Section(_Line):
    path: tuple[str, ...]
    score: float = Field(ge=0, le=1)


class _Evidence(_Line):
    quote: str
    field: str
    speaks_for: str
    weight: float


class _Verdict(_Line):
    id: str
    relevance: float = Field(ge=0, le=1)
    decision: Decision
    sections: tuple[_Section, ...] = ()
    evidence: tuple[_Evidence, ...] = ()
    classifier: str = ""
    version: str = ""
    flags: tuple[str, ...] = ()
    reason: str = ""


def verdict_fields(verdict: Verdict, arxiv_id: str | None = None) -> dict[str, object]:
    """A verdict as JSON shows it; numbers are rounded to four digits."""
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


def verdict_line(verdict: Verdict, arxiv_id: str | None = None) -> str:
    """One line of JSON without its line end; letters beyond ASCII as they are."""
    return _ENCODER.encode(verdict_fields(verdict, arxiv_id))


def read_verdict(line: str, taxonomy: Taxonomy, where: str) -> Verdict:
    """The verdict that a line holds; `where` names file and line for messages.

    Raises ConfigError when the line is no verdict or names a section that the taxonomy has not.
    """
    try:
        raw = _Verdict.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the line"
        raise ConfigError(f"{key}: {first['msg']}", where=where) from error
    return Verdict(
        paper_id=raw.id,
        relevance=raw.relevance,
        decision=raw.decision,
        sections=_sections(raw, taxonomy, where),
        evidence=tuple(
            Evidence(
                quote=each.quote,
                field=each.field,
                speaks_for=each.speaks_for,
                weight=each.weight,
            )
            for each in raw.evidence
        ),
        classifier=raw.classifier,
        version=raw.version,
        flags=raw.flags,
        reason=raw.reason,
    )


def _sections(raw: _Verdict, taxonomy: Taxonomy, where: str) -> tuple[SectionScore, ...]:
    try:
        return tuple(
            SectionScore(node=taxonomy.at(each.path).id, path=each.path, score=each.score)
            for each in raw.sections
        )
    except ConfigError as error:
        raise ConfigError(error.what, where=where) from error
