"""Rules about papers that stand twice, and about addresses that two papers share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange, shortened
from medvl_watch.lists.checking.likeness import (
    are_copied,
    are_strangers,
    bare_address,
    is_data,
    is_named_in,
    is_same_work,
    paper_keys,
    speaks_of,
)
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.lists.style.sections import is_venue_heading
from medvl_watch.papers.section_titles import year_of_title
from medvl_watch.records import Headings

_INDEX_PAPERS = 3
_INDEX_SHARE = 0.3
"""A branch of which so many papers, and so large a share, stand elsewhere too is an index."""
_SHELF = re.compile(r"/(?:research|projects?|papers?|publications?|examples|models)[\w-]*(?:/|$)")
"""Repositories in which a group keeps many works."""
_MOST_SHARERS = 3
"""More works than this at one address are a page for all of them, not a slip."""


def find_duplicates(subject: CheckedList) -> Iterator[Finding]:
    """The same paper twice. In sections of different meaning it is a note, and a branch that
    repeats much of another is taken for an index and noted once."""
    pairs = list(_repeated(subject.listed()))
    apart = [pair for pair in pairs if _meaning(pair[0].path) != _meaning(pair[1].path)]
    indexes = _indexes(subject.listed(), apart)
    told: set[tuple[Headings, Headings]] = set()
    for first, again in pairs:
        if _meaning(first.path) == _meaning(again.path):
            yield _duplicate(subject, first, again)
            continue
        branches = _branches(first, again)
        if branches not in indexes:
            yield _elsewhere(first, again)
        elif branches not in told:
            told.add(branches)
            yield _index(again, branches, indexes[branches])


def find_shared_addresses(subject: CheckedList) -> Iterator[Finding]:
    """One paper address under two different works: one of them is wrong."""
    holders: defaultdict[str, list[CheckedEntry]] = defaultdict(list)
    for work in subject.listed():
        for key in paper_keys(work):
            if len(work.title.split()) >= 3:
                holders[key].append(work)
    told: set[tuple[int, int]] = set()
    for works in holders.values():
        for right, doubtful, many in _strangers(works):
            if (right.line, doubtful.line) not in told:
                told.add((right.line, doubtful.line))
                yield Finding(
                    line=subject.line_of(doubtful, Slot.PAPER),
                    rule="shared-address",
                    what=f"{_quoted(doubtful)} has the address of line {right.line}, "
                    f"{_quoted(right)}",
                    fix="find out whose address it is, and give the other its own",
                    note=many or is_data(right) or is_data(doubtful),
                )


def find_shared_code(subject: CheckedList) -> Iterator[Finding]:
    """One code link under two works. Works of one group may share it, so it is a note unless
    the paper's address is shared too, the authors are others, or the code bears the name of
    one work and the other does not speak of it."""
    holders: defaultdict[str, list[CheckedEntry]] = defaultdict(list)
    for work in subject.works:
        if address := bare_address(work.value(Slot.CODE)).lower().removesuffix(".git"):
            holders[address].append(work)
    for address, works in holders.items():
        for right, doubtful, many in _strangers(works):
            yield Finding(
                line=subject.line_of(doubtful, Slot.CODE),
                rule="shared-code",
                what=f"{_quoted(doubtful)} has the code of line {right.line}, {_quoted(right)}: "
                f"{address}",
                fix="find out whose code it is, and take it out of the other entry",
                note=many or not _is_foreign(right, doubtful, address),
            )


# --- the same paper twice -------------------------------------------------------------


def _repeated(works: Iterable[CheckedEntry]) -> Iterator[tuple[CheckedEntry, CheckedEntry]]:
    """Each work that stood before, with the earlier one; of several, one of its own section."""
    buckets: defaultdict[str, list[CheckedEntry]] = defaultdict(list)
    for work in works:
        keys = _bucket_keys(work)
        earlier = {w.line: w for key in keys for w in buckets[key] if is_same_work(w, work)}
        if earlier:
            own = [w for w in earlier.values() if _meaning(w.path) == _meaning(work.path)]
            yield (own or list(earlier.values()))[0], work
        for key in keys:
            buckets[key].append(work)


def _bucket_keys(work: CheckedEntry) -> set[str]:
    """Where a repetition of this work would be found: ends of the title, and its address."""
    if not work.key:
        return set()
    keys = {f"head:{key[:12]}" for key in (work.key, work.bare_key)}
    return keys | {f"tail:{work.key[-12:]}"} | set(paper_keys(work))


@lru_cache(maxsize=1024)
def _meaning(path: Headings) -> tuple[str, ...]:
    """A section's path without years and venues: what its papers are about."""
    return path_key(t for t in path if year_of_title(t) is None and not is_venue_heading(t))


def _duplicate(subject: CheckedList, first: CheckedEntry, again: CheckedEntry) -> Finding:
    where = "" if first.path == again.path else f" (under {' > '.join(first.path)})"
    same_text = " ".join(first.text.split()) == " ".join(again.text.split())
    removable = same_text and first.path == again.path and not again.entry.unit.is_numbered
    fix = "remove this entry, which says the same" if same_text else "keep the better of the two"
    return Finding(
        line=again.line,
        rule="duplicate",
        what=f"{_quoted(again)} stands at line {first.line} already{where}",
        fix=fix,
        changes=(_removal(subject, again),) if removable else (),
    )


def _removal(subject: CheckedList, work: CheckedEntry) -> TextChange:
    after = work.entry.end
    end = subject.starts[after] if after < len(subject.starts) else len(subject.text)
    return TextChange(work.start, end, "")


def _elsewhere(first: CheckedEntry, again: CheckedEntry) -> Finding:
    return Finding(
        line=again.line,
        rule="duplicate",
        what=f"{_quoted(again)} stands at line {first.line} too, under {' > '.join(first.path)}",
        fix="nothing, if it belongs to both sections",
        note=True,
    )


def _index(again: CheckedEntry, branches: tuple[Headings, Headings], count: int) -> Finding:
    first, second = (path[-1] if path else "the top" for path in branches)
    return Finding(
        line=again.line,
        rule="duplicate",
        what=f"{count} papers of “{second}” stand under “{first}” too",
        fix="nothing, if one is an index of the other",
        note=True,
    )


def _branches(first: CheckedEntry, again: CheckedEntry) -> tuple[Headings, Headings]:
    """The two paths up to where they part."""
    length = 0
    while first.path[length : length + 1] and first.path[: length + 1] == again.path[: length + 1]:
        length += 1
    return first.path[: length + 1], again.path[: length + 1]


def _indexes(
    works: Iterable[CheckedEntry], apart: Iterable[tuple[CheckedEntry, CheckedEntry]]
) -> dict[tuple[Headings, Headings], int]:
    """Pairs of branches of which one repeats the other, with the number of repeated papers."""
    counts = Counter(_branches(first, again) for first, again in apart)
    sizes = Counter(work.path[:n] for work in works for n in range(len(work.path) + 1))
    return {
        branches: count
        for branches, count in counts.items()
        if count >= _INDEX_PAPERS
        and count >= _INDEX_SHARE * min(sizes[branches[0]], sizes[branches[1]])
    }


# --- what two works share -------------------------------------------------------------


def _strangers(works: list[CheckedEntry]) -> Iterator[tuple[CheckedEntry, CheckedEntry, bool]]:
    """Pairs of different works: the likelier owner, the doubtful one, and whether there are
    so many that the address is a page for all of them."""
    different: list[CheckedEntry] = []
    for work in works:
        if not any(is_same_work(work, other) for other in different):
            different.append(work)
    owner = next((work for work in different if _owns(work, different)), None)
    owner = owner or (different[0] if different else None)
    for work in different:
        if owner is not None and work is not owner:
            yield owner, work, len(different) > _MOST_SHARERS


def _owns(work: CheckedEntry, works: list[CheckedEntry]) -> bool:
    """Whether an address that the work shares with another bears its name."""
    theirs = {link.url for other in works if other is not work for link in other.links}
    return any(link.url in theirs and speaks_of(link.url, work) for link in work.links)


def _is_foreign(owner: CheckedEntry, doubtful: CheckedEntry, address: str) -> bool:
    """Whether the code at the address is clearly not the doubtful work's."""
    if is_data(owner) or is_data(doubtful) or _SHELF.search(address):
        return False
    if are_copied(owner, doubtful):
        return True
    if (
        len(doubtful.title.split()) < 4
        or speaks_of(address, doubtful)
        or is_named_in(owner, doubtful)
    ):
        return False
    return are_strangers(owner, doubtful) or (
        speaks_of(address, owner) and not doubtful.value(Slot.AUTHORS)
    )


def _quoted(work: CheckedEntry) -> str:
    return f"“{shortened(work.title or ' '.join(work.text.split()))}”"
