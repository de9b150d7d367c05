"""Rules about an address, and about code, that two works of a list share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.duplicates import meaning_of, quoted
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.checking.likeness import (
    are_strangers,
    bare_address,
    have_same_authors,
    identifiers_of,
    is_named_in,
    is_paper,
    name_of,
    names_resource,
    paper_keys,
    speaks_of,
)
from medvl_watch.lists.checking.same_work import Sameness, sameness
from medvl_watch.lists.checking.title_words import title_words
from medvl_watch.lists.fields.dates_and_venues import is_authors
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.papers.identifiers import title_key

_MOST_SHARERS = 3
"""More works than this at one address are a page for all of them, not a slip."""
_LEAST_WORDS = 4
_SMALL_WORD = re.compile(r"\b(?:for|in|of|on|the|to|via|with)\b")
"""What stands in titles, and not in a list of authors that was taken for one."""
_SOME_OVERLAP, _HARDLY_ANY = 0.5, 0.2
"""Shares of the words of two titles that stand in both, from which on they may name one work."""


def find_shared_addresses(subject: CheckedList) -> Iterator[Finding]:
    """One paper address under two different works: one of them is wrong. Where both may be
    right (a paper and its data, a page of several papers), it is a note."""
    holders: defaultdict[str, list[CheckedEntry]] = defaultdict(list)
    for work in subject.usual_works():
        for key in paper_keys(work):
            if len(work.title.split()) >= 3:
                holders[key].append(work)
    reported: set[tuple[int, int]] = set()
    for key, works in holders.items():
        for right, doubtful, many in _strangers(works):
            if (right.line, doubtful.line) in reported:
                continue
            reported.add((right.line, doubtful.line))
            certain = not key.startswith("url:") and not many
            yield Finding(
                line=subject.line_of(doubtful, Slot.PAPER),
                rule="shared-address",
                what=f"{quoted(doubtful)} has the address of line {right.line}, {quoted(right)}",
                fix="find out whose address it is, and give the other its own",
                note=not (certain and _are_two_papers(right, doubtful)),
            )


def find_shared_code(subject: CheckedList) -> Iterator[Finding]:
    """One code link under two works. Works of one group may share it, so it is a note unless
    the paper's address is shared too, or both state all their authors and have none in common,
    and the code bears the name of one work alone."""
    holders: defaultdict[str, list[CheckedEntry]] = defaultdict(list)
    for work in subject.works:
        address = bare_address(work.value(Slot.CODE)).lower().removesuffix(".git")
        if address and is_paper(work):
            holders[address].append(work)
    for address, works in holders.items():
        for right, doubtful, many in _strangers(works):
            yield Finding(
                line=subject.line_of(doubtful, Slot.CODE),
                rule="shared-code",
                what=f"{quoted(doubtful)} has the code of line {right.line}, {quoted(right)}: "
                f"{address}",
                fix="find out whose code it is, and take it out of the other entry",
                note=many or not _is_foreign(right, doubtful, address),
            )


def _strangers(
    works: Sequence[CheckedEntry],
) -> Iterator[tuple[CheckedEntry, CheckedEntry, bool]]:
    """Pairs of different works: the likelier owner, the doubtful one, and whether there are
    so many that the address is a page for all of them."""
    by_title = list({work.key: work for work in reversed(works)}.values())[::-1]
    many = len(by_title) > _MOST_SHARERS
    different: list[CheckedEntry] = []
    for work in by_title:
        if many or not any(_may_be_one(work, other) for other in different):
            different.append(work)
    if len(different) < 2:
        return
    links = Counter(url for work in different for url in {link.url for link in work.links})
    owner = next((work for work in different if _owns(work, links)), different[0])
    for work in different:
        if work is not owner:
            yield owner, work, many


def _may_be_one(one: CheckedEntry, other: CheckedEntry) -> bool:
    return sameness(one, other, Counter()) in {Sameness.SAME, Sameness.PERHAPS}


def _owns(work: CheckedEntry, links: Counter[str]) -> bool:
    """Whether an address that the work shares with another bears its name."""
    return any(links[link.url] > 1 and speaks_of(link.url, work) for link in work.links)


def _are_two_papers(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether two entries with one address surely name different papers, and neither is the
    data or the tool that a paper presents. A paper under its first title has its address, too:
    titles with hardly a word in common are needed, or other names, authors or code."""
    ours, theirs = (_stems(work) for work in (one, other))
    if min(len(ours), len(theirs)) < _LEAST_WORDS or _present_one_another(one, other):
        return False
    if any(is_authors(work.title) and not _SMALL_WORD.search(work.title) for work in (one, other)):
        return False
    if is_named_in(one, other) or is_named_in(other, one) or have_same_authors(one, other):
        return False
    if sameness(one, other, Counter()) is not Sameness.OTHER:
        return False
    overlap = len(ours & theirs) / len(ours | theirs)
    return overlap < (_SOME_OVERLAP if _state_otherwise(one, other) else _HARDLY_ANY)


def _stems(work: CheckedEntry) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in title_words(work.title).words)


def _present_one_another(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether one may be the data or the tool of the other: entries of sections of data, and
    entries of different sections, as a model and the questions put to it are. Other authors
    tell them apart."""
    if have_same_authors(one, other) is False:
        return False
    if any(names_resource(title) for work in (one, other) for title in work.path):
        return True
    return meaning_of(one.path) != meaning_of(other.path)


def _state_otherwise(one: CheckedEntry, other: CheckedEntry) -> bool:
    """Whether the entries state other names, other authors or other code."""
    codes = [bare_address(work.value(Slot.CODE)).lower() for work in (one, other)]
    names = [title_key(name_of(work)) for work in (one, other)]
    differ = any(bool(a and b) and a != b for a, b in (codes, names))
    return differ or have_same_authors(one, other) is False


def _is_foreign(owner: CheckedEntry, doubtful: CheckedEntry, address: str) -> bool:
    """Whether the code at the address is clearly not the doubtful work's."""
    if not _are_two_papers(owner, doubtful) or speaks_of(address, doubtful):
        return False
    if identifiers_of(owner) & identifiers_of(doubtful):
        return True
    return are_strangers(owner, doubtful) and speaks_of(address, owner)
