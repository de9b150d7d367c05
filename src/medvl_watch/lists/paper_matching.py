"""Which entry of a list is which paper, and whether a paper is among them.

An address alone proves nothing: lists give one address to two papers. Title and address
together, or the title alone, do; an address under a clearly other title is a conflict that
a person must look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz import fuzz

from medvl_watch.changes import AlreadyListed
from medvl_watch.lists.fields.names import are_names_alike, name_and_rest_keys, short_name
from medvl_watch.lists.fields.reading import fields_of
from medvl_watch.lists.parsing.document import Document
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.parsing.markup import links_in, plain
from medvl_watch.papers.evidence import strong_keys
from medvl_watch.papers.identifiers import is_weak, keys_in, title_key
from medvl_watch.records import Headings, Record

_WORD = re.compile(r"[^\s\u2010-\u2015/-]+")

SAME_TITLE = 95.0
"""Similarity (0..100) of two title keys above which they are one title with a slip in it."""


@dataclass(frozen=True, slots=True)
class EntryIdentity:
    """An entry of a list: its 1-based line, section, best-effort title, identity keys."""

    line: int
    section: Headings
    title: str
    title_key: str
    text_key: str
    keys: frozenset[str]
    words: str = ""
    addresses: frozenset[str] = frozenset()
    """The addresses as they stand: no proof, but beside the title of a work without keys."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An entry (its 1-based line and title) that has the paper's address `key` and clearly
    another title."""

    paper_id: str
    line: int
    title: str
    key: str

    @property
    def reason(self) -> str:
        """Why the paper is not put in, in one clause."""
        return f"its {self.key} stands at line {self.line} under another title: {self.title}"


def identify_entries(document: Document) -> tuple[EntryIdentity, ...]:
    """What is known of which paper each entry of the list is."""
    return tuple(identify_entry(document, entry) for entry in document.entries)


def identify_entry(document: Document, entry: Entry) -> EntryIdentity:
    fields = fields_of(document, entry)
    text, title = fields.text, fields.title
    shown = plain(text)
    return EntryIdentity(
        line=entry.start + 1,
        section=document.path_of(entry),
        title=title,
        title_key=title_key(title),
        text_key=title_key(shown),
        words=shown,
        keys=frozenset(key for key in keys_in(text) if not is_weak(key)),
        addresses=frozenset(link.url for link in links_in(text)),
    )


def sections_of(paper: Record, identities: Iterable[EntryIdentity]) -> tuple[Headings, ...]:
    """The sections of the entries that are surely the paper: by its address and its title, in
    the order of the list. Cheaper than `match_paper`, and silent where that would guess."""
    keys = strong_keys(paper)
    wanted = title_key(paper.title)
    found = (
        each.section
        for each in identities
        if (keys & each.keys or wanted == each.title_key)
        and isinstance(match_paper(paper, [each]), AlreadyListed)
    )
    return tuple(dict.fromkeys(found))


def match_paper(
    paper: Record, identities: Iterable[EntryIdentity]
) -> AlreadyListed | Conflict | None:
    """Whether one of these entries is the paper; see the module for what proves it."""
    keys = strong_keys(paper)
    wanted = title_key(paper.title)
    name = title_key(short_name(paper.title, paper.abstract or "")) if paper.code_urls else ""
    conflict: Conflict | None = None
    for identity in identities:
        shared = sorted(keys & identity.keys)
        there = bool(shared) or paper.url in identity.addresses
        within = bool(there and wanted) and wanted in identity.text_key
        if within or same_title(wanted, paper.title, identity):
            proof = f"title and {shared[0]}" if shared else "title"
            return AlreadyListed(paper_id=paper.id, line=identity.line, proof=proof)
        if (
            name
            and name == identity.title_key
            and not identity.addresses.isdisjoint(paper.code_urls)
        ):
            # a work's short name that leads to its own page: how tables of data sets list it
            return AlreadyListed(paper_id=paper.id, line=identity.line, proof="name and address")
        if not shared:
            continue
        if _has_no_title(identity) or _akin(wanted, identity.title_key):
            return AlreadyListed(paper_id=paper.id, line=identity.line, proof=shared[0])
        conflict = conflict or Conflict(paper.id, identity.line, identity.title, shared[0])
    return conflict


def may_be_listed(paper: Record, identities: Iterable[EntryIdentity]) -> bool:
    """Whether an entry has one of the paper's addresses, whatever its title, or most words of its
    title. Enough where the paper is known to have been written into the list and reworded since."""
    keys, wanted = strong_keys(paper), title_key(paper.title)
    addresses = {paper.url, *paper.code_urls} - {None}
    return any(
        bool(keys & each.keys)
        or not addresses.isdisjoint(each.addresses)
        or _akin(wanted, each.title_key)
        for each in identities
    )


def conflicts(one: Record, other: Record) -> bool:
    """Whether two papers have an address in common under clearly different titles, so that one
    would be refused if the other stood in the list."""
    keys = strong_keys(other)
    if not keys & strong_keys(one):
        return False
    key = title_key(other.title)
    there = EntryIdentity(
        line=0, section=(), title=other.title, title_key=key, text_key=key, keys=keys,
        words=other.title,
    )  # fmt: skip
    return isinstance(match_paper(one, [there]), Conflict)


def same_title(wanted: str, title: str, identity: EntryIdentity) -> bool:
    """Equal titles, whatever their case, markup and short name, or but for a slip."""
    if len(wanted) < 12:
        return bool(wanted) and wanted == identity.title_key
    other = identity.title_key
    if wanted == other or (len(wanted) >= 30 and _is_within(wanted, identity)):
        return True
    our_name, our_rest = name_and_rest_keys(title)
    their_name, their_rest = name_and_rest_keys(identity.title)
    if our_name and their_name:  # two names before one subtitle are two works
        return are_names_alike(our_name, their_name) and _long_alike(our_rest, their_rest)
    return any(_long_alike(a, b) for a in {wanted, our_rest} for b in {other, their_rest})


def _is_within(wanted: str, identity: EntryIdentity) -> bool:
    """Whether the title stands in the entry as whole words: `Model for Medical Images` does
    not stand in `Model for Medical Image Segmentation`."""
    if wanted not in identity.text_key:
        return False
    edges = {0, *accumulate(len(title_key(word)) for word in _WORD.findall(identity.words))}
    found = re.finditer(f"(?={re.escape(wanted)})", identity.text_key)
    return len(identity.text_key) not in edges or any(
        {match.start(), match.start() + len(wanted)} <= edges for match in found
    )


def _long_alike(one: str, other: str) -> bool:
    return len(one) >= 20 and len(other) >= 20 and _alike(one, other)


def _alike(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 0.15 * max(len(one), len(other)):
        return False
    if fuzz.ratio(one, other, score_cutoff=SAME_TITLE) < SAME_TITLE:
        return False
    return re.findall(r"\d+", one) == re.findall(r"\d+", other)


def _has_no_title(identity: EntryIdentity) -> bool:
    """A name or nothing at all: then the address is all there is."""
    return len(identity.title.split()) < 4


def _akin(one: str, other: str) -> bool:
    """Titles of a preprint and its later version: much in common, with the same address."""
    return (bool(one and other) and fuzz.token_ratio(one, other) >= 70) or fuzz.ratio(
        one, other
    ) >= 70


def find_in_list(document: Document, paper: Record) -> AlreadyListed | Conflict | None:
    """Like `match_paper` on all entries, but reads only the entries that may be the paper."""
    return match_paper(paper, [identify_entry(document, e) for e in candidates(document, paper)])


def candidates(document: Document, paper: Record) -> Sequence[Entry]:
    """Entries that have one of the paper's keys, or most words of its title, in them."""
    values = {key.partition(":")[2].lower() for key in strong_keys(paper)}
    values.update(url.casefold() for url in paper.code_urls)
    title = paper.title.casefold()
    words = set(re.findall(r"[^\W_]{5,}", title) or re.findall(r"[^\W_]+", title))
    found = []
    for entry in document.entries:
        text = document.linked_text(entry).casefold()
        if any(value in text for value in values) or (
            words and sum(word in text for word in words) >= 0.6 * len(words)
        ):
            found.append(entry)
    return found
