"""What an entry gains by what is known of its paper now: venue, link, code.

Each is written as the list's other entries write it; nothing else of the entry is touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from medvl_watch.lists.editing.grafting import Made, changed, exchanged, graft_for, place_graft
from medvl_watch.lists.fields.reading import Slot, read_fields
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.markup import links_in
from medvl_watch.lists.style.encoding import encode_html, encode_text
from medvl_watch.lists.style.facts import Facts, repository_of
from medvl_watch.lists.style.samples import ListSamples, Sample, words_of
from medvl_watch.lists.style.writing import arxiv_form
from medvl_watch.papers.preprint_names import is_preprint_name

_CODE_WORD = re.compile(r"code|github|repo|implementation", re.IGNORECASE)
_VENUE_WORD = re.compile(r"venue|publication", re.IGNORECASE)


def _encoded(venue: str, own: Sample) -> str:
    unit = own.entry.unit
    if unit.is_html:
        return encode_html(venue)
    claim = own.fields.claim(Slot.VENUE)
    opens = claim is not None and not own.fields.text[: claim.start].strip()
    return encode_text(venue, cell=unit.has_cells, line_start=opens)


def _host_of(url: str) -> str:
    """The part of an address by which lists choose a label (`[Github]`, `[HuggingFace]`)."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.split(".")[-2:])


class CannotComplete(Exception):
    """Why an entry does not get what it lacks, in one clause."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """An entry's new text, and what was added (`venue`, `link`, `code`)."""

    text: str
    added: tuple[str, ...]


def amended(habits: ListSamples, entry: Entry, facts: Facts) -> Amendment | None:
    """The entry with all that it can get; None if it lacks nothing that we know.

    Raises CannotComplete where it lacks something and can get nothing.
    """
    samples = _examples_for(habits, entry)
    fields = habits.fields_of(entry)
    added: list[str] = []
    hindrances: list[str] = []
    for name, step in (("venue", _with_venue), ("link", _with_link), ("code", _with_code)):
        try:
            made = step(Sample(entry, fields, 1.0), samples, facts)
        except CannotComplete as problem:
            hindrances.append(str(problem))
            continue
        if made is None:
            continue
        text, values = made
        read = read_fields(text, entry.unit, entry.columns)
        if any(read.first(slot) != value for slot, value in values.items()):
            hindrances.append(f"its {name} would not be read back")
            continue
        fields = read
        added.append(name)
    if added:
        return Amendment(fields.text, tuple(added))
    if hindrances:
        raise CannotComplete(hindrances[0])
    return None


def _examples_for(habits: ListSamples, entry: Entry) -> list[Sample]:
    """The entries of its kind near it, without itself."""
    section = habits.document.sections[entry.section]
    return [
        s
        for s in habits.samples(section, entry.start)
        if s.entry.unit is entry.unit and s.entry.table == entry.table and s.entry != entry
    ]


def _with_code(own: Sample, samples: Sequence[Sample], facts: Facts) -> Made | None:
    """A link to code, where other entries have theirs."""
    fields = own.fields
    if not facts.code or Slot.CODE in fields.slots or facts.code in fields.text:
        return None
    badge = repository_of(facts.code) if _host_of(facts.code) == "github.com" else ""
    values = {Slot.CODE: facts.code, Slot.REPOSITORY: badge}
    graft = graft_for(samples, frozenset({Slot.CODE}), values)
    change = place_graft(fields, graft, _CODE_WORD) if graft else None
    if change is None:
        raise CannotComplete("no entry of the list shows where code goes")
    return changed(fields, [change]), {Slot.CODE: facts.code}


def _with_venue(own: Sample, samples: Sequence[Sample], facts: Facts) -> Made | None:
    """The venue in the list's word, with its year: instead of the preprint's, or where other
    entries have theirs if the entry names none."""
    fields = own.fields
    old = fields.first(Slot.VENUE)
    if facts.venue is None or facts.preprint or (old and not is_preprint_name(old)):
        return None
    if not facts.year_is_sure:
        raise CannotComplete("the year of its venue is not known")
    venue = _encoded(words_of(samples).venue(facts.venue), own)
    if old is not None:
        return exchanged(fields, {Slot.VENUE: venue, Slot.YEAR: str(facts.year)})
    published = [sample for sample in samples if _is_published(sample)]
    if not published:
        return None  # this list names no venues
    slots = frozenset({Slot.VENUE, Slot.YEAR}) - fields.slots
    values = {Slot.VENUE: venue, Slot.YEAR: str(facts.year)}
    graft = graft_for(published, slots, values)
    change = place_graft(fields, graft, _VENUE_WORD) if graft else None
    if change is None:
        raise CannotComplete("no entry of the list shows where its venue goes")
    return changed(fields, [change]), {slot: values[slot] for slot in slots}


def _with_link(own: Sample, samples: Sequence[Sample], facts: Facts) -> Made | None:
    """The venue's address instead of the preprint's, where most published papers have it."""
    fields = own.fields
    old = fields.first(Slot.PAPER)
    venue = fields.first(Slot.VENUE)
    if not (old and arxiv_form(old) and facts.url and venue) or is_preprint_name(venue):
        return None
    if arxiv_form(facts.url) or {Slot.ARXIV, Slot.IDENTIFIER} & fields.slots:
        return None
    label = next((link.label for link in links_in(fields.text) if link.url == old), "")
    theirs = [s.fields.first(Slot.PAPER) or "" for s in samples if _is_published(s)]
    preprints = sum(arxiv_form(url) is not None for url in theirs)
    if "arxiv" in label.casefold() or 2 * preprints >= len(theirs):
        return None
    return exchanged(fields, {Slot.PAPER: facts.url})


def _is_published(sample: Sample) -> bool:
    venue = sample.fields.first(Slot.VENUE)
    return venue is not None and not is_preprint_name(venue)
