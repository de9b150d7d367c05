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

_YEAR = re.compile(r"(?<![\d./_-])(?:19[89]\d|20[0-4]\d)(?![\d_]|[-./]\d{3})")


def find_wrong_years(subject: CheckedList) -> Iterator[Finding]:
    """The year that an entry states is not its section's. One year apart is usual between a
    preprint and its venue; an entry that also states the section's year has said why."""
    dated = [(work, year_of_path(work.path), stated_years(work)) for work in subject.works]
    known = [(work, year, years) for work, year, years in dated if year and years]
    right = Counter(year in years for _, year, years in known)
    if right[True] < right[False]:
        return  # the years of the headings mean something else
    for work, year, years in known:
        near = min(years, key=lambda each: abs(each - year))
        if abs(near - year) <= 1:
            continue
        because = ", the year of its arXiv id" if preprint_year(work) == year else ""
        yield Finding(
            line=work.line,
            rule="year-heading",
            what=f"an entry of {near} stands under {year}{because}",
            fix=f"move it to {near}, or say why it stands here",
        )


def stated_years(work: CheckedEntry) -> frozenset[int]:
    """The years in an entry's own words: not those in its title and its addresses."""
    hidden = [(link.url_start, link.url_end) for link in work.links]
    hidden += [(c.start, c.end) for c in work.fields.claims if c.slot is Slot.TITLE]
    years = {
        int(match[0])
        for match in _YEAR.finditer(work.text)
        if not any(start <= match.start() < end for start, end in hidden)
    }
    short = work.value(Slot.YEAR)
    if len(short) == 2 and short.isdigit():
        years.add(2000 + int(short))
    return frozenset(years)


def preprint_year(work: CheckedEntry) -> int | None:
    """The year in the arXiv id of the entry's paper link."""
    found = appearance_of(work.value(Slot.PAPER))
    return found.year if found and found.place.name == ARXIV else None
