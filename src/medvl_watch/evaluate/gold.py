"""Measures how often papers of curated lists get the section in which they actually stand.

There are three methods. `mapped`: the sections follow from the classifier's verdict and the map
of the list in the taxonomy. `learned`: the sections are learned from the entries of the list, in
five folds, so that no paper is among the examples for itself. `joined`: both together, as the
product does for a list with a map. The fold of a paper follows from its id, not from chance.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medvl_watch.classify.routing import Route, Router
from medvl_watch.classify.sections.profiles import SectionExample
from medvl_watch.classify.sections.section_shares import filing_year
from medvl_watch.classify.taxonomy import YEAR, ListMap, Taxonomy
from medvl_watch.evaluate.calibration import calibration_error, expected_error
from medvl_watch.evaluate.curves import error_curve
from medvl_watch.evaluate.list_sections import is_same_section
from medvl_watch.papers.years import YEAR_PATTERN
from medvl_watch.records import Headings, Record, Verdict

FOLDS = 5
_LEAST_MAPPED = 0.8
_CHECKED_SHARE = 0.3
_Z = 1.96


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """A paper and the sections of one list in which it stands."""

    record: Record
    sections: tuple[Headings, ...]


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """The sections that a method ranks, with scores and best first, and the correct sections."""

    ranked: tuple[tuple[Headings, float], ...]
    correct: tuple[Headings, ...]

    def is_correct(self, most: int = 1) -> bool:
        """Whether a correct section is among the first `most`."""
        return any(
            is_same_section(each, path) for path, _ in self.ranked[:most] for each in self.correct
        )

    @property
    def is_top_level_correct(self) -> bool:
        """Whether the outermost heading with the greatest sum of scores is correct."""
        sums: dict[str, float] = {}
        for path, score in self.ranked:
            key = _heading_key(path[0])
            sums[key] = sums.get(key, 0.0) + score
        best = max(sums, key=lambda name: sums[name], default="")
        return best in {_heading_key(path[0]) for path in self.correct}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldFigures:
    """The figures of one method; all but `papers` are shares from 0 to 1.

    `answered` is the share of papers with any section, `top1` and `top2` the shares with a
    correct section among the first one or two, and `top_level` the share with a correct outermost
    heading. `top1_low` and `top1_high` are the ends of the 95 % interval (Wilson).
    `expected_error` is the calibration error that perfect scores would show by chance.
    `errors_in_30` is the share of the errors among the 30 % of papers with the lowest scores.
    """

    papers: int
    answered: float
    top1: float
    top1_low: float
    top1_high: float
    top2: float
    top_level: float
    calibration_error: float
    expected_error: float
    errors_in_30: float


def gold_figures(answers: Sequence[GoldAnswer]) -> GoldFigures:
    """Compute the figures. Raises ValueError if there are no answers."""
    if not answers:
        raise ValueError("no paper has a section")
    count = len(answers)
    correct = sum(each.is_correct() for each in answers)
    low, high = wilson_interval(correct, count)
    scored = scored_answers(answers)
    errors = [share for checked, share in error_curve(scored) if checked <= _CHECKED_SHARE]
    return GoldFigures(
        papers=count,
        answered=sum(bool(each.ranked) for each in answers) / count,
        top1=correct / count,
        top1_low=low,
        top1_high=high,
        top2=sum(each.is_correct(2) for each in answers) / count,
        top_level=sum(each.is_top_level_correct for each in answers) / count,
        calibration_error=calibration_error(scored),
        expected_error=expected_error([score for score, _ in scored]),
        errors_in_30=errors[-1] if errors else 1.0,
    )


def scored_answers(answers: Sequence[GoldAnswer]) -> list[tuple[float, bool]]:
    """For each answer: the score of its best section (0 if it has none), and whether that section
    is correct."""
    return [(each.ranked[0][1] if each.ranked else 0.0, each.is_correct()) for each in answers]


def wilson_interval(correct: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's method
    (https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval)."""
    share, z2 = correct / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return middle - half, middle + half


def answers_by_map(
    papers: Sequence[GoldPaper], verdicts: Sequence[Verdict], list_map: ListMap, taxonomy: Taxonomy
) -> Iterator[GoldAnswer]:
    """The answers of the method `mapped`."""
    router = Router(taxonomy, list_map)
    for paper, verdict in zip(papers, verdicts, strict=True):
        yield _answer(paper, router.route(verdict, paper.record))


def answers_by_folds(
    papers: Sequence[GoldPaper],
    verdicts: Sequence[Verdict],
    taxonomy: Taxonomy,
    list_map: ListMap | None = None,
) -> Iterator[GoldAnswer]:
    """The answers of the method `learned`, or `joined` if there is a map: the sections of each
    fold are learned from the other four."""
    headings = list(dict.fromkeys(path for paper in papers for path in paper.sections))
    for fold in range(FOLDS):
        others = [paper for paper in papers if fold_of(paper.record) != fold]
        router = Router.learn(taxonomy, list_map, list(_examples(others)), headings)
        for paper, verdict in zip(papers, verdicts, strict=True):
            if fold_of(paper.record) == fold:
                yield _answer(paper, router.route(verdict, paper.record))


def _answer(paper: GoldPaper, route: Route) -> GoldAnswer:
    return GoldAnswer(tuple((each.path, each.score) for each in route.ranked), paper.sections)


def _examples(papers: Sequence[GoldPaper]) -> Iterator[SectionExample]:
    for line, paper in enumerate(papers, 1):
        for path in paper.sections:
            yield SectionExample(paper.record.title, path, filing_year(paper.record), line)


def find_list_map(papers: Sequence[GoldPaper], taxonomy: Taxonomy) -> ListMap | None:
    """The map in the taxonomy that has at least 80 % of these papers' sections; None if there is
    none."""

    def mapped_share(list_map: ListMap) -> float:
        mapped = sum(
            any(
                is_same_section(_without_year(section.path), _without_year(path))
                for section in list_map.sections
            )
            for paper in papers
            for path in paper.sections
        )
        return mapped / max(1, sum(len(paper.sections) for paper in papers))

    best = max(taxonomy.lists.values(), key=mapped_share, default=None)
    return best if best is not None and mapped_share(best) >= _LEAST_MAPPED else None


def fold_of(record: Record) -> int:
    """The number of the record's fold, from 0 to `FOLDS` - 1."""
    return int(hashlib.sha256(record.id.encode()).hexdigest()[:8], 16) % FOLDS


def _without_year(path: Headings) -> Headings:
    return tuple(YEAR_PATTERN.sub("year", title).replace(YEAR, "year") for title in path)


def _heading_key(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", title.lower())
