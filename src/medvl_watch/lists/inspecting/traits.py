"""What holds for a list as a whole: its words and labels, and what goes with an insertion."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from medvl_watch.lists.editing.contents import sections_in_contents
from medvl_watch.lists.editing.counts import badge_counts, counts_in_headings, is_near
from medvl_watch.lists.editing.numbering import number_of
from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.fields.rows import PLACEHOLDER
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.markup import links_in, plain
from medvl_watch.lists.parsing.tables import cell_at, cell_spans
from medvl_watch.lists.style.samples import ListSamples
from medvl_watch.lists.style.writing import arxiv_form, author_manner

MOST_WORDS = 8
_LABEL_SLOTS = {"paper link": Slot.PAPER, "code link": Slot.CODE, "page link": Slot.PAGE}
_UPDATED = re.compile(r"last[ -]?updated?\b.{0,40}\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that a list does: `value` in words, done in `share` (0..1) of the `count`
    places that show it."""

    name: str
    value: str
    share: float
    count: int


def traits_of(habits: ListSamples) -> list[Trait]:
    """What the whole list shows; a trait that nothing shows is left out."""
    fields = [habits.fields_of(entry) for entry in habits.document.entries]
    found: list[Trait | None] = [
        *(_usual(name, _labels(fields, slot)) for name, slot in _LABEL_SLOTS.items()),
        _usual("no code", _placeholders(habits)),
        _usual("authors", _authors(fields)),
        _usual("year", [_year_form(y) for f in fields if (y := f.first(Slot.YEAR))]),
        _usual("arXiv address", _arxiv_forms(fields)),
        _venues(fields),
        *_side_effects(habits.document),
    ]
    return [each for each in found if each is not None]


def _usual(name: str, values: Sequence[str]) -> Trait | None:
    if not values:
        return None
    value, count = Counter(values).most_common(1)[0]
    return Trait(name, value, count / len(values), len(values))


def _labels(fields: Sequence[Fields], slot: Slot) -> list[str]:
    """How each entry labels its link of this kind."""
    labels = []
    for each in fields:
        url = each.first(slot)
        link = next((link for link in links_in(each.text) if link.url == url), None)
        if url and link:
            label = plain(link.label)
            is_long = len(label.split()) > 3 or label in {each.first(Slot.TITLE), ""}
            image = "a badge" if "![" in link.label or "<img" in link.label else "the title"
            labels.append(image if is_long else f"[{label}]")
    return labels


def _placeholders(habits: ListSamples) -> list[str]:
    """What rows write in the cell in which others have their code."""
    document = habits.document
    rows = [e for e in document.entries if e.unit.has_cells]
    found = []
    for _, group in groupby(rows, key=lambda entry: entry.table):
        texts = [habits.fields_of(entry) for entry in group]
        columns = Counter(c for f in texts if (c := _column_of(f, Slot.CODE)) is not None)
        if not columns:
            continue
        column = columns.most_common(1)[0][0]
        for each in texts:
            cells = [each.text[a:b] for a, b in cell_spans(each.text)]
            if Slot.CODE not in each.slots and column < len(cells):
                cell = cells[column].strip()
                if PLACEHOLDER.match(cell):
                    found.append(cell or "an empty cell")
    return found


def _column_of(fields: Fields, slot: Slot) -> int | None:
    claim = fields.claim(slot)
    return cell_at(fields.text, claim.start) if claim else None


def _authors(fields: Sequence[Fields]) -> list[str]:
    manners = [author_manner(text) for each in fields if (text := each.first(Slot.AUTHORS))]
    return [_manner_in_words(manner) for manner in manners]


def _manner_in_words(manner: tuple[str, ...]) -> str:
    who, between, last = manner[:3]
    if who != "all":
        return "the first, et al."
    joints = [each.strip() for each in (between, last) if each.strip()]
    return f"all, with “{'” and “'.join(dict.fromkeys(joints))}” between" if joints else "all"


def _year_form(year: str) -> str:
    return "two digits" if len(year) == 2 else "four digits"


def _arxiv_forms(fields: Sequence[Fields]) -> list[str]:
    forms = [arxiv_form(url) for each in fields if (url := each.first(Slot.PAPER))]
    return [f"{form[0]}…{form[1]}" for form in forms if form]


def _venues(fields: Sequence[Fields]) -> Trait | None:
    """The words for venues, the most used first."""
    words = Counter(venue for each in fields if (venue := each.first(Slot.VENUE)))
    if not words:
        return None
    shown = ", ".join(word for word, _ in words.most_common(MOST_WORDS))
    more = f" and {len(words) - MOST_WORDS} more" if len(words) > MOST_WORDS else ""
    return Trait("venue words", shown + more, 1.0, words.total())


# --- what goes with an insertion ------------------------------------------------------


def _side_effects(document: Document) -> list[Trait | None]:
    entries = len(document.entries)
    badges = badge_counts(document).values()
    headings = counts_in_headings(document)
    with_line, sections = sections_in_contents(document)
    dates = sum(bool(_UPDATED.search(line)) for line in document.lines)
    return [
        _numbering(document),
        _upkeep("counts in headings", [count == right for count, right in headings]),
        _upkeep("count in a badge", [is_near(count, entries) for count in badges]),
        Trait("contents", "has a line for a section", with_line / sections, sections)
        if with_line
        else None,
        Trait("date of update", "left to the maintainer", 0.0, dates) if dates else None,
    ]


def _upkeep(name: str, right: Sequence[bool]) -> Trait | None:
    if not right:
        return None
    value = "kept up" if all(right) else "not kept up by the list, so left alone"
    return Trait(name, value, sum(right) / len(right), len(right))


def _numbering(document: Document) -> Trait | None:
    """How numbered entries go on from one to the next."""
    numbers = [n for entry in document.entries if (n := number_of(document, entry)) is not None]
    steps = [
        "counts on" if b == a + 1 else "always the same" if a == b else "begins anew"
        for a, b in pairwise(numbers)
    ]
    return _usual("numbering", steps)
