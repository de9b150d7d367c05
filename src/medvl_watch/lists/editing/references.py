"""New entries of a list whose links give keys (`[paper][p1]`): new keys, with definitions.

An entry is composed with its addresses in place (`[paper](https://…)`), as the list is read.
Where the entries around it give keys, each address is exchanged for a new key, the next in the
list's own manner, and the definition goes where the list has its own. A key that is in use is
never taken. Where the keys show no manner, nothing is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.lists.fields.reading import Slot, read_fields
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.markup import MarkdownLink, links_in
from medvl_watch.lists.parsing.references import (
    Reference,
    definition_like,
    plain_key,
    write_out,
)
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.style.pieces import Piece
from medvl_watch.lists.style.samples import Sample

_LINKS = (Slot.PAPER, Slot.CODE, Slot.PAGE)
_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d{1,6})(?P<after>\D*)", re.DOTALL)
_ARXIV_ID = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")
_MOST_SAMPLES = 20
_AFTER_ENTRIES = 9_000
"""The rank of a definition: what else is put in before the same line comes first."""


class CannotRefer(Exception):
    """Why a new entry's links cannot be written as the list writes them, in one clause; `draft`
    is the entry with its addresses."""

    def __init__(self, reason: str, draft: str = "") -> None:
        super().__init__(reason)
        self.draft = draft


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDefinition:
    """A key's definition: the text of its line, which goes before line `line`."""

    key: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Affix:
    """What stands around the number, or the arXiv id, in each key of a kind."""

    before: str
    after: str

    def around(self, text: str) -> str:
        return f"{self.before}{text}{self.after}"

    def inside(self, key: str) -> str:
        """What the key has between; empty where it is of another kind."""
        bare = plain_key(key)
        before, after = self.before.casefold(), self.after.casefold()
        fits = bare.startswith(before) and bare.endswith(after)
        return bare[len(before) : len(bare) - len(after)] if fits else ""


def references_of(document: Document, entry: Entry) -> list[Reference]:
    """The links of an entry that give keys; their addresses have places in its linked text."""
    found = []
    at = 0
    for number in range(entry.start, entry.end):
        line = document.lines[number]
        if number in document.linked:
            line, references = write_out(line, document.definitions)
            found += [replace(r, start=at + r.start, end=at + r.end) for r in references]
        at += len(line)
    return found


@dataclass(frozen=True, slots=True)
class ReferenceStyle:
    """How the entries at one place of a list give keys: for each kind of link that most of them
    give by a key, these references, the nearest entry's first. `is_paired` tells that the keys
    of an entry have one number (`[p3]`, `[c3]`)."""

    document: Document
    kinds: Mapping[Slot, tuple[Reference, ...]]
    is_paired: bool

    def apply(
        self,
        text: str,
        like: Entry,
        taken: Collection[str],
        known: Mapping[tuple[str, str], Reference] | None = None,
    ) -> tuple[str, list[NewDefinition]]:
        """The text of an entry with keys, and the definitions of those that are new. `taken` are
        plain keys that the list will have, too; `known` the references that the entry has
        already, by label and address. Raises CannotRefer."""
        fields = read_fields(text, like.unit, like.columns)
        slots = {c.start: slot for slot in self.kinds if (c := fields.claim(slot))}
        known = known or {}
        used = {*self.document.definitions, *taken}
        own = [reference.key for reference in known.values()]
        made: list[NewDefinition] = []
        changes: list[tuple[int, int, str]] = []
        for link in links_in(text):
            reference = known.get((link.label, link.url))
            source = reference.source if reference else None
            slot = slots.get(link.url_start)
            if source is None and slot and link.label:
                key = self._key(slot, link, used, [*own, *(each.key for each in made)])
                if plain_key(key) in used:
                    raise CannotRefer(f"it would need the key [{key}], which the list has already")
                used.add(plain_key(key))
                made.append(self._definition(slot, key, link.url))
                behind = {"full": f"[{key}]", "collapsed": "[]", "shortcut": ""}
                source = f"[{link.label}]{behind[self.kinds[slot][0].form]}"
            if source is not None:
                changes.append((link.start, link.end, source))
        for start, end, source in reversed(changes):
            text = text[:start] + source + text[end:]
        return text, made

    def _key(
        self, slot: Slot, link: MarkdownLink, used: Collection[str], own: Sequence[str]
    ) -> str:
        """The key for a link of an entry that has the keys `own` already."""
        references = self.kinds[slot]
        if references[0].form != "full":
            return link.label
        by_id, by_number = self._affixes(slot)
        found = _ARXIV_ID.search(link.url)
        if by_id and found:
            return by_id.around(found[0])
        if by_id or by_number is None:
            keys = ", ".join(f"[{reference.key}]" for reference in references[:3])
            raise CannotRefer(
                f"its links give keys ({keys}), and which one comes next cannot be learned"
            )
        numbers = [match["number"] for key in own if (match := _NUMBERED.fullmatch(key))]
        if self.is_paired and numbers:
            return by_number.around(numbers[0])
        kinds = self.kinds if self.is_paired else (slot,)
        affixes = [affix for kind in kinds if (affix := self._affixes(kind)[1])]
        return by_number.around(_next_number(affixes, used))

    def _affixes(self, slot: Slot) -> tuple[_Affix | None, _Affix | None]:
        """What stands around the arXiv id and around the number in most keys of this kind."""
        references = self.kinds[slot]
        addresses = self.document.definitions
        by_id = (_around_id(r.key, addresses[plain_key(r.key)].address) for r in references)
        by_number = (_around_number(r.key) for r in references)
        return _most_common(by_id, len(references)), _most_common(by_number, len(references))

    def _definition(self, slot: Slot, key: str, address: str) -> NewDefinition:
        """The definition of a new key, behind the last of its kind in the block that defines
        the nearest entry's; before the first, if numbers fall there."""
        document = self.document
        nearest = document.definitions[plain_key(self.kinds[slot][0].key)].line
        block = _block_around(document, nearest)
        own = self._lines_of(slot, block)
        numbers = [n for _, n in sorted(own.items())]
        anchors = set(own)
        for other in self.kinds:
            lines = set(self._lines_of(other, block))
            if lines and min(lines) <= max(own) and min(own) <= max(lines):
                anchors |= lines  # keys of two kinds that take turns
        falls = len(numbers) > 1 and numbers == sorted(numbers, reverse=True)
        line = min(anchors) if falls else max(anchors) + 1
        model = document.lines[nearest]
        return NewDefinition(key=key, line=line, text=definition_like(model, key, address))

    def _lines_of(self, slot: Slot, block: range) -> dict[int, int]:
        """The lines of a block that define keys of this kind, each with the key's number (0
        where keys are not numbered)."""
        _, affix = self._affixes(slot)
        mine = {plain_key(reference.key) for reference in self.kinds[slot]}
        found = {}
        for key, definition in self.document.definitions.items():
            number = affix.inside(key) if affix else ""
            if definition.line in block and (key in mine or number.isdecimal()):
                found[definition.line] = int(number) if number.isdecimal() else 0
        return found


def learn_references(document: Document, samples: Sequence[Sample]) -> ReferenceStyle:
    """How these entries, the nearest first, give keys; a kind of link that most of them give by
    its address is left out."""
    kinds: dict[Slot, list[Reference]] = {}
    counts: Counter[Slot] = Counter()
    pairs: list[set[str]] = []
    for sample in samples[:_MOST_SAMPLES]:
        by_place = {r.start: r for r in references_of(document, sample.entry)}
        numbers = []
        for slot in _LINKS:
            claim = sample.fields.claim(slot)
            counts[slot] += claim is not None
            reference = by_place.get(claim.start) if claim else None
            if reference:
                kinds.setdefault(slot, []).append(reference)
                match = _NUMBERED.fullmatch(reference.key)
                numbers += [match["number"]] if match else []
        if len(numbers) > 1:
            pairs.append(set(numbers))
    usual = {
        slot: tuple(kinds[slot]) for slot in _LINKS if 2 * len(kinds.get(slot, ())) > counts[slot]
    }
    return ReferenceStyle(
        document, usual, is_paired=bool(pairs) and all(len(pair) == 1 for pair in pairs)
    )


def write_references(
    style: ReferenceStyle, piece: Piece, like: Entry, taken: set[str]
) -> list[Piece]:
    """The piece with keys in its entries, and the pieces of their definitions. The new keys are
    added to `taken`. Raises CannotRefer."""
    newline = style.document.newline
    rows = piece.text.split(newline)
    pieces = []
    entries = []
    for entry in piece.entries:
        plain = "\n".join(entry.lines)
        try:
            text, made = style.apply(plain, like, taken)
        except CannotRefer as problem:
            raise CannotRefer(str(problem), plain) from problem
        lines = tuple(text.split("\n"))
        rows[entry.offset : entry.offset + len(lines)] = lines
        entries.append(replace(entry, lines=lines))
        taken.update(plain_key(each.key) for each in made)
        pieces += [Piece(each.line, each.text, (), _AFTER_ENTRIES) for each in made]
    return [replace(piece, text=newline.join(rows), entries=tuple(entries)), *pieces]


def keep_references(
    style: ReferenceStyle, entry: Entry, text: str, taken: set[str]
) -> tuple[str, list[NewDefinition]]:
    """The text of an entry that was completed, with the keys that it had, and new ones for what
    is new, which are added to `taken`. Raises CannotRefer."""
    old = style.document.linked_text(entry)
    references = {reference.start: reference for reference in references_of(style.document, entry)}
    known = {
        (link.label, link.url): references[link.url_start]
        for link in links_in(old)
        if link.url_start in references
    }
    there = {(link.label, link.url) for link in links_in(text)}
    lost = [reference.source for link, reference in known.items() if link not in there]
    if lost:
        raise CannotRefer(f"the address of its link {lost[0]} would change")
    text, made = style.apply(text, entry, taken, known)
    taken.update(plain_key(each.key) for each in made)
    return text, made


def _around_id(key: str, address: str) -> _Affix | None:
    found = _ARXIV_ID.search(address)
    before, inside, after = key.partition(found[0]) if found else (key, "", "")
    return _Affix(before, after) if inside else None


def _around_number(key: str) -> _Affix | None:
    match = _NUMBERED.fullmatch(key)
    return _Affix(match["before"], match["after"]) if match else None


def _most_common(affixes: Iterable[_Affix | None], count: int) -> _Affix | None:
    """The affix of more than half of so many keys."""
    found = Counter(affix for affix in affixes if affix)
    affix, users = found.most_common(1)[0] if found else (None, 0)
    return affix if 2 * users > count else None


def _next_number(affixes: Sequence[_Affix], used: Iterable[str]) -> str:
    """One more than the highest number in keys of these kinds, as wide as that is written."""
    inside = [
        number for key in used for affix in affixes if (number := affix.inside(key)).isdecimal()
    ]
    highest = max(inside, key=int, default="0")
    return str(int(highest) + 1).zfill(len(highest))


def _block_around(document: Document, line: int) -> range:
    """The lines right above and below this one that are definitions, too."""
    start = end = line
    while start > 0 and document.regions[start - 1] is Region.DEFINITION:
        start -= 1
    while end + 1 < len(document.lines) and document.regions[end + 1] is Region.DEFINITION:
        end += 1
    return range(start, end + 1)
