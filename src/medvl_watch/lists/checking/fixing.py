"""Findings mended: changes by position, applied from the end, and then proved.

The proof: every line that no finding touches is there byte for byte, in order; a touched
line differs only within the changes; no section and no entry that was not removed is read
differently than before. What cannot be proved is left out and said.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from medvl_watch.lists.checking.findings import Finding, TextChange
from medvl_watch.lists.parsing.document import parse, split_lines


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
    before_lines, after_lines = split_lines(text), split_lines(after)
    touched, removed = _lines_of(before_lines, changes)
    kept = [n for n in range(len(before_lines)) if n not in removed]
    if len(kept) != len(after_lines):
        return False
    if any(
        before_lines[old] != after_lines[new] for new, old in enumerate(kept) if old not in touched
    ):
        return False
    return _shape(text, removed) == _shape(after, frozenset())


def _lines_of(
    lines: Sequence[str], changes: Sequence[TextChange]
) -> tuple[frozenset[int], frozenset[int]]:
    """Which lines (0-based) the changes touch, and which they remove."""
    touched: set[int] = set()
    removed: set[int] = set()
    starts = [0, *accumulate(len(line) for line in lines)]
    for change in changes:
        number = min(bisect_right(starts, change.start), len(lines)) - 1
        text_end = starts[number] + len(lines[number].rstrip("\r\n")) if lines else 0
        if change.end <= text_end:
            touched.add(number)
        elif not change.text and change.start == starts[number]:
            while number < len(lines) and starts[number + 1] <= change.end:
                removed.add(number)
                number += 1
    return frozenset(touched - removed), frozenset(removed)


def _shape(text: str, removed: frozenset[int]) -> list[tuple[int, str]]:
    """Where sections and entries begin, by the lines that stay."""
    document = parse(text)
    starts = [(section.line, section.kind) for section in document.sections]
    starts += [(entry.start, entry.unit.name) for entry in document.entries]
    numbers: dict[int, int] = {-1: -1}
    place = 0
    for number in range(len(document.lines)):
        if number not in removed:
            numbers[number] = place
            place += 1
    return sorted((numbers[line], kind) for line, kind in starts if line in numbers)
