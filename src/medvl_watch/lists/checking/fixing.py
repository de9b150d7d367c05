"""Findings mended: changes by position, applied from the end, and then proved.

What `lists/proving/changes.py` cannot prove to alter nothing but the fault is left out and
reported.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.proving.changes import TextChange, apply, prove_changes


@dataclass(frozen=True, slots=True)
class FixResult:
    """The text after, the findings that were mended, and those that could not be."""

    text: str
    mended: tuple[Finding, ...]
    left: tuple[Finding, ...]


def mend(text: str, findings: Iterable[Finding]) -> FixResult:
    """Apply the changes of these findings. One that overlaps an earlier one, or that cannot be
    proved, is left out; findings without changes are left, too."""
    chosen, left = _without_overlaps(findings)
    proved, unproved = _proved(text, chosen)
    after = apply(text, _changes_of(proved))
    return FixResult(after, tuple(proved), (*left, *unproved))


def _without_overlaps(findings: Iterable[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Findings whose changes keep clear of each other, and the others; the first one counts."""
    chosen: list[Finding] = []
    left: list[Finding] = []
    taken: list[tuple[int, int]] = []
    for finding in findings:
        spans = [(change.start, change.end) for change in finding.changes]
        if spans and not any(_meets(span, taken) for span in spans):
            chosen.append(finding)
            for span in spans:
                insort(taken, span)
        else:
            left.append(finding)
    return chosen, left


def _meets(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    """Whether a span touches one of these, which are sorted and keep clear of each other."""
    at = bisect_left(taken, span)
    return any(start <= span[1] and span[0] <= end for start, end in taken[max(0, at - 1) : at + 1])


def _proved(text: str, findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Those that can be proved together, and the rest. Halves are tried where the whole fails,
    so that a few bad ones among many cost a few proofs more."""
    good: list[Finding] = []
    bad: list[Finding] = []
    waiting = [list(findings)] if findings else []
    while waiting:
        some = waiting.pop()
        changes = _changes_of([*good, *some])
        if prove_changes(text, apply(text, changes), changes):
            good += some
        elif len(some) == 1:
            bad += some
        else:
            half = len(some) // 2
            waiting += [some[half:], some[:half]]
    return good, bad


def _changes_of(findings: Iterable[Finding]) -> list[TextChange]:
    return [change for finding in findings for change in finding.changes]
