"""From a target to a section of the list: the year and the venue are read from the paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.sections.targets import (
    VENUE,
    SectionTarget,
    has_year,
    venue_of_heading,
    years_of,
)
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.papers.addresses import appearance_of, appearance_of_doi
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name
from medvl_watch.papers.venues import first_year, venue_of
from medvl_watch.records import Headings, Record

Lateness = Mapping[int, float]
"""By how many years a section's year is later than its papers' own: shares of one."""

_USUAL: Lateness = {0: 0.93, 1: 0.05, -1: 0.02}
"""Lists file one paper in twenty under the year after its own: that of a later venue."""
_TOLD: Lateness = {0: 0.98, 1: 0.01, -1: 0.01}
"""Where a source or the venue tells the year, lists keep to it."""
_BELIEF = 25.0
_UNKNOWN_YEAR = 0.4
_UNKNOWN_VENUE = 0.3


@dataclass(frozen=True, slots=True)
class SectionShare:
    """A section and the share of its target's papers that belong there. `opens` says that
    the list does not have it yet."""

    path: Headings
    share: float
    opens: bool = False


def filing_year(paper: Record) -> int | None:
    """The year under which lists file a paper: the one that its source states as `year`,
    the venue's, the one that its address tells, that of its first publication."""
    return _told_year(paper) or _year_in_address(paper) or first_year(paper)


def _told_year(paper: Record) -> int | None:
    stated = paper.extra.get("year")
    if isinstance(stated, int) and not isinstance(stated, bool):
        return stated
    venue = venue_of(paper)
    return venue.year if venue and not is_preprint_name(venue.name) else None


def _year_in_address(paper: Record) -> int | None:
    """The year that the paper's address or DOI states; arXiv ids are left to `first_year`."""
    stated = (appearance_of(paper.url or ""), appearance_of_doi(paper.doi or ""))
    return next((at.year for at in stated if at and at.place.name != ARXIV), None)


def lateness_of(filed: Iterable[tuple[Headings, int | None]]) -> Lateness:
    """Learned from entries: the section's path, and the year of the paper itself."""
    counts: Counter[int] = Counter()
    for path, year in filed:
        span = next((span for title in reversed(path) if (span := years_of(title))), None)
        if year is not None and span is not None and (year in span or len(span) == 1):
            counts[0 if year in span else span.start - year] += 1
    total = _BELIEF + sum(counts[shift] for shift in _USUAL)
    return {shift: (_BELIEF * usual + counts[shift]) / total for shift, usual in _USUAL.items()}


def filings(
    target: SectionTarget, paper: Record, year: int | None, lateness: Lateness
) -> list[SectionShare]:
    """The sections of a target for this paper; their shares add up to at most one."""
    homes = [SectionShare(path, 1.0) for path in target.homes]
    if YEAR in target.path:
        told = year is not None and _told_year(paper) == year
        homes = _by_year(homes, target.path, year, _TOLD if told else lateness)
    if VENUE in target.path and homes:
        homes = _by_venue(homes, target.path.index(VENUE), paper, year)
    return homes


def _newest(path: Headings) -> int:
    return max((span.stop for title in path if (span := years_of(title))), default=0)


def _by_year(
    homes: Sequence[SectionShare], pattern: Headings, year: int | None, lateness: Lateness
) -> list[SectionShare]:
    """The year's sections, those of the years beside it at small shares; one to be opened
    where there is none. An unknown year is taken for the newest, at a low share."""
    if year is None:
        newest = max(_newest(home.path) for home in homes)
        latest = [home for home in homes if _newest(home.path) == newest]
        return [replace(home, share=_UNKNOWN_YEAR) for home in latest]
    by_shift = {shift: _of_year(homes, year + shift) for shift in lateness}
    by_shift[0] = by_shift[0] or _opened(homes, pattern, year)
    total = sum(lateness[shift] for shift, found in by_shift.items() if found or not shift)
    return [
        replace(home, share=lateness[shift] / total)
        for shift, found in by_shift.items()
        for home in found
    ]


def _of_year(homes: Sequence[SectionShare], year: int) -> list[SectionShare]:
    """The sections whose headings mean this year, the narrowest where several do."""
    fitting = [
        (min(len(span) for span in spans), home)
        for home in homes
        if (spans := [span for title in home.path if (span := years_of(title))])
        and all(year in span for span in spans)
    ]
    narrowest = min((width for width, _ in fitting), default=0)
    return [home for width, home in fitting if width == narrowest]


def _opened(homes: Sequence[SectionShare], pattern: Headings, year: int) -> list[SectionShare]:
    """The section to be opened for a year, like its newest sibling but for the year; none
    where the sibling's other headings belong to its own year (`2020 > ACL 2020`)."""
    like = max(homes, key=lambda home: _newest(home.path))
    if VENUE in pattern or any(has_year(title) for title in pattern):
        return []
    path = tuple(
        str(year) if level == YEAR else title
        for level, title in zip(pattern, like.path, strict=True)
    )
    return [SectionShare(path, 1.0, opens=True)]


def _by_venue(
    homes: Sequence[SectionShare], level: int, paper: Record, year: int | None
) -> list[SectionShare]:
    """Those of the paper's venue; where the list has none of it, all at a low share, for a
    person to look at. Preprints go under arXiv."""
    venue = venue_of(paper)
    name = venue.name if venue else ARXIV
    ours = [home for home in homes if venue_of_heading(home.path[level]) == name]
    dated = [home for home in ours if year is not None and str(year) in home.path[level]]
    found = dated or ours or list(homes)
    known = 1.0 if ours else _UNKNOWN_VENUE
    shared = sum(home.share for home in found)
    most = max(home.share for home in found)
    return [replace(home, share=known * most * home.share / shared) for home in found]
