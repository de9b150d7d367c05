"""The result of one health check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HealthStatus(StrEnum):
    """`warning`: the bot works, but may soon not; `skipped`: not checked, with the reason."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFinding:
    """What was checked and with which result. `detail` is a clause; `remedy` is an imperative
    clause, empty where nothing is to be done."""

    check: str
    status: HealthStatus
    detail: str
    remedy: str = ""


def passed(check: str, detail: str) -> HealthFinding:
    return HealthFinding(check=check, status=HealthStatus.OK, detail=detail)


def warned(check: str, detail: str, remedy: str) -> HealthFinding:
    return HealthFinding(check=check, status=HealthStatus.WARNING, detail=detail, remedy=remedy)


def failed(check: str, detail: str, remedy: str) -> HealthFinding:
    return HealthFinding(check=check, status=HealthStatus.FAILED, detail=detail, remedy=remedy)


def skipped(check: str, detail: str) -> HealthFinding:
    return HealthFinding(check=check, status=HealthStatus.SKIPPED, detail=detail)
