"""What an entry lacks, taken over from entries of the list that have it.

A graft is a span of another entry (`[[code](address)]` with what stands before it) together
with the field after which it stands there. It is put after the same field of the entry that
lacks it, or in the place that the entry keeps free for it (`[Code]()`, an empty cell).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.lists.fields.reading import Fields, FieldSpan, Slot
from medvl_watch.lists.fields.rows import PLACEHOLDER
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.lists.parsing.tables import cell_at, cell_spans
from medvl_watch.lists.style.remarks import foreign_chunks
from medvl_watch.lists.style.samples import Sample
from medvl_watch.lists.style.span_edits import Change, Span, apply
from medvl_watch.lists.style.writing import write_year

_FREE_PLACE = re.compile(
    r"\[\[[^\W\d_][\w /-]{1,20}\]\](?!\()|\[{1,2}[^\W\d_][\w /-]{1,20}\]\(\s*\)\]?"
    r"|(?<![\[\w])\[[^\W\d_][\w /-]{1,20}\](?![\](:])"
)
_CLOSING = re.compile(r"[*_`)\]]+")


@dataclass(frozen=True, slots=True)
class Graft:
    """`text` follows the field `after`, divided from it by `glue`; for a table's row it
    stands in the cell `cell`, which it fills if `after` is None."""

    text: str
    glue: str
    after: Slot | None
    cell: int | None


def graft_for(
    samples: Sequence[Sample], slots: frozenset[Slot], values: Mapping[Slot, str]
) -> Graft | None:
    """How most of these entries write these fields, with the values in their places; None
    where no entry shows it whole."""
    votes: defaultdict[Graft, float] = defaultdict(float)
    for sample, foreign in zip(samples, foreign_chunks(samples), strict=True):
        graft = _graft_of(sample, slots, values, foreign)
        if graft:
            votes[graft] += sample.weight
    whole = {graft: weight for graft, weight in votes.items() if is_balanced(graft.text)}
    votes_of_whole = whole or votes
    return max(votes_of_whole, key=lambda each: votes_of_whole[each]) if votes else None


def _graft_of(
    sample: Sample, slots: frozenset[Slot], values: Mapping[Slot, str], foreign: Sequence[Span]
) -> Graft | None:
    fields = sample.fields
    claims = [claim for claim in fields.claims if claim.slot in slots]
    if {claim.slot for claim in claims} != slots:
        return None
    start = min(claim.outer[0] for claim in claims)
    end = max(claim.outer[1] for claim in claims)
    inside = [c for c in fields.claims if start <= c.start and c.end <= end]
    if any(not values.get(claim.slot) for claim in inside):
        return None
    if any(claim.slot not in slots | {Slot.REPOSITORY} for claim in inside):
        return None
    cell = cell_at(fields.text, start) if sample.entry.unit.has_cells else None
    before = _claim_before(fields, start, cell)
    if before is None and cell is None:
        return None
    glue_start = before.outer[1] if before else start
    if glue_start > start or any(a < end and glue_start < b for a, b in foreign):
        return None
    changes = [(c.start - start, c.end - start, values[c.slot]) for c in inside]
    text = apply(fields.text[start:end], changes, [])
    return Graft(text, fields.text[glue_start:start], before.slot if before else None, cell)


def _claim_before(fields: Fields, start: int, cell: int | None) -> FieldSpan | None:
    """The field that ends last before the span; in a row, of the same cell."""
    floor = cell_spans(fields.text)[cell][0] if cell is not None else 0
    before = [c for c in fields.claims if c.outer[1] <= start and c.outer[0] >= floor]
    return max(before, key=lambda claim: claim.outer[1], default=None)


def is_balanced(text: str) -> bool:
    """Whether brackets close what they open, and escaped ones the escaped ones."""
    return all(
        text.count("\\" + left) == text.count("\\" + right)
        and text.count(left) == text.count(right)
        for left, right in ("[]", "()")
    )


def place_graft(fields: Fields, graft: Graft, words: re.Pattern[str]) -> Change | None:
    """The one change that puts a graft into an entry, or None where its place is not there.

    `words` tells whether a free place in the entry (`[Code]`) is meant for the graft.
    """
    if graft.cell is not None:
        return _into_cell(fields, graft)
    for match in _FREE_PLACE.finditer(fields.text):
        taken = any(c.start < match.end() and match.start() < c.end for c in fields.claims)
        if not taken and words.search(match[0]):
            return (*match.span(), graft.text)
    host = [claim for claim in fields.claims if claim.slot is graft.after]
    if not host:
        return None
    return _behind(fields.text, max(claim.outer[1] for claim in host), graft)


def _behind(text: str, at: int, graft: Graft) -> Change:
    """The change that puts a graft behind a field that ends at `at`: behind the marks that close
    there in both entries (`**`), and in place of its own words if they stand there bare."""
    marks = _CLOSING.match(graft.glue)
    closing = marks[0] if marks and text.startswith(marks[0], at) else ""
    at += len(closing)
    glue = graft.glue.removeprefix(closing)
    bare = glue + plain(graft.text)
    waits = text.startswith(bare, at) and not text[at + len(bare) : at + len(bare) + 1].isalnum()
    return at, at + len(bare) if waits else at, glue + graft.text


def _into_cell(fields: Fields, graft: Graft) -> Change | None:
    spans = cell_spans(fields.text)
    if graft.cell is None or graft.cell >= len(spans):
        return None
    start, end = spans[graft.cell]
    if PLACEHOLDER.match(fields.text[start:end]):
        return start, end, graft.text
    host = [c for c in fields.claims if c.slot is graft.after and start <= c.start <= end]
    if not host:
        return None
    return _behind(fields.text, max(claim.outer[1] for claim in host), graft)


Made = tuple[str, dict[Slot, str]]
"""An entry's new text, and the values that its fields have in it."""


def exchanged(fields: Fields, values: Mapping[Slot, str]) -> Made:
    """The text with other values in the fields it has."""
    changes: list[Change] = []
    made: dict[Slot, str] = {}
    for slot, value in values.items():
        claim = fields.claim(slot)
        if claim is None:
            continue
        example = fields.text[claim.start : claim.end]
        made[slot] = write_year(int(value), example) if slot is Slot.YEAR else value
        changes.append((claim.start, claim.end, made[slot]))
    return changed(fields, changes), made


def changed(fields: Fields, changes: Sequence[Change]) -> str:
    text = fields.text
    for start, end, value in sorted(changes, reverse=True):
        text = text[:start] + value + text[end:]
    return text
