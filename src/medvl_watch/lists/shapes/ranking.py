"""How well the shapes of a place suit a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medvl_watch.lists.fields.names import short_name
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.learning import Shape, family_of
from medvl_watch.lists.shapes.parts import LINK_SLOTS, Part
from medvl_watch.lists.shapes.style import WritingStyle
from medvl_watch.lists.shapes.values import text_of
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.samples import venue_key
from medvl_watch.papers.addresses import is_preprint_address
from medvl_watch.papers.preprint_names import is_preprint_name

_LEAST_OF_KIND = 4
USUAL = 0.8
"""The share of the entries of a kind that makes a shape the kind's."""

_SYMBOL = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f]|:[a-z_]+:")
_IN_ADDRESS = re.compile(r"https?://(?:[^\s()\ue001]|\ue001[^\ue002]*\ue002)*")
"""An address in a shape's key, with the fields that stand in it."""


def rank_of(
    shape: Shape, paper: Facts, shapes: Sequence[Shape], style: WritingStyle
) -> tuple[float, ...]:
    """How well a shape suits what is known of a paper: what links it has first, then whether
    published papers or preprints are written so, then how common it is."""
    slots = shape.slots
    for_page = Slot.PAGE in slots or (style.code_takes_pages and not paper.code)
    wants_code = bool(paper.code or (paper.page and style.code_takes_pages))
    links = (wants_code == (Slot.CODE in slots)) + 0.5 * (bool(paper.page) == for_page)
    return (
        float(Slot.PAPER in slots or not paper.url),
        links,
        float(shape.is_balanced),
        -_marks_by_hand(shape, shapes),
        _venue_fit(shape, paper, shapes),
        float(_is_usual_for_kind(shape, paper, shapes)),
        sum(each.share for each in _variants(shape, shapes)),
        float(_shows_venue(shape, paper, style)),
        shape.share,
    )


def _variants(shape: Shape, shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes that differ from one in nothing but words of addresses, as in a badge's colour."""
    loose = _IN_ADDRESS.sub("", shape.key)
    return [each for each in shapes if _IN_ADDRESS.sub("", each.key) == loose]


def _shows_venue(shape: Shape, paper: Facts, style: WritingStyle) -> bool:
    """Whether an entry of this shape is of the paper's venue: a badge's colour goes with it."""
    own = style.preprint if paper.preprint else paper.venue
    return bool(own) and any(
        venue_key(text_of(parts, Slot.VENUE)) == venue_key(own or "") for parts in shape.examples
    )


def _is_usual_for_kind(shape: Shape, paper: Facts, shapes: Sequence[Shape]) -> bool:
    """Whether four of five entries with the same links whose papers have a coined name, or of those
    whose papers have none, have a shape: some lists write the two in different ways."""
    own = total = 0.0
    seen = 0
    links = shape.slots & LINK_SLOTS
    for each in (each for each in shapes if each.slots & LINK_SLOTS == links):
        alike = sum(has_coined_name(parts) == bool(paper.name) for parts in each.examples)
        weight = each.share * alike / len(each.examples)
        total += weight
        own += weight * (each is shape)
        seen += alike * (each is shape)
    return seen >= _LEAST_OF_KIND and own >= USUAL * total


def has_coined_name(parts: Sequence[Part]) -> bool:
    name = text_of(parts, Slot.NAME)
    return any(map(str.isalpha, name)) or bool(short_name(text_of(parts, Slot.TITLE), ""))


def _venue_fit(shape: Shape, paper: Facts, shapes: Sequence[Shape]) -> float:
    """Whether entries of this shape are of the paper's kind: 1 where they are, else less."""
    named, bare = _preprints_in(shapes)
    if Slot.VENUE not in shape.slots:
        published = bool(paper.venue) and not paper.preprint
        return 0.3 if published else 1.0 if bare >= named else 0.5
    family = family_of(shape.parts)
    alike = [each for each in shapes if family_of(each.parts) == family]
    venues = [text_of(parts, Slot.VENUE) for each in alike for parts in each.examples]
    preprints = sum(map(is_preprint_name, venues)) / len(venues)
    if paper.preprint or not paper.venue:
        return 1.0 if preprints else 0.4
    return 1.0 if preprints < 1 else 0.4


def _preprints_in(shapes: Sequence[Shape]) -> tuple[float, float]:
    """How much of a place names the preprint server as a venue, and how much has a link to it
    without a venue."""
    named = bare = 0.0
    for shape in shapes:
        weight = shape.share / len(shape.examples)
        for parts in shape.examples:
            venue = text_of(parts, Slot.VENUE)
            named += weight * is_preprint_name(venue)
            bare += weight * (not venue and is_preprint_address(text_of(parts, Slot.PAPER)))
    return named, bare


def _marks_by_hand(shape: Shape, shapes: Sequence[Shape]) -> float:
    """The symbols (stars, flames) without which the shape would be another one of the place:
    somebody puts them there by hand."""
    if not _SYMBOL.search(shape.key):
        return 0
    bare = _bare(shape.key)
    plain = {re.sub(r"\s+", "", each.key) for each in shapes if each is not shape}
    return len(_SYMBOL.findall(shape.key)) if bare in plain else 0


def _bare(key: str) -> str:
    return re.sub(r"\s+", "", _SYMBOL.sub("", key))
