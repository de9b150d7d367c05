"""What an entry gains by what is known of its paper now: venue, link, code.

Each is written as the list's other entries write it; nothing else of the entry is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from medvl_watch.lists.editing.borrowed_fields import with_fields
from medvl_watch.lists.editing.shaped_entries import ShapedEntry, Surroundings, surroundings_of
from medvl_watch.lists.fields.reading import Fields, Slot, read_fields
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.markup import links_in
from medvl_watch.lists.shapes.neighbours import near_entries
from medvl_watch.lists.shapes.parts import Part, segment
from medvl_watch.lists.shapes.values import Lacking, value_of
from medvl_watch.lists.style.facts import Facts
from medvl_watch.lists.style.samples import ListSamples
from medvl_watch.lists.style.writing import arxiv_form
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.preprint_names import is_preprint_name

_CODE = frozenset({Slot.CODE})
_WITH_CODE = frozenset({Slot.REPOSITORY, Slot.REPOSITORY_NAME})
_IMPRINT = frozenset({Slot.VENUE, Slot.YEAR})
_OF_THE_PREPRINT = frozenset({Slot.DATE, Slot.ARXIV, Slot.IDENTIFIER})
"""Fields beside a preprint's venue that say nothing of where it is published."""

_MONTH = re.compile(r"[./-]\d{1,2}")


class CannotComplete(Exception):
    """Why an entry does not get what it lacks, in one clause."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """An entry's new text, and what was added (`title`, `venue`, `link`, `code`)."""

    text: str
    added: tuple[str, ...]


def amended(
    list_samples: ListSamples, entry: Entry, facts: Facts, former_titles: Sequence[str] = ()
) -> Amendment | None:
    """The entry with all that it can get; None if it lacks nothing that we know. One of the
    `former_titles` of the paper gives way to the title that it has now.

    Raises CannotComplete where it lacks something and can get nothing.
    """
    former = frozenset(filter(None, map(title_key, former_titles)))
    task = _Task(list_samples, entry, list_samples.fields_of(entry), facts, former)
    added: list[str] = []
    hindrances: list[str] = []
    steps: tuple[tuple[str, Callable[[_Task], str | None]], ...] = (
        ("title", _with_title),
        ("venue", _with_venue),
        ("link", _with_link),
        ("code", _with_code),
    )
    for name, step in steps:
        try:
            text = step(task)
        except CannotComplete as problem:
            hindrances.append(str(problem))
            continue
        if text is not None:
            task = replace(task, fields=task.read(text))
            added.append(name)
    if added:
        return Amendment(task.fields.text, tuple(added))
    if hindrances:
        raise CannotComplete(hindrances[0])
    return None


@dataclass(frozen=True, slots=True)
class _Task:
    """An entry, as far as it is completed (`fields`), and what is known of its paper."""

    list_samples: ListSamples
    entry: Entry
    fields: Fields
    facts: Facts
    former_titles: frozenset[str] = frozenset()

    def read(self, text: str) -> Fields:
        """The fields of a new text of the entry."""
        return read_fields(text, self.entry.unit, self.entry.columns)

    def surroundings(self) -> Surroundings:
        """The entries of its kind near it, itself as it is now among them."""
        section = self.list_samples.document.sections[self.entry.section]
        samples = near_entries(self.list_samples, section, self.entry.start, self.entry)
        return surroundings_of(
            self.entry,
            [
                replace(each, fields=self.fields) if each.entry == self.entry else each
                for each in samples
            ],
        )

    def first_sound(self, texts: Iterable[str], changed: frozenset[Slot], value: str) -> str | None:
        """The first of these new texts in which this value is read, everything but the changed
        fields is read as before, and brackets and emphasis close as before."""
        before = _others(self.fields, changed), _loose_ends(self.fields.text)
        for text in texts:
            fields = self.read(text)
            parts = segment(fields, venue_labels=True)
            is_there = any(part.slot in changed and part.text == value for part in parts)
            if is_there and (_others(fields, changed), _loose_ends(text)) == before:
                return text
        return None


def _others(fields: Fields, changed: frozenset[Slot]) -> list[tuple[Slot, str]]:
    """The fields but for those that change, and for remarks."""
    left_out = changed | {Slot.TEXT}
    return [(c.slot, fields.text[c.start : c.end]) for c in fields.claims if c.slot not in left_out]


def _loose_ends(text: str) -> tuple[int, ...]:
    """How many brackets more are opened than closed, and how many pairs of stars are half."""
    pairs = (("[", "]"), ("(", ")"), ("\\[", "\\]"), ("\\(", "\\)"))
    return *(text.count(a) - text.count(b) for a, b in pairs), text.count("**") % 2


def _with_title(task: _Task) -> str | None:
    """The title that the paper has now, where the entry has one that it had before."""
    title = task.fields.first(Slot.TITLE)
    if not task.former_titles or not title or title_key(title) not in task.former_titles:
        return None
    own = task.surroundings().own
    places = [number for number, part in enumerate(own.parts) if part.slot is Slot.TITLE]
    shape = replace(own.shape, parts=own.parts, sample=own.sample)
    style = task.surroundings().style
    try:
        text = "".join(
            value_of(shape, number, task.facts, style, None) if number in places else part.text
            for number, part in enumerate(own.parts)
        )
    except Lacking as problem:
        raise CannotComplete(f"its new title cannot be written ({problem})") from problem
    fields = task.read(text)
    is_there = title_key(fields.first(Slot.TITLE) or "") == title_key(task.facts.title)
    changed = frozenset({Slot.TITLE, Slot.NAME})
    before = _others(task.fields, changed), _loose_ends(task.fields.text)
    if len(places) != 1 or not is_there or (_others(fields, changed), _loose_ends(text)) != before:
        raise CannotComplete("its new title would not be read back")
    return text


def _with_code(task: _Task) -> str | None:
    """A link to code, where other entries have theirs."""
    code = task.facts.code
    if not code or Slot.CODE in task.fields.slots or code in task.fields.text:
        return None
    texts = with_fields(task.surroundings(), _CODE, _WITH_CODE, task.facts)
    found = task.first_sound(texts, _CODE | _WITH_CODE, code)
    if found is None:
        raise CannotComplete("no entry of the list shows where code goes")
    return found


def _with_venue(task: _Task) -> str | None:
    """The venue in the list's word, with its year: instead of the preprint's, or where other
    entries have theirs if the entry names none."""
    facts = task.facts
    named = task.fields.first(Slot.VENUE)
    if facts.venue is None or facts.preprint or (named and not is_preprint_name(named)):
        return None
    around = task.surroundings()
    venues = _venues(around.own)
    if not all(map(is_preprint_name, venues)):
        return None
    if not facts.year_is_sure:
        raise CannotComplete("the year of its venue is not known")
    published = [each for each in around.others if _is_published(each)]
    value = around.style.words.venue(facts.venue)
    if venues:
        changed = _IMPRINT | _OF_THE_PREPRINT
        found = task.first_sound(_exchanged(around, published, facts), changed, value)
    elif not published:
        return None  # this list names no venues
    else:
        slots = _IMPRINT - {part.slot for part in around.own.parts if part.slot}
        texts = with_fields(around, slots, frozenset(), facts, published)
        found = task.first_sound(texts, slots, value)
    if found is None:
        raise CannotComplete("no entry of the list shows where its venue goes")
    return found


def _venues(shaped: ShapedEntry) -> list[str]:
    return [part.text for part in shaped.parts if part.slot is Slot.VENUE]


def _is_published(shaped: ShapedEntry) -> bool:
    venues = _venues(shaped)
    return bool(venues) and not any(map(is_preprint_name, venues))


def _exchanged(around: Surroundings, published: list[ShapedEntry], facts: Facts) -> Iterator[str]:
    """The entry with the venue, and its year, in place of the preprint's. Where a date or an
    identifier belongs to the preprint's venue, published papers show what stands there."""
    own = around.own
    start, end = _imprint_of(own)
    slots = {part.slot for part in own.parts[start:end]}
    month = _end_of_month(own.parts, end)
    if slots & _OF_THE_PREPRINT or month > end:
        end = month
        yield from with_fields(
            around.without(start, end), frozenset({Slot.VENUE}), _IMPRINT, facts, published
        )
        return
    years = [n for n, part in enumerate(own.parts) if part.slot is Slot.YEAR]
    beside = [n for n in years if start <= n < end] or years[:1]
    shape = replace(own.shape, parts=own.parts, sample=own.sample)
    yield "".join(
        value_of(shape, number, facts, around.style, None)
        if part.slot is Slot.VENUE or number in beside
        else part.text
        for number, part in enumerate(own.parts)
    )


def _imprint_of(own: ShapedEntry) -> tuple[int, int]:
    """The parts from the first venue to the last part that belongs to it: fields of the imprint
    that stand next to each other."""
    numbers = [n for n, part in enumerate(own.parts) if part.slot]
    first = next(n for n in numbers if own.parts[n].slot is Slot.VENUE)
    together = _IMPRINT | _OF_THE_PREPRINT
    start = end = first
    for number in [n for n in numbers if n > first]:
        if own.parts[number].slot not in together or _divides(own.parts[end + 1 : number]):
            break
        end = number
    for number in reversed([n for n in numbers if n < first]):
        if own.parts[number].slot not in together or _divides(own.parts[number + 1 : start]):
            break
        start = number
    return start, end + 1


def _end_of_month(parts: tuple[Part, ...], end: int) -> int:
    """The part after a month that follows a year (`2023.8`); `end` where none does."""
    text = "".join(part.text for part in parts[end : end + 2])
    is_month = parts[end - 1].slot is Slot.YEAR and _MONTH.fullmatch(text)
    return end + 2 if is_month else end


def _divides(parts: tuple[Part, ...]) -> bool:
    """Whether what stands between two fields sets them apart: brackets, a link, a new line."""
    text = "".join(part.text for part in parts)
    return any(mark in text for mark in "[]()|\n")


def _with_link(task: _Task) -> str | None:
    """The venue's address instead of the preprint's, where most published papers have it."""
    fields, facts = task.fields, task.facts
    old = fields.claim(Slot.PAPER)
    url = fields.first(Slot.PAPER)
    if old is None or not url or not arxiv_form(url):
        return None
    if not facts.url or arxiv_form(facts.url) or {Slot.ARXIV, Slot.IDENTIFIER} & fields.slots:
        return None
    around = task.surroundings()
    if not _is_published(around.own):
        return None
    label = next((link.label for link in links_in(fields.text) if link.url == url), "")
    published = [each for each in around.others if _is_published(each)]
    preprints = sum(
        arxiv_form(each.sample.fields.first(Slot.PAPER) or "") is not None for each in published
    )
    if "arxiv" in label.casefold() or 2 * preprints >= len(published):
        return None
    text = fields.text[: old.start] + facts.url + fields.text[old.end :]
    found = task.first_sound([text], frozenset({Slot.PAPER}), facts.url)
    if found is None:
        raise CannotComplete("its link would not be read back")
    return found
