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

_ALPHABETIC = frozenset({"name", "title"})
_REMEMBERED = 20_000
_ARXIV_ID = re.compile(r"(?<!\d)(\d{2})(0[1-9]|1[0-2])\.(\d{4,5})(?!\d)")


@dataclass(frozen=True, slots=True)
class SortKeys:
    """What an entry, old or new, shows of its place in an order; None where it shows nothing."""

    date: tuple[int, ...] | None
    year: tuple[int, ...] | None
    month: tuple[int, ...] | None
    arxiv: tuple[int, ...] | None
    name: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class EntryOrder:
    """An order by one key. `rising` is oldest or A first; `strength` 0..1 is how sure we are."""

    key: str
    rising: bool
    strength: float

    @property
    def is_alphabetic(self) -> bool:
        return self.key in _ALPHABETIC

    @property
    def is_reliable(self) -> bool:
        """Whether it is sure enough to be kept. An order by arXiv id must be nearly perfect:
        entries that are added as they appear look like one."""
        return self.strength >= (0.9 if self.key == "arxiv" else 0.85)


@lru_cache(maxsize=_REMEMBERED)
def sort_keys_of(fields: Fields) -> SortKeys:
    text = fields.first(Slot.DATE)
    found = find_date(text) if text else None
    date = _known_part(date_of(found)) if found else None
    year = fields.first(Slot.YEAR)
    number = year_of_digits(year) if year else None
    arxiv = _arxiv(fields.first(Slot.PAPER) or "")
    title = fields.first(Slot.TITLE) or fields.first(Slot.NAME)
    name = fields.first(Slot.NAME) or title
    if number is None and date:
        number = date[0]
    month = date[:2] if date and len(date) > 1 else _month_of(arxiv)
    return SortKeys(
        date, (number,) if number else None, month, arxiv, _alphabetic(name), _alphabetic(title)
    )


def sort_keys_of_paper(facts: Facts) -> SortKeys:
    date = _known_part(facts.date) if facts.date[1] else None
    if date is None and facts.year:
        date = (facts.year, 6)  # in the middle of its year, where only that is known
    arxiv = _arxiv(f"{facts.arxiv_id or ''} {facts.url or ''}")
    return SortKeys(
        date,
        (facts.year,) if facts.year else None,
        date[:2] if facts.date[1] and date else _month_of(arxiv),
        arxiv,
        _alphabetic(facts.name or facts.title),
        _alphabetic(facts.title),
    )


def _month_of(arxiv: tuple[int, ...] | None) -> tuple[int, int] | None:
    """The month that an arXiv id states: what an id says beyond it is no older or newer."""
    return (2000 + arxiv[0], arxiv[1]) if arxiv else None


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


_BONUS = {"date": 0.06, "year": 0.05, "arxiv": 0.0, "name": 0.0, "title": 0.0}
"""What counts for each key before anything is seen, as lists are sorted by it more often."""

_BY_CHANCE = 0.6
"""Few titles often stand in the order of the alphabet by chance: so much is taken off, divided
by the steps that are seen."""


def order_of(
    entries: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], *, prior: float = 2.0
) -> EntryOrder | None:
    """The order of a section, with the file's other sections as a weak witness."""
    return next(iter(orders_of(entries, others, prior=prior)), None)


def orders_of(
    entries: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], *, prior: float = 2.0
) -> list[EntryOrder]:
    """The order of a section; where it is the one by year, then the one by date within a year."""
    found = [each for key in _BONUS if (each := _order_by(key, entries, others, prior))]
    found.sort(key=lambda each: -each.strength)
    within = [each for each in found[1:] if found[0].key == "year" and each.key == "date"]
    return found[:1] + within


def _order_by(
    key: str, entries: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], prior: float
) -> EntryOrder | None:
    rising, falling, count = steps(entries, key)
    up, down = _elsewhere(others, key)
    if key not in _ALPHABETIC and count < 0.6 * len(entries):
        return None
    known = up + down
    seen = rising + falling
    if (not seen and not known) or (key in _ALPHABETIC and seen < 4):
        return None
    weight = prior * min(1.0, known / 10)
    lean = up / known if known else 0.5
    share = (rising + weight * lean) / (seen + weight) if seen + weight else 0.5
    strength = max(share, 1 - share) * min(1.0, (seen + weight + 1) / 3)
    bonus = -_BY_CHANCE / seen if key in _ALPHABETIC else _BONUS[key]
    return EntryOrder(key, share > 0.5, strength + bonus)


def _elsewhere(others: Sequence[Sequence[SortKeys]], key: str) -> tuple[int, int]:
    totals = [steps(entries, key) for entries in others]
    return sum(t[0] for t in totals), sum(t[1] for t in totals)


def places_in(
    new: SortKeys, entries: Sequence[SortKeys], order: EntryOrder, among: Sequence[int]
) -> Sequence[int]:
    """Of the indices `among` those before which the new entry breaks the order least; all of
    them if the paper does not show the key."""
    value = getattr(new, order.key)
    if value is None:
        return among
    values = [getattr(entry, order.key) for entry in entries]
    if order.key == "date":  # no finer than most of them are
        depths = Counter(len(each) for each in values if each)
        depth = depths.most_common(1)[0][0] if depths else len(value)
        value, values = value[:depth], [each and each[:depth] for each in values]
        if all(each is None or each[0] == 0 for each in values):  # dates without their year
            value = (0, *value[1:])
    before: Callable[[Key], bool] = (lambda v: v > value) if order.rising else (lambda v: v < value)
    after: Callable[[Key], bool] = (lambda v: v < value) if order.rising else (lambda v: v > value)
    cost = sum(v is not None and after(v) for v in values)
    costs = [cost]
    for old in values:
        if old is not None:
            cost += before(old) - after(old)
        costs.append(cost)
    least = min(costs[index] for index in among)
    return [index for index in among if costs[index] == least]


GROWTH_KEYS = ("date", "year", "month")
"""The keys that tell whether a list grows at its top or at its end."""


def newest_first(
    own: Sequence[SortKeys], others: Sequence[Sequence[SortKeys]], years: Sequence[int]
) -> bool:
    """Whether the list grows at the top, by the order that can be seen in this section, in
    the others, and last in the headings' years. A list whose entries hardly show an order
    mostly grows at its end."""
    rises = falls = 0
    for entries in (own, own, own, *others):
        for key in GROWTH_KEYS:
            rising, falling, _ = steps(entries, key)
            rises += rising
            falls += falling
    if rises == falls:
        return sum((a > b) - (a < b) for a, b in pairwise(years)) > 0
    return falls >= _CLEARLY * (rises + falls)
