"""The entries that a new one is learned from: those of its section, then of its kind."""

from __future__ import annotations

from collections.abc import Sequence

from medvl_watch.lists.parsing.document import Section
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.style.samples import ListSamples, Sample

MOST = 120
ENOUGH = 10
"""So many entries of a section speak for themselves; what others write then hardly counts."""

_LITTLE = 0.002

_MOST_OF_OTHERS = 3.0
"""Where a section has entries, all others together count as so many, divided by one more than it
has: where five entries agree, the others are less than a tenth."""


def near_entries(
    list_samples: ListSamples, section: Section | None, at: int, like: Entry | None
) -> list[Sample]:
    """Entries of the unit (for rows, the table) of `like`, the nearest to line `at` first. The
    section's own count 1 each, others less the more of its own there are."""
    document = list_samples.document
    own = [e for e in document.entries if section and e.section == section.index]
    own = _of_kind(own, like)
    own = sorted(own, key=lambda entry: abs(entry.start - at))[:MOST]
    others = [e for e in document.entries if section is None or e.section != section.index]
    others = _of_kind(others, like)
    weight = _LITTLE if len(own) >= ENOUGH else 0.5 / (1 + len(own))

    def kinship(entry: Entry) -> float:
        path = document.path_of(entry)
        if section and path == section.path:
            return 1.0
        if section and path[:-1] == section.path[:-1]:
            return 1.0
        level = document.sections[entry.section].level
        near = 0.6 if section and level == section.level else 0.4
        return near * (0.1 if document.sections[entry.section].closed else 1.0)

    others.sort(key=lambda entry: (-kinship(entry), abs(entry.start - at)))
    chosen = others[: max(0, MOST - len(own))]
    if own:
        total = weight * sum(map(kinship, chosen))
        weight *= min(1.0, _MOST_OF_OTHERS / (1 + len(own)) / total) if total else 1.0
    return [
        *(Sample(entry, list_samples.fields_of(entry), 1.0) for entry in own),
        *(Sample(e, list_samples.fields_of(e), weight * kinship(e)) for e in chosen),
    ]


def _of_kind(entries: Sequence[Entry], like: Entry | None) -> list[Entry]:
    if like is None:
        return list(entries)
    if like.unit.has_cells:
        return [e for e in entries if e.unit.has_cells and e.columns == like.columns]
    return [e for e in entries if e.unit is like.unit]
