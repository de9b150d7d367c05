"""Looks for orders in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from medvl_watch.injection.demands import ANSWER, FATE
from medvl_watch.injection.other_languages import ABROAD, MARKS
from medvl_watch.injection.reader_address import ADDRESS, FORGET
from medvl_watch.injection.vocabulary import START


class _OrderPattern(NamedTuple):
    """Given only by a sentence that has one of its first cues and one of each of the `others`."""

    order: str
    others: tuple[frozenset[str], ...]


def pattern(order: str) -> re.Pattern[str]:
    """What an order is written for: blanks and numbers stand for what parts words."""
    start = r"(?:\b|(?=\W))" if order.isascii() else ""
    order = re.sub(r"<(\d)>", r"(?:\\w{1,30}\\W{1,5}){0,\1}?", unicodedata.normalize("NFKC", order))
    return re.compile(f"{start}(?:{order.replace(' ', _BETWEEN)})")


@cache
def _finder(order: str) -> Callable[[str], re.Match[str] | None]:
    """What looks for an order in a sentence, at its start alone where the order says so.

    Compiled when a sentence first has its cues: one paper by hand needs few of them.
    """
    compiled = pattern(order)
    return compiled.match if order.startswith(START) else compiled.search


@cache
def _mark() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{mark})" for mark in MARKS))


def _by_cue(orders: Iterable[tuple[str, str]]) -> Mapping[str, list[_OrderPattern]]:
    found: dict[str, list[_OrderPattern]] = defaultdict(list)
    for cues, order in orders:
        first, *others = (frozenset(group.split()) for group in cues.split("&"))
        for cue in first:
            found[cue].append(_OrderPattern(order, tuple(others)))
    return found


_BETWEEN = r"\W{1,5}"
_BY_CUE = _by_cue((*FORGET, *ADDRESS, *FATE, *ANSWER, *ABROAD))
_ABROAD = tuple(dict.fromkeys(order for _, order in ABROAD))  # their cues are the ASCII ones alone
_MARKED = re.compile(r"[<>\[\]\\#:=]|t\(")  # one is in all that a mark finds
_WORD = re.compile(r"[a-z]+")


def holds_an_order(low: str) -> bool:
    """Whether a sentence, in lower case and NFKC, gives one or has the marks of a script."""
    if _MARKED.search(low) and _mark().search(low):
        return True
    if not low.isascii() and any(_finder(order)(low) for order in _ABROAD):
        return True
    words = set(_WORD.findall(low))
    orders = {order for cue in _BY_CUE.keys() & words for order in _BY_CUE[cue]}
    return any(
        _finder(order)(low) for order, others in orders if not any(map(words.isdisjoint, others))
    )
