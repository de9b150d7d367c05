"""The places where a list takes papers, apart from years and venues.

A list that keeps `Segmentation > 2023` and `Segmentation > 2024` has one subject there, and
the year is read from the paper; so it is with venues. A target is such a subject: a path in
which `{year}` and `{venue}` stand for those levels.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.classify.sections.kinds import is_closed_path
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.papers.preprint_names import ARXIV, is_only_preprint_name, preprint_server
from medvl_watch.papers.venue_names import known_name, name_of, venue_pattern
from medvl_watch.records import Headings

VENUE = "{venue}"
"""Stands in a target's path for the paper's venue."""

A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""A year of this century or the last, wherever it stands in a heading."""
_BESIDE_YEAR = re.compile(
    r"\b(?:years?|papers?|in|published|publications?|before|earlier|and|or|until|since|up|to|the"
    r"|prior|older|later|from|after|now|present|onwards?|works?)\b|年|\(\d+\)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:before|until|up to|earlier|prior|older)\b|[<≤]|^\W*[-\u2013~]", re.IGNORECASE
)
_AFTER = re.compile(
    r"\b(?:since|later|after|now|present|onwards?)\b|[>≥]|[-\u2013~+]\W*$", re.IGNORECASE
)
_COUNT = re.compile(r"\s*\(\d+\)")
_IN_BRACKETS = re.compile(r"\(([\w &/-]{2,20})\)\s*$")
_FIRST, _LAST = 1900, 2999


def has_year(heading: str) -> bool:
    """Whether a year occurs in the heading, whatever else does."""
    return A_YEAR.search(heading) is not None


def years_of(heading: str) -> range | None:
    """The years that a heading stands for (`2023`, `2018-2020`, `Before 2019`), or None
    where it says more than that."""
    found = [int(each) for each in A_YEAR.findall(heading)]
    if not found or any(c.isalpha() for c in _BESIDE_YEAR.sub("", A_YEAR.sub("", heading))):
        return None
    low, high = min(found), max(found)
    if len(found) == 1 and _BEFORE.search(heading):
        low = _FIRST
    elif len(found) == 1 and _AFTER.search(heading):
        high = _LAST
    return range(low, high + 1)


def venue_of_heading(heading: str) -> str | None:
    """The venue that a heading names (`MICCAI 2024`, `International … (ICCV)`, `arXiv`,
    `BioNLP 2020 at ACL`); a name within other words counts only beside a year."""
    bare = A_YEAR.sub("", _COUNT.sub("", heading)).strip(" -,()'")
    bracketed = _IN_BRACKETS.search(heading)
    for text in (bare, bracketed[1] if bracketed else ""):
        if is_only_preprint_name(text):
            return preprint_server(text) or ARXIV
        if text and (name := known_name(text)):
            return name
    within = venue_pattern().search(heading) if A_YEAR.search(heading) else None
    return name_of(within) if within else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTarget:
    """`path` has placeholders; `homes` are the list's sections that it stands for, in the
    order of the file; `held` is how many entries they hold together. `is_container` says
    that other sections stand below it."""

    path: Headings
    homes: tuple[Headings, ...]
    held: int
    is_container: bool

    @property
    def subject(self) -> Headings:
        """The headings that speak of a subject."""
        return tuple(title for title in self.path if title not in {YEAR, VENUE})


def targets_of(
    headings: Iterable[Headings], filled: Sequence[Headings]
) -> tuple[Mapping[Headings, SectionTarget], Mapping[Headings, Headings]]:
    """The targets by their paths, and for each section of the list the target it belongs
    to. `filled` has the section of each entry; sections that take no papers are left out."""
    paths = [path for path in dict.fromkeys([*headings, *filled]) if path]
    paths = [path for path in paths if not is_closed_path(path)]
    by_venue = _parents_of_venues(paths)
    patterns = {path: _pattern(path, by_venue) for path in paths}
    homes: dict[Headings, list[Headings]] = defaultdict(list)
    for path, pattern in patterns.items():
        homes[pattern].append(path)
    held = Counter(patterns[path] for path in filled if path in patterns)
    below = Counter(path[:depth] for path in filled for depth in range(1, len(path)))
    above = {path[:depth] for path in paths for depth in range(1, len(path))}
    targets = {
        pattern: SectionTarget(
            path=pattern,
            homes=tuple(places),
            held=held[pattern],
            is_container=any(
                place in above and held[pattern] <= 0.3 * below[place] for place in places
            ),
        )
        for pattern, places in homes.items()
    }
    return targets, patterns


def _parents_of_venues(paths: Iterable[Headings]) -> frozenset[Headings]:
    """The paths, years aside, below which most headings are venues."""
    below: dict[Headings, list[bool]] = defaultdict(list)
    for path in paths:
        if years_of(path[-1]) is None:
            below[without_years(path[:-1])].append(venue_of_heading(path[-1]) is not None)
    return frozenset(parent for parent, are in below.items() if sum(are) >= max(2, 0.6 * len(are)))


def without_years(path: Headings) -> Headings:
    """The section whatever its year: of years, only the list itself can tell."""
    return tuple(YEAR if years_of(title) is not None else title for title in path)


def _pattern(path: Headings, by_venue: frozenset[Headings]) -> Headings:
    dated = without_years(path)
    return tuple(
        VENUE if dated[:depth] in by_venue and venue_of_heading(title) else title
        for depth, title in enumerate(dated)
    )
