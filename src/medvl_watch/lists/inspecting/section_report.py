"""What a reader of a list can infer from it, section by section, with how sure that is.

Everything here is asked of the functions that insertion itself uses, so that what is shown
is what would be done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from medvl_watch.lists.editing.placing import elsewhere_of, main_entries, samples_at
from medvl_watch.lists.inspecting.template_text import jinja_of
from medvl_watch.lists.parsing.blocks import BULLET
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Entry, Unit
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.fidelity import Fidelity, fidelity_of
from medvl_watch.lists.style.order import (
    EntryOrder,
    SortKeys,
    newest_first,
    order_of,
    sight_of,
    steps,
)
from medvl_watch.lists.style.overrides import explain_template
from medvl_watch.lists.style.pieces import separator_of
from medvl_watch.lists.style.rendering import EntryStyle, aligned, learn
from medvl_watch.lists.style.samples import ListSamples, Sample
from medvl_watch.lists.style.sections import years_of_headings
from medvl_watch.lists.style.template import Template, choose

_TYPICAL = Facts(
    id="", title="Title", name="Name", authors=("Ana Silva", "Li Wei", "Jo Park"), venue="arXiv",
    preprint=True, year=2025, year_is_sure=False, date=(2025, 1, 2), arxiv_id="2501.00001",
    url="https://arxiv.org/abs/2501.00001", code="https://github.com/owner/name", page=None,
)  # fmt: skip


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
    `siblings`, `file`). `fidelity` is about existing entries written anew. `refusal` says
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
    fidelity: Fidelity
    refusal: str


def learned_of(habits: ListSamples, section: Section) -> SectionReport:
    """What insertion into this section would go by."""
    document = habits.document
    entries = main_entries(document, section)
    own = [sight_of(habits.fields_of(entry)) for entry in entries]
    others = elsewhere_of(habits, section)
    growth = _growth(own, others, years_of_headings(document))
    like = entries[0 if growth.at_top else -1] if entries else None
    samples = samples_at(habits, section, like.end if like else section.body, like)
    manner = learn(samples, samples)
    chosen = choose(manner.templates, _TYPICAL)
    template = chosen.template if chosen else None
    override = habits.overrides.of(section.path)
    order, order_source = _order(own, others)
    shown = like or (template.sample.entry if template else None)
    marker, marker_share = _marker(document, entries or ([shown] if shown else []))
    gap, gap_share = _gap(document, entries)
    fidelity = fidelity_of(manner.samples, manner.placeholder)
    return SectionReport(
        unit=shown.unit.name if shown else "",
        unit_share=_share(len(entries), len(document.entries_of(section))),
        marker=marker,
        marker_share=marker_share,
        blank_lines=gap,
        blank_lines_share=gap_share,
        order=order,
        order_source=order_source,
        ties_last=_ties_last(order, growth),
        growth=growth,
        template=override or _shown(habits, template, manner, like),
        template_share=1.0 if override else chosen.share if chosen else 0.0,
        template_source=_source(habits, section, samples),
        configured=override is not None,
        fidelity=fidelity,
        refusal=_refusal(section, template, "" if override else fidelity.doubt),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _growth(
    own: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], years: Sequence[int]
) -> UsualPosition:
    at_top = newest_first(own, others, years)
    for source, sights in (("section", [own]), ("other sections", [*others])):
        counts = [steps(s, key) for s in sights for key in ("date", "year", "arxiv")]
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
    if order is None or not order.is_seen:
        return None, ""
    rising, falling, _ = steps(own, order.key)
    agree, against = (rising, falling) if order.rising else (falling, rising)
    return order, "section" if agree >= 2 and agree > against else "other sections"


def _ties_last(order: EntryOrder | None, growth: UsualPosition) -> bool:
    """As `placing.spot_for` breaks ties."""
    return order.rising if order and order.key == "title" else not growth.at_top


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


def _shown(
    habits: ListSamples, template: Template | None, manner: EntryStyle, like: Entry | None
) -> str:
    """The template as text; empty where it is no Jinja2 template that could be configured."""
    if template is None:
        return ""
    text = aligned(habits, jinja_of(template, manner.placeholder), template.sample, like)
    return "" if text and explain_template(text).startswith("is no") else text


def _refusal(section: Section, template: Template | None, doubt: str) -> str:
    if section.closed:
        return "it does not hold papers"
    if template is None:
        return "no entry of the list shows where a title goes"
    return doubt


def units_of(habits: ListSamples, section: Section) -> dict[Unit, int]:
    """How many entries of which unit a section holds."""
    return dict(Counter(e.unit for e in habits.document.entries_of(section)))
