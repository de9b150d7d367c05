"""Findings mended: changes by position, applied from the end, and then proved.

No section and no entry that was not removed is read or shown differently than before
(`proving/proof.py`). What cannot be proved is left out and said.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from medvl_watch.lists.checking.findings import Finding, TextChange
from medvl_watch.lists.parsing.document import parse, split_lines
from medvl_watch.lists.proving.hunks import Hunk
from medvl_watch.lists.proving.proof import ProposedEdit, prove


@dataclass(frozen=True, slots=True)
class FixResult:
    """The text after, the findings that were mended, and those that could not be."""

    text: str
    mended: tuple[Finding, ...]
    left: tuple[Finding, ...]


def mend(text: str, findings: Iterable[Finding]) -> FixResult:
    """Apply the changes of these findings. One that overlaps an earlier one, or whose result
    would be read as another list, is left out; findings without changes are left, too."""
    chosen: list[Finding] = []
    left: list[Finding] = []
    for finding in findings:
        fits = finding.changes and not any(_overlap(finding, other) for other in chosen)
        (chosen if fits else left).append(finding)
    changes = [change for finding in chosen for change in finding.changes]
    after = apply(text, changes)
    if is_proved(text, after, changes):
        return FixResult(after, tuple(chosen), tuple(left))
    return _one_by_one(text, chosen, left)


def _one_by_one(text: str, chosen: Sequence[Finding], left: Sequence[Finding]) -> FixResult:
    """Keep each finding's changes only if they can be proved together with those before."""
    kept: list[Finding] = []
    changes: list[TextChange] = []
    dropped = list(left)
    for finding in chosen:
        more = [*changes, *finding.changes]
        if is_proved(text, apply(text, more), more):
            kept.append(finding)
            changes = more
        else:
            dropped.append(finding)
    return FixResult(apply(text, changes), tuple(kept), tuple(dropped))


def _overlap(one: Finding, other: Finding) -> bool:
    return any(a.start <= b.end and b.start <= a.end for a in one.changes for b in other.changes)


def apply(text: str, changes: Iterable[TextChange]) -> str:
    """The text with the changes made, the last first, so that offsets stay true."""
    for change in sorted(changes, key=lambda each: each.start, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def is_proved(text: str, after: str, changes: Sequence[TextChange]) -> bool:
    """Whether nothing but the changed lines differs, and the list still has its shape."""
    hunks = hunks_of_changes(split_lines(text), changes)
    return hunks is not None and not prove(
        ProposedEdit(before=parse(text), after=parse(after), hunks=hunks)
    )


def hunks_of_changes(lines: Sequence[str], changes: Sequence[TextChange]) -> list[Hunk] | None:
    """Which lines the changes touch, and which they remove; None where a change is neither
    within a line nor whole lines less."""
    starts = [0, *accumulate(len(line) for line in lines)]
    touched: set[int] = set()
    removed: set[int] = set()
    for change in changes:
        number = max(0, min(bisect_right(starts, change.start), len(lines)) - 1)
        text_end = starts[number] + len(lines[number].rstrip("\r\n")) if lines else 0
        if change.end <= text_end:
            touched.add(number)
        elif not change.text and change.start == starts[number]:
            while number < len(lines) and starts[number + 1] <= change.end:
                removed.add(number)
                number += 1
        else:
            return None
    shift = 0
    hunks = []
    for number in sorted(touched | removed):
        count = 0 if number in removed else 1
        at = number + shift
        hunks.append(Hunk(start=number, end=number + 1, new_start=at, new_end=at + count))
        shift += count - 1
    return hunks
