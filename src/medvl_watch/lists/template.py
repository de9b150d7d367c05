"""The template of an entry: which example a new entry follows, and how it is filled.

An example is an entry of the list whose fields are known. Entries with the same skeleton
(the text between the fields) speak with one voice; the skeleton that fits the paper best
and has most weight wins. Nothing of the example's own facts is ever kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from medvl_watch.lists.entries import Unit
from medvl_watch.lists.facts import Facts
from medvl_watch.lists.fields import Claim, Fields, Slot
from medvl_watch.lists.habits import Sample
from medvl_watch.lists.markup import LINK
from medvl_watch.lists.phrases import is_preprint

_WORD = re.compile(r"[^\W\d_]{2,}(?:[ '’/-][^\W\d_]+)*")
_TAG = re.compile(r"<[^<>]*>")
_COSTS = {
    Slot.AUTHORS: 0.3, Slot.NAME: 0.2, Slot.DATE: 0.3, Slot.VENUE: 0.3, Slot.YEAR: 0.3,
    Slot.CODE: 0.05, Slot.PAGE: 0.1, Slot.PAPER: 0.1, Slot.TEXT: 0.5, Slot.ARXIV: 0.2,
    Slot.REPOSITORY: 0.3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """An example to follow, its share of the examples' weight, and its foreign words."""

    sample: Sample
    confidence: float
    foreign: tuple[tuple[int, int], ...]


def skeleton(fields: Fields) -> str:
    """The text between the fields; trailing blanks do not count."""
    parts = []
    at = 0
    for claim in fields.claims:
        parts += [fields.text[at : claim.start], f"\ue001{claim.slot.value}\ue002"]
        at = claim.end
    parts.append(fields.text[at:])
    return "".join(parts).rstrip()


def known_slots(facts: Facts) -> frozenset[Slot]:
    """The slots that this paper can fill."""
    known = {
        Slot.NUMBER: True, Slot.TITLE: True, Slot.NAME: bool(facts.name),
        Slot.VENUE: facts.venue is not None, Slot.YEAR: facts.year is not None,
        Slot.DATE: facts.date[1] > 0, Slot.AUTHORS: bool(facts.authors),
        Slot.PAPER: facts.url is not None,
        Slot.CODE: facts.code is not None or facts.page is not None,
        Slot.PAGE: facts.page is not None, Slot.ARXIV: facts.arxiv_id is not None,
        Slot.REPOSITORY: bool(facts.code and "github.com" in facts.code),
    }  # fmt: skip
    return frozenset(slot for slot, is_known in known.items() if is_known)


def choose(samples: Sequence[Sample], facts: Facts) -> Template | None:
    """The template for this paper, or None where no sample shows where a title goes."""
    known = known_slots(facts)
    stranger = 0.7 if _preprints_have_venue(samples) else 0.15
    groups: defaultdict[str, list[tuple[float, Sample]]] = defaultdict(list)
    for sample in samples:
        fit = fitness(sample.fields, facts, known, stranger)
        if fit:
            groups[skeleton(sample.fields)].append((sample.weight * fit, sample))
    if not groups:
        return None
    total = sum(weight for group in groups.values() for weight, _ in group)
    best = max(groups.values(), key=lambda group: sum(weight for weight, _ in group))
    sample = max(best, key=lambda pair: pair[0])[1]
    confidence = sum(weight for weight, _ in best) / total
    return Template(sample, confidence, foreign_words(sample, samples))


def fitness(fields: Fields, facts: Facts, known: frozenset[Slot], stranger: float) -> float:
    """How well an entry serves as an example for this paper: 0 not at all, 1 in everything."""
    slots = fields.slots
    if Slot.TITLE not in slots and Slot.NAME not in slots:
        return 0.0
    fit = 1.0 if Slot.TITLE in slots else 0.3
    for claim in fields.claims:
        if claim.slot not in known:
            fit *= _COSTS[claim.slot]
    if Slot.PAPER in known and Slot.PAPER not in slots:
        fit *= 0.05
    fit *= _links_fit(fields, facts)
    if Slot.NAME not in known and Slot.TITLE in slots and _is_name_the_link(fields):
        return 0.0
    return fit * _venue_fit(fields, facts, stranger)


def _links_fit(fields: Fields, facts: Facts) -> float:
    """Whether there is a place for code, or for a page where there is only that."""
    slots = fields.slots
    if facts.code:
        theirs = fields.first(Slot.CODE)
        if theirs is None:
            return 0.02
        return 1.0 if _host(theirs) == _host(facts.code) else 0.4
    if facts.page:
        return 1.0 if Slot.PAGE in slots else 0.4 if Slot.CODE in slots else 0.02
    return 1.0


def _host(url: str) -> str:
    """The part of an address by which lists choose a label (`[Github]`, `[HuggingFace]`)."""
    host = urlsplit(url).hostname or ""
    return ".".join(host.split(".")[-2:])


def _is_name_the_link(fields: Fields) -> bool:
    """`[Name](address): title`, where without a name the address has no place."""
    outers = {claim.slot: claim.outer for claim in fields.claims}
    return Slot.NAME in outers and outers[Slot.NAME] in {
        outers.get(Slot.PAPER),
        outers.get(Slot.CODE),
    }


def _venue_fit(fields: Fields, facts: Facts, stranger: float) -> float:
    """Preprints are written after the example of preprints, venues after that of venues;
    `stranger` is what the other kind counts."""
    venue = fields.first(Slot.VENUE)
    if facts.venue is not None and not facts.preprint:
        if venue is None:
            return 0.15
        return stranger if is_preprint(venue) else 1.0
    if venue is not None and not is_preprint(venue):
        return stranger
    return 1.0


def _preprints_have_venue(samples: Sequence[Sample]) -> bool:
    """Whether the list writes `arXiv` as it writes a venue: then both look alike."""
    with_word = sum(is_preprint(s.fields.first(Slot.VENUE) or "") for s in samples)
    without = sum(
        Slot.VENUE not in s.fields.slots and "arxiv.org" in (s.fields.first(Slot.PAPER) or "")
        for s in samples
    )
    return with_word > without


def foreign_words(sample: Sample, samples: Sequence[Sample]) -> tuple[tuple[int, int], ...]:
    """Words of the example that are neither its fields nor common to the list: facts of
    that one paper which must not be copied."""
    fields = sample.fields
    text = fields.text
    covered = [(c.start, c.end) for c in fields.claims]
    covered += [m.span() for m in LINK.finditer(text)]
    covered += [m.span() for m in _TAG.finditer(text)]
    others = [literal(s.fields) for s in samples if s is not sample]
    found = []
    for word in _WORD.finditer(text):
        if any(start < word.end() and word.start() < end for start, end in covered):
            continue
        shared = sum(word[0] in other for other in others)
        if shared < max(1, min(3, 0.05 * len(others))):
            found.append(word.span())
    found += [span for span in _images(text) if not any(text[slice(*span)] in o for o in others)]
    return tuple(found)


def _images(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in LINK.finditer(text) if m["image"] or m["img"]]


def literal(fields: Fields) -> str:
    """What is left of an entry without its fields."""
    return skeleton(fields).replace("\ue002", " ").replace("\ue001", " ")


# --- filling --------------------------------------------------------------------------


def fill(template: Template, values: Mapping[Slot, str], placeholder: str) -> str:
    """The example's text with the values in its fields; fields without a value go, with
    what held them; cells that become empty get the placeholder."""
    fields = template.sample.fields
    text = fields.text
    edits: list[tuple[int, int, str]] = []
    removed: list[tuple[int, int]] = list(template.foreign)
    groups: defaultdict[tuple[int, int], list[Claim]] = defaultdict(list)
    for claim in fields.claims:
        groups[claim.outer].append(claim)
    for outer, claims in groups.items():
        missing = [claim for claim in claims if not values.get(claim.slot)]
        edits += [(c.start, c.end, values[c.slot]) for c in claims if c not in missing]
        if len(missing) == len(claims):
            removed.append(outer)
        elif missing:
            removed += _partly_removed(text, claims, missing)
    if template.sample.entry.unit is Unit.ROW:
        return _filled_row(text, edits, removed, placeholder)
    return _filled(text, edits, removed, fields)


def _partly_removed(text: str, claims: list[Claim], missing: list[Claim]) -> list[tuple[int, int]]:
    """Spans to take out of a group of which some fields stay."""
    title = next((c for c in claims if c.slot is Slot.TITLE), None)
    spans = []
    for claim in missing:
        if title and claim.slot is Slot.PAPER:
            outer = claim.outer
            spans += [(outer[0], title.start), (title.end, outer[1])]
            continue
        at = claims.index(claim)
        if at + 1 < len(claims):
            spans.append((claim.start, claims[at + 1].start))
        else:
            spans.append((claims[at - 1].end, claim.end))
    return spans


def _filled(
    text: str,
    edits: list[tuple[int, int, str]],
    removed: list[tuple[int, int]],
    fields: Fields,
) -> str:
    """Apply edits and removals, line by line: a line that loses all it held is dropped."""
    keep = {(start, end) for start, end, _ in edits}
    lines = _line_spans(text)
    for start, end in lines[1:]:
        inside = [c for c in fields.claims if start <= c.start and c.end <= end]
        if inside and not any((c.start, c.end) in keep for c in inside):
            removed.append((max(0, start - 1), end - (1 if text[end - 1 : end] == "\n" else 0)))
    result = apply(text, edits, removed)
    ending = re.search(r"[ \t\\]*$", text)
    return result.rstrip(" \t\\") + (ending[0] if ending else "")


def _line_spans(text: str) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def apply(text: str, edits: list[tuple[int, int, str]], removed: list[tuple[int, int]]) -> str:
    """Exchange the edits' spans and take out the removed ones with their loose ends."""
    merged = _merged(removed)
    todo: list[tuple[int, int, str | None]] = [(start, end, None) for start, end in merged]
    for start, end, value in edits:
        if not any(a <= start and end <= b and a < b for a, b in merged):
            todo.append((start, end, value))
    for start, end, value in sorted(todo, key=lambda edit: (edit[0], edit[1]), reverse=True):
        if value is None:
            text = cut(text, start, end)
        else:
            if value[-1:] in ".?!" and text[end : end + 1] == "." and text[end : end + 2] != "..":
                end += 1 if value[-1] != "." else 0
            text = text[:start] + value + text[end:]
    return text


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def cut(text: str, start: int, end: int) -> str:
    """The text without a span, and without a separator that has nothing to separate."""
    before, after = text[:start], text[end:]
    opening = re.search(r"[ \t]*$", before)
    space = opening[0] if opening else ""
    bare = before[: len(before) - len(space)]
    if not after.strip(" \t\\") or after.lstrip(" \t").startswith(("\n", "<br")):
        kept = re.sub(r"[ \t]*(?:[,;|/·•+&]|\s[-–—])$", "", bare)
        return kept + after.lstrip(" \t") if not after.startswith("  \n") else kept + after
    if bare.endswith((".", ",", ";", ":")) and re.match(r"[ \t]*[.,;]", after):
        return bare + re.sub(r"^[ \t]*[.,;]", "", after)
    if re.match(r"[ \t]*[,;:][ \t]", after) and (not bare or bare[-1] in "[(*\n"):
        return before + re.sub(r"^[ \t]*[,;:][ \t]*", "", after)
    if (space or not bare or bare[-1] in "[(\n") and after[:1] in {" ", "\t"}:
        return before + after.lstrip(" \t")
    if space and after[:1] in set(".,;:)]"):
        return bare + after
    return before + after


def _filled_row(
    text: str, edits: list[tuple[int, int, str]], removed: list[tuple[int, int]], placeholder: str
) -> str:
    from medvl_watch.lists.rows import PLACEHOLDER, cell_spans

    out = text
    for start, end in reversed(cell_spans(text)):
        mine = [(a - start, b - start, v) for a, b, v in edits if start <= a and b <= end]
        gone = [(a - start, b - start) for a, b in removed if start <= a and b <= end]
        if not mine and not gone:
            continue
        cell = apply(text[start:end], mine, gone).strip(" ")
        cell = re.sub(r"^(?:\s*<br\s*/?>\s*)+|(?:\s*<br\s*/?>\s*)+$", "", cell)
        if not mine and (not re.search(r"\w", cell) or PLACEHOLDER.match(cell)):
            cell = placeholder
        out = out[:start] + cell + out[end:]
    return out
