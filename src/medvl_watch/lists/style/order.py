"""The order that a section's entries can be seen to have, and where a new one goes in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from medvl_watch.lists.fields.dates_and_venues import date_of, find_date
from medvl_watch.lists.fields.reading import Fields, Slot
from medvl_watch.lists.style.facts import Facts
from medvl_watch.papers.years import year_of_digits

Key = tuple[int, ...] | str

_CLEARLY = 0.6
"""The share of steps that must fall where a list has its newest entries first."""

_REMEMBERED = 20_000
_ARXIV_ID = re.compile(r"(?<!\d)(\d{2})(0[1-9]|1[0-2])\.(\d{4,5})(?!\d)")


@dataclass(frozen=True, slots=True)
class SortKeys:
    """What an entry, old or new, shows of its place in an order; None where it shows nothing."""

    date: tuple[int, ...] | None
    year: tuple[int, ...] | None
    arxiv: tuple[int, ...] | None
    title: str | None


@dataclass(frozen=True, slots=True)
class EntryOrder:
    """An order by one key. `rising` is oldest or A first; `strength` 0..1 is how sure we are."""

    key: str
    rising: bool
    strength: float

    @property
    def is_reliable(self) -> bool:
        """Whether it is sure enough to be kept. An order by arXiv id or title must be nearly
        perfect: much looks like one by chance."""
        return self.strength >= (0.85 if self.key in {"date", "year"} else 0.9)


@lru_cache(maxsize=_REMEMBERED)
def sort_keys_of(fields: Fields) -> SortKeys:
    text = fields.first(Slot.DATE)
    found = find_date(text) if text else None
    date = _known_part(date_of(found)) if found else None
    year = fields.first(Slot.YEAR)
    number = year_of_digits(year) if year else None
    arxiv = _arxiv(fields.first(Slot.PAPER) or "")
    title = fields.first(Slot.TITLE) or fields.first(Slot.NAME)
    if number is None and date:
        number = date[0]
    return SortKeys(date, (number,) if number else None, arxiv, _alphabetic(title))


def sort_keys_of_paper(facts: Facts) -> SortKeys:
    date = _known_part(facts.date) if facts.date[1] else None
    if date is None and facts.year:
        date = (facts.year, 6)  # in the middle of its year, where only that is known
    return SortKeys(
        date,
        (facts.year,) if facts.year else None,
        _arxiv(f"{facts.arxiv_id or ''} {facts.url or ''}"),
        _alphabetic(facts.title),
    )


def _known_part(date: tuple[int, int, int]) -> tuple[int, ...]:
    """A date as exact as it is known."""
    return date if date[2] else date[:2]


def _arxiv(text: str) -> tuple[int, ...] | None:
    match = _ARXIV_ID.search(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _alphabetic(title: str | None) -> str | None:
    return "".join(c for c in title.casefold() if c.isalnum()) or None if title else None


def steps(entries: Sequence[SortKeys], key: str) -> tuple[int, int, int]:
    """Rising and falling steps between neighbours that have the key, and how many have it."""
    values = [value for entry in entries if (value := getattr(entry, key)) is not None]
    rising = sum(a < b for a, b in pairwise(values))
    falling = sum(a > b for a, b in pairwise(values))
    return rising, falling, len(values)


def order_of(
    entries: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], *, prior: float = 2.0
) -> EntryOrder | None:
    """The order of a section, with the file's other sections as a weak witness."""
    best: EntryOrder | None = None
    for key, bonus in (("date", 0.06), ("year", 0.05), ("arxiv", 0.0), ("title", -0.1)):
        rising, falling, count = steps(entries, key)
        up, down = _elsewhere(others, key)
        if key != "title" and count < 0.6 * len(entries):
            continue
        known = up + down
        lean = up / known if known else 0.5
        seen = rising + falling
        if not seen and not known:
            continue
        if key == "title" and seen < 4:
            continue
        weight = prior * min(1.0, known / 10)
        share = (rising + weight * lean) / (seen + weight) if seen + weight else 0.5
        strength = max(share, 1 - share) * min(1.0, (seen + weight + 1) / 3)
        found = EntryOrder(key, share > 0.5, strength + bonus)
        if best is None or found.strength > best.strength:
            best = found
    return best


def _elsewhere(others: Sequence[Sequence[SortKeys]], key: str) -> tuple[int, int]:
    totals = [steps(entries, key) for entries in others]
    return sum(t[0] for t in totals), sum(t[1] for t in totals)


def place(
    new: SortKeys, entries: Sequence[SortKeys], order: EntryOrder, *, ties_last: bool
) -> int | None:
    """The index before which the new entry goes: the one that breaks the order least.

    Where several are as good, the last of them if `ties_last`, else the first.
    None if the paper does not show the key.
    """
    value = getattr(new, order.key)
    if value is None:
        return None
    values = [getattr(entry, order.key) for entry in entries]
    if order.key == "date":  # no finer than most of them are
        depth = Counter(len(each) for each in values if each).most_common(1)[0][0]
        value, values = value[:depth], [each and each[:depth] for each in values]
    before: Callable[[Key], bool] = (lambda v: v > value) if order.rising else (lambda v: v < value)
    after: Callable[[Key], bool] = (lambda v: v < value) if order.rising else (lambda v: v > value)
    cost = sum(v is not None and after(v) for v in values)
    costs = [cost]
    for old in values:
        if old is not None:
            cost += before(old) - after(old)
        costs.append(cost)
    least = min(costs)
    found = [index for index, each in enumerate(costs) if each == least]
    return found[-1] if ties_last else found[0]


def newest_first(
    own: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], years: Sequence[int]
) -> bool:
    """Whether the list grows at the top, by the order that can be seen in this section, in
    the others, and last in the headings' years. A list whose entries hardly show an order
    mostly grows at its end."""
    rises = falls = 0
    for entries in (own, own, own, *others):
        for key in ("date", "year", "arxiv"):
            rising, falling, _ = steps(entries, key)
            rises += rising
            falls += falling
    if rises == falls:
        return sum((a > b) - (a < b) for a, b in pairwise(years)) > 0
    return falls >= _CLEARLY * (rises + falls)
