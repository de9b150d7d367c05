"""Labels of links that say where a paper is: `arXiv`, `OpenReview`, `Springer`.

Such a label goes with the server of its address, whatever the paper: it is a field, and its
value is the list's own word for the server.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from medvl_watch.lists.fields.reading import Slot
from medvl_watch.lists.shapes.parts import Part, PartKind

_AGREE = 0.9
"""The share of the labels that must be the usual one of their server."""
_NAMED = 0.25
"""The share of the labels that must be the name of their server."""
_SEVERAL = 2
"""So many servers with a word of their own, each in so many entries, prove that labels tell."""
_FURTHEST = 20


def tie_servers(
    entries: Sequence[tuple[Part, ...]], weights: Sequence[float]
) -> list[tuple[Part, ...]]:
    """The entries, where labels that go with the server of the paper's address are fields."""
    if not words_for_servers(entries, weights):
        return list(entries)
    found = []
    for parts in entries:
        out = list(parts)
        for number, _ in _labels(parts):
            out[number] = replace(out[number], kind=PartKind.FIELD, slot=Slot.SERVER)
        found.append(tuple(out))
    return found


def words_for_servers(
    entries: Sequence[Sequence[Part]], weights: Sequence[float]
) -> Mapping[str, str]:
    """What the entries call each server that their addresses lead to; empty where labels do not
    tell it."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    holders: Counter[str] = Counter()
    for parts, weight in zip(entries, weights, strict=True):
        for number, site in _labels(parts):
            seen[site][parts[number].text] += weight  # type: ignore[assignment]
            holders[site] += 1
    usual = {site: words.most_common(1)[0] for site, words in seen.items()}
    total = sum(sum(words.values()) for words in seen.values())
    told = {word.casefold() for site, (word, _) in usual.items() if holders[site] >= _SEVERAL}
    agree = sum(weight for _, weight in usual.values())
    named = sum(w for site, (word, w) in usual.items() if letters_of(word) in letters_of(site))
    if len(told) < _SEVERAL or agree < _AGREE * total or named < _NAMED * total:
        return {}
    return {site: word for site, (word, _) in usual.items()}


def _labels(parts: Sequence[Part]) -> Iterator[tuple[int, str]]:
    """The labels that lead to a paper, each with the server of its address."""
    for number, part in enumerate(parts):
        if part.kind is PartKind.LABEL or part.slot is Slot.SERVER:
            to = address_after(parts, number)
            site = site_of(parts[to].text) if to is not None else ""
            if site and to is not None and parts[to].slot is Slot.PAPER:
                yield number, site


def address_after(parts: Sequence[Part], at: int) -> int | None:
    """The number of the address that a label leads to."""
    of_image = "".join(part.text for part in parts[max(0, at - 2) : at]).endswith("![")
    for number in range(at + 1, min(len(parts), at + _FURTHEST)):
        part = parts[number]
        if part.slot in {Slot.PAPER, Slot.CODE, Slot.PAGE}:
            return number
        is_other = part.kind is PartKind.ADDRESS and "://" in part.text and not of_image
        if is_other or part.kind is PartKind.UNKNOWN or part.text == "\n":
            return None
    return None


def letters_of(text: str) -> str:
    """The letters and digits of a text, for comparison."""
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


def host_of(address: str) -> str:
    """The host of an address; empty for what is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def site_of(address: str) -> str:
    """The host of an address without the names below its owner's: `a.github.io` and
    `b.github.io` are one site."""
    return ".".join(host_of(address).split(".")[-2:])
