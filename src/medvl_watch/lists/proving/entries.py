"""An entry as it renders, and what is wrong with it beside the entries around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import unquote

from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.proving.blocks import RenderedBlock
from medvl_watch.lists.proving.comparison import name_of
from medvl_watch.lists.proving.inline import Shown, marks_by_line, read_marks
from medvl_watch.lists.proving.paper import ShownPaper
from medvl_watch.lists.proving.rendering import Rendering
from medvl_watch.papers.years import YEAR_PATTERN

_BADGE = re.compile(r"/badge/([^?#]+)")
_BADGE_WORD = re.compile(r"[^\W_]+")
_SEVERAL = 2
_BOX = re.compile(r"\s*\[(?P<tick>[ xX])\]\s")
_WIKI_LINK = re.compile(r"\[\[([^\[\]]+)\]\]")
_BRACKETED = re.compile(r"\[(\[[^\[\]]*\]|[^\[\]]*)\]")
_WORDS_OF_A_TITLE = 4
_MARKS = re.compile(r"\*{1,3}|~~|`+|(?<!\w)_+|_+(?!\w)|\]\(|^\||\|$", re.MULTILINE)
"""Of pipes only those at the edge of a line: between words they divide what a list says."""

_HOLDERS = frozenset({"bullet_list", "ordered_list", "table", "thead", "tbody", "blockquote"})
"""Blocks that hold entries: a list is none, even if it has one item."""

_PAIRS = {
    "]": "[", ")": "(", "\u00bb": "\u00ab", "\u3011": "\u3010", "\uff09": "\uff08",
    "\u300b": "\u300a", "\u300d": "\u300c", "\u300f": "\u300e",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RenderedEntry:
    """An entry as rendered: its blocks by kind, the block that holds them (its kind and first
    line; None at the top), and what a reader sees."""

    kinds: tuple[str, ...]
    holder: tuple[str, int] | None
    shown: Shown

    @property
    def box(self) -> str:
        """The box of a list of tasks, with its tick (`[x]`); empty without one."""
        match = _BOX.match(self.shown.literal)
        return f"[{match['tick'].lower()}]" if match else ""

    @property
    def wiki_links(self) -> list[str]:
        """Pages of a wiki that are linked: `[[page]]`."""
        return _WIKI_LINK.findall(self.shown.literal)

    @property
    def bracketed(self) -> list[str]:
        """Texts in square brackets that are not links (`[page]` for `[[page]]`)."""
        return _BRACKETED.findall(self.shown.literal)

    @property
    def addresses(self) -> list[str]:
        """The addresses of links and images."""
        return [*self.shown.links, *self.shown.images]


def rendered_entry(rendering: Rendering, start: int, end: int) -> RenderedEntry:
    """What the lines `start` to `end` (0-based, exclusive) render to."""
    shown = Shown()
    kinds: list[str] = []
    holders: list[tuple[str, int] | None] = []
    for block, holder, lines in _parts(rendering.blocks(start, end), None, start, end):
        is_whole = lines == range(block.start, block.end)
        kinds.append(block.kind if is_whole else f"part of {block.kind}")
        holders.append((holder.kind, holder.start) if holder else None)
        for leaf in block.walk():
            _show(rendering, leaf, lines, shown)
    return RenderedEntry(tuple(kinds), holders[0] if holders else None, shown)


def _parts(
    blocks: Iterable[RenderedBlock], holder: RenderedBlock | None, start: int, end: int
) -> Iterator[tuple[RenderedBlock, RenderedBlock | None, range]]:
    """The outermost blocks that have no other lines than these, and parts of blocks that have
    others, each with its holder."""
    for block in blocks:
        if block.end <= start or end <= block.start:
            continue
        inside = range(max(start, block.start), min(end, block.end))
        is_whole = len(inside) == block.end - block.start and block.kind not in _HOLDERS
        if is_whole or block.content is not None:
            yield block, holder, inside
        else:
            yield from _parts(block.children, block, start, end)


def _show(rendering: Rendering, leaf: RenderedBlock, lines: range, shown: Shown) -> None:
    if leaf.content is None:
        return
    if leaf.kind in {"html_block", "fence", "code_block"}:
        rows = leaf.content.split("\n")
        inside = rows[lines.start - leaf.start : lines.stop - leaf.start]
        if leaf.kind == "html_block":
            shown.add_html("\n".join(inside))
        else:
            shown.add("\n".join(inside), "code")
        return
    marks = marks_by_line(read_marks(leaf.content, rendering.definitions))
    first = max(lines.start - leaf.start, 0)
    for line in marks[first : lines.stop - leaf.start]:
        shown.add_marks(line)


def misrendered(
    entry: RenderedEntry,
    siblings: Sequence[RenderedEntry],
    paper: ShownPaper,
    earlier: RenderedEntry | None = None,
) -> str:
    """What a reader would see wrong in an entry that was written, in one clause; empty if all
    is right.

    `siblings` are the entries around it. What two of them show (or the only one there is) is
    the list's way; what one alone shows may be a slip. An entry that was completed may keep
    what it had `earlier`.
    """
    reasons = chain(
        _wrong_kind(entry, siblings if earlier is None else [earlier]),
        _loose_ends(entry, siblings, paper, earlier),
        _wrong_box(entry, siblings, earlier),
        _wrong_brackets(entry, siblings, paper, earlier),
        _foreign_addresses(entry, siblings, paper, earlier),
        _foreign_labels(entry, siblings, paper, earlier),
        _paper_missing(entry, siblings, paper) if earlier is None else (),
    )
    return next(reasons, "")


_Traits = Callable[[RenderedEntry], Iterable[str]]


def _usual(
    traits: _Traits, siblings: Sequence[RenderedEntry], earlier: RenderedEntry | None
) -> frozenset[str]:
    """What two of the siblings have, or the only one; and what the entry had earlier."""
    found = Counter(trait for sibling in siblings for trait in set(traits(sibling)))
    least = min(2, len(siblings))
    shared = frozenset(trait for trait, users in found.items() if users >= least)
    return shared | frozenset(traits(earlier) if earlier else ())


def _wrong_kind(entry: RenderedEntry, siblings: Sequence[RenderedEntry]) -> Iterator[str]:
    if siblings and entry.kinds not in {sibling.kinds for sibling in siblings}:
        theirs = Counter(sibling.kinds for sibling in siblings).most_common(1)[0][0]
        ours = _named(entry.kinds)
        yield f"it would be shown as {ours}, the entries beside it as {_named(theirs)}"


def _named(kinds: Sequence[str]) -> str:
    names = [
        f"a part of {name_of(kind.removeprefix('part of '))}"
        if kind.startswith("part of ")
        else name_of(kind)
        for kind in kinds
    ]
    return " with ".join(names) or "nothing"


def _loose_ends(
    entry: RenderedEntry,
    siblings: Sequence[RenderedEntry],
    paper: ShownPaper,
    earlier: RenderedEntry | None,
) -> Iterator[str]:
    """Marks of Markdown that are seen as text, brackets and tags without their partner."""
    marks = _usual(lambda each: loose_marks(each.shown), siblings, earlier)
    title = Shown(words=paper.title, literal=paper.title)
    for mark in Counter(loose_marks(entry.shown)) - Counter(loose_marks(title)):
        if mark not in marks:
            yield f"a stray “{mark}” would be seen in the entry"
    tags = _usual(lambda each: each.shown.unpaired, siblings, earlier)
    for tag in entry.shown.unpaired:
        if tag not in tags:
            yield f"the HTML tag <{tag}> would have no partner in the entry"


def loose_marks(shown: Shown) -> list[str]:
    """Marks that the renderer left in a text as they were, and brackets without their partner."""
    found = []
    opened: list[str] = []
    for char in shown.words:
        if char in _PAIRS.values():
            opened.append(char)
        elif char in _PAIRS and _PAIRS[char] in opened:
            last = len(opened) - 1 - opened[::-1].index(_PAIRS[char])
            del opened[last]
        elif char in _PAIRS:
            found.append(char)
    return [*_MARKS.findall(shown.literal), *found, *opened]


def _wrong_box(
    entry: RenderedEntry, siblings: Sequence[RenderedEntry], earlier: RenderedEntry | None
) -> Iterator[str]:
    boxed = sum(sibling.box != "" for sibling in siblings)
    if earlier and entry.box != earlier.box:
        yield "its box would be another one"
    elif entry.box == "[x]" and not earlier:
        yield "its box would be ticked"
    elif not entry.box and 2 * boxed > len(siblings):
        yield "it would have no box, as the entries beside it have"
    elif entry.box and siblings and not boxed:
        yield "it would have a box, which the entries beside it have not"


def _wrong_brackets(
    entry: RenderedEntry,
    siblings: Sequence[RenderedEntry],
    paper: ShownPaper,
    earlier: RenderedEntry | None,
) -> Iterator[str]:
    """Brackets that are shown as text: pages of a wiki, footnotes, other papers' titles."""
    shared = _usual(lambda each: each.bracketed, siblings, earlier)
    wiki = [s for s in siblings if any(f"[{page}]" not in shared for page in s.wiki_links)]
    if not earlier and 2 * len(wiki) > len(siblings):
        yield "the entries beside it link to pages of a wiki ([[…]]), and it has none"
    for text in entry.bracketed:
        if text in shared or paper.is_named_by(text) or paper.is_described_by(text):
            continue
        if text.startswith("[") and not is_label(text):  # else a link that is still missing
            yield f"it would link to the page {text} of a wiki, which may not be there"
        elif text.startswith("^"):
            yield f"it would have the mark of a footnote ([{text}]) that is not its own"
        elif len(text.split()) >= _WORDS_OF_A_TITLE and not YEAR_PATTERN.search(
            text
        ):  # else a venue
            yield f"it would show [{text[:60]}], which is not known to be the paper's"


def _foreign_addresses(
    entry: RenderedEntry,
    siblings: Sequence[RenderedEntry],
    paper: ShownPaper,
    earlier: RenderedEntry | None,
) -> Iterator[str]:
    """Every address is the paper's own, or one that the list gives with each entry."""
    shared = _usual(lambda each: each.addresses, siblings, earlier)
    for address in entry.addresses:
        if not address.strip("#") or address in shared or paper.owns(address):
            continue
        if not _is_own_badge(address, siblings, paper):
            yield f"it would lead to {address[:100]}, which is not known to be the paper's"


def _is_own_badge(address: str, siblings: Sequence[RenderedEntry], paper: ShownPaper) -> bool:
    """Whether an address is of a badge that shows words of the paper, and else what badges of
    entries beside it show."""
    words = _badge_words(address)
    shown = Counter(
        word for each in siblings for word in {w for a in each.addresses for w in _badge_words(a)}
    )
    years = paper.years | {year[-2:] for year in paper.years}
    return bool(words) and all(
        word in years
        or paper.is_described_by(word)
        or (shown[word] >= _SEVERAL and not (years and YEAR_PATTERN.fullmatch(word)))
        for word in words
    )


def _badge_words(address: str) -> list[str]:
    badge = _BADGE.search(unquote(address))
    return _BADGE_WORD.findall(badge[1].casefold()) if badge else []


def _foreign_labels(
    entry: RenderedEntry,
    siblings: Sequence[RenderedEntry],
    paper: ShownPaper,
    earlier: RenderedEntry | None,
) -> Iterator[str]:
    """A link's words that one other entry has are that entry's, unless they name a kind of link
    or are known of this paper."""
    shared = _usual(lambda each: each.shown.labels, siblings, earlier)
    single = {label for sibling in siblings for label in sibling.shown.labels} - shared
    for label in entry.shown.labels:
        years = set(YEAR_PATTERN.findall(label)) - set(YEAR_PATTERN.findall(paper.title))
        if paper.years and not years <= paper.years and not earlier:
            known = " or ".join(sorted(paper.years))
            yield f"its link would show “{label[:60]}”, but the paper is of {known}"
        if label in single and not is_label(label) and not paper.is_described_by(label):
            yield f"its link would have the words “{label[:60]}” of another entry"


def _paper_missing(
    entry: RenderedEntry, siblings: Sequence[RenderedEntry], paper: ShownPaper
) -> Iterator[str]:
    if not paper.is_named_in(entry.shown.text):
        yield "its title would not be seen as it is"
    linked = sum(bool(sibling.shown.links) for sibling in siblings)
    wanted = 2 * linked >= len(siblings) and paper.has_address
    if wanted and not any(map(paper.owns, entry.shown.links)):
        yield "it would have no link to the paper"
