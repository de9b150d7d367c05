"""A paper's entry as the list would write it: words learned, template chosen, text filled."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.fields.rows import PLACEHOLDER
from medvl_watch.lists.parsing import units
from medvl_watch.lists.parsing.blocks import BULLET
from medvl_watch.lists.parsing.entries import Entry, Unit
from medvl_watch.lists.parsing.tables import cell_spans, pipes
from medvl_watch.lists.style.encoding import encode_html, encode_text
from medvl_watch.lists.style.facts import Facts, repository_of
from medvl_watch.lists.style.filling import fill
from medvl_watch.lists.style.samples import ListSamples, ListWording, Sample, words_of
from medvl_watch.lists.style.template import (
    Template,
    choose,
    host_of,
    is_name_the_link,
    templates_of,
)
from medvl_watch.lists.style.writing import (
    author_manner,
    date_manner,
    is_pair,
    manner_of_names,
    pad_cell,
    write_authors,
    write_date,
    write_year,
)
from medvl_watch.papers.addresses import is_paper_address

_PAIR = 2
_INTRODUCES = re.compile(r":|\s[-\u2013\u2014]\s")


@dataclass(frozen=True, slots=True)
class EntryStyle:
    """How entries are written at one place of a list. `authors` is an example of the manner
    in which most entries there write them, empty where none does; `pair` one of two authors
    in a list that shortens; `date` an example of most dates."""

    templates: tuple[Template, ...]
    words: ListWording
    placeholder: str
    authors: str = ""
    pair: str = ""
    date: str = ""

    @property
    def samples(self) -> list[Sample]:
        return [template.sample for template in self.templates]


def learn(samples: Sequence[Sample], around: Sequence[Sample]) -> EntryStyle:
    """Templates and placeholders from `samples`, words from all that is `around`."""
    words = words_of(around)
    shown = [(authors, s.weight) for s in samples if (authors := s.fields.first(Slot.AUTHORS))]
    dates = [(date, s.weight) for s in samples if (date := s.fields.first(Slot.DATE))]
    usual = _usual(
        [pair for pair in shown if author_manner(pair[0])[:2] != ("all", "")], manner_of_names
    )
    pairs = [pair for pair in shown if is_pair(pair[0])]
    return EntryStyle(
        templates_of(samples),
        words,
        _placeholder(samples),
        authors=usual,
        pair=_usual(pairs, manner_of_names) if author_manner(usual)[0] == "et al" else "",
        date=_usual([pair for pair in dates if date_manner(pair[0])], date_manner),
    )


def _usual(
    examples: Sequence[tuple[str, float]], manner_of: Callable[[str], tuple[str, ...]]
) -> str:
    """The weightiest example of the manner that has most weight; empty without examples."""
    votes: defaultdict[tuple[str, ...], list[tuple[float, str]]] = defaultdict(list)
    for example, weight in examples:
        votes[manner_of(example)].append((weight, example))
    if not votes:
        return ""
    most = max(votes.values(), key=lambda each: sum(weight for weight, _ in each))
    return max(most, key=lambda pair: pair[0])[1]


def _placeholder(samples: Sequence[Sample]) -> str:
    """What the table writes where it knows nothing; `-` where it never had to."""
    found: Counter[str] = Counter()
    for sample in samples:
        if not sample.entry.unit.has_cells:
            continue
        text = sample.fields.text
        for start, end in cell_spans(text):
            cell = text[start:end]
            if PLACEHOLDER.match(cell) and (cell or "||" in text.replace(" ", "")):
                found[cell] += 1
    return found.most_common(1)[0][0] if found else "-"


def render(
    habits: ListSamples, manner: EntryStyle, paper: Facts, neighbour: Entry | None, number: int = 1
) -> str | None:
    """The text of the `number`th new entry at a place, without the end of its last line, or
    None if nothing shows how."""
    chosen = choose(manner.templates, paper)
    if chosen is None:
        return None
    example = chosen.template.sample
    values = values_for(example, paper, manner)
    if Slot.NUMBER in values and example.entry.unit.has_cells:
        values[Slot.NUMBER] = str(_highest_number(habits, example.entry) + number)
    text = fill(chosen.template, values, manner.placeholder)
    if example.entry.unit.has_cells:
        return _padded(habits, text, example)
    return aligned(habits, text, example, neighbour)


def values_for(sample: Sample, paper: Facts, manner: EntryStyle) -> dict[Slot, str]:
    """What goes into each slot of the example, encoded for its place."""
    fields, words = sample.fields, manner.words
    encode = encoder(fields, sample.entry.unit)
    title, name = _title_and_name(fields, paper)
    values = {Slot.TITLE: encode(title, Slot.TITLE), Slot.NAME: encode(name, Slot.NAME)}
    if paper.venue:
        values[Slot.VENUE] = encode(words.venue(paper.venue), Slot.VENUE)
    for claim in fields.claims:
        example = fields.text[claim.start : claim.end]
        if claim.slot is Slot.YEAR and paper.year:
            values[Slot.YEAR] = write_year(paper.year, example)
        elif claim.slot is Slot.DATE:
            form = _as_most(example, manner.date, date_manner)
            values[Slot.DATE] = write_date(paper.date, form, words.months) or ""
        elif claim.slot is Slot.AUTHORS and paper.authors:
            form = _as_most(example, manner.authors, manner_of_names)
            pair = manner.pair if len(paper.authors) == _PAIR else ""
            authors = write_authors(paper.authors, pair or form)
            values[Slot.AUTHORS] = encode(authors, Slot.AUTHORS)
        elif claim.slot is Slot.NUMBER:
            values[Slot.NUMBER] = example
    values |= _link_values(sample, paper, manner)
    return {slot: value for slot, value in values.items() if value}


def _link_values(sample: Sample, paper: Facts, manner: EntryStyle) -> dict[Slot, str]:
    """The addresses and the ids that go into badges. Code stands where only pages have a
    place, and a page where only code has."""
    fields = sample.fields
    values: dict[Slot, str] = {}
    if paper.url:
        values[Slot.PAPER] = manner.words.paper_url(paper.url, paper.arxiv_id)
        values[Slot.IDENTIFIER] = re.sub(r"^https?://[^/]+/(?:abs/|pdf/)?", "", paper.url)
    code, page = paper.code, paper.page
    if code is None and Slot.PAGE not in fields.slots:
        code, page = page, None
    elif page is None and Slot.CODE not in fields.slots:
        code, page = None, code
    values |= {Slot.CODE: code or "", Slot.PAGE: page or "", Slot.ARXIV: paper.arxiv_id or ""}
    values[Slot.SCHOLAR] = paper.scholar_id
    if code and host_of(fields.first(Slot.CODE) or code) == host_of(code):
        values[Slot.REPOSITORY] = repository_of(code)
    home = paper.page or paper.code
    own = _home_slot(sample) if home else None
    if own and home and _names_lead_home(manner.samples, sample):
        values[own] = home
    return values


def _home_slot(sample: Sample) -> Slot | None:
    """The kind of the link whose label is the work's name, in a table that has no titles."""
    if not sample.entry.unit.has_cells or Slot.TITLE in sample.fields.slots:
        return None
    name = sample.fields.claim(Slot.NAME)
    links = (c for c in sample.fields.claims if c.slot in {Slot.PAPER, Slot.CODE, Slot.PAGE})
    return next((c.slot for c in links if name and c.outer[0] < name.start < c.start), None)


def _names_lead_home(samples: Sequence[Sample], like: Sample) -> bool:
    """Whether a table's names lead to the works' own pages rather than to papers: a table of
    data sets."""
    rows = [s for s in samples if s.entry.table == like.entry.table]
    targets = [s.fields.first(slot) or "" for s in rows if (slot := _home_slot(s))]
    return 2 * sum(is_paper_address(target) for target in targets) < len(targets)


def plain_values(manner: EntryStyle, paper: Facts, like: Entry | None) -> dict[Slot, str]:
    """All that is known of a paper, encoded, as the list writes it where entries show that:
    what a configured template is given."""
    chosen = choose(manner.templates, paper)
    unit = like.unit if like else units.BULLET
    encode = encoder(chosen.template.fields if chosen else Fields("", ()), unit)
    year, month, day = paper.date
    date = "-".join(f"{part:02}" for part in (year, month, day) if part)
    authors = paper.authors and write_authors(paper.authors, manner.authors or "A B, C D, E F")
    values = {
        Slot.AUTHORS: encode(authors or "", Slot.AUTHORS),
        Slot.YEAR: str(paper.year or ""),
        Slot.DATE: date,
    }
    return values | (values_for(chosen.template.sample, paper, manner) if chosen else {})


def _as_most(example: str, usual: str, manner_of: Callable[[str], tuple[str, ...]]) -> str:
    """The example to follow: the entry's own, unless most are written otherwise."""
    return usual if usual and manner_of(example) != manner_of(usual) else example


def _highest_number(habits: ListSamples, row: Entry) -> int:
    """The highest running number of a table."""
    rows = [entry for entry in habits.document.entries if entry.table == row.table]
    numbers = [habits.fields_of(entry).first(Slot.NUMBER) or "" for entry in rows]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def encoder(fields: Fields, unit: Unit) -> Callable[[str, Slot], str]:
    """What makes a text safe for its slot in an entry like this one."""
    starts = {c.slot: not fields.text[: c.start].strip() for c in reversed(fields.claims)}

    def encode(text: str, slot: Slot) -> str:
        if unit.is_html:
            return encode_html(text)
        return encode_text(text, cell=unit.has_cells, line_start=starts.get(slot, False))

    return encode


def _title_and_name(fields: Fields, paper: Facts) -> tuple[str, str]:
    """Title and short name as the example shares them: `[Name](u): rest of the title`."""
    title, name = paper.title, paper.name
    order = [c for c in fields.claims if c.slot in {Slot.NAME, Slot.TITLE}]
    if Slot.TITLE not in fields.slots:
        return title, name or title
    if not name and is_name_the_link(fields):
        return (title, "paper") if fields.text.lstrip().startswith("|") else ("", title)
    if len(order) == 2 and order[0].slot is Slot.NAME:
        between = fields.text[order[0].end : order[1].start]
        rest = title[len(name) :].lstrip(" :") if name and title.startswith(name) else ""
        if _INTRODUCES.search(re.sub(r"\([^()]*\)", "", between)) and rest:
            return rest, name
    return title, name


def aligned(habits: ListSamples, text: str, example: Sample, neighbour: Entry | None) -> str:
    """The entry with its neighbour's indent and marker."""
    unit = example.entry.unit
    if neighbour is None or neighbour.unit is not unit or not unit.takes_marker:
        return text
    theirs = BULLET.match(habits.document.lines[neighbour.start])
    ours = BULLET.match(text)
    return theirs[0] + text[ours.end() :] if theirs and ours else text


def _padded(habits: ListSamples, row: str, example: Sample) -> str:
    """The row's cells as wide as the header's, where the table keeps its columns aligned."""
    table = example.entry.table
    if table is None:
        return row
    document = habits.document
    widths = _widths(document.lines[table.header].rstrip("\r\n"))
    rows = [entry for entry in document.entries if entry.table == table]
    aligned = sum(_widths(document.text(entry)) == widths for entry in rows)
    if aligned < max(1, 0.6 * len(rows)) or len(_widths(row)) != len(widths):
        return row
    edges = pipes(row)
    padded = []
    for number, (left, right) in enumerate(pairwise(edges)):
        cell = row[left + 1 : right]
        alignment = table.alignments[number] if number < len(table.alignments) else ""
        inner = " " if cell.startswith(" ") and widths[number] > 2 else ""
        room = widths[number] - 2 * len(inner)
        padded.append(inner + pad_cell(cell.strip(), room, alignment) + inner)
    return row[: edges[0]] + "|" + "|".join(padded) + row[edges[-1] :]


def _widths(row: str) -> list[int]:
    """The widths of a row's cells, blanks included."""
    return [right - left - 1 for left, right in pairwise(pipes(row))]
