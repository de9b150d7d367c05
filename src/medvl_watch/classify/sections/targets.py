"""Targets: the subjects of a list's sections, independent of years and venues.

`Segmentation > 2023` and `Segmentation > 2024` have the same subject; which of them takes a
paper follows from the year of the paper. The same holds for venues. A target is such a subject:
a path in which `{year}` and `{venue}` stand for those levels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medvl_watch.classify.sections.kinds import takes_no_papers
from medvl_watch.classify.taxonomy import YEAR
from medvl_watch.papers.section_titles import venue_of_title, years_of_title
from medvl_watch.records import Headings

VENUE = "{venue}"
"""The placeholder for the paper's venue in the path of a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionTarget:
    """A subject of the list, and the sections that have it.

    `path` contains placeholders. `sections` are the paths of the sections for which it stands,
    in the order of the file; `entries` is the number of their entries. `is_container` says that
    the target mainly contains other sections.
    """

    path: Headings
    sections: tuple[Headings, ...]
    entries: int
    is_container: bool

    @property
    def subject(self) -> Headings:
        """The headings of the path that are not placeholders."""
        return tuple(title for title in self.path if title not in {YEAR, VENUE})


def group_by_target(
    headings: Iterable[Headings], entry_paths: Sequence[Headings]
) -> tuple[Mapping[Headings, SectionTarget], Mapping[Headings, Headings]]:
    """The targets by their paths, and the path of the target for each section of the list.

    `headings` has the paths of the sections, `entry_paths` the section of each entry. Sections
    that take no papers are left out.
    """
    paths = [path for path in dict.fromkeys([*headings, *entry_paths]) if path]
    paths = [path for path in paths if not takes_no_papers(path)]
    by_venue = _parents_of_venues(paths)
    patterns = {path: _target_path(path, by_venue) for path in paths}
    sections_by_pattern: dict[Headings, list[Headings]] = defaultdict(list)
    for path, pattern in patterns.items():
        sections_by_pattern[pattern].append(path)
    entries = Counter(patterns[path] for path in entry_paths if path in patterns)
    entries_below = Counter(path[:depth] for path in entry_paths for depth in range(1, len(path)))
    parents = {path[:depth] for path in paths for depth in range(1, len(path))}
    targets = {
        pattern: SectionTarget(
            path=pattern,
            sections=tuple(sections),
            entries=entries[pattern],
            is_container=any(
                section in parents and entries[pattern] <= 0.3 * entries_below[section]
                for section in sections
            ),
        )
        for pattern, sections in sections_by_pattern.items()
    }
    return targets, patterns


def _parents_of_venues(paths: Iterable[Headings]) -> frozenset[Headings]:
    """The paths, without years, below which at least 60 % of the headings are venues."""
    is_venue: dict[Headings, list[bool]] = defaultdict(list)
    for path in paths:
        if years_of_title(path[-1]) is None:
            is_venue[replace_years(path[:-1])].append(venue_of_title(path[-1]) is not None)
    return frozenset(
        parent for parent, each in is_venue.items() if sum(each) >= max(2, 0.6 * len(each))
    )


def replace_years(path: Headings) -> Headings:
    """The path with `{year}` in place of headings that denote years."""
    return tuple(YEAR if years_of_title(title) is not None else title for title in path)


def _target_path(path: Headings, by_venue: frozenset[Headings]) -> Headings:
    dated = replace_years(path)
    return tuple(
        VENUE if dated[:depth] in by_venue and venue_of_title(title) else title
        for depth, title in enumerate(dated)
    )
