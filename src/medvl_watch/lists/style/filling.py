"""Filling a template: values in, the example's own facts out, no loose ends left."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from medvl_watch.lists.fields.rows import PLACEHOLDER
from medvl_watch.lists.fields.slots import Fields, FieldSpan, Slot
from medvl_watch.lists.parsing.tables import cell_spans
from medvl_watch.lists.style.span_edits import Change, Span, apply
from medvl_watch.lists.style.template import Template

_BARE_LINE = re.compile(r"\W*(?:[\w /]{1,30}:)?\W*")
_LATER_LINE = re.compile(r"\r?\n(?P<line>[^\n]*?)(?=\r?\n|\Z)")
"""A line but the first, with the end of the one before it."""

_LINE_ENDING = re.compile(r"(?<![ \t\\])[ \t\\]*$")
_LINKS = frozenset({Slot.PAPER, Slot.CODE, Slot.PAGE})
_OUTER_BREAKS = re.compile(r"^(?:\s*<br\s*/?>\s*)+|(?:\s*<br\s*/?>\s*)+$")


def fill(template: Template, values: Mapping[Slot, str], placeholder: str) -> str:
    """The example's text with the values in its fields. Fields without a value go, with
    what held them; cells that become empty get the placeholder."""
    fields = template.fields
    changes: list[Change] = []
    removed: list[Span] = list(template.foreign)
    groups: defaultdict[Span, list[FieldSpan]] = defaultdict(list)
    for claim in fields.claims:
        groups[claim.outer].append(claim)
    for outer, claims in groups.items():
        badge = _unknown_badge(fields.text, claims, values)
        if badge:
            changes += [
                badge,
                *((c.start, c.end, values[c.slot]) for c in claims if c.slot in _LINKS),
            ]
            continue
        missing = [claim for claim in claims if not values.get(claim.slot)]
        changes += [(c.start, c.end, values[c.slot]) for c in claims if c not in missing]
        if len(missing) == len(claims):
            removed.append(outer)
        elif missing:
            removed += _partly_removed(claims, missing)
    if template.unit.has_cells:
        return _filled_row(fields.text, changes, removed, placeholder)
    if template.unit.is_html:
        return apply(fields.text, changes, removed)  # its lines are cells: none is dropped
    return _filled_lines(fields, changes, removed)


def _unknown_badge(
    text: str, claims: Sequence[FieldSpan], values: Mapping[Slot, str]
) -> Change | None:
    """A link whose label is a badge made of an id that this paper has not: the label that it
    gets instead."""
    link = next((c for c in claims if c.slot in _LINKS and values.get(c.slot)), None)
    echo = any(c.slot in {Slot.ARXIV, Slot.REPOSITORY} and not values.get(c.slot) for c in claims)
    end = text.rfind("](", 0, link.start) if link and echo else -1
    if not link or end < link.outer[0]:
        return None
    return link.outer[0] + 1, end, "paper" if link.slot is Slot.PAPER else link.slot.value


def _partly_removed(claims: Sequence[FieldSpan], missing: Sequence[FieldSpan]) -> list[Span]:
    """Spans to take out of a group of which some fields stay."""
    title = next((c for c in claims if c.slot is Slot.TITLE), None)
    spans = []
    for claim in missing:
        if title and claim.slot is Slot.PAPER:  # a linked title without an address
            spans += [(claim.outer[0], title.start), (title.end, claim.outer[1])]
            continue
        at = claims.index(claim)
        if at + 1 < len(claims):
            spans.append((claim.start, claims[at + 1].start))
        else:
            spans.append((claims[at - 1].end, claim.end))
    return spans


def _filled_lines(fields: Fields, changes: list[Change], removed: list[Span]) -> str:
    """A line that loses all it held is dropped; the last line ends as the example's does."""
    text = fields.text
    kept = {(start, end) for start, end, _ in changes}
    for later in _LATER_LINE.finditer(text):
        start, stop = later.span("line")
        inside = [c for c in fields.claims if start <= c.start and c.end <= stop]
        lost = [span for span in removed if start <= span[0] and span[1] <= stop]
        emptied = not inside and lost and _is_bare(apply(text[start:stop], [], _moved(lost, start)))
        if emptied or (inside and not any((c.start, c.end) in kept for c in inside)):
            removed.append(later.span())
    ending = _LINE_ENDING.search(text)
    return apply(text, changes, removed).rstrip(" \t\\") + (ending[0] if ending else "")


def _moved(spans: Sequence[Span], by: int) -> list[Span]:
    return [(start - by, end - by) for start, end in spans]


def _is_bare(line: str) -> bool:
    """A marker, and perhaps a label that nothing follows any more (`- Modality:`)."""
    return bool(_BARE_LINE.fullmatch(line))


def _filled_row(text: str, changes: list[Change], removed: list[Span], placeholder: str) -> str:
    out = text
    for start, end in reversed(cell_spans(text)):
        mine = [(a - start, b - start, v) for a, b, v in changes if start <= a and b <= end]
        gone = [(a - start, b - start) for a, b in removed if start <= a and b <= end]
        if not mine and not gone:
            continue
        cell = _OUTER_BREAKS.sub("", apply(text[start:end], mine, gone).strip(" "))
        if not mine and (not re.search(r"\w", cell) or PLACEHOLDER.match(cell)):
            cell = placeholder
        out = out[:start] + cell + out[end:]
    return out
