"""Looks for orders in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from medvl_watch.classify.orders.abroad import ABROAD, MARKS
from medvl_watch.classify.orders.address import ADDRESS, FORGET
from medvl_watch.classify.orders.demands import ANSWER, FATE


@cache
def _pattern(order: str) -> re.Pattern[str]:
    """Compiled when a sentence first has its cue: one paper by hand needs few of them."""
    start = r"(?:\b|(?=\W))" if order.isascii() else ""
    order = re.sub(r"<(\d)>", r"(?:\\w{1,30}\\W{1,5}){0,\1}?", unicodedata.normalize("NFKC", order))
    return re.compile(f"{start}(?:{order.replace(' ', _BETWEEN)})")


@cache
def _mark() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{mark})" for mark in MARKS))


def _by_cue(orders: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for cues, order in orders:
        for cue in set(cues.split()) or {""}:
            found[cue].append(order)
    return found


_BETWEEN = r"\W{1,5}"
_ORDERS = (*FORGET, *ADDRESS, *FATE, *ANSWER, *ABROAD)
_BY_CUE = _by_cue(_ORDERS)
_ALL = tuple(dict.fromkeys(order for _, order in _ORDERS))
_MARKED = re.compile(r"[<>\[\]\\#:=(]")
_WORD = re.compile(r"[a-z]+")


def holds_an_order(low: str) -> bool:
    """Whether a sentence, in lower case and NFKC, gives one or has the marks of a script."""
    if _MARKED.search(low) and _mark().search(low):
        return True
    if not low.isascii():
        return any(_pattern(order).search(low) for order in _ALL)
    cues = _BY_CUE.keys() & _WORD.findall(low)
    return any(_pattern(order).search(low) for cue in cues for order in _BY_CUE[cue])
