"""The rule about entries that stand under another year than their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from medvl_watch.lists.checking.checked_list import CheckedEntry, CheckedList
from medvl_watch.lists.checking.findings import Finding
from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.style.sections import year_of_path
from medvl_watch.papers.addresses import appearance_of
from medvl_watch.papers.preprint_names import ARXIV
from medvl_watch.papers.years import year_of_digits

_YEAR = re.compile(r"(?<![\d./_-])(?:19[89]\d|20[0-4]\d)(?![\d_]|[-./]\d{3})")


def find_wrong_years(subject: CheckedList) -> Iterator[Finding]:
    """The year of an entry's venue or date is not its section's. One year apart is usual
    between a preprint and its venue; an entry that also states the section's year, or has it
    in its arXiv id, shows why it stands there."""
    dated = [
        (work, year_of_path(work.path), stated_year(work), years_in(work)) for work in subject.works
    ]
    known = [(work, year, own, all_years) for work, year, own, all_years in dated if year and own]
    right = Counter(year in all_years for _, year, _, all_years in known)
    if right[True] < right[False]:
        return  # the years of the headings mean something else
    for work, year, own, all_years in known:
        near = min((*all_years, own), key=lambda each: abs(each - year))
        if abs(near - year) <= 1:
            continue
        because = ", the year of its arXiv id" if preprint_year(work) == year else ""
        yield Finding(
            line=work.line,
            rule="year-heading",
            what=f"an entry of {own} stands under {year}{because}",
            fix=f"move it to {own}, or say why it stands here",
            note=bool(because),
        )


def stated_year(work: CheckedEntry) -> int | None:
    """The year that belongs to the entry's venue or date."""
    if found := _YEAR.search(work.value(Slot.DATE)):
        return int(found[0])
    year = work.value(Slot.YEAR)
    if year.isdigit() and len(year) in {2, 4}:
        return year_of_digits(year)
    return None


def years_in(work: CheckedEntry) -> frozenset[int]:
    """The years in an entry's own words: not those in its title and its addresses."""
    hidden = [(link.url_start, link.url_end) for link in work.links]
    hidden += [(c.start, c.end) for c in work.fields.claims if c.slot is Slot.TITLE]
    return frozenset(
        int(match[0])
        for match in _YEAR.finditer(work.text)
        if not any(start <= match.start() < end for start, end in hidden)
    )


def preprint_year(work: CheckedEntry) -> int | None:
    """The year in the arXiv id of the entry's paper link."""
    found = appearance_of(work.value(Slot.PAPER))
    return found.year if found and found.place.name == ARXIV else None
