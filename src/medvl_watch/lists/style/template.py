"""The template of an entry: which example a new entry follows, and how it is filled.

An example is an entry of the list whose fields are known. Entries with the same skeleton
(the text between the fields) speak with one voice; the skeleton that fits the paper best
and has most weight wins. Nothing of the example's own facts is ever kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from medvl_watch.lists.fields.phrases import is_journal, is_preprint
from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.style.cutting import Span, apply
from medvl_watch.lists.style.facts import Facts, repository_of
from medvl_watch.lists.style.habits import Sample
from medvl_watch.lists.style.remarks import foreign_chunks

_COSTS = {
    Slot.AUTHORS: 0.3, Slot.NAME: 0.2, Slot.DATE: 0.3, Slot.VENUE: 0.3, Slot.YEAR: 0.3,
    Slot.CODE: 0.05, Slot.PAGE: 0.1, Slot.PAPER: 0.1, Slot.TEXT: 0.5, Slot.ARXIV: 0.2,
    Slot.REPOSITORY: 0.3,
    Slot.IDENTIFIER: 0.3, Slot.SCHOLAR: 0.9,
}  # fmt: skip
_NAMELESS = 0.02
"""What an example counts whose link is its name, for a paper that has none."""

_NESTED = re.compile(r"\]\(\s*\[")
_BROKEN = 0.05
"""What an example with an address within an address counts: it is not to be copied."""

_CELL = 0.5
"""What it costs at most that a cell of a row stays unknown."""


@dataclass(frozen=True, slots=True)
class Template:
    """An example to follow, its share of the examples' weight, and its foreign words."""

    sample: Sample
    confidence: float
    foreign: tuple[tuple[int, int], ...]


def skeleton(fields: Fields, foreign: Sequence[Span]) -> str:
    """The text between the fields, without what is foreign; trailing blanks do not count."""
    removed = [*foreign, *(c.outer for c in fields.claims if c.slot is Slot.TEXT)]
    marks = [
        (c.start, c.end, f"\ue001{c.slot.value}\ue002")
        for c in fields.claims
        if c.slot is not Slot.TEXT
    ]
    return apply(fields.text, marks, removed).rstrip()


def known_slots(facts: Facts) -> frozenset[Slot]:
    """The slots that this paper can fill."""
    known = {
        Slot.NUMBER: True, Slot.TITLE: True, Slot.NAME: bool(facts.name),
        Slot.VENUE: facts.venue is not None, Slot.YEAR: facts.year is not None,
        Slot.DATE: facts.date[1] > 0, Slot.AUTHORS: bool(facts.authors),
        Slot.PAPER: facts.url is not None,
        Slot.CODE: facts.code is not None or facts.page is not None,
        Slot.PAGE: facts.page is not None, Slot.ARXIV: facts.arxiv_id is not None,
        Slot.IDENTIFIER: facts.url is not None,
        Slot.REPOSITORY: bool(repository_of(facts.code)), Slot.SCHOLAR: bool(facts.scholar_id),
    }  # fmt: skip
    return frozenset(slot for slot, is_known in known.items() if is_known)


def choose(samples: Sequence[Sample], facts: Facts) -> Template | None:
    """The template for this paper, or None where no sample shows where a title goes."""
    known = known_slots(facts)
    stranger = 0.4 if _preprints_have_venue(samples) else 0.15
    codeless = 0.02 if any({Slot.PAPER, Slot.CODE} <= s.fields.slots for s in samples) else 0.9
    groups: defaultdict[str, list[tuple[float, Sample]]] = defaultdict(list)
    foreign = dict(zip((s.entry.start for s in samples), foreign_chunks(samples), strict=True))
    for sample in samples:
        fit = fitness(sample.fields, facts, Fit(known, stranger, codeless))
        if fit:
            key = skeleton(sample.fields, foreign[sample.entry.start])
            soundness = _BROKEN if _NESTED.search(sample.fields.text) else 1.0
            groups[key].append((sample.weight * fit * soundness, sample))
    if not groups:
        return None
    groups, usable = _well_formed(groups)
    total = sum(weight for group in groups.values() for weight, _ in group)
    best = max(groups.values(), key=lambda group: sum(weight for weight, _ in group))
    examples = [pair for pair in best if pair[1].entry.start in usable] or best
    sample = max(_usual_endings(examples), key=lambda pair: pair[0])[1]
    confidence = sum(weight for weight, _ in best) / total
    return Template(sample, confidence, foreign[sample.entry.start])


_Groups = defaultdict[str, list[tuple[float, Sample]]]


def _well_formed(groups: _Groups) -> tuple[_Groups, frozenset[int]]:
    r"""Malformed skeletons (`\[[code](u)]`) speak for the well-formed one that differs from
    them in brackets only, and are no examples then; and the starts of all that may be one."""
    sound: dict[str, tuple[float, str]] = {}
    for key, group in groups.items():
        if is_balanced(key):
            weight = sum(weight for weight, _ in group)
            sound[_loose(key)] = max(sound.get(_loose(key), (0.0, "")), (weight, key))
    merged: _Groups = defaultdict(list)
    usable: set[int] = set()
    for key, group in groups.items():
        better = key if is_balanced(key) else sound.get(_loose(key), (0.0, key))[1]
        merged[better] += group
        if better == key:
            usable.update(sample.entry.start for _, sample in group)
    return merged, frozenset(usable)


def is_balanced(text: str) -> bool:
    """Whether brackets close what they open, and escaped ones the escaped ones."""
    return all(
        text.count("\\" + left) == text.count("\\" + right)
        and text.count(left) == text.count(right)
        for left, right in ("[]", "()")
    )


def _loose(key: str) -> str:
    return re.sub(r"[\\\[\]()\s]", "", key)


def _usual_endings(group: Sequence[tuple[float, Sample]]) -> list[tuple[float, Sample]]:
    """Those of a group that end as most of it does: with or without trailing blanks."""
    endings: defaultdict[str, float] = defaultdict(float)
    for weight, sample in group:
        text = sample.fields.text
        endings[text[len(text.rstrip()) :]] += weight
    usual = max(endings, key=lambda ending: endings[ending])
    return [
        (weight, sample)
        for weight, sample in group
        if sample.fields.text[len(sample.fields.text.rstrip()) :] == usual
    ]


@dataclass(frozen=True, slots=True)
class Fit:
    """What fitness depends on beside the entry: the slots that the paper can fill, what an
    example of the other kind (preprint or venue) counts, and one without place for code."""

    known: frozenset[Slot]
    stranger: float
    codeless: float


def fitness(fields: Fields, facts: Facts, fit: Fit) -> float:
    """How well an entry serves as an example for this paper: 0 not at all, 1 in everything."""
    slots = fields.slots
    if Slot.TITLE not in slots and Slot.NAME not in slots:
        return 0.0
    row = _is_row(fields.text)
    worth = 1.0 if Slot.TITLE in slots else 0.8 if row else 0.3
    if Slot.NAME not in fit.known and Slot.TITLE in slots and is_name_the_link(fields):
        worth *= _NAMELESS
    for claim in fields.claims:
        if claim.slot not in fit.known:  # a cell that is not known is written as unknown
            worth *= max(_COSTS[claim.slot], _CELL if row else 0.0)
    if Slot.PAPER in fit.known and Slot.PAPER not in slots:
        worth *= 0.05
    return worth * _links_fit(fields, facts, fit) * _venue_fit(fields, facts, fit)


def _is_row(text: str) -> bool:
    """Whether an entry is a table's row, which may name works without giving titles."""
    return text.lstrip().startswith("|") and "\n" not in text


def _links_fit(fields: Fields, facts: Facts, fit: Fit) -> float:
    """Whether there is a place for code, or for a page where there is only that."""
    slots = fields.slots
    if facts.code:
        theirs = fields.first(Slot.CODE)
        if theirs is None:
            return fit.codeless
        return 1.0 if host_of(theirs) == host_of(facts.code) else 0.15
    if facts.page:
        return 1.0 if Slot.PAGE in slots else 0.6 if Slot.CODE in slots else fit.codeless
    return 1.0


def host_of(url: str) -> str:
    """The part of an address by which lists choose a label (`[Github]`, `[HuggingFace]`)."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.split(".")[-2:])


def is_name_the_link(fields: Fields) -> bool:
    """`[Name](address): title`, where without a name the address has no place."""
    outers = {claim.slot: claim.outer for claim in fields.claims}
    return Slot.NAME in outers and outers[Slot.NAME] in {
        outers.get(Slot.PAPER),
        outers.get(Slot.CODE),
    }


def _venue_fit(fields: Fields, facts: Facts, fit: Fit) -> float:
    """Preprints are written after the example of preprints, venues after that of venues."""
    venue = fields.first(Slot.VENUE)
    if facts.venue is not None and not facts.preprint:
        if venue is None:
            return 0.15
        if is_preprint(venue):
            return fit.stranger
        return 1.0 if is_journal(venue) == is_journal(facts.venue) else 0.6
    if venue is not None and not is_preprint(venue):
        return fit.stranger
    return 1.0


def _preprints_have_venue(samples: Sequence[Sample]) -> bool:
    """Whether the list writes `arXiv` as it writes a venue: then both look alike."""
    with_word = sum(is_preprint(s.fields.first(Slot.VENUE) or "") for s in samples)
    without = sum(
        Slot.VENUE not in s.fields.slots and "arxiv.org" in (s.fields.first(Slot.PAPER) or "")
        for s in samples
    )
    return with_word > without
