"""Entries of every unit that lists use, and what is one: a paper, not prose, news or a group."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medvl_watch.lists.parsing.blocks import BULLET, head_length
from medvl_watch.lists.parsing.markup import LINK, links_in, plain, without_links
from medvl_watch.lists.parsing.tables import Table, split_row
from medvl_watch.papers.addresses import is_paper_address


@dataclass(frozen=True, slots=True)
class Block:
    """What begins at a line of a list: it reaches up to line `end`, and holds these entries,
    each as its first line and the line after its last. `is_group` says that it holds none
    itself, but heads the entries that follow."""

    end: int
    entries: tuple[tuple[int, int], ...] = ()
    is_group: bool = False


_MARKER = re.compile(
    r"^(?:[ \t]*(?:#{1,6}[ \t]+|[-*+\u2022](?:[ \t]+|(?=\[|\*\*))|(?P<number>\d{1,4})[.)][ \t]*))?"
    r"[ \t]*"
)
FindBlock = Callable[[Sequence[str], int, Callable[[int], bool]], Block | None]
"""Reads the block that begins at a line; None if that line begins another unit's block. The
last argument says of a line that no block goes on there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unit:
    """What an entry is made of, with all that is to be known to read one and to write one.

    The units are the constants of `units`; each is one object, so `is` compares them.
    """

    name: str
    """In reports and in the JSON of `list inspect`."""
    singular: str
    plural: str
    find: FindBlock | None = None
    """None for a unit that its own lines do not tell: `scanning` finds it by those around."""
    marker: re.Pattern[str] = _MARKER
    """Matches at the start of an entry what stands before its text. The group `number` of a
    numbered unit's marker is the entry's number."""
    is_numbered: bool = False
    """Each entry begins with the number after the one before; none can go or move."""
    has_cells: bool = False
    """An entry is a row of cells between pipes, below the header of a table. A cell without
    a value holds a placeholder; a pipe in a text is escaped."""
    is_html: bool = False
    """Texts are encoded for HTML, and a line that loses its text stays: it is a cell."""
    takes_marker: bool = False
    """A new entry begins with the indent and the marker of its neighbour."""
    needs_blank_line: bool = False
    """Without a blank line between them two entries would be one."""

    def counted(self, count: int) -> str:
        """A number of such entries, as a person reads it: `3 rows`."""
        return f"{count} {self.singular if count == 1 else self.plural}"


@dataclass(frozen=True, slots=True)
class Entry:
    """Lines `start` up to `end` (0-based, exclusive) of a section."""

    start: int
    end: int
    unit: Unit
    section: int
    table: Table | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The header's cells above a table's row; none for every other unit."""
        return self.table.columns if self.table else ()


_PAPER_LABEL = re.compile(
    r"^\W*(?:papers?|pdf|arxiv|link|paper\s*link|doi|html|abs|openreview|acl|cvf|publication|论文"
    r"|preprint)\W*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d./-])(?:19[89]\d|20[0-4]\d)(?!\d)")
_PROSE = re.compile(
    r"\b(?:we|our|please|(?:if|do|would|let|hope|thank|as) you"
    r"|you (?:can|are|may|want|find|have|will|should|like|would|know|need to)"
    r"|your (?:own|work|paper|list|contribution|suggestion|help)s?"
    r"|this (?:repo\w*|list|survey|paper|page)|welcome|thanks|inspired"
    r"|citation|cite|contributions?|pull requests?|maintained)\b",
    re.IGNORECASE,
)
_ANNOUNCEMENT = re.compile(
    r"\b(?:our (?:\w+ )?(?:survey|paper|work|review|article|repo\w*)|this (?:repo\w*|list|page)"
    r"|has been accepted"
    r"|we (?:provide|release|propose|present|summari[sz]e|have|are|will)"
    r"|(?:star|cite) (?:us|this|our)|if you find)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_MOST_FACTS = 12
_FACT = re.compile(
    r"(?:\W*(?:paper|pdf|arxiv|link|url|doi|code|github|project|web|page|site|data|set|demo"
    r"|model|venue|publication|journal|conference)s?)*\W*",
    re.IGNORECASE,
)
"""What a line that gives a link says beside it."""
_ANCHOR_LINK = re.compile(r"\]\(\s*#[^\s)]")


def has_link(text: str) -> bool:
    return "http" in text or "](" in text or "] (" in text or "<a " in text


LONGEST_ENTRY = 8_000
"""Characters beyond which a block is not read as an entry; the longest known one has half."""

_REMEMBERED = 200_000
"""Lines whose traits are cached: a list is read again when an edit of it is proved."""


@lru_cache(maxsize=_REMEMBERED)
def link_traits(text: str) -> tuple[bool, bool]:
    """Whether there is a link to where papers lie, and one that is labelled as a paper's."""
    links = list(links_in(text))
    label = any(_PAPER_LABEL.match(link.label) for link in links)
    return label or any(is_paper_address(link.url) for link in links), label


def has_paper_link(text: str) -> bool:
    return link_traits(text)[0]


def has_paper_label(text: str) -> bool:
    return link_traits(text)[1]


@lru_cache(maxsize=_REMEMBERED)
def shown_words(text: str) -> int:
    """How many words with a letter in them a reader sees."""
    words = plain(text).split()
    return sum(word[0].isalpha() or bool(_LETTER.search(word)) for word in words)


def _is_prose(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the pattern occurs outside of the addresses of links."""
    return bool(pattern.search(text)) and bool(pattern.search(without_links(text)[:400]))


def is_contents_line(text: str) -> bool:
    """A line of a table of contents: it leads to headings of this very file, and to no paper."""
    return "#" in text and bool(_ANCHOR_LINK.search(text)) and not has_paper_link(text)


def is_item_entry(block: Sequence[str]) -> bool:
    """Whether a list item is an entry, rather than prose or a bullet that groups others."""
    whole = "".join(block)
    length = head_length(block)
    head = "".join(block[:length])
    if len(whole) > LONGEST_ENTRY or is_contents_line(whole):
        return False
    if not has_link(whole):
        return length == len(block) and _looks_like_title(head)
    if is_group(block):
        return False
    if has_link(head):
        prose = _ANNOUNCEMENT if has_paper_link(whole) else _PROSE
        if prose.search(LINK.sub(" ", head)):
            return False
        return has_paper_link(whole) or shown_words(head) >= 3
    return length < len(block)


def is_group(block: Sequence[str]) -> bool:
    """Whether an item groups entries: its nested items are titled papers, it is none."""
    length = head_length(block)
    head = "".join(block[:length])
    titled = [
        line
        for line in block[length:]
        if BULLET.match(line) and has_paper_link(line) and shown_words(line) >= 5
    ]
    return bool(titled) and not has_paper_link(head) and (not has_link(head) or len(titled) > 1)


@lru_cache(maxsize=_REMEMBERED)
def is_paragraph_entry(text: str) -> bool:
    if len(text) > LONGEST_ENTRY:
        return False
    first = text.lstrip()[:8].lower()
    if first.startswith(("<p ", "<p>", "<div", "![", "[![", "<img", "<center", ">", "<a ", "<h")):
        return False
    if not has_link(text) or is_contents_line(text):
        return False
    if not has_paper_link(text) or shown_words(text) < 3:
        return False
    return not _is_prose(_ANNOUNCEMENT, text)


def entry_lines(lines: Sequence[str], start: int, end: int) -> list[int]:
    """The lines of a paragraph that are entries of their own, if it is a run of such."""
    least = max(2.0, (end - start) * 0.6)
    linked = [number for number in range(start, end) if has_link(lines[number])]
    if len(linked) < least:
        return []
    single = [n for n in linked if has_paper_link(lines[n]) and shown_words(lines[n]) >= 4]
    return single if len(single) >= least else []


def are_facts(below: Sequence[str]) -> bool:
    """Whether what stands below a heading are the facts of one paper: a few bullets, those
    with links for nothing else, one of them for the paper."""
    facts = [line for line in below if line.strip()]
    if not 2 <= len(facts) <= _MOST_FACTS or not all(map(BULLET.match, facts)):
        return False
    linked = [line for line in facts if has_link(line)]
    return any(map(has_paper_label, linked)) and all(
        _FACT.fullmatch(LINK.sub(" ", line)) for line in linked
    )


def is_row_entry(line: str) -> bool:
    if len(line) > LONGEST_ENTRY:
        return False
    cells = [cell.strip() for cell in split_row(line)]
    return any(cell.strip("-:* ") for cell in cells) and (has_link(line) or len(cells) >= 2)


def _looks_like_title(head: str) -> bool:
    """A list item without any link may still be a paper: a long title, or one with a year."""
    if _PROSE.search(head) or is_contents_line(head):
        return False
    return shown_words(head) >= 6
