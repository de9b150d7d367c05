"""Which of the list's entries a new one is written after.

Each entry whose fields are known is a template. Those of one skeleton (the text between the
fields) speak with one voice; the skeleton that fits the paper best and has most weight wins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from medvl_watch.lists.fields.dates_and_venues import is_journal
from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.parsing.entries import Unit
from medvl_watch.lists.style.facts import Facts, repository_of
from medvl_watch.lists.style.remarks import foreign_chunks
from medvl_watch.lists.style.samples import Sample
from medvl_watch.lists.style.span_edits import Span, apply
from medvl_watch.papers.addresses import is_preprint_address
from medvl_watch.papers.preprint_names import is_preprint_name

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
    """An entry to follow. `foreign` are the spans that speak of its own paper alone, and are
    never kept; `skeleton` is what it shares with others of its kind."""

    sample: Sample
    foreign: tuple[Span, ...]
    skeleton: str

    @property
    def fields(self) -> Fields:
        return self.sample.fields

    @property
    def unit(self) -> Unit:
        return self.sample.entry.unit


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """The template for a paper, and the share (0..1) of all templates' weight that its
    skeleton has."""

    template: Template
    share: float


def templates_of(samples: Sequence[Sample]) -> tuple[Template, ...]:
    """These entries as templates; what is foreign in one, the others tell."""
    return tuple(
        Template(sample, foreign, _skeleton(sample.fields, foreign))
        for sample, foreign in zip(samples, foreign_chunks(samples), strict=True)
    )


def _skeleton(fields: Fields, foreign: Sequence[Span]) -> str:
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


_Weighted = list[tuple[float, Template]]


def choose(templates: Sequence[Template], facts: Facts) -> TemplateChoice | None:
    """The template for this paper, or None where none shows where a title goes."""
    fit = _fit(templates, facts)
    voices: defaultdict[str, _Weighted] = defaultdict(list)
    for template in templates:
        worth = fitness(template.fields, facts, fit)
        if worth:
            soundness = _BROKEN if _NESTED.search(template.fields.text) else 1.0
            pair = template.sample.weight * worth * soundness, template
            voices[template.skeleton].append(pair)
    if not voices:
        return None
    groups = _by_well_formed(voices)
    skeleton = max(groups, key=lambda key: _weight(groups[key]))
    best = groups[skeleton]
    examples = [pair for pair in best if pair[1].skeleton == skeleton]
    template = max(_usual_endings(examples), key=lambda pair: pair[0])[1]
    return TemplateChoice(template, _weight(best) / _weight(list(chain(*groups.values()))))


def _weight(group: _Weighted) -> float:
    return sum(weight for weight, _ in group)


def _by_well_formed(voices: Mapping[str, _Weighted]) -> dict[str, _Weighted]:
    r"""The voices under the skeletons that they speak for: a malformed one (`\[[code](u)]`)
    for the well-formed one that differs from it in brackets only, if there is one."""
    sound: dict[str, tuple[float, str]] = {}
    for skeleton, group in voices.items():
        if is_balanced(skeleton):
            loose = _loose(skeleton)
            sound[loose] = max(sound.get(loose, (0.0, "")), (_weight(group), skeleton))
    groups: defaultdict[str, _Weighted] = defaultdict(list)
    for skeleton, group in voices.items():
        is_sound = is_balanced(skeleton)
        meant = skeleton if is_sound else sound.get(_loose(skeleton), (0.0, skeleton))[1]
        groups[meant] += group
    return groups


def is_balanced(text: str) -> bool:
    """Whether brackets close what they open, and escaped ones the escaped ones."""
    return all(
        text.count("\\" + left) == text.count("\\" + right)
        and text.count(left) == text.count(right)
        for left, right in ("[]", "()")
    )


def _loose(skeleton: str) -> str:
    """A skeleton without brackets."""
    return re.sub(r"[\\\[\]()\s]", "", skeleton)


def _usual_endings(group: _Weighted) -> _Weighted:
    """Those of a group that end as most of it does: with or without trailing blanks."""
    endings: defaultdict[str, _Weighted] = defaultdict(list)
    for weight, template in group:
        text = template.fields.text
        endings[text[len(text.rstrip()) :]].append((weight, template))
    return max(endings.values(), key=_weight)


@dataclass(frozen=True, slots=True)
class Fit:
    """What fitness depends on beside the entry: the slots that the paper can fill, what an
    example of the other kind (preprint or venue) counts, and one without place for code."""

    known: frozenset[Slot]
    stranger: float
    codeless: float


def _fit(templates: Sequence[Template], facts: Facts) -> Fit:
    slots = [template.fields.slots for template in templates]
    return Fit(
        known=known_slots(facts),
        stranger=0.4 if _preprints_have_venue(templates) else 0.15,
        codeless=0.02 if any({Slot.PAPER, Slot.CODE} <= each for each in slots) else 0.9,
    )


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
        if is_preprint_name(venue):
            return fit.stranger
        return 1.0 if is_journal(venue) == is_journal(facts.venue) else 0.6
    if venue is not None and not is_preprint_name(venue):
        return fit.stranger
    return 1.0


def _preprints_have_venue(templates: Sequence[Template]) -> bool:
    """Whether the list writes `arXiv` as it writes a venue: then both look alike."""
    with_word = sum(is_preprint_name(t.fields.first(Slot.VENUE) or "") for t in templates)
    without = sum(
        Slot.VENUE not in t.fields.slots and is_preprint_address(t.fields.first(Slot.PAPER) or "")
        for t in templates
    )
    return with_word > without
