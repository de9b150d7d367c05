"""Looks for orders in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

from medvl_watch.classify.orders.abroad import ABROAD, MARKS
from medvl_watch.classify.orders.address import ADDRESS, FORGET
from medvl_watch.classify.orders.demands import ANSWER, FATE


def _compiled(order: str) -> str:
    order = re.sub(r"<(\d)>", r"(?:\\w{1,30}\\W{1,5}){0,\1}?", unicodedata.normalize("NFKC", order))
    return order.replace(" ", r"\W{1,5}")


def _by_cue(orders: Sequence[tuple[str, str]]) -> Mapping[str, list[re.Pattern[str]]]:
    found: dict[str, list[re.Pattern[str]]] = defaultdict(list)
    for cues, order in orders:
        start = r"(?:\b|(?=\W))" if order.isascii() else ""
        pattern = re.compile(f"{start}(?:{_compiled(order)})")
        for cue in set(cues.split()) or {""}:
            found[cue].append(pattern)
    return found


_PATTERNS = _by_cue((*FORGET, *ADDRESS, *FATE, *ANSWER, *ABROAD))
_ALL = tuple({pattern: None for patterns in _PATTERNS.values() for pattern in patterns})
_MARK = re.compile("|".join(f"(?:{mark})" for mark in MARKS))
_MARKED = frozenset("<>[]\\#:=(")
_WORD = re.compile(r"[a-z]+")


def holds_an_order(low: str) -> bool:
    """Whether a sentence, in lower case and NFKC, gives one or has the marks of a script."""
    if not _MARKED.isdisjoint(low) and _MARK.search(low):
        return True
    if not low.isascii():
        return any(pattern.search(low) for pattern in _ALL)
    cues = _PATTERNS.keys() & _WORD.findall(low)
    return any(pattern.search(low) for cue in cues for pattern in _PATTERNS[cue])
