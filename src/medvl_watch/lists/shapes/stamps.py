"""Dates in a form that no pattern can tell for sure, read by what the entries themselves prove.

`10/24`, `Mar`, `2510`: which of it is a month, a year or a day, the entries of a place say
together. Their arXiv ids hold the month and the year of each; a reading that agrees with these
is the list's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from medvl_watch.lists.fields.dates_and_venues import MONTHS, month_number
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.parts import Part, PartKind
from medvl_watch.papers.schemes import year_of_arxiv_id
from medvl_watch.papers.years import YEAR_PATTERN, full_year

_AGREE = 0.85
"""The share of a place's entries that a reading must agree with: some lists write the month in
which the paper appeared, and a few entries are wrong."""
_LEAST = 4
"""So many entries with an arXiv id a reading needs."""
_LONGEST = 12
_TOKENS = re.compile(r"\d+|[A-Za-z]+|[^A-Za-z\d]+")
_STAMP = re.compile(r"(?=[^\W_])[A-Za-z\d][A-Za-z\d./,\- ]*")
_NEW_ID = re.compile(r"(?<!\d)(\d{2})(0[1-9]|1[0-2])\.\d{4,5}(?!\d)")
_SHORT = 3

_Place = tuple[int, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text at a place of an entry, and the year and month of the entry's arXiv id."""

    entry: int
    number: int
    text: str
    known: tuple[int, int] | None


def tie_dates(entries: Sequence[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """The entries, where a date that the entries of its place prove is a field; its `form` says
    how it is read: `%m/%d` and the like, as in `strftime`."""
    places: defaultdict[_Place, list[_Seen]] = defaultdict(list)
    for at, parts in enumerate(entries):
        known = _month_of(parts)
        for number, place in _places(parts):
            places[place].append(_Seen(at, number, parts[number].text, known))
    found = [list(parts) for parts in entries]
    for seen in places.values():
        form = _proved_form(seen)
        for each in seen if form else ():
            if read_stamp(each.text, form):
                part = found[each.entry][each.number]
                found[each.entry][each.number] = replace(
                    part, kind=PartKind.FIELD, slot=Slot.STAMP, form=form
                )
    return [tuple(parts) for parts in found]


def _places(parts: Sequence[Part]) -> Iterator[tuple[int, _Place]]:
    column = 0
    for number, part in enumerate(parts):
        column += part.text == "|" and part.slot is None
        if (
            part.kind is PartKind.WORD
            and len(part.text) <= _LONGEST
            and _STAMP.fullmatch(part.text)
        ):
            before = tuple(_name(each) for each in parts[max(0, number - 2) : number])
            after = tuple(_name(each) for each in parts[number + 1 : number + 3])
            yield number, (column, before, after)


def _name(part: Part) -> str:
    return part.slot.value if part.slot else part.text.strip() or " "


def _month_of(parts: Sequence[Part]) -> tuple[int, int] | None:
    for part in parts:
        found = _NEW_ID.search(part.text) if part.slot in {Slot.PAPER, Slot.ARXIV} else None
        if found:
            return year_of_arxiv_id(found[0]), int(found[2])
    return None


def _proved_form(seen: Sequence[_Seen]) -> str:
    """The only reading that the entries of a place agree on; empty if there is none, or if more
    than one fits."""
    known = [each for each in seen if each.known]
    if len(known) < _LEAST or len({each.text for each in seen}) < 2:
        return ""
    forms = {form for each in known[:_LEAST] for form in _forms(each.text)}
    fitting = [form for form in sorted(forms) if _fits(form, seen, known)]
    # One that tells the year, too, agrees with more than one that takes it for a day.
    telling = [form for form in fitting if "y" in form.lower()]
    fitting = telling or fitting
    padded = [form for form in fitting if "%M" not in form and "%D" not in form]
    fitting = padded or fitting
    return fitting[0] if len(fitting) == 1 else ""


def _fits(form: str, seen: Sequence[_Seen], known: Sequence[_Seen]) -> bool:
    read = sum(read_stamp(each.text, form) is not None for each in seen)
    if read < _AGREE * len(seen):
        return False
    agree = 0
    for each in known:
        found = read_stamp(each.text, form)
        year, month, _ = found or (0, 0, 0)
        if each.known and month == each.known[1]:
            agree += year in {0, each.known[0]}
    return agree >= _AGREE * len(known)


def _forms(text: str) -> Iterator[str]:
    """The readings of a text: each of its numbers and words as a part of a date. One holds a
    month."""
    choices = [_meanings(token) for token in _TOKENS.findall(text)]
    for chosen in product(*choices):
        codes = re.findall(r"%(\w)", "".join(chosen))
        told = {code.lower().replace("b", "m") for code in codes}
        if len(told) == len(codes) and "m" in told:
            yield "".join(chosen)


def _meanings(token: str) -> tuple[str, ...]:
    if token.isdigit():
        if len(token) == 4:
            return ("%Y", "%y%m")
        if len(token) == 1:
            return ("%M", "%D")
        both = ("%m", "%d", "%y") if len(token) == 2 else ()
        return both if token.startswith("0") or not both else (*both, "%M", "%D")
    if token.isalpha():
        if not month_number(token):
            return ()
        return ("%b",) if len(token) == _SHORT else ("%B",)
    return (token,)


_GROUPS = {
    "%Y": rf"(?P<Y>{YEAR_PATTERN.pattern})",
    "%y": r"(?P<y>\d\d)",
    "%m": r"(?P<m>0[1-9]|1[0-2])",
    "%M": r"(?P<M>[1-9]|1[0-2])",
    "%d": r"(?P<d>0[1-9]|[12]\d|3[01])",
    "%D": r"(?P<D>[1-9]|[12]\d|3[01])",
    "%b": r"(?P<b>[A-Za-z]{3})",
    "%B": r"(?P<B>[A-Za-z]{3,9})",
}


@lru_cache(maxsize=256)
def _pattern_of(form: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\w", lambda code: _GROUPS[code[0]], re.escape(form)))


def read_stamp(text: str, form: str) -> tuple[int, int, int] | None:
    """Year, month and day of a text in this form, 0 for what it does not tell; None if it has
    another form."""
    found = _pattern_of(form).fullmatch(text)
    if not found:
        return None
    groups = found.groupdict()
    name = groups.get("b") or groups.get("B")
    month = month_number(name) if name else int(groups.get("m") or groups.get("M") or 0)
    year = int(groups.get("Y") or 0)
    if groups.get("y"):
        year = full_year(int(groups["y"]))
    return (year, month, int(groups.get("d") or groups.get("D") or 0)) if month else None


def write_stamp(date: tuple[int, int, int], form: str) -> str:
    """The date in this form; empty where it tells more than is known."""
    year, month, day = date
    needs = {"Y": year, "y": year, **dict.fromkeys("mMbB", month), "d": day, "D": day}
    if any(f"%{code}" in form and not value for code, value in needs.items()):
        return ""
    values = {
        "%Y": f"{year}",
        "%y": f"{year % 100:02d}",
        "%m": f"{month:02d}",
        "%d": f"{day:02d}",
        "%M": f"{month}",
        "%D": f"{day}",
        "%b": MONTHS[month - 1][:3],
        "%B": MONTHS[month - 1],
    }
    return re.sub(r"%[YymMdDbB]", lambda code: values[code[0]], form)
