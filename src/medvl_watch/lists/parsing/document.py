r"""A Markdown list without loss: its lines, its sections as full paths, its entries.

`text_of(parse(text)) == text` for any text. Lines are divided at `\n` only: other
characters that end a line elsewhere (U+001E, U+2028, a lone `\r`) stay inside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.lists.parsing.references import Definition, definitions_at, write_out
from medvl_watch.lists.parsing.regions import Region, regions_of
from medvl_watch.lists.parsing.scanning import Section, scan
from medvl_watch.records import Headings

__all__ = ["Document", "Entry", "Section", "parse", "section_paths", "split_lines", "text_of"]


@dataclass(frozen=True, slots=True)
class Document:
    """A list as read. `sections[0]` is what comes before the first heading."""

    lines: tuple[str, ...]
    regions: tuple[Region, ...]
    sections: tuple[Section, ...]
    entries: tuple[Entry, ...]
    definitions: Mapping[str, Definition] = field(default_factory=dict, hash=False)
    """The addresses that links give by a key, by their plain keys."""
    linked: Mapping[int, str] = field(default_factory=dict, hash=False)
    """Lines with such links, the addresses in place of the keys."""

    def entries_of(self, section: Section) -> list[Entry]:
        return [entry for entry in self.entries if entry.section == section.index]

    def entries_below(self, section: Section) -> list[Entry]:
        """The entries of every section whose path begins with this one's."""
        depth = len(section.path)
        return [entry for entry in self.entries if self.path_of(entry)[:depth] == section.path]

    def path_of(self, entry: Entry) -> Headings:
        """The headings that an entry stands under, the outermost first."""
        return self.sections[entry.section].path

    def text(self, entry: Entry) -> str:
        """An entry's text, without the end of its last line."""
        return "".join(self.lines[entry.start : entry.end]).rstrip("\r\n")

    def linked_text(self, entry: Entry) -> str:
        """The same, with the address in place of each key that a link gives."""
        if not self.linked:
            return self.text(entry)
        lines = range(entry.start, entry.end)
        return "".join(self.linked.get(n, self.lines[n]) for n in lines).rstrip("\r\n")

    @property
    def newline(self) -> str:
        """The end of line that the file uses most."""
        crlf = sum(line.endswith("\r\n") for line in self.lines)
        return "\r\n" if crlf * 2 > len(self.lines) else "\n"


def split_lines(text: str) -> list[str]:
    """Lines with their ends; joined they are the text again."""
    *full, last = text.split("\n")
    lines = [line + "\n" for line in full]
    return [*lines, last] if last else lines


def parse(text: str) -> Document:
    """Read a list. Any text is accepted; one that is not a Markdown list has no entries."""
    lines = split_lines(text)
    shown = [line.removeprefix("\ufeff") for line in lines[:1]] + lines[1:]
    regions = regions_of(shown)  # a byte order mark hides no heading
    numbers = [n for n, region in enumerate(regions) if region is Region.DEFINITION]
    definitions = definitions_at(lines, numbers)
    linked: dict[int, str] = {}
    if definitions:
        for number, line in enumerate(shown):
            if "[" in line and regions[number] is Region.OPEN:
                written, references = write_out(line, definitions)
                if references:
                    linked[number] = shown[number] = written
    sections, entries = scan(shown, regions)
    return Document(
        tuple(lines), tuple(regions), tuple(sections), tuple(entries), definitions, linked
    )


def text_of(document: Document) -> str:
    return "".join(document.lines)


def section_paths(document: Document) -> tuple[Headings, ...]:
    """Every section's path, in the order of the file; a path that repeats comes once."""
    return tuple(dict.fromkeys(section.path for section in document.sections if section.path))


def find_section(document: Document, path: Headings) -> Section | None:
    """The section with this path (`sections_at`); where several have it, the one with most
    entries."""
    return best_filled(document, _matching(document, path))


def sections_at(document: Document, path: Headings) -> list[Section]:
    """The sections with this path, in the order of the file: those that have it exactly, else
    those that have it but for case, dressing and counts (`headings.path_key`). A section that
    goes on after a folded block is one."""
    return [section for section in _matching(document, path) if section.kind != "resumed"]


def _matching(document: Document, path: Headings) -> list[Section]:
    exact = [section for section in document.sections if section.path == path]
    wanted = path_key(path)
    return exact or [s for s in document.sections if path_key(s.path) == wanted]


def best_filled(document: Document, sections: Sequence[Section]) -> Section | None:
    if len(sections) < 2:
        return sections[0] if sections else None
    return max(sections, key=lambda section: len(document.entries_of(section)))


def full_path(document: Document, path: Headings) -> Headings:
    """The path as the document has it: a list's own title often stands on top of every
    section and is left out by those who speak of its sections.

    Where neither the path nor one with a title on top exists, the same is tried for the
    path's parent, since a year's section may be about to be opened.
    """
    tops = list(dict.fromkeys(section.path[:1] for section in document.sections if section.path))
    for known in (path, path[:-1]):
        for candidate in (known, *(top + known for top in tops)):
            if candidate and find_section(document, candidate) is not None:
                return candidate + path[len(known) :]
    return path


def paths_meant(document: Document, path: Headings) -> list[Headings]:
    """The whole path of a section named by its last headings alone; where there is none that
    ends so, the same for its parent, in which it may be about to be opened. Never empty."""
    whole = full_path(document, path)
    if find_section(document, whole):
        return [whole]
    ends = _ending_so(document, path)
    if ends:
        return ends
    if len(path) > 1 and find_section(document, whole[:-1]):
        return [whole]
    return [(*each, path[-1]) for each in _ending_so(document, path[:-1])] or [whole]


def _ending_so(document: Document, tail: Headings) -> list[Headings]:
    key = path_key(tail)
    return [s for s in section_paths(document) if key and path_key(s)[-len(key) :] == key]
