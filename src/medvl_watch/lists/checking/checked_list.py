"""A list as the rules look at it: its lines with their offsets, and its works with their fields."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from medvl_watch.lists.fields.names import name_apart
from medvl_watch.lists.fields.reading import Fields, Slot, read_fields
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.markup import MarkdownLink, links_in
from medvl_watch.lists.parsing.regions import Region
from medvl_watch.lists.proving.inline import References
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Headings


@dataclass(frozen=True, slots=True)
class CheckedEntry:
    """An entry with its fields. `start` is the offset of its text in the list's; `key` is the
    title's, and `bare_key` that of the title without the name before its colon."""

    entry: Entry
    start: int
    path: Headings
    fields: Fields
    title: str
    key: str
    bare_key: str
    links: tuple[MarkdownLink, ...]

    @property
    def line(self) -> int:
        return self.entry.start + 1

    @property
    def text(self) -> str:
        return self.fields.text

    def value(self, slot: Slot) -> str:
        return self.fields.first(slot) or ""

    def span(self, slot: Slot) -> tuple[int, int] | None:
        """Where the field stands, in the list's text."""
        claim = self.fields.claim(slot)
        return (self.start + claim.start, self.start + claim.end) if claim else None


@dataclass(frozen=True, slots=True)
class CheckedList:
    """A list under check. `starts` are the offsets at which its lines begin, `first_lines` the
    0-based numbers of the lines in which entries begin."""

    text: str
    document: Document
    starts: tuple[int, ...]
    works: tuple[CheckedEntry, ...]
    first_lines: frozenset[int]

    @property
    def references(self) -> References:
        """The keys that the list's links may give, with their addresses."""
        return tuple((key, each.address) for key, each in self.document.definitions.items())

    def usual_works(self) -> tuple[CheckedEntry, ...]:
        """The works without those of a unit that the list hardly uses: a paper named in its
        introduction is not a second entry of it."""
        units = Counter(work.entry.unit for work in self.works)
        least = 0.05 * len(self.works)
        return tuple(work for work in self.works if units[work.entry.unit] >= least)

    def path_at(self, line: int) -> Headings:
        """The headings above a 1-based line."""
        sections = self.document.sections
        at = bisect_right(sections, line - 1, key=lambda section: section.line)
        return sections[at - 1].path if at else ()

    def line_at(self, offset: int) -> int:
        """The 1-based number of the line in which the character stands."""
        return bisect_right(self.starts, offset)

    def line_of(self, work: CheckedEntry, slot: Slot) -> int:
        """The 1-based number of the line with this field of an entry; of the entry's first
        line where it has none."""
        span = work.span(slot)
        return self.line_at(span[0]) if span else work.line

    def open_lines(self) -> Iterator[tuple[int, str]]:
        """Offset and text (without its end) of each line that is neither code, comment nor data."""
        lines = zip(self.starts, self.document.lines, self.document.regions, strict=True)
        for start, line, region in lines:
            if region is Region.OPEN:
                yield start, line.rstrip("\r\n")

    def open_links(self) -> Iterator[tuple[int, MarkdownLink]]:
        """Every link on those lines, with the offset of its line."""
        for start, line in self.open_lines():
            for link in links_in(line):
                yield start, link


def subject_of(text: str) -> CheckedList:
    document = parse(text)
    starts = tuple(accumulate((len(line) for line in document.lines[:-1]), initial=0))
    starts = starts if document.lines else ()
    works = tuple(_work(document, entry, starts[entry.start]) for entry in document.entries)
    first_lines = frozenset(entry.start for entry in document.entries)
    return CheckedList(text, document, starts, works, first_lines)


def _work(document: Document, entry: Entry, start: int) -> CheckedEntry:
    # of the text as it stands, in which findings give their places
    fields = read_fields(document.text(entry), entry.unit, entry.columns)
    return CheckedEntry(
        entry=entry,
        start=start,
        path=document.path_of(entry),
        fields=fields,
        title=fields.title,
        key=title_key(fields.title),
        bare_key=title_key(name_apart(fields.title)[1]),
        links=tuple(links_in(fields.text)),
    )
