"""Papers of curated lists whose sections are known: how often a classifier names them.

Three ways are measured. *Mapped*: the classifier's verdict goes through the list's map in the
taxonomy. *Learned*: sections are learned from the list's entries, in five folds, so that no
paper is among the examples that decide about it. *Joined*: both, as the product does where a
list has a map. Which fold is the paper's own affair, not chance.
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
from medvl_watch.evaluate.curves import errors_caught
from medvl_watch.evaluate.list_sections import is_same
from medvl_watch.records import Headings, Record, Verdict

FOLDS = 5
_MOSTLY = 0.8
_SHOWN = 0.3
_Z = 1.96
_DIGITS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """A paper and the sections of one list that hold it."""

    record: Record
    wanted: tuple[Headings, ...]


@dataclass(frozen=True, slots=True)
class GoldAnswer:
    """Sections with their scores, best first, beside those that are right."""

    ranked: tuple[tuple[Headings, float], ...]
    wanted: tuple[Headings, ...]

    def right(self, most: int = 1) -> bool:
        return any(is_same(each, path) for path, _ in self.ranked[:most] for each in self.wanted)

    @property
    def top_level(self) -> bool:
        """Whether the outermost heading with the greatest sum of scores is right."""
        sums: dict[str, float] = {}
        for path, score in self.ranked:
            sums[_folded(path[0])] = sums.get(_folded(path[0]), 0.0) + score
        best = max(sums, key=lambda name: sums[name], default="")
        return best in {_folded(path[0]) for path in self.wanted}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldFigures:
    """Shares between 0 and 1. `top1_low` and `top1_high` are the ends of the 95 % interval
    (Wilson); `expected_error` is the calibration error that perfect scores
    would show by chance; `errors_in_30` is the share of the errors among the 30 % least sure."""

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


def figures(filed: Sequence[GoldAnswer]) -> GoldFigures:
    """Raises ValueError when there is no paper."""
    if not filed:
        raise ValueError("no paper has a section")
    count = len(filed)
    right = sum(each.right() for each in filed)
    low, high = interval(right, count)
    answers = sure(filed)
    caught = [share for shown, share in errors_caught(answers) if shown <= _SHOWN]
    return GoldFigures(
        papers=count,
        answered=sum(bool(each.ranked) for each in filed) / count,
        top1=right / count,
        top1_low=low,
        top1_high=high,
        top2=sum(each.right(2) for each in filed) / count,
        top_level=sum(each.top_level for each in filed) / count,
        calibration_error=calibration_error(answers),
        expected_error=expected_error([score for score, _ in answers]),
        errors_in_30=caught[-1] if caught else 1.0,
    )


def sure(filed: Sequence[GoldAnswer]) -> list[tuple[float, bool]]:
    """The best section's score of each paper, 0 where there is none, and whether it is right."""
    return [(each.ranked[0][1] if each.ranked else 0.0, each.right()) for each in filed]


def interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson's score."""
    share, z2 = right / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return middle - half, middle + half


def by_map(
    papers: Sequence[GoldPaper], verdicts: Sequence[Verdict], list_map: ListMap, taxonomy: Taxonomy
) -> Iterator[GoldAnswer]:
    """Where the verdicts on these papers lead by the list's map alone."""
    router = Router(taxonomy, list_map)
    for paper, verdict in zip(papers, verdicts, strict=True):
        yield _filed(paper, router.route(verdict, paper.record))


def by_folds(
    papers: Sequence[GoldPaper],
    verdicts: Sequence[Verdict],
    taxonomy: Taxonomy,
    list_map: ListMap | None = None,
) -> Iterator[GoldAnswer]:
    """Where the list's other papers lead, each fold judged by the other four; and its map,
    where there is one."""
    headings = list(dict.fromkeys(path for paper in papers for path in paper.wanted))
    for fold in range(FOLDS):
        rest = [paper for paper in papers if fold_of(paper.record) != fold]
        router = Router.learn(taxonomy, list_map, list(_examples(rest)), headings)
        for paper, verdict in zip(papers, verdicts, strict=True):
            if fold_of(paper.record) == fold:
                yield _filed(paper, router.route(verdict, paper.record))


def _filed(paper: GoldPaper, route: Route) -> GoldAnswer:
    return GoldAnswer(tuple((each.path, each.score) for each in route.ranked), paper.wanted)


def _examples(papers: Sequence[GoldPaper]) -> Iterator[SectionExample]:
    for line, paper in enumerate(papers, 1):
        for path in paper.wanted:
            yield SectionExample(paper.record.title, path, filing_year(paper.record), line)


def map_of(papers: Sequence[GoldPaper], taxonomy: Taxonomy) -> ListMap | None:
    """The list in the taxonomy whose sections these papers stand in; None if there is none."""

    def share(list_map: ListMap) -> float:
        known = sum(
            any(is_same(_undated(section.path), _undated(path)) for section in list_map.sections)
            for paper in papers
            for path in paper.wanted
        )
        return known / max(1, sum(len(paper.wanted) for paper in papers))

    best = max(taxonomy.lists.values(), key=share, default=None)
    return best if best is not None and share(best) >= _MOSTLY else None


def fold_of(record: Record) -> int:
    return int(hashlib.sha256(record.id.encode()).hexdigest()[:8], 16) % FOLDS


def _undated(path: Headings) -> Headings:
    return tuple(_DIGITS.sub("year", title).replace(YEAR, "year") for title in path)


def _folded(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", title.lower())
