"""A field that an entry lacks, put where entries of a shape that the list shows have it.

Between two fields of an entry (or a field and the end of its cell or text) stand marks and words.
Where another entry has a third field between the same two, the new text of the entry between
them is what that entry has there, with the value of the paper. So brackets and emphasis close as
they do there. The entry may hold nothing in between that would be lost, but for what the list
writes where it knows nothing (`-`, `[Code]`, a mark that several rows have alone in the cell).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from medvl_watch.lists.editing.shaped_entries import (
    ShapedEntry,
    Surroundings,
    anchor_of,
    gaps_of,
    is_anchor,
)
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.fields.rows import PLACEHOLDER
from medvl_watch.lists.fields.slots import with_enclosing_marks
from medvl_watch.lists.parsing.markup import LINK
from medvl_watch.lists.shapes.servers import host_of
from medvl_watch.lists.shapes.values import Lacking, label_fits, text_of, value_of
from medvl_watch.lists.style.facts import Facts

_CLOSING = frozenset("*_`)]>~")
_SYMBOL = re.compile(r":[a-z0-9_+-]+:")
_WORD = re.compile(r"\w+")
_OPEN_PLACE = re.compile(r"[\s\[\]()#-]*")
_DIVIDER = re.compile(r"(?:<br\s*/?>|[ \t\n,;:|/\u00b7\u2022&+\u2013-])*")
_FREE_PLACE = re.compile(
    r"\[\[[^\W\d_][\w /-]{1,20}\]\](?!\()|\[{1,2}[^\W\d_][\w /-]{1,20}\]\(\s*\)\]?"
    r"|(?<![\[\w])\[[^\W\d_][\w /-]{1,20}\](?![\](:])"
)
_BLANK_BEFORE_ADDRESS = re.compile(r"\]\([ \t]+")
_USUAL = 0.5
"""How common a way to write a field must be beside the commonest one, to be preferred for its
place."""

_SEVERAL = 2
_IN_FREE_PLACE = 2


def with_fields(
    around: Surroundings,
    wanted: frozenset[Slot],
    along: frozenset[Slot],
    facts: Facts,
    examples: Sequence[ShapedEntry] | None = None,
) -> Iterator[str]:
    """The entry with these fields, as other entries (or these `examples` among them) have them
    all, the commonest way first. `along` are fields that may come with them."""
    votes: defaultdict[_CompletedText, float] = defaultdict(float)
    cores: defaultdict[str, float] = defaultdict(float)
    found = []
    leads: Counter[str] = Counter()
    for other in around.others if examples is None else examples:
        place = _place_of(other, wanted, along)
        piece = _filled(other, place, around, facts) if place else None
        if place and piece:
            found.append((other, place, piece))
            leads.update({*_words(piece.lead)})
    for other, place, piece in found:
        if any(leads[word] < _SEVERAL and not is_label(word) for word in _words(piece.lead)):
            continue  # what one entry says before the field is that entry's
        cores[piece.core] += other.sample.weight
        for candidate in _put(around, other, place, piece):
            votes[candidate] += other.sample.weight
    least = _USUAL * max(cores.values(), default=0)

    def rank(candidate: _CompletedText) -> tuple[bool, int, float]:
        return cores[candidate.core] >= least, candidate.fit, votes[candidate]

    has_room = any(candidate.fit == _IN_FREE_PLACE for candidate in votes)
    for candidate in sorted(votes, key=rank, reverse=True):
        if candidate.fit == _IN_FREE_PLACE or not has_room:
            yield candidate.text


@dataclass(frozen=True, slots=True)
class _CompletedText:
    """A new text of the entry, with what was put into it (`core`). It fits best (2, and there
    alone) in the place that the entry keeps free for it, well (1) where what stands before and
    behind is the same as in another entry, else (0) where only what stands before is."""

    text: str
    core: str
    fit: int


@dataclass(frozen=True, slots=True)
class _FieldPlace:
    """Where an entry has the fields: the parts `start` to `end` (exclusive) between its anchors,
    and the span of the text that the fields take with their brackets (`outer`)."""

    start: int
    end: int
    outer: tuple[int, int]


def _place_of(
    shaped: ShapedEntry, wanted: frozenset[Slot], along: frozenset[Slot]
) -> _FieldPlace | None:
    """Where an entry has these fields next to each other; None where it has not all of them, or
    has something else of its own among them."""
    parts, entry = shaped.parts, shaped.sample.entry
    numbers = [n for n, part in enumerate(parts) if part.slot in wanted | along]
    if not wanted <= {parts[n].slot for n in numbers}:
        return None
    first, last = numbers[0], numbers[-1]
    if any(n not in numbers and is_anchor(parts[n], entry) for n in range(first, last)):
        return None
    start = first
    while start > 0 and not is_anchor(parts[start - 1], entry):
        start -= 1
    end = last + 1
    while end < len(parts) and not is_anchor(parts[end], entry):
        end += 1
    text = shaped.text
    spans = [(shaped.start_of(n), shaped.start_of(n + 1)) for n in numbers]
    links = [match.span() for match in LINK.finditer(text)]
    spans += [link for link in links for span in spans if link[0] <= span[0] and span[1] <= link[1]]
    outer = with_enclosing_marks(text, min(a for a, _ in spans), max(b for _, b in spans))
    limits = shaped.start_of(start), shaped.start_of(end)
    if not limits[0] <= outer[0] < outer[1] <= limits[1]:
        return None
    return _FieldPlace(start, end, outer)


@dataclass(frozen=True, slots=True)
class _FilledGap:
    """What another entry has between two fields, with the new values: before the fields with
    their brackets, these, and what follows."""

    lead: str
    core: str
    tail: str

    @property
    def text(self) -> str:
        return self.lead + self.core + self.tail


def _filled(
    other: ShapedEntry, place: _FieldPlace, around: Surroundings, facts: Facts
) -> _FilledGap | None:
    """The piece of another entry with the paper's values; None where one is not known, or would
    stand under a label that does not suit it."""
    shape = replace(other.shape, parts=other.parts, sample=other.sample)
    at = other.start_of(place.start)
    lead, core, tail = "", "", ""
    for number in range(place.start, place.end):
        part = other.parts[number]
        try:
            value = part.text
            if part.slot:
                value = value_of(shape, number, facts, around.style, None)
        except Lacking:
            return None
        if part.slot is Slot.CODE and not label_fits(shape, number, value, around.shapes):
            return None
        if part.slot is Slot.REPOSITORY and not _is_on_the_same_host(other, facts):
            return None  # a badge asks the host of its own repository
        stop = at + len(part.text)
        if part.slot is None and (at < place.outer[0] < stop or at < place.outer[1] < stop):
            return None  # a part that divides: never, since brackets are parts of their own
        if stop <= place.outer[0]:
            lead += value
        elif at >= place.outer[1]:
            tail += value
        else:
            core += value
        at = stop
    return _FilledGap(lead, _BLANK_BEFORE_ADDRESS.sub("](", core), tail)


def _is_on_the_same_host(other: ShapedEntry, facts: Facts) -> bool:
    return host_of(text_of(other.parts, Slot.CODE)) == host_of(facts.code or "")


def _put(
    around: Surroundings, other: ShapedEntry, place: _FieldPlace, piece: _FilledGap
) -> Iterator[_CompletedText]:
    """The entry with the piece in its free place, and between the same two anchors as in the
    other entry."""
    own = around.own
    for free in free_places(own.sample.fields):
        if {*_words(free[0])} <= {*_words(piece.core)}:
            text = own.text[: free.start()] + piece.core + own.text[free.end() :]
            yield _CompletedText(text, piece.core, _IN_FREE_PLACE)
    before, after = anchor_of(other, place.start - 1), anchor_of(other, place.end)
    for start, stop in gaps_of(own):
        if anchor_of(own, start - 1) != before:
            continue
        text, at, end = own.text, own.start_of(start), own.start_of(stop)
        glue = text[at:end]
        if anchor_of(own, stop) == after and _is_room(around, other, place, glue, piece):
            new = piece.text
            if stop == len(own.parts):  # blanks at its end are its own
                new = new.rstrip() + glue[len(glue.rstrip()) :]
            yield _CompletedText(text[:at] + new + text[end:], piece.core, 1)
        elif start > 0:
            marks = "".join(takewhile(_CLOSING.__contains__, glue))
            divider = piece.lead.removeprefix(marks)
            if piece.lead.startswith(marks) and _DIVIDER.fullmatch(divider):
                at += len(marks)
                yield _CompletedText(text[:at] + divider + piece.core + text[at:], piece.core, 0)


def free_places(fields: Fields) -> list[re.Match[str]]:
    """Labels without an address (`[Code]`, `[[code]()]`), which wait for one."""
    return [
        match
        for match in _FREE_PLACE.finditer(fields.text)
        if not any(c.start < match.end() and match.start() < c.end for c in fields.claims)
    ]


def _is_room(
    around: Surroundings, other: ShapedEntry, place: _FieldPlace, glue: str, piece: _FilledGap
) -> bool:
    """Whether nothing of the entry is lost if the piece takes the place of `glue`, and no words
    come in behind the fields."""
    if not {*_words(piece.tail)} <= {*_words(glue)}:
        return False
    theirs = other.text[other.start_of(place.start) : other.start_of(place.end)]
    head = len(_common(glue, theirs))
    tail = len(_common(glue[head:][::-1], theirs[head:][::-1]))
    rest = glue[head : len(glue) - tail].strip()
    if not rest or PLACEHOLDER.match(rest) or _OPEN_PLACE.fullmatch(rest) or rest in around.room:
        return True
    if _WORD.search(_without_symbols(rest)):
        bare = rest.strip("[]() ")
        return {*_words(rest)} <= {*_words(piece.text)} and (is_label(bare) or bare in theirs)
    is_cell = around.own.sample.entry.unit.has_cells and glue.strip() == rest
    return is_cell and _alone_in_cells(around, _column_of(other, place))[rest] >= _SEVERAL


def _column_of(shaped: ShapedEntry, place: _FieldPlace) -> int:
    """The column of a table in which a place is."""
    return anchor_of(shaped, place.start - 1)[1]


def _alone_in_cells(around: Surroundings, column: int) -> Counter[str]:
    """What rows have alone in the cells of a column, without any word or link."""
    found: Counter[str] = Counter()
    for each in (around.own, *around.others):
        cells = each.text.split("|")
        if column + 1 < len(cells) and not _WORD.search(_without_symbols(cells[column + 1])):
            found[cells[column + 1].strip()] += 1
    return found


def _without_symbols(text: str) -> str:
    """The text without the names of symbols (`:x:`)."""
    return _SYMBOL.sub("", text)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _common(one: str, other: str) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(a for a, _ in same)
