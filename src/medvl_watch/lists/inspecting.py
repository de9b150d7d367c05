"""What a reader of a list can infer from it, section by section, with how sure that is.

Everything here is asked of the functions that insertion itself uses, so that what is shown
is what would be done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.lists.cutting import Change, Span, apply
from medvl_watch.lists.document import Section
from medvl_watch.lists.entries import Entry, Unit
from medvl_watch.lists.facts import Facts
from medvl_watch.lists.fields import Claim, Slot
from medvl_watch.lists.filling import fill
from medvl_watch.lists.habits import Habits
from medvl_watch.lists.order import Order, newest_first, order_of, sight_of
from medvl_watch.lists.overrides import NOT_A_TEMPLATE, explain_template
from medvl_watch.lists.pieces import separator_of
from medvl_watch.lists.placing import elsewhere_of, main_entries, samples_at
from medvl_watch.lists.rendering import Manner, aligned, learn
from medvl_watch.lists.sections import years_of_headings
from medvl_watch.lists.template import Template, choose

MOST_PROVED = 25
"""Entries of a section that are rendered again to see whether its template is understood."""

_OPTIONAL = frozenset({
    Slot.CODE, Slot.PAGE, Slot.AUTHORS, Slot.NAME, Slot.VENUE, Slot.YEAR, Slot.DATE,
    Slot.REPOSITORY, Slot.ARXIV,
})  # fmt: skip
_GLUE = re.compile(r"(?:[ \t]*\\?\n[ \t]*(?:[-*+][ \t]+)?|[ \t]*[|/,&]?[ \t]*)$")
_OPENED = re.compile(r"[ \t]*(?:[-*+\u2022]|\d+[.)]|#{1,6})?$")
_TYPICAL = Facts(
    id="", title="Title", name="Name", authors=("Ana Silva", "Li Wei", "Jo Park"), venue="arXiv",
    preprint=True, year=2025, year_is_sure=False, date=(2025, 1, 2), arxiv_id="2501.00001",
    url="https://arxiv.org/abs/2501.00001", code="https://github.com/owner/name", page=None,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learned:
    """What a section teaches. Confidences are 0..1.

    `template` is Jinja2 text, as it may stand in the configuration, and `fidelity` the share
    of the section's entries that come back from their own fields when they are written anew.
    `refusal` says why nothing could be inserted here, empty if something could.
    """

    unit: str
    unit_confidence: float
    template: str
    template_confidence: float
    fidelity: float
    configured: bool
    order: Order | None
    grows_at_top: bool
    blank_lines: int
    refusal: str


def learned_of(habits: Habits, section: Section) -> Learned:
    """What insertion into this section would go by."""
    document = habits.document
    entries = main_entries(document, section)
    all_of_it = document.entries_of(section)
    own = [sight_of(habits.fields_of(entry)) for entry in entries]
    others = elsewhere_of(habits, section)
    at_top = newest_first(own, others, years_of_headings(document))
    like = entries[0 if at_top else -1] if entries else None
    line = like.end if like else section.body
    samples = samples_at(habits, section, line, like)
    manner = learn(samples, samples)
    template = choose(samples, _TYPICAL)
    order = order_of(own, others) if entries else None
    override = habits.overrides.of(section.path)
    shown = like or (template.sample.entry if template else None)
    gap = separator_of(document, entries, entries) if entries else ""
    return Learned(
        unit=shown.unit.value if shown else "",
        unit_confidence=len(entries) / len(all_of_it) if all_of_it else 0.0,
        template=override or _shown(habits, template, manner, like),
        template_confidence=1.0 if override else template.confidence if template else 0.0,
        fidelity=_fidelity(habits, section, manner),
        configured=override is not None,
        order=order if order and order.is_seen else None,
        grows_at_top=at_top,
        blank_lines=gap.count("\n"),
        refusal=_refusal(section, template),
    )


def _shown(habits: Habits, template: Template | None, manner: Manner, like: Entry | None) -> str:
    if template is None:
        return ""
    return aligned(habits, jinja_of(template, manner.placeholder), template.sample, like)


def _refusal(section: Section, template: Template | None) -> str:
    if section.closed:
        return "it does not hold papers"
    return "" if template else "no entry of the list shows where a title goes"


def _fidelity(habits: Habits, section: Section, manner: Manner) -> float:
    """The share of entries given back by a template that was learned from the others."""
    entries = main_entries(habits.document, section)[:MOST_PROVED]
    same = 0
    for entry in entries:
        fields = habits.fields_of(entry)
        values = {c.slot: fields.text[c.start : c.end] for c in reversed(fields.claims)}
        others = [s for s in manner.samples if s.entry != entry] or list(manner.samples)
        template = choose(others, _facts_shown(values))
        same += bool(template) and _squeezed(
            fill(template, values, manner.placeholder) if template else ""
        ) == _squeezed(fields.text)
    return same / len(entries) if entries else 0.0


def _facts_shown(values: Mapping[Slot, str]) -> Facts:
    """The facts that an entry itself shows."""
    year = values.get(Slot.YEAR, "")
    return Facts(
        id="",
        title=values.get(Slot.TITLE, ""),
        name=values.get(Slot.NAME, ""),
        authors=(values[Slot.AUTHORS],) if Slot.AUTHORS in values else (),
        venue=values.get(Slot.VENUE),
        preprint="arxiv" in values.get(Slot.VENUE, "arxiv").casefold(),
        year=int(year) if year else None,
        year_is_sure=bool(year),
        date=(2025, 1, 1) if Slot.DATE in values else (0, 0, 0),
        arxiv_id=values.get(Slot.ARXIV),
        url=values.get(Slot.PAPER),
        code=values.get(Slot.CODE),
        page=values.get(Slot.PAGE),
    )


def _squeezed(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text).strip()


def jinja_of(template: Template, placeholder: str) -> str:
    """A learned template as Jinja2 text: what goes with an optional field stands under its
    condition, unless the fields are too entangled for that. Empty if it cannot be shown."""
    for conditional in (True, False):
        text = _jinja(template, placeholder, conditional=conditional)
        if not explain_template(text).startswith(NOT_A_TEMPLATE):
            return text
    return ""


def _jinja(template: Template, placeholder: str, *, conditional: bool) -> str:
    fields = template.sample.fields
    is_row = template.sample.entry.unit is Unit.ROW
    removed = list(template.foreign)
    changes: list[Change] = []
    groups: dict[Span, list[Claim]] = {}
    for claim in fields.claims:
        if claim.slot is not Slot.TEXT:
            changes.append((claim.start, claim.end, f"\ue001{_name(claim.slot)}\ue002"))
            groups.setdefault(claim.outer, []).append(claim)
        elif is_row:
            changes.append((*claim.outer, placeholder))
        else:
            removed.append(claim.outer)
    if conditional:
        changes += _conditions(fields.text, groups, placeholder if is_row else None)
    text = apply(fields.text, changes, removed)
    text = re.sub(r"\{(?=[{%#\ue001\ue003\ue005\ue006])", "{{ '{' }}", text)
    for mark, syntax in _SYNTAX.items():
        text = text.replace(mark, syntax)
    return text.rstrip()


def _conditions(
    text: str, groups: Mapping[Span, Sequence[Claim]], placeholder: str | None
) -> list[Change]:
    """What opens and closes the conditions around optional fields; in a row (which has a
    placeholder) with what stands there otherwise."""
    opened: dict[int, str] = {}
    closed: dict[int, str] = {}
    for (start, end), claims in groups.items():
        if not all(claim.slot in _OPTIONAL for claim in claims):
            continue
        glue = _GLUE.search(text[:start]) if placeholder is None else None
        begin = glue.start() if glue and not _OPENED.match(text[: glue.start()]) else start
        opened[begin] = f"\ue003{_name(claims[0].slot)}\ue004"
        closed[end] = f"\ue005{placeholder}\ue006" if placeholder is not None else "\ue006"
    places = sorted({*opened, *closed})
    return [(at, at, closed.get(at, "") + opened.get(at, "")) for at in places]


_SYNTAX = {
    "\ue001": "{{ ", "\ue002": " }}", "\ue003": "{% if ", "\ue004": " %}",
    "\ue005": "{% else %}", "\ue006": "{% endif %}",
}  # fmt: skip


def _name(slot: Slot) -> str:
    return slot.value.replace(" ", "_")


def units_of(habits: Habits, section: Section) -> dict[str, int]:
    """How many entries of which unit a section holds."""
    return dict(Counter(e.unit.value for e in habits.document.entries_of(section)))
