"""Finds the sections of a target for a paper, by the year and the venue of the paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.sections.targets import VENUE, SectionTarget
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.papers.addresses import appearance_of, appearance_of_doi
from medvl_watch.papers.preprint_names import ARXIV, is_preprint_name
from medvl_watch.papers.section_titles import has_year, venue_of_title, year_within, years_of_title
from medvl_watch.papers.venues import first_year, venue_of
from medvl_watch.records import Headings, Record

YearShifts = Mapping[int, float]
"""The share of papers (0 to 1) for each number of years by which the section's year is later
than the paper's own."""

_USUAL_SHIFTS: YearShifts = {0: 0.93, 1: 0.05, -1: 0.02}
"""Lists file one paper in twenty under the year after its own: the year of a later venue."""
_STATED_SHIFTS: YearShifts = {0: 0.98, 1: 0.01, -1: 0.01}
"""Where a source or the venue states the year, lists nearly always use that year."""
_PRIOR_COUNT = 25.0
_UNKNOWN_YEAR_SHARE = 0.4
_UNKNOWN_VENUE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class SectionShare:
    """A section and the probability, from 0 to 1, that a paper of its target belongs there.
    `opens` says that the list does not have this section yet."""

    path: Headings
    share: float
    opens: bool = False


def filing_year(paper: Record) -> int | None:
    """The year under which lists file a paper.

    This is the first of these that is known: the year that its source states as `year`, that of
    its venue, the year in its address or DOI, and that of its first publication.
    """
    return _stated_year(paper) or _year_in_address(paper) or first_year(paper)


def _stated_year(paper: Record) -> int | None:
    stated = paper.extra.get("year")
    if isinstance(stated, int) and not isinstance(stated, bool):
        return stated
    venue = venue_of(paper)
    return venue.year if venue and not is_preprint_name(venue.name) else None


def _year_in_address(paper: Record) -> int | None:
    """The year that the paper's address or DOI states; arXiv ids are left to `first_year`."""
    stated = (appearance_of(paper.url or ""), appearance_of_doi(paper.doi or ""))
    return next((at.year for at in stated if at and at.place.name != ARXIV), None)


def learn_year_shifts(entries: Iterable[tuple[Headings, int | None]]) -> YearShifts:
    """Learn the shifts from a list's entries, given as (path of the section, year of the
    paper)."""
    counts: Counter[int] = Counter()
    for path, year in entries:
        span = next((span for title in reversed(path) if (span := years_of_title(title))), None)
        if year is not None and span is not None and (year in span or len(span) == 1):
            counts[0 if year in span else span.start - year] += 1
    total = _PRIOR_COUNT + sum(counts[shift] for shift in _USUAL_SHIFTS)
    return {
        shift: (_PRIOR_COUNT * usual + counts[shift]) / total
        for shift, usual in _USUAL_SHIFTS.items()
    }


def sections_of_target(
    target: SectionTarget, paper: Record, year: int | None, year_shifts: YearShifts
) -> list[SectionShare]:
    """The sections of a target that may take the paper; their shares add up to at most one."""
    sections = [SectionShare(path, 1.0) for path in target.sections]
    if YEAR in target.path:
        is_stated = year is not None and _stated_year(paper) == year
        shifts = _STATED_SHIFTS if is_stated else year_shifts
        sections = _sections_by_year(sections, target.path, year, shifts)
    if VENUE in target.path and sections:
        sections = _sections_by_venue(sections, target.path.index(VENUE), paper, year)
    return sections


def _newest_year(path: Headings) -> int:
    return max((span.stop for title in path if (span := years_of_title(title))), default=0)


def _sections_by_year(
    sections: Sequence[SectionShare], pattern: Headings, year: int | None, year_shifts: YearShifts
) -> list[SectionShare]:
    """The sections of the year, and with small shares those of the years before and after.

    If the year has no section, one is to be opened. If the year is unknown, the newest sections
    are returned with a low share.
    """
    if year is None:
        newest = max(_newest_year(section.path) for section in sections)
        latest = [section for section in sections if _newest_year(section.path) == newest]
        return [replace(section, share=_UNKNOWN_YEAR_SHARE) for section in latest]
    by_shift = {shift: _sections_of_year(sections, year + shift) for shift in year_shifts}
    by_shift[0] = by_shift[0] or _open_year(sections, pattern, year)
    total = sum(year_shifts[shift] for shift, found in by_shift.items() if found or not shift)
    return [
        replace(section, share=year_shifts[shift] / total)
        for shift, shifted in by_shift.items()
        for section in shifted
    ]


def _sections_of_year(sections: Sequence[SectionShare], year: int) -> list[SectionShare]:
    """The sections whose headings include this year, with the shortest range of years."""
    matching = [
        (min(len(span) for span in spans), section)
        for section in sections
        if (spans := [span for title in section.path if (span := years_of_title(title))])
        and all(year in span for span in spans)
    ]
    shortest = min((length for length, _ in matching), default=0)
    return [section for length, section in matching if length == shortest]


def _open_year(
    sections: Sequence[SectionShare], pattern: Headings, year: int
) -> list[SectionShare]:
    """The section to open for a year: the newest sibling's path with this year. Empty if other
    headings of the sibling contain its year, too (`2020 > ACL 2020`)."""
    newest = max(sections, key=lambda section: _newest_year(section.path))
    if VENUE in pattern or any(has_year(title) for title in pattern):
        return []
    path = tuple(
        str(year) if level == YEAR else title
        for level, title in zip(pattern, newest.path, strict=True)
    )
    return [SectionShare(path, 1.0, opens=True)]


def _sections_by_venue(
    sections: Sequence[SectionShare], level: int, paper: Record, year: int | None
) -> list[SectionShare]:
    """The sections of the paper's venue. If there is none, all sections with a low share, so
    that a person decides. Papers without a venue belong under arXiv."""
    venue = venue_of(paper)
    name = venue.name if venue else ARXIV
    of_venue = [each for each in sections if venue_of_title(each.path[level]) == name]
    of_year = [
        each for each in of_venue if year is not None and year_within(each.path[level]) == year
    ]
    candidates = of_year or of_venue or list(sections)
    factor = 1.0 if of_venue else _UNKNOWN_VENUE_SHARE
    whole = sum(each.share for each in candidates)
    largest = max(each.share for each in candidates)
    return [replace(each, share=factor * largest * each.share / whole) for each in candidates]
