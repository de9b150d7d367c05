"""What a list teaches by its entries: words for venues and months, addresses, separators."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from medvl_watch.lists.fields.reading import Fields, Slot, fields_of
from medvl_watch.lists.parsing.document import Document, Section
from medvl_watch.lists.parsing.entries import Entry
from medvl_watch.lists.style.overrides import Overrides
from medvl_watch.lists.style.writing import arxiv_form, months_in
from medvl_watch.papers.known_venues import known_name
from medvl_watch.papers.preprint_names import preprint_server

MOST_SAMPLES = 120


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry that was read as an example, and how much it counts."""

    entry: Entry
    fields: Fields
    weight: float


@dataclass(frozen=True, slots=True)
class ListSamples:
    """A list whose entries are the examples; and the templates that were configured instead
    of what they teach."""

    document: Document
    overrides: Overrides = field(default_factory=Overrides)

    def fields_of(self, entry: Entry) -> Fields:
        return fields_of(self.document, entry)

    def samples(self, section: Section | None, at: int) -> list[Sample]:
        """Entries to learn from for a place (line `at`) in a section, nearest first: the
        section's own count most, then those of sections of its kind, then all others."""
        document = self.document
        scored: list[tuple[float, Entry]] = []
        for entry in document.entries:
            own = document.sections[entry.section]
            if section and own.path == section.path:
                scope = 1.0
            elif section and own.path[:-1] == section.path[:-1]:
                scope = 0.12
            elif section and own.level == section.level:
                scope = 0.06
            else:
                scope = 0.04
            if own.closed:
                scope *= 0.1
            distance = abs(entry.start - at)
            scored.append((scope / (1 + distance / 60), entry))
        scored.sort(key=lambda pair: -pair[0])
        return [Sample(e, self.fields_of(e), weight) for weight, e in scored[:MOST_SAMPLES]]


@dataclass(frozen=True, slots=True)
class ListWording:
    """The list's own words: venues by their key, months by number, forms of addresses."""

    venues: dict[str, str]
    months: dict[int, str]
    arxiv_forms: tuple[tuple[str, str], ...]

    def venue(self, name: str) -> str:
        """The list's word for a venue; the usual one where it has none."""
        known = self.venues.get(venue_key(name)) or self._with_qualifier(name)
        return known or self._abbreviation(name) or name

    def _abbreviation(self, name: str) -> str | None:
        """The list's word for a venue that it writes with full stops: `Med. Image Anal.`"""
        return next(
            (word for word in self.venues.values() if "." in word and _abbreviates(word, name)),
            None,
        )

    def _with_qualifier(self, name: str) -> str | None:
        match = re.match(r"^(.*\S)\s+(Workshops?|Findings)$", name)
        base = self.venues.get(venue_key(match[1])) if match else None
        return f"{base} {match[2]}" if match and base else None

    def paper_url(self, url: str, arxiv_id: str | None) -> str:
        """An arXiv address in the list's usual form; other addresses as they are."""
        if not arxiv_id or not arxiv_form(url):
            return url
        head, tail = self.arxiv_forms[0] if self.arxiv_forms else ("https://arxiv.org/abs/", "")
        return f"{head}{arxiv_id}{tail}"


def _abbreviates(short: str, name: str) -> bool:
    """Whether each word of `short` begins the word of the name in its place; words that
    abbreviations leave out do not count."""
    pieces = re.findall(r"[^\W_]+", short.casefold())
    words = [w for w in re.findall(r"[^\W_]+", name.casefold()) if w not in _LEFT_OUT]
    return len(pieces) == len(words) > 1 and all(map(str.startswith, words, pieces))


_LEFT_OUT = frozenset({"of", "and", "in", "on", "for", "the", "ieee", "acm"})


@lru_cache(maxsize=4096)
def venue_key(name: str) -> str:
    """Equal for the ways in which a venue is written (`NIPS`, `NeurIPS`)."""
    name = name.strip(" .,")
    ours = preprint_server(name) or known_name(name) or name
    return re.sub(r"[^a-z0-9]+", "", ours.casefold())


_QUALIFIED = re.compile(r"\s(?:track|oral|spotlight|poster|demo|highlight)s?\b", re.IGNORECASE)


def _is_qualified(venue: str) -> bool:
    """Whether a venue is written with its track or its award (`NeurIPS Datasets Track`)."""
    return bool(_QUALIFIED.search(venue))


def words_of(samples: Sequence[Sample]) -> ListWording:
    """The words that these samples use most, the heavier ones counting more."""
    venues: dict[str, Counter[str]] = {}
    forms: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        venue = sample.fields.first(Slot.VENUE)
        if venue and not _is_qualified(venue):
            # Counter values are floats here: weights, not numbers of times
            venues.setdefault(venue_key(venue), Counter())[venue] += sample.weight  # type: ignore[assignment]
        url = sample.fields.first(Slot.PAPER)
        form = arxiv_form(url) if url else None
        if form:
            forms[form] += sample.weight  # type: ignore[assignment]
    dates = [date for sample in samples if (date := sample.fields.first(Slot.DATE))]
    return ListWording(
        {key: counter.most_common(1)[0][0] for key, counter in venues.items()},
        months_in(dates),
        tuple(form for form, _ in forms.most_common()),
    )
