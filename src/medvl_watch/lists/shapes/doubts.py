"""Fields that a place's entries disprove: what reads like a name or a title and is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.parts import Part, PartKind

_NAMES_IN_TITLES = 0.25
_COINED = 0.5
_DISTINCT = 0.8
_USUAL = 0.5
_LEAST = 3
_LAST_BRACKETS = re.compile(r"\s*[\[(\uff08][^()\[\]\uff08\uff09]*[\])\uff09]$")
_FIRST_BRACKETS = re.compile(r"[\[(][^\[\]()]*[\])]\s*")


def without_doubtful(
    entries: Sequence[tuple[Part, ...]], *, names_are_sure: bool
) -> list[tuple[Part, ...]]:
    """The entries' parts, where what is no field after all is words again. A table's header may
    say for sure that a column holds names."""
    found = [tuple(parts) for parts in entries]
    pairs = [(_text(parts, Slot.NAME), _text(parts, Slot.TITLE)) for parts in found]
    if not names_are_sure and not _are_names(pairs):
        found = [_with_words(parts, Slot.NAME) for parts in found]
    for pattern, at_end in ((_LAST_BRACKETS, True), (_FIRST_BRACKETS, False)):
        titles = [title for parts in found if (title := _text(parts, Slot.TITLE))]
        cut = sum(bool(_apart(title, pattern, at_end=at_end)) for title in titles)
        if len(titles) >= _LEAST and cut >= _USUAL * len(titles):
            found = [_with_shorter_title(parts, pattern, at_end=at_end) for parts in found]
    return found


def _text(parts: Sequence[Part], slot: Slot) -> str:
    return next((part.text for part in parts if part.slot is slot), "")


def _are_names(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether what stands for short names are names: some occur in titles, too, or most are
    coined words (`MedSAM`), and hardly any is given twice, as tags are."""
    named = [(name, title) for name, title in pairs if name]
    if len(named) < _LEAST:
        return True
    in_titles = sum(bool(title) and name.casefold() in title.casefold() for name, title in named)
    if in_titles >= _NAMES_IN_TITLES * len(named):
        return True
    coined = sum(any(c.isupper() or c.isdigit() for c in name[1:]) for name, _ in named)
    distinct = len({name.casefold() for name, _ in named})
    return coined >= _COINED * len(named) and distinct >= _DISTINCT * len(named)


def _with_words(parts: tuple[Part, ...], slot: Slot) -> tuple[Part, ...]:
    return tuple(
        replace(part, kind=PartKind.WORD, slot=None) if part.slot is slot else part
        for part in parts
    )


def _apart(title: str, pattern: re.Pattern[str], *, at_end: bool) -> tuple[str, str] | None:
    """A title and what stands in brackets at its end (or its beginning), if both are there."""
    match = pattern.search(title) if at_end else pattern.match(title)
    if not match:
        return None
    rest = title[: match.start()] if at_end else title[match.end() :]
    return (rest, match[0]) if len(rest.split()) > 1 else None


def _with_shorter_title(
    parts: tuple[Part, ...], pattern: re.Pattern[str], *, at_end: bool
) -> tuple[Part, ...]:
    out: list[Part] = []
    for part in parts:
        found = _apart(part.text, pattern, at_end=at_end) if part.slot is Slot.TITLE else None
        if found is None:
            out.append(part)
            continue
        title = replace(part, text=found[0])
        words = Part(PartKind.WORD, found[1])
        out += [title, words] if at_end else [words, title]
    return tuple(out)
