"""A learned template as Jinja2 text, as it may stand in the configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from medvl_watch.lists.fields.reading import FieldSpan, Slot
from medvl_watch.lists.style.overrides import NOT_A_TEMPLATE, explain_template
from medvl_watch.lists.style.span_edits import Change, Span, apply
from medvl_watch.lists.style.template import Template

_OPTIONAL = frozenset({
    Slot.CODE, Slot.PAGE, Slot.AUTHORS, Slot.NAME, Slot.VENUE, Slot.YEAR, Slot.DATE,
    Slot.REPOSITORY, Slot.ARXIV,
})  # fmt: skip
_GLUE = re.compile(r"(?:[ \t]*\\?\n[ \t]*(?:[-*+][ \t]+)?|[ \t]*[|/,&]?[ \t]*)$")
_OPENED = re.compile(r"[ \t]*(?:[-*+\u2022]|\d+[.)]|#{1,6})?$")


def jinja_of(template: Template, placeholder: str) -> str:
    """A learned template as Jinja2 text: what goes with an optional field stands under its
    condition, unless the fields are too entangled for that. Empty if it cannot be shown."""
    for conditional in (True, False):
        text = _jinja(template, placeholder, conditional=conditional)
        if not explain_template(text).startswith(NOT_A_TEMPLATE):
            return text
    return ""


def _jinja(template: Template, placeholder: str, *, conditional: bool) -> str:
    fields = template.fields
    is_row = template.unit.has_cells
    removed = list(template.foreign)
    changes: list[Change] = []
    groups: dict[Span, list[FieldSpan]] = {}
    for claim in fields.claims:
        if claim.slot is not Slot.TEXT:
            changes.append((claim.start, claim.end, f"\ue001{claim.slot.variable}\ue002"))
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
    text: str, groups: Mapping[Span, Sequence[FieldSpan]], placeholder: str | None
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
        opened[begin] = f"\ue003{claims[0].slot.variable}\ue004"
        closed[end] = f"\ue005{placeholder}\ue006" if placeholder is not None else "\ue006"
    places = sorted({*opened, *closed})
    return [(at, at, closed.get(at, "") + opened.get(at, "")) for at in places]


_SYNTAX = {
    "\ue001": "{{ ", "\ue002": " }}", "\ue003": "{% if ", "\ue004": " %}",
    "\ue005": "{% else %}", "\ue006": "{% endif %}",
}  # fmt: skip
