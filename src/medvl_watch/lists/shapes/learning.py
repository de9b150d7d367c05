"""The shapes that the entries near a place show, and how common each is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.rows import role_of
from medvl_watch.lists.parsing.blocks import BULLET
from medvl_watch.lists.parsing.entries import Unit
from medvl_watch.lists.shapes.constancy import Segmented, mark_unknown_parts
from medvl_watch.lists.shapes.doubts import without_doubtful
from medvl_watch.lists.shapes.echoes import tie_echoes
from medvl_watch.lists.shapes.parts import LINK_SLOTS, Part, PartKind, segment
from medvl_watch.lists.shapes.servers import tie_servers
from medvl_watch.lists.shapes.stamps import tie_dates
from medvl_watch.lists.shapes.ties import tie_by_place
from medvl_watch.lists.style.samples import Sample
from medvl_watch.papers.preprint_names import is_preprint_name

LEAST_SHARE = 0.1
"""The share of the entries near a place that must tell the same fields as a new entry."""

_TRAITS = frozenset({*LINK_SLOTS, Slot.REPOSITORY, Slot.REPOSITORY_NAME, Slot.SCHOLAR, Slot.NAME,
                     Slot.SERVER})  # fmt: skip
"""Facts that a paper may lack without its record lacking anything."""

_FIELD = "\ue001{}\ue002"
_UNKNOWN = "\ue003"


@dataclass(frozen=True, slots=True)
class Shape:
    """Entries that differ in their fields only. `share` (0..1) is how much of the entries near
    the place have it, `family_share` how much tell the same facts of those that every paper has;
    `parts` and `sample` are those of the entry that stands nearest, `examples` and `samples` all
    of them. It `is_supported` if several entries have it, or tell the same in another way. One that
    no entry has, but for a link that is left out, `is_derived`."""

    key: str
    share: float
    family_share: float
    parts: tuple[Part, ...]
    sample: Sample
    examples: tuple[tuple[Part, ...], ...]
    samples: tuple[Sample, ...]
    is_supported: bool
    is_derived: bool = False

    @property
    def slots(self) -> frozenset[Slot]:
        return frozenset(part.slot for part in self.parts if part.slot)

    @property
    def is_common(self) -> bool:
        """Whether a new entry may have it: enough entries tell the same, and it is more than a
        slip of one of them."""
        return self.family_share >= LEAST_SHARE and self.is_supported

    @property
    def is_balanced(self) -> bool:
        """Whether brackets close what they open, and escaped ones the escaped ones."""
        return all(
            self.key.count("\\" + left) == self.key.count("\\" + right)
            and self.key.count(left) == self.key.count(right)
            for left, right in ("[]", "()")
        ) and not (self.key.count("**") % 2)

    @property
    def is_known(self) -> bool:
        """Whether a field explains all that varies in it."""
        return _is_known(self.parts)


def shapes_of(samples: Sequence[Sample]) -> tuple[Shape, ...]:
    """The shapes of these entries, the commonest first."""
    plain = [segment(sample.fields) for sample in samples]
    if _labels_are_venues(plain):
        plain = [segment(sample.fields, venue_labels=True) for sample in samples]
    columns = samples[0].entry.columns if samples else ()
    named = any(role_of(column) == "name" for column in columns)
    plain = without_doubtful(plain, names_are_sure=named)
    weights = [sample.weight for sample in samples]
    plain = tie_by_place(plain, weights)
    plain = tie_servers(tie_dates(tie_echoes(plain)), weights)
    entries = [
        Segmented(parts, sample.weight, _columns(parts) if sample.entry.unit.has_cells else ())
        for parts, sample in zip(plain, samples, strict=True)
    ]
    groups: defaultdict[str, list[tuple[Sample, tuple[Part, ...]]]] = defaultdict(list)
    families: defaultdict[frozenset[str], float] = defaultdict(float)
    for sample, parts in zip(samples, mark_unknown_parts(entries), strict=True):
        groups[key_of(parts, sample.entry.unit)].append((sample, parts))
        families[family_of(parts)] += sample.weight
    total = sum(sample.weight for sample in samples)
    several = {family_of(g[0][1]) for g in groups.values() if len(g) > 1 and _is_known(g[0][1])}
    shapes = []
    for key, group in groups.items():
        sample, parts = max(_usual_endings(group), key=lambda pair: pair[0].weight)
        shapes.append(
            Shape(
                key=key,
                share=sum(each.weight for each, _ in group) / total,
                family_share=families[family_of(parts)] / total,
                parts=parts,
                sample=sample,
                examples=tuple(each for _, each in group),
                samples=tuple(each for each, _ in group),
                is_supported=(len(group) > 1 or len(samples) < _FEW or family_of(parts) in several),
            )
        )
    return tuple(sorted(shapes, key=lambda shape: -shape.share))


def _is_known(parts: Sequence[Part]) -> bool:
    return not any(part.kind is PartKind.UNKNOWN for part in parts)


_FEW = 5
"""So few entries cannot tell what is a slip of one of them."""

MOST_TRIED = 10


@dataclass(frozen=True, slots=True)
class Understanding:
    """Of the `tried` entries nearest to a place `understood` are wholly explained by fields of
    their papers and by fixed text, in a way that is common there."""

    tried: int
    understood: int

    @property
    def share(self) -> float:
        return self.understood / self.tried if self.tried else 0.0


def understanding_of(shapes: Sequence[Shape], samples: Sequence[Sample]) -> Understanding:
    """How well the entries of a place are understood."""
    nearest = samples[:MOST_TRIED]
    clear = {
        id(sample)
        for shape in shapes
        if shape.is_known and shape.is_common
        for sample in shape.samples
    }
    return Understanding(len(nearest), sum(id(sample) in clear for sample in nearest))


_Pair = tuple[Sample, tuple[Part, ...]]


def _usual_endings(group: Sequence[_Pair]) -> list[_Pair]:
    """Those of a group that end as most of it does: with or without trailing blanks."""
    endings: defaultdict[str, list[_Pair]] = defaultdict(list)
    for sample, parts in group:
        text = sample.fields.text
        endings[text[len(text.rstrip()) :]].append((sample, parts))
    return max(endings.values(), key=lambda each: sum(sample.weight for sample, _ in each))


def _labels_are_venues(entries: Sequence[Sequence[Part]]) -> bool:
    """Whether links are labelled with venues here: at least a tenth of the entries show it."""
    found = 0
    for parts in entries:
        for number, part in enumerate(parts[:-1]):
            if part.slot is Slot.VENUE and not is_preprint_name(part.text):
                after = "".join(p.text for p in parts[number + 1 : number + 6])
                found += bool(re.match(r"[^\[\]()]{0,12}\]\(", after))
    return found >= max(2, 0.1 * len(entries))


def _columns(parts: Sequence[Part]) -> tuple[int, ...]:
    columns = []
    column = 0
    for part in parts:
        column += part.text == "|" and part.slot is None
        columns.append(column)
    return tuple(columns)


def key_of(parts: Sequence[Part], unit: Unit | None = None) -> str:
    """What entries of one shape have in common: fixed text and the kinds of fields. How many
    blanks stand between the parts does not count."""
    out = "".join(
        _FIELD.format(part.slot.value)
        if part.slot
        else _UNKNOWN
        if part.kind is PartKind.UNKNOWN
        else part.text
        for part in parts
    )
    if unit and unit.takes_marker and (marker := BULLET.match(out)):
        out = "- " + out[marker.end() :]  # its indent and marker are the neighbours'
    out = re.sub(r"[ \t]+", " ", out)
    return re.sub(r" ?\| ?", "|", out).strip(" ")


def family_of(parts: Sequence[Part]) -> frozenset[str]:
    """The facts that an entry tells which every paper has."""
    return frozenset(
        part.slot.value if part.slot else "unknown"
        for part in parts
        if (part.slot and part.slot not in _TRAITS) or part.kind is PartKind.UNKNOWN
    )
