"""Words tied to a field because they repeat it: the arXiv id of the paper's address, the name with
which its title begins, the name of its repository.

What stands in a place of most entries and is in each the same as one of these is that field,
whatever dressing or column it has there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from medvl_watch.lists.fields.names import short_name
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.lists.shapes.parts import Part, PartKind
from medvl_watch.lists.style.facts import repository_of

_AGREE = 0.85
_LEAST = 3
_ARXIV_ID = re.compile(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)")
_ECHOED = (Slot.ARXIV, Slot.NAME, Slot.REPOSITORY_NAME)

_Place = tuple[int, tuple[str, ...], tuple[str, ...]]


def tie_echoes(entries: Sequence[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """The entries, where words that repeat a field in their place are that field."""
    known = [_known(parts) for parts in entries]
    places: defaultdict[_Place, list[tuple[int, int]]] = defaultdict(list)
    for at, parts in enumerate(entries):
        for number, place in _places(parts):
            places[place].append((at, number))
    found = [list(parts) for parts in entries]
    for spots in places.values():
        for slot in _ECHOED:
            equal = [
                (at, number)
                for at, number in spots
                if found[at][number].text.casefold() == known[at].get(slot, "").casefold()
            ]
            if len(equal) >= _LEAST and len(equal) >= _AGREE * len(spots):
                for at, number in equal:
                    part = found[at][number]
                    found[at][number] = replace(part, kind=PartKind.FIELD, slot=slot)
                break
    return [tuple(parts) for parts in found]


def _known(parts: Sequence[Part]) -> Mapping[Slot, str]:
    """What an entry tells beside its words: of each field, what may be repeated."""
    told = {part.slot: part.text for part in reversed(parts) if part.slot}
    address = _ARXIV_ID.search(told.get(Slot.PAPER, ""))
    values = {
        Slot.ARXIV: address[0] if address else "",
        Slot.NAME: short_name(plain(told.get(Slot.TITLE, "")), ""),
        Slot.REPOSITORY_NAME: repository_of(told.get(Slot.CODE)).rpartition("/")[2],
    }
    return {slot: text for slot, text in values.items() if text and slot not in told}


def _places(parts: Sequence[Part]) -> Iterator[tuple[int, _Place]]:
    column = 0
    for number, part in enumerate(parts):
        column += part.text == "|" and part.slot is None
        if part.kind is PartKind.WORD:
            before = tuple(_seen(each) for each in parts[max(0, number - 2) : number])
            after = tuple(_seen(each) for each in parts[number + 1 : number + 3])
            yield number, (column, before, after)


def _seen(part: Part) -> str:
    return part.slot.value if part.slot else part.text.strip() or " "
