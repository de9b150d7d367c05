"""What a reader of a list can infer from it, section by section, with how sure that is.

Everything here comes from the functions that insertion itself uses, so that what is shown
is what would be done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from medvl_watch.lists.editing.section_order import main_entries, sort_keys_elsewhere
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.inspecting.template_text import jinja_of, without_code
from medvl_watch.lists.parsing.blocks import BULLET
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Entry, Unit
from medvl_watch.lists.shapes.layout import align_with
from medvl_watch.lists.shapes.learning import (
    LEAST_SHARE,
    Shape,
    Understanding,
    shapes_of,
    understanding_of,
)
from medvl_watch.lists.shapes.neighbours import near_entries
from medvl_watch.lists.style.order import (
    GROWTH_KEYS,
    EntryOrder,
    SortKeys,
    newest_first,
    order_of,
    sort_keys_of,
    steps,
)
from medvl_watch.lists.style.overrides import explain_template
from medvl_watch.lists.style.pieces import separator_of
from medvl_watch.lists.style.samples import ListSamples, Sample
from medvl_watch.lists.style.sections import years_of_headings

_UNCLEAR = (
    "its entries follow no pattern that could be learned; a configured template would say how"
)


@dataclass(frozen=True, slots=True)
class UsualPosition:
    """Where new entries go when no order says more. `share` 0..1 of what was seen agrees;
    `source` is where it was seen: `section`, `other sections`, `headings` or `nowhere`."""

    at_top: bool
    share: float
    source: str


@dataclass(frozen=True, slots=True)
class SectionReport:
    """What a section teaches. Confidences and shares are 0..1.

    `order_source` is `section` where its own entries show the order, else `other sections`;
    `ties_last` tells that of papers with equal keys a new one comes last. `template` is
    Jinja2 text; `template_source` says whose entries weigh most in it (`section`,
    `siblings`, `file`). `fidelity` says how many existing entries are explained. `refusal` says
    why nothing could be inserted here, empty if something could.
    """

    unit: str
    unit_share: float
    marker: str
    marker_share: float
    blank_lines: int
    blank_lines_share: float
    order: EntryOrder | None
    order_source: str
    ties_last: bool
    growth: UsualPosition
    template: str
    template_share: float
    template_source: str
    configured: bool
    fidelity: Understanding
    refusal: str


def learned_of(habits: ListSamples, section: Section) -> SectionReport:
    """What insertion into this section would go by."""
    document = habits.document
    entries = main_entries(document, section)
    own = [sort_keys_of(habits.fields_of(entry)) for entry in entries]
    others = sort_keys_elsewhere(habits, section)
    growth = _growth(own, others, years_of_headings(document))
    like = entries[0 if growth.at_top else -1] if entries else None
    samples = near_entries(habits, section, like.end if like else section.body, like)
    shapes = shapes_of(samples)
    shape = _usual(shapes)
    override = habits.overrides.of(section.path)
    order, order_source = _order(own, others)
    shown = like or (shape.sample.entry if shape else None)
    marker, marker_share = _marker(document, entries or ([shown] if shown else []))
    gap, gap_share = _gap(document, entries)
    return SectionReport(
        unit=shown.unit.name if shown else "",
        unit_share=_share(len(entries), len(document.entries_of(section))),
        marker=marker,
        marker_share=marker_share,
        blank_lines=gap,
        blank_lines_share=gap_share,
        order=order,
        order_source=order_source,
        ties_last=_ties_last(growth),
        growth=growth,
        template=override or _shown(habits, shape, shapes, like),
        template_share=1.0 if override else shape.share if shape else 0.0,
        template_source=_source(habits, section, samples),
        configured=override is not None,
        fidelity=understanding_of(shapes, samples),
        refusal=_refusal(section, shape, configured=override is not None),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _growth(
    own: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], years: Sequence[int]
) -> UsualPosition:
    at_top = newest_first(own, others, years)
    for source, sights in (("section", [own]), ("other sections", [*others])):
        counts = [steps(s, key) for s in sights for key in GROWTH_KEYS]
        rising, falling = sum(c[0] for c in counts), sum(c[1] for c in counts)
        if rising != falling and (falling > rising) == at_top:
            return UsualPosition(at_top, _share(max(rising, falling), rising + falling), source)
    falls = [a > b for a, b in pairwise(years) if a != b]
    if falls and (2 * sum(falls) > len(falls)) == at_top:
        agree = sum(fall == at_top for fall in falls)
        return UsualPosition(at_top, agree / len(falls), "headings")
    return UsualPosition(at_top, 0.0, "nowhere")


def _order(
    own: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]]
) -> tuple[EntryOrder | None, str]:
    """The order that is kept, and whether the section itself shows it."""
    order = order_of(own, others) if own else None
    if order is None or not order.is_reliable:
        return None, ""
    rising, falling, _ = steps(own, order.key)
    agree, against = (rising, falling) if order.rising else (falling, rising)
    return order, "section" if agree >= 2 and agree > against else "other sections"


def _ties_last(growth: UsualPosition) -> bool:
    """As `placing.spot_for` breaks ties."""
    return not growth.at_top


def _marker(document: Document, entries: Sequence[Entry]) -> tuple[str, float]:
    """What most of these entries begin with, the indent included."""
    found = [BULLET.match(document.lines[entry.start]) for entry in entries]
    markers = Counter("1. " if m and m[2][0].isdigit() else m[0] if m else "" for m in found)
    if not markers:
        return "", 0.0
    marker, count = markers.most_common(1)[0]
    return marker, count / len(entries)


def _gap(document: Document, entries: Sequence[Entry]) -> tuple[int, float]:
    """The blank lines between two entries, and how many gaps are so."""
    gap = separator_of(document, entries, entries).count("\n") if entries else 0
    found = [b.start - a.end for a, b in pairwise(entries)]
    return gap, _share(sum(each == gap for each in found), len(found))


def _source(habits: ListSamples, section: Section, samples: Sequence[Sample]) -> str:
    """Whose entries weigh most in what is learned for a section."""
    weights = {"section": 0.0, "siblings": 0.0, "file": 0.0}
    for sample in samples:
        path = habits.document.path_of(sample.entry)
        kin = "siblings" if path[:-1] == section.path[:-1] else "file"
        weights["section" if path == section.path else kin] += sample.weight
    return max(weights, key=lambda each: weights[each]) if samples else ""


def _usual(shapes: Sequence[Shape]) -> Shape | None:
    """The shape that new entries mostly get; of those with code and without it the one with."""
    usable = [
        shape
        for shape in shapes
        if shape.is_known
        and shape.family_share >= LEAST_SHARE
        and shape.slots & {Slot.TITLE, Slot.NAME}
    ]
    with_code = [shape for shape in usable if Slot.CODE in shape.slots]
    with_code.sort(key=lambda shape: not shape.is_balanced)
    usual = usable[0] if usable else None
    for shape in with_code:
        if usual and without_code(shape, [usual]):
            return shape
    return usual


def _shown(
    habits: ListSamples, shape: Shape | None, shapes: Sequence[Shape], like: Entry | None
) -> str:
    """The shape as a template; empty where it could not be configured as a Jinja2 template."""
    if shape is None:
        return ""
    text = align_with(habits.document, jinja_of(shape, shapes), shape.sample.entry, like)
    return "" if text and explain_template(text).startswith("is no") else text


def _refusal(section: Section, shape: Shape | None, *, configured: bool) -> str:
    if section.closed:
        return "it does not hold papers"
    return "" if shape or configured else _UNCLEAR


def units_of(habits: ListSamples, section: Section) -> dict[Unit, int]:
    """How many entries of which unit a section holds."""
    return dict(Counter(e.unit for e in habits.document.entries_of(section)))
