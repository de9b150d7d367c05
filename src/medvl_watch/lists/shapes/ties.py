"""Words tied to a field by where they stand: what most entries have in that place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.parts import Part, PartKind

_BY_PLACE = frozenset({Slot.TITLE, Slot.AUTHORS, Slot.VENUE, Slot.NAME})
"""Fields whose text no pattern can tell for sure: an only author, an unknown journal."""

_LEAST = 0.25
"""The share of the entries that must show a field in a place."""

_LONGEST = 60
"""Parts between the two edges of a place."""

_Edges = tuple[int, tuple[str, ...], tuple[str, ...]]
"""In a table's row its column (0 elsewhere), and what stands before and behind."""

_PLAIN = frozenset({PartKind.WORD, PartKind.MARK})


def tie_by_place(
    entries: Sequence[Sequence[Part]], weights: Sequence[float]
) -> list[tuple[Part, ...]]:
    """The entries, where plain words between the same two parts before and the same two behind
    as a field of others are this field, if the entry does not show it elsewhere."""
    seen: defaultdict[_Edges, Counter[Slot]] = defaultdict(Counter)
    for parts, weight in zip(entries, weights, strict=True):
        for number, part in enumerate(parts):
            if part.slot in _BY_PLACE:
                edges = _column(parts, number), _before(parts, number), _after(parts, number + 1)
                seen[edges][part.slot] += weight  # type: ignore[assignment]
    total = sum(weights)
    usual = {
        edges: slot
        for edges, counts in seen.items()
        for slot, weight in counts.most_common(1)
        if weight >= _LEAST * total
    }
    return [_tied(tuple(parts), usual) for parts in entries]


def _tied(parts: tuple[Part, ...], usual: dict[_Edges, Slot]) -> tuple[Part, ...]:
    for (column, before, after), slot in usual.items():
        if any(part.slot is slot for part in parts):
            continue
        span = _span_between(parts, column, before, after)
        if span:
            start, end = span
            text = "".join(part.text for part in parts[start:end])
            parts = (*parts[:start], Part(PartKind.FIELD, text, slot), *parts[end:])
    return parts


def _span_between(
    parts: Sequence[Part], column: int, before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[int, int] | None:
    for start in range(len(parts)):
        if parts[start].kind is not PartKind.WORD or _before(parts, start) != before:
            continue
        if _column(parts, start) != column:
            continue
        for end in range(start + 1, min(len(parts), start + _LONGEST) + 1):
            if _after(parts, end) == after:
                return start, end
            if end < len(parts) and (parts[end].kind not in _PLAIN or parts[end].text in "\n|"):
                break
    return None


def _column(parts: Sequence[Part], at: int) -> int:
    if not parts or not "".join(part.text for part in parts[:2]).lstrip().startswith("|"):
        return 0
    return sum(part.text == "|" and part.slot is None for part in parts[:at])


def _before(parts: Sequence[Part], at: int) -> tuple[str, ...]:
    return tuple(_seen(part) for part in parts[max(0, at - 2) : at])


def _after(parts: Sequence[Part], at: int) -> tuple[str, ...]:
    return tuple(_seen(part) for part in parts[at : at + 2])


def _seen(part: Part) -> str:
    if part.kind is PartKind.FIELD and part.slot:
        return part.slot.value
    return part.text if part.kind is PartKind.MARK else part.kind.value
