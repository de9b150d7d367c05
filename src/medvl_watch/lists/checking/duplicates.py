"""The rule about papers that a list holds twice."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, shortened
from medvl_watch.lists.checking.likeness import identifiers_of
from medvl_watch.lists.checking.same_work import Sameness, sameness
from medvl_watch.lists.checking.title_words import all_but_one, title_words
from medvl_watch.lists.parsing.entries import has_link
from medvl_watch.lists.parsing.headings import path_key
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.lists.parsing.tables import split_row
from medvl_watch.lists.proving.changes import ChangeEffect, TextChange
from medvl_watch.lists.style.sections import is_venue_heading
from medvl_watch.papers.section_titles import years_of_title
from medvl_watch.records import Headings

_INDEX_PAPERS = 3
_INDEX_SHARE = 0.3
"""A branch of which so many papers, and so large a share, stand elsewhere too is an index."""
_FEW_WORDS = 8
_MOST_VARIANTS = 8
"""If more titles than this differ in one word only, that word makes them different works."""

_Pair = tuple[CheckedEntry, CheckedEntry, Sameness]


def find_duplicates(subject: CheckedList) -> Iterator[Finding]:
    """The same paper twice. In sections of different meaning it is a note, and a branch that
    repeats much of another is taken for an index and noted once."""
    grouping = _grouping_lines(subject)
    pairs = [
        (first, again, Sameness.PERHAPS if _are_grouped_apart(first, again, grouping) else found)
        for first, again, found in _repeated(subject.usual_works())
    ]
    apart = [pair for pair in pairs if meaning_of(pair[0].path) != meaning_of(pair[1].path)]
    indexes = _indexes(subject.usual_works(), apart)
    reported: set[tuple[Headings, Headings]] = set()
    for first, again, found in pairs:
        if meaning_of(first.path) == meaning_of(again.path):
            yield _duplicate(subject, first, again, found)
            continue
        branches = _branches(first, again)
        if branches not in indexes:
            yield _elsewhere(first, again)
        elif branches not in reported:
            reported.add(branches)
            yield _index(again, branches, indexes[branches])


# --- the pairs ------------------------------------------------------------------------


def _repeated(works: Sequence[CheckedEntry]) -> Iterator[_Pair]:
    """Each work that stood before, with the earlier one; of several, the surest, and of these
    one of its own section."""
    usual = Counter(word for work in works for word in title_words(work.title).words)
    earlier: defaultdict[int, list[tuple[int, Sameness]]] = defaultdict(list)
    for one, two in sorted(_candidates(works)):
        found = sameness(works[one], works[two], usual)
        if found in {Sameness.SAME, Sameness.PERHAPS}:
            earlier[two].append((one, found))
    for number, pairs in sorted(earlier.items()):
        again = works[number]
        first, found = min(
            ((works[one], found) for one, found in pairs),
            key=lambda pair: (
                pair[1] is not Sameness.SAME,
                meaning_of(pair[0].path) != meaning_of(again.path),
            ),
        )
        yield first, again, found


def _candidates(works: Sequence[CheckedEntry]) -> set[tuple[int, int]]:
    """Pairs of places of works that may be one: with a title, or with all of it but one word,
    or with an identifier in common. Linear in the number of works."""
    same: defaultdict[str, list[int]] = defaultdict(list)
    but_one: defaultdict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for number, work in enumerate(works):
        words = title_words(work.title)
        if not words.words:
            continue
        titles = (f"title:{work.key}", f"title:{work.bare_key}", " ".join(words.words))
        for key in {*titles, *identifiers_of(work)}:
            same[key].append(number)
        for word, others in zip(words.words, all_but_one(words.words), strict=True):
            but_one[others].append((word, number))
    pairs = {pair for numbers in same.values() for pair in _few_pairs(numbers)}
    for variants in but_one.values():
        if 2 <= len({word for word, _ in variants}) <= _MOST_VARIANTS:
            pairs |= set(_few_pairs([number for _, number in variants]))
    return pairs


def _few_pairs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each place with those before it, the first and the nearest ones where there are many."""
    most = _MOST_VARIANTS // 2
    for at, number in enumerate(numbers):
        for other in (*numbers[: min(at, most)], *numbers[max(most, at - most) : at]):
            yield other, number


def _grouping_lines(subject: CheckedList) -> list[int]:
    """Lines (0-based) outside of entries that may head a group, though they are not headings: a
    few words without a link, alone in a line or in a row of a table."""
    inside = {
        number
        for work in subject.works
        for number in range(work.entry.start, work.entry.end)
        if not work.entry.unit.has_cells
    }
    found = []
    for start, line in subject.open_lines():
        number = subject.line_at(start) - 1
        cells = [cell for cell in split_row(line) if cell.strip(" -:")] if "|" in line else [line]
        words = plain(cells[0]).split() if len(cells) == 1 else []
        if number not in inside and 0 < len(words) <= _FEW_WORDS and not has_link(line):
            found.append(number)
    return found


def _are_grouped_apart(first: CheckedEntry, again: CheckedEntry, grouping: Sequence[int]) -> bool:
    """Whether a line that may head a group stands between two entries of one section."""
    at = bisect_left(grouping, first.entry.end)
    return first.path == again.path and at < len(grouping) and grouping[at] < again.entry.start


@lru_cache(maxsize=4096)
def meaning_of(path: Headings) -> tuple[str, ...]:
    """A section's path without years and venues: what its papers are about."""
    return path_key(t for t in path if years_of_title(t) is None and not is_venue_heading(t))


# --- the findings -----------------------------------------------------------------------


def _duplicate(
    subject: CheckedList, first: CheckedEntry, again: CheckedEntry, found: Sameness
) -> Finding:
    where = "" if first.path == again.path else f" (under {' > '.join(first.path)})"
    if found is Sameness.PERHAPS:
        return Finding(
            line=again.line,
            rule="duplicate",
            what=f"{quoted(again)} may be the paper at line {first.line}{where}, {quoted(first)}",
            fix="keep the better of the two, if they are one paper",
            note=True,
        )
    same_text = " ".join(first.text.split()) == " ".join(again.text.split())
    removable = same_text and first.path == again.path and not again.entry.unit.is_numbered
    fix = "remove this entry, which says the same" if same_text else "keep the better of the two"
    return Finding(
        line=again.line,
        rule="duplicate",
        what=f"{quoted(again)} stands at line {first.line} already{where}",
        fix=fix,
        changes=(_removal(subject, again),) if removable else (),
    )


def _removal(subject: CheckedList, work: CheckedEntry) -> TextChange:
    after = work.entry.end
    end = subject.starts[after] if after < len(subject.starts) else len(subject.text)
    return TextChange(work.start, end, "", ChangeEffect.ENTRY)


def _elsewhere(first: CheckedEntry, again: CheckedEntry) -> Finding:
    return Finding(
        line=again.line,
        rule="duplicate",
        what=f"{quoted(again)} stands at line {first.line} too, under {' > '.join(first.path)}",
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
    works: Iterable[CheckedEntry], apart: Iterable[_Pair]
) -> dict[tuple[Headings, Headings], int]:
    """Pairs of branches of which one repeats the other, with the number of repeated papers."""
    counts = Counter(_branches(first, again) for first, again, _ in apart)
    sizes = Counter(work.path[:n] for work in works for n in range(len(work.path) + 1))
    return {
        branches: count
        for branches, count in counts.items()
        if count >= _INDEX_PAPERS
        and count >= _INDEX_SHARE * min(sizes[branches[0]], sizes[branches[1]])
    }


def quoted(work: CheckedEntry) -> str:
    """An entry as findings name it."""
    return f"“{shortened(work.title or ' '.join(work.text.split()))}”"
