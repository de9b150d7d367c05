"""Rules about words: glued together in titles and names, or misspelt in a table's column."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, shortened
from medvl_watch.lists.checking.title_words import all_but_one, words_of
from medvl_watch.lists.fields.names import GLUED_COLON
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.rows import role_of
from medvl_watch.lists.fields.slots import hidden
from medvl_watch.lists.parsing.markup import LINK, plain
from medvl_watch.lists.parsing.tables import Table, split_row
from medvl_watch.lists.proving.changes import TextChange

_SHORT_CODE = re.compile(r":[\w+-]+:")
"""GitHub's names of emoji (`:fire:`)."""
_HUMP = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")
_HUMPED = re.compile(r"[A-Z][a-z]{2,}(?:[A-Z][a-z]{2,})+")
_ARTICLE = re.compile(r"(?:^|(?<=: ))A(?P<rest>[A-Z][a-z]{4,})\b(?!\s*[:\uff1a])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SMALL = ("for", "and", "with", "via", "from", "using", "of", "in", "on", "to")
_SMALL_INSIDE = re.compile(r"[a-z](?:for|and|with|via|from|using|of|in|on|to)(?=[A-Z])")
_NAME_BEGINS = re.compile(r"(?:^|[,;*_|(\n&]|\band)\s*\Z")
_NAME_ENDS = re.compile(r"\s*(?:\Z|[,;*_|).\n&]|and\b)")
_LONGEST_WORD = 24
_LONG_VALUE = 8
_MOST_VALUES = 0.6
_OFTEN = 3
_OF_ONE_PAPER = frozenset({"authors", "title", "name", "link", "code", "number", "date"})
"""Roles of columns whose cells differ from paper to paper."""


def find_glued_words(subject: CheckedList) -> Iterator[Finding]:
    """`DescriptionsforEnhancedPathologyDetection`, `MedM2G:Unifying`, and a name (`WeidiXie`)
    that the list writes apart elsewhere."""
    words = Counter(word.casefold() for work in subject.works for word in _WORD.findall(work.text))
    known = _authors(subject)
    for work in subject.works:
        span = work.span(Slot.TITLE)
        if span and (found := _in_title(subject, span, words)):
            yield found
        yield from _in_names(subject, work, known)


def _authors(subject: CheckedList) -> frozenset[str]:
    """All names of authors in the list."""
    parts = (re.split(r",| & | and |;", work.value(Slot.AUTHORS)) for work in subject.works)
    return frozenset(plain(name).strip(" .*_") for names in parts for name in names)


def _in_title(subject: CheckedList, span: tuple[int, int], words: Counter[str]) -> Finding | None:
    title = subject.text[slice(*span)]
    if any(len(part) > _LONGEST_WORD for part in _run_together(title)):
        return Finding(
            line=subject.line_at(span[0]),
            rule="glued-words",
            what=f"the title's words are run together: “{shortened(plain(title))}”",
            fix=f"perhaps “{plain(_parted(title, words))}”",
        )
    masked = hidden(LINK, title) if "://" in title else title
    places = [place] if (place := _glued_colon(subject, span, masked)) else []
    places += [
        match.start("rest")
        for match in _ARTICLE.finditer(masked)
        if words[match["rest"].casefold()] and not words[match[0].casefold()] > 1
    ]
    if not places:
        return None
    changes = [TextChange(span[0] + at, span[0] + at, " ") for at in sorted(places)]
    return Finding(
        line=subject.line_at(changes[0].start),
        rule="glued-words",
        what=f"a blank is missing in “{_around(subject, changes[0], '')}”",
        fix=f"write “{_around(subject, changes[0], ' ')}”",
        changes=tuple(changes),
    )


def _glued_colon(subject: CheckedList, span: tuple[int, int], masked: str) -> int | None:
    """Where a title lacks the blank behind the colon after its name. With several such colons
    they are the way in which names are written (`BERT:Base`), as in `:fire:` and `10:Thirty`."""
    found = list(GLUED_COLON.finditer(masked))
    if len(found) != 1:
        return None
    [match] = found
    before = masked[: match.start()].split()[-1:]
    start = subject.text.rfind("\n", 0, span[0]) + 1
    codes = _SHORT_CODE.finditer(subject.text, start, span[0] + match.end())
    is_code = any(code.end() == span[0] + match.end() for code in codes)
    named = bool(before) and any(map(str.isalpha, before[0])) and not is_code
    return match.end() if named else None


def _run_together(title: str) -> list[str]:
    """Words of a title that have several humps, as no name of a model has. One word by itself
    may be the name of a repository, unless it has small words (`…DescriptionsforEnhanced…`)."""
    parts = [part for word in title.split() for part in re.split(r"[-:/,.()\[\]]", word)]
    alone = len(title.split()) == 1
    return [
        part
        for part in parts
        if len(_HUMP.findall(part)) >= 2 and (not alone or _SMALL_INSIDE.search(part))
    ]


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


def _in_names(subject: CheckedList, work: CheckedEntry, known: frozenset[str]) -> Iterator[Finding]:
    """Authors' names without the blank that the list writes elsewhere. Only whole names: the
    given name in `XiaoFeng Liu` may be written so."""
    span = work.span(Slot.AUTHORS)
    if not span:
        return
    for match in _HUMPED.finditer(subject.text, *span):
        apart = _HUMP.sub(" ", match[0])
        before = subject.text[max(0, match.start() - 8) : match.start()]
        whole = _NAME_BEGINS.search(before) and _NAME_ENDS.match(subject.text, match.end())
        if apart != match[0] and whole and apart in known:
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
    usual = Counter(word for work in subject.works for word in words_of(plain(work.text)))
    for work in subject.works:
        if work.entry.table:
            tables[work.entry.table].append(work)
    for table, works in tables.items():
        for column, header in enumerate(table.columns):
            if role_of(header) not in _OF_ONE_PAPER:
                yield from _in_column(works, column, usual)


def _in_column(works: list[CheckedEntry], column: int, usual: Counter[str]) -> Iterator[Finding]:
    """A column of few different values, as `source` or `modality` are."""
    cells = [
        (work, _spaced(cells[column]))
        for work in works
        if column < len(cells := split_row(work.text))
    ]
    counts = Counter(cell for _, cell in cells)
    if len(counts) > _MOST_VALUES * len(cells):
        return
    but_one: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for cell, count in counts.items():
        if count >= _OFTEN and _is_wording(cell):
            for key in all_but_one(words_of(cell)):
                but_one[key].append(cell)
    for work, cell in cells:
        if counts[cell] > 1 or not _is_wording(cell):
            continue
        others = (other for key in all_but_one(words_of(cell)) for other in but_one[key])
        right = next((other for other in others if _is_misspelt(cell, other, usual)), None)
        if right:
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
    """Words, not numbers, links or people: where a typing error can be seen."""
    return (
        len(cell) >= _LONG_VALUE
        and "et al" not in cell
        and not any(c.isdigit() or c in "[]()<>.," for c in cell)
    )


def _is_misspelt(cell: str, right: str, usual: Counter[str]) -> bool:
    """One letter off in one long word that the list does not use otherwise, and neither the
    plural nor the other way to spell it (`tumour`, `modelling`, `optimisation`)."""
    ours, theirs = words_of(cell), words_of(right)
    if len(ours) != len(theirs):
        return False
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    if len(differing) != 1:
        return False
    one, two = differing[0]
    plural = one.rstrip("s") == two.rstrip("s")
    other_way = _british(one) == _british(two)
    misspelt = min(len(one), len(two)) >= 6 and OSA.distance(one, two) == 1
    return misspelt and not plural and not other_way and usual[one] <= 1 < usual[two]


def _british(word: str) -> str:
    """A word without what British, American and other spellings differ in."""
    word = word.replace("ou", "o").replace("z", "s").replace("ae", "e").replace("y", "i")
    word = re.sub(r"ll(?=ing|ed|er)", "l", word)
    return re.sub(r"(?:re|er|or)(?=s?$)", "er", word)
