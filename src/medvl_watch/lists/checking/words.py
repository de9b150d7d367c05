"""Rules about words: glued together in titles and names, or misspelt in a table's column."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, TextChange, shortened
from medvl_watch.lists.fields.names import GLUED_COLON
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.parsing.markup import plain
from medvl_watch.lists.parsing.tables import Table, split_row

_HUMP = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")
_HUMPED = re.compile(r"[A-Z][a-z]{2,}(?:[A-Z][a-z]{2,})+")
_ARTICLE = re.compile(r"(?:^|(?<=: ))A(?P<rest>[A-Z][a-z]{4,})\b")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SMALL = ("for", "and", "with", "via", "from", "using", "of", "in", "on", "to")
_LONGEST_WORD = 24
_LONG_VALUE = 8


def find_glued_words(subject: CheckedList) -> Iterator[Finding]:
    """`DescriptionsforEnhancedPathologyDetection`, `MedM2G:Unifying`, and a name (`WeidiXie`)
    that the list writes apart elsewhere."""
    words = Counter(word.casefold() for work in subject.works for word in _WORD.findall(work.text))
    for work in subject.works:
        span = work.span(Slot.TITLE)
        if span and (found := _in_title(subject, span, words)):
            yield found
        yield from _in_names(subject, work)


def _in_title(subject: CheckedList, span: tuple[int, int], words: Counter[str]) -> Finding | None:
    title = subject.text[slice(*span)]
    if any(len(part) > _LONGEST_WORD for part in _run_together(title)):
        return Finding(
            line=subject.line_at(span[0]),
            rule="glued-words",
            what=f"the title's words are run together: “{shortened(plain(title))}”",
            fix=f"perhaps “{plain(_parted(title, words))}”",
        )
    changes = [
        TextChange(span[0] + m.end(), span[0] + m.end(), " ") for m in GLUED_COLON.finditer(title)
    ]
    for match in _ARTICLE.finditer(title):
        if words[match["rest"].casefold()] and not words[match[0].casefold()] > 1:
            at = span[0] + match.start("rest")
            changes.append(TextChange(at, at, " "))
    if not changes:
        return None
    changes.sort(key=lambda change: change.start)
    return Finding(
        line=subject.line_at(changes[0].start),
        rule="glued-words",
        what=f"a blank is missing in “{_around(subject, changes[0], '')}”",
        fix=f"write “{_around(subject, changes[0], ' ')}”",
        changes=tuple(changes),
    )


def _run_together(title: str) -> list[str]:
    """Words of a title that have several humps, as no name of a model has."""
    parts = [part for word in title.split() for part in re.split(r"[-:/,.()\[\]]", word)]
    return [part for part in parts if len(_HUMP.findall(part)) >= 2]


def _parted(title: str, words: Counter[str]) -> str:
    """The title with a blank at each hump, after each glued colon, and before small words."""
    apart = _HUMP.sub(" ", re.sub(r"(?<=[a-z]):(?=[A-Z])", ": ", title))
    return " ".join(_without_tail(word, words) for word in apart.split(" "))


def _without_tail(word: str, words: Counter[str]) -> str:
    for small in _SMALL:
        head = word.removesuffix(small)
        if head != word and len(head) >= 4 and head.isalpha() and words[word.casefold()] <= 1:
            return f"{head} {small}"
    return word


def _in_names(subject: CheckedList, work: CheckedEntry) -> Iterator[Finding]:
    """Authors' names without the blank that the list writes elsewhere."""
    span = work.span(Slot.AUTHORS)
    if not span:
        return
    for match in _HUMPED.finditer(subject.text, *span):
        apart = _HUMP.sub(" ", match[0])
        if apart != match[0] and re.search(rf"\b{apart}\b", subject.text):
            yield Finding(
                line=subject.line_at(match.start()),
                rule="glued-words",
                what=f"“{match[0]}” is written “{apart}” elsewhere",
                fix=f"write {apart}",
                changes=(TextChange(*match.span(), apart),),
            )


def _around(subject: CheckedList, change: TextChange, inserted: str) -> str:
    head = re.search(r"\S*$", subject.text[max(0, change.start - 40) : change.start])
    tail = re.match(r"\S*", subject.text[change.start : change.start + 40])
    shown = (head[0] if head else "") + inserted + (tail[0] if tail else "")
    return max(shown.split("|"), key=len).strip("*_[]")


# --- columns of tables ----------------------------------------------------------------


def find_misspelt_values(subject: CheckedList) -> Iterator[Finding]:
    """A cell one letter off what several other cells of its column say."""
    tables: defaultdict[Table, list[CheckedEntry]] = defaultdict(list)
    for work in subject.works:
        if work.entry.table:
            tables[work.entry.table].append(work)
    for works in tables.values():
        for column in range(len(works[0].entry.table.columns) if works[0].entry.table else 0):
            yield from _in_column(works, column)


def _in_column(works: list[CheckedEntry], column: int) -> Iterator[Finding]:
    """A column of few different values, as `source` or `modality` are."""
    cells = [
        (work, _spaced(cells[column]))
        for work in works
        if column < len(cells := split_row(work.text))
    ]
    counts = Counter(cell for _, cell in cells)
    if len(counts) > 0.6 * len(cells):
        return
    usual = [cell for cell, count in counts.items() if count >= 2 and _is_wording(cell)]
    for work, cell in cells:
        right = next((other for other in usual if _is_slip(cell, other)), None)
        if counts[cell] == 1 and _is_wording(cell) and right:
            at = work.start + work.text.find(cell)
            certain = work.text.count(cell) == 1
            yield Finding(
                line=work.line,
                rule="value-spelling",
                what=f"“{cell}” is “{right}” in {counts[right]} other rows",
                fix=f"write {right}",
                changes=(TextChange(at, at + len(cell), right),) if certain else (),
            )


def _spaced(cell: str) -> str:
    return " ".join(cell.split())


def _is_wording(cell: str) -> bool:
    """Words, not numbers, links or people: what a slip of the pen can be seen in."""
    return (
        len(cell) >= _LONG_VALUE
        and "et al" not in cell
        and not any(c.isdigit() or c in "[]()<>.," for c in cell)
    )


def _is_slip(cell: str, other: str) -> bool:
    """One letter off in one long word, and not its plural."""
    ours, theirs = cell.casefold().split(), other.casefold().split()
    if len(ours) != len(theirs):
        return False
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    if len(differing) != 1:
        return False
    one, two = differing[0]
    plural = one.rstrip("s") == two.rstrip("s")
    return min(len(one), len(two)) >= 6 and not plural and OSA.distance(one, two) == 1
