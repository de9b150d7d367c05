"""Rules about links that lead nowhere, and about entries that have none.

A label in brackets that is not a link may be a key word. It waits for an address only where
other entries of the list have a link under that label at that place.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding, shortened
from medvl_watch.lists.fields.labels import is_label
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.fields.slots import MASK, hidden
from medvl_watch.lists.parsing.entries import has_link
from medvl_watch.lists.parsing.markup import LINK, plain
from medvl_watch.lists.parsing.tables import split_row
from medvl_watch.lists.proving.inline import marks_of_line, text_in

_NOWHERE = re.compile(
    r"(?<![!\\])\[(?P<label>[^\[\]\n]{0,80}|\[[^\[\]\n]{0,80}\])\]\(\s*(?P<target>#|-|/|\.|links?"
    r"|urls?|here|code|paper|pdf|github|x{2,4}|to ?do|tb[ad]|n/?a|none|null|coming soon"
    r"|https?://)?\s*\)",
    re.IGNORECASE,
)
_MAY_BE_A_FILE = re.compile(r"here|code|paper|pdf|github|/|\.", re.IGNORECASE)
_ANY_LINK = re.compile(r"!?\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\n]*\)")
_SHORT_CODE = re.compile(r":[\w+-]+:")
_EMPTY_ANCHOR = re.compile(r"<a\s[^<>]*href\s*=\s*(?:\"\s*\"|'\s*')[^<>]*>", re.IGNORECASE)
_LABEL_ALONE = re.compile(
    r"(?<!\\)(?P<all>\[\s*\[(?P<inner>[^\[\]\n]{2,30})\]\s*\]|\[(?P<outer>[^\[\]\n]{2,30})\])(?!\s?[(\[:])"
    r"|(?<!\\)(?P<next>\[(?P<paired>[^\[\]\n]{2,30})\])(?=\[)"
)
_LINK_WORDS = re.compile(
    r"\W*(?:(?:official |source )?codes?|pdf|papers?|projects?(?: ?page)?|github"
    r"|data ?sets?|data|links?|demo|video|slides|web(?:site|page)|models?|weights?"
    r"|code ?& ?data)\W*",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"`[^`\n]+`|<!--.{0,2000}?-->")
_BETWEEN_LINKS = " \t[](){}|/\u00b7\u2022&*_,~`+"
_HOW_TO = re.compile(r"contribut|format|template|legend|how to|example|guideline", re.IGNORECASE)
_BARE_ID = re.compile(
    r"\bdoi:?\s?10\.\d{4}|\barXiv:\s?\d{4}\.\d{4}|\b10\.\d{4,9}/\S", re.IGNORECASE
)
_ANNOUNCES = re.compile(
    r"\b(?:will|coming|soon|to be|to ?do|tb[ad]|etc|see|more|others?|below|above)\b", re.IGNORECASE
)
_LEAST_LINKED = 2
_LINKED_SHARE = 0.25
"""Of the entries with a label at a place, so many at least must have a link there."""


def find_empty_links(subject: CheckedList) -> Iterator[Finding]:
    """`[code]()`, `[code](link)`, and in entries `[[code]]` where others have a link."""
    entries = {
        number: work.text
        for work in subject.works
        for number in range(work.entry.start, work.entry.end)
    }
    for start, line in subject.open_lines():
        number = subject.line_at(start)
        if line.startswith(">") or _explains(subject, number):
            continue  # what a legend says of labels
        masked = hidden(_UNSEEN, line)
        for match in _NOWHERE.finditer(masked):
            if match["target"] == "#" and not is_label(match["label"]):
                continue  # `[back to top](#)`
            unsure = bool(_MAY_BE_A_FILE.fullmatch(match["target"] or ""))
            is_blank = not plain(match["label"]).strip("[] ")
            note = unsure or is_blank or not _says_anything(entries.get(number - 1, line))
            yield _leads_nowhere(number, match[0], note=note)
        for match in _EMPTY_ANCHOR.finditer(masked):
            yield _leads_nowhere(number, match[0], note=False)
    yield from _waiting(subject)


def _says_anything(text: str) -> bool:
    """Whether there are words beside the labels of links: an empty row waits to be filled in."""
    rest = _SHORT_CODE.sub(" ", text)
    for match in _ANY_LINK.finditer(rest):
        if not is_label(match["label"]):
            return True
    return any(map(str.isalpha, plain(_ANY_LINK.sub(" ", rest))))


def _leads_nowhere(line: int, shown: str, *, note: bool) -> Finding:
    return Finding(
        line=line,
        rule="empty-link",
        what=f"{shortened(shown)} leads nowhere",
        fix="give the address, or take the link out",
        note=note,
    )


def _explains(subject: CheckedList, line: int) -> bool:
    """Whether a line stands in a section that shows how entries are to be written."""
    path = subject.path_at(line)
    return bool(path) and bool(_HOW_TO.search(path[-1]))


# --- labels that wait for an address --------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Label:
    """A label in brackets and the kind of place where it stands: after a link, after the
    title, first in its line or in its cell, or after other words."""

    word: str
    place: tuple[str, object]
    shown: str
    start: int
    is_link: bool


def _waiting(subject: CheckedList) -> Iterator[Finding]:
    labels = {work.line: _labels(subject, work) for work in subject.works}
    linked = Counter((x.word, x.place) for found in labels.values() for x in found if x.is_link)
    alone = Counter((x.word, x.place) for found in labels.values() for x in found if not x.is_link)
    for work in subject.works:
        found = labels[work.line]
        has = {label.word for label in found if label.is_link}
        for label in found:
            key = label.word, label.place
            if label.is_link or label.word in has or label.place[0] == "words":
                continue
            if linked[key] >= max(_LEAST_LINKED, _LINKED_SHARE * (linked[key] + alone[key])):
                yield Finding(
                    line=subject.line_at(work.start + label.start),
                    rule="empty-link",
                    what=f"{label.shown} has no address, as {linked[key]} others here have",
                    fix="give the address, or take the placeholder out",
                )


def _labels(subject: CheckedList, work: CheckedEntry) -> list[_Label]:
    """The labels that stand behind an entry's title, or in its table's cells."""
    title = work.fields.claim(Slot.TITLE)
    masked = hidden(LINK, hidden(_UNSEEN, work.text))
    alone = [
        (match.start(), match["all"] or match["next"], str(match[match.lastgroup or 0]))
        for match in _LABEL_ALONE.finditer(masked)
    ]
    for start, shown, _ in alone:
        masked = masked[:start] + MASK * len(shown) + masked[start + len(shown) :]
    found = [(start, shown, word, False) for start, shown, word in alone]
    found += [
        (link.start, work.text[link.start : link.end], link.label, True)
        for link in work.links
        if link.label_start != link.url_start
    ]
    return [
        _Label(_word(word), _place(work, masked, start), shown, start, is_link)
        for start, shown, word, is_link in found
        if _LINK_WORDS.fullmatch(word)
        and not (title and start < title.end)
        and (is_link or not _is_reference(subject, work, start, shown))
    ]


def _word(label: str) -> str:
    return plain(label).strip("[] ").casefold()


def _place(work: CheckedEntry, masked: str, start: int) -> tuple[str, object]:
    line = masked.rfind("\n", 0, start) + 1
    if work.entry.unit.has_cells:
        cell = masked.rfind("|", line, start) + 1
        if not masked[cell:start].strip(_BETWEEN_LINKS):
            return "cell", masked.count("|", line, start)
    before = masked[line:start].rstrip(_BETWEEN_LINKS)
    if before.endswith(MASK):
        return "link", 0
    title = work.fields.claim(Slot.TITLE)
    last = next((n for n in range(len(before), 0, -1) if before[n - 1].isalnum()), 0)
    if not last:
        return "start", before.strip()
    return ("title" if title and line + last <= title.outer[1] else "words"), 0


def _is_reference(subject: CheckedList, work: CheckedEntry, start: int, shown: str) -> bool:
    """Whether the renderer makes a link of the label, since its address stands elsewhere."""
    if not subject.references:
        return False
    line = subject.document.lines[subject.line_at(work.start + start) - 1].strip()
    return plain(shown) not in text_in(marks_of_line(line, subject.references))


# --- entries without any link ---------------------------------------------------------


def find_entries_without_link(subject: CheckedList) -> Iterator[Finding]:
    """An entry without any link in a section, and of a kind, whose others nearly all have one."""
    groups: defaultdict[tuple[object, ...], list[CheckedEntry]] = defaultdict(list)
    for work in subject.works:
        groups[work.path, work.entry.unit, work.entry.table].append(work)
    for works in groups.values():
        bare = [work for work in works if not _has_address(subject, work)]
        linked = len(works) - len(bare)
        if linked < _LEAST_LINKED or len(bare) > 0.34 * len(works):
            continue
        for work in bare:
            title = work.title or work.text.strip()[:60]
            shown = plain(work.text)
            if shown.endswith(":") or _ANNOUNCES.search(shown) or _has_link_below(subject, work):
                continue
            yield Finding(
                line=work.line,
                rule="no-link",
                what=f"“{shortened(title, 200)}” has no link, as the other {linked} here do",
                fix="give its address",
                note=_says_why(work, works),
            )


def _says_why(work: CheckedEntry, works: list[CheckedEntry]) -> bool:
    """Whether something stands in the cells in which the other rows have their links."""
    if not work.entry.unit.has_cells:
        return False
    linked = Counter(
        number
        for other in works
        for number, cell in enumerate(split_row(other.text))
        if has_link(cell)
    )
    cells = split_row(work.text)
    title = plain(work.title)
    return any(
        2 * linked[number] > len(works) and cell.strip() and not (title and title in plain(cell))
        for number, cell in enumerate(cells)
    )


def _has_address(subject: CheckedList, work: CheckedEntry) -> bool:
    """Whether an entry has a link, written out or by a key, or an identifier as text."""
    text = subject.document.linked_text(work.entry)
    return has_link(text) or bool(_BARE_ID.search(text))


def _has_link_below(subject: CheckedList, work: CheckedEntry) -> bool:
    """Whether lines that belong to no entry follow, with a link that may be the entry's."""
    lines = subject.document.lines
    for number in range(work.entry.end, min(work.entry.end + 3, len(lines))):
        if number in subject.first_lines or lines[number].lstrip().startswith("#"):
            return False
        if has_link(lines[number]):
            return True
    return False
