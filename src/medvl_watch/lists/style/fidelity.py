"""Whether a list's way of writing is understood: its own entries, written anew.

Each of the nearest entries is written from its own fields by what the others teach. What
comes out must be the entry, but for what only its maintainer could know (a remark, a cell
without a field). Where that fails for most, no new entry would be trusted either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.filling import fill
from medvl_watch.lists.style.samples import Sample
from medvl_watch.lists.style.span_edits import apply
from medvl_watch.lists.style.template import Template, choose, templates_of
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name

LEAST = 0.5
"""The share of entries that must come back. Of 738 papers that maintainers added to eleven
lists, 98 in 100 have more than 0.8 near their place; below 0.5 nothing written was right."""

ALIKE = 92.0
"""How alike (0..100) an entry must be that counts as given back: a blank or a full stop may
be the others' way."""

MOST_PROVED = 10
MOST_TEACHERS = 30


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Of `tried` entries `same` came back exactly and `alike` nearly so. `lost` is the first
    that did not: its line (1-based) and what would have been written there."""

    tried: int
    same: int
    alike: int
    lost: tuple[int, str] | None = None

    @property
    def share(self) -> float:
        return self.alike / self.tried if self.tried else 0.0

    @property
    def doubt(self) -> str:
        """Why nothing should be written here, in one clause; empty if there is no reason."""
        if not self.tried or self.share >= LEAST:
            return ""
        line, written = self.lost or (0, "")
        shown = " ".join(written.split())
        example = f"line {line} would become “{shown[:60]}”" if shown else f"line {line} would not"
        return (
            f"its entries follow no pattern that could be learned: {self.alike} of the "
            f"{self.tried} nearest come back from their own fields ({example})"
        )


def fidelity_of(
    samples: Sequence[Sample], placeholder: str, *, until_sure: bool = False
) -> Fidelity:
    """Write the first of these entries anew, each by what the other ones teach; one that has
    no others by itself. `placeholder` is what a table writes where it knows nothing.

    With `until_sure` it stops when so many came back that no doubt can be left.
    """
    most = MOST_PROVED
    teachers = samples[:MOST_TEACHERS]
    templates = templates_of(teachers)
    same = alike = 0
    lost = None
    for number, own in enumerate(templates[:most]):
        sample = own.sample
        others = [*teachers[:number], *teachers[number + 1 :]] or teachers
        wanted = _squeezed(_without_remarks(own, placeholder))
        written = _written_anew(sample, others, placeholder)
        if not _are_alike(written, wanted):  # perhaps it follows the section's second way
            kin = [t.sample for t in templates if t.skeleton == own.skeleton and t is not own]
            again = _written_anew(sample, kin, placeholder) if kin else ""
            written = again if _are_alike(again, wanted) else written
        same += written == wanted
        if _are_alike(written, wanted):
            alike += 1
            if until_sure and alike >= LEAST * most:
                return Fidelity(number + 1, same, alike, lost)
        elif lost is None:
            lost = sample.entry.start + 1, written
    return Fidelity(min(most, len(teachers)), same, alike, lost)


def _are_alike(written: str, wanted: str) -> bool:
    return fuzz.ratio(written, wanted) >= ALIKE


def _written_anew(sample: Sample, others: Sequence[Sample], placeholder: str) -> str:
    fields = sample.fields
    values: dict[Slot, str] = {
        claim.slot: fields.text[claim.start : claim.end]
        for claim in reversed(fields.claims)
        if claim.slot is not Slot.TEXT
    }
    chosen = choose(templates_of(others), _facts_shown(values))
    return _squeezed(fill(chosen.template, values, placeholder)) if chosen else ""


def _without_remarks(template: Template, placeholder: str) -> str:
    """The entry without what speaks of this one paper only and is no field."""
    text, foreign = template.fields.text, template.foreign
    remarks = [c.outer for c in template.fields.claims if c.slot is Slot.TEXT]
    if template.unit.has_cells:
        return apply(text, [(*span, placeholder) for span in remarks], foreign)
    return apply(text, [], [*foreign, *remarks])


def _facts_shown(values: Mapping[Slot, str]) -> Facts:
    """The facts that an entry itself shows."""
    year = values.get(Slot.YEAR, "")
    return Facts(
        id="",
        title=values.get(Slot.TITLE, ""),
        name=values.get(Slot.NAME, ""),
        authors=(values[Slot.AUTHORS],) if Slot.AUTHORS in values else (),
        venue=values.get(Slot.VENUE),
        preprint=is_preprint_name(values.get(Slot.VENUE, ARXIV)),
        year=int(year) if year else None,
        year_is_sure=bool(year),
        date=(2025, 1, 1) if Slot.DATE in values else (0, 0, 0),
        arxiv_id=values.get(Slot.ARXIV),
        url=values.get(Slot.PAPER),
        code=values.get(Slot.CODE),
        page=values.get(Slot.PAGE),
    )


def _squeezed(text: str) -> str:
    """The text with single blanks, and none around the edges of cells."""
    return re.sub(r"[ \t]*\|[ \t]*", "|", re.sub(r"[ \t]+", " ", text)).strip()
