"""Fits the weights of `classify.sections.weights` on a replay and on the lists' own entries, and
says how well weights do on lists that they were not fitted on.

    python -m medvl_watch.training.section_weights CASES ROOT TAXONOMY [--held-out]

Prints the weights as JSON; with --held-out the figures where each list's papers are placed
with weights fitted on the other lists, and on the other half of the lists.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.sections.model import SectionExample, SectionModel
from medvl_watch.classify.sections.section_shares import sections_of_target
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.evaluate.list_sections import (
    Case,
    PlacedPaper,
    add_arguments,
    is_same_section,
    place_papers,
    read_cases,
    read_taxonomy,
    report,
)
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.section_titles import years_of_title
from medvl_watch.records import Headings, Record

_SHRINKAGE = 1.0
_SHRINKAGE_OF_KINDS = 0.05
"""Few papers are surveys or data sets, but where they are it decides."""
_KINDS = frozenset({"survey paper", "no survey paper", "dataset paper", "rest", "container"})
_PARTS = 5
_MOST_OWN_ENTRIES = 60
"""Entries of each list that are left out and placed again."""
_STEPS = 120
_MOST_OF_ONE_LIST = 40.0
_OWN_FIELD = 1.5
"""A paper of a medical vision-language list counts more: those lists are the product's."""


@dataclass(frozen=True, slots=True)
class WeightChoice:
    """A paper and the targets of its list: `rows` are their signals, `right` those that are
    the maintainer's; `weight` says how much the choice counts."""

    list_name: str
    rows: tuple[tuple[float, ...], ...]
    right: tuple[bool, ...]
    weight: float


def choices_of(
    cases: Iterable[Case], taxonomy: Taxonomy | None
) -> tuple[list[str], list[WeightChoice]]:
    """The names of the signals, and every choice whose right target exists."""
    names: list[str] = []
    found = []
    cases = list(cases)
    papers = Counter(case.list_name for case in cases for _ in case.papers)
    for case in cases:
        model = SectionModel.learn(case.examples, case.headings, taxonomy)
        weight = min(1.0, _MOST_OF_ONE_LIST / max(1, papers[case.list_name]))
        weight *= _OWN_FIELD if case.domain == "medical-vl" else 1.0
        for record, correct in case.papers:
            year = _year_of(correct)
            rows, right = [], []
            for target, row in model.signals(record):
                names = names or list(row)
                homes = sections_of_target(target, record, year, {0: 1.0})
                rows.append(tuple(row[name] for name in names))
                right.append(any(is_same_section(correct, home.path) for home in homes))
            if any(right):
                found.append(WeightChoice(case.list_name, tuple(rows), tuple(right), weight))
    return names, found


def own_entry_cases(cases: Iterable[Case]) -> Iterator[Case]:
    """Each list in its last state, five times, each time without another part of its entries,
    which are the papers to place. Insertions by maintainers are few; entries are many."""
    last = {case.list_name: case for case in cases}
    for case in last.values():
        sample = case.examples[:: 1 + len(case.examples) // _MOST_OWN_ENTRIES]
        for part in range(_PARTS):
            left_out = [each for each in sample[part::_PARTS] if each.path]
            titles = {title_key(each.title) for each in left_out}
            yield replace(
                case,
                examples=tuple(
                    each for each in case.examples if title_key(each.title) not in titles
                ),
                papers=tuple((_record_of(each), each.path) for each in left_out),
            )


def _record_of(entry: SectionExample) -> Record:
    url = f"https://{entry.site}" if entry.site else None
    return Record(id=entry.title, title=entry.title, url=url)


def _year_of(path: Headings) -> int | None:
    spans = (years_of_title(title) for title in reversed(path))
    return next((span.start for span in spans if span), None)


def fit(names: Sequence[str], choices: Sequence[WeightChoice]) -> dict[str, float]:
    """A conditional logit by gradient ascent (Rprop), shrunk towards zero: deterministic."""
    weights = [0.0] * len(names)
    shrinkage = [_SHRINKAGE_OF_KINDS if name in _KINDS else _SHRINKAGE for name in names]
    steps = [0.1] * len(names)
    before = [0.0] * len(names)
    for _ in range(_STEPS):
        slopes = [-2 * each * weight for each, weight in zip(shrinkage, weights, strict=True)]
        for choice in choices:
            _add_slopes(slopes, choice, weights)
        for place_, slope in enumerate(slopes):
            agreed = slope * before[place_]
            steps[place_] *= 1.2 if agreed > 0 else 0.5 if agreed < 0 else 1.0
            before[place_] = slope if agreed >= 0 else 0.0
            if agreed >= 0 and slope:
                weights[place_] += math.copysign(min(steps[place_], 1.0), slope)
        if max(steps) < 1e-4:
            break
    return {name: round(weight, 3) for name, weight in zip(names, weights, strict=True)}


def _add_slopes(slopes: list[float], choice: WeightChoice, weights: Sequence[float]) -> None:
    totals = [
        sum(value * weight for value, weight in zip(row, weights, strict=True))
        for row in choice.rows
    ]
    best = max(totals)
    odds = [math.exp(total - best) for total in totals]
    whole = sum(odds)
    right = sum(each for each, is_right in zip(odds, choice.right, strict=True) if is_right)
    for row, each, is_right in zip(choice.rows, odds, choice.right, strict=True):
        pull = choice.weight * ((each / right if is_right and right else 0.0) - each / whole)
        for number, value in enumerate(row):
            slopes[number] += pull * value


def held_out(
    cases: Sequence[Case], taxonomy: Taxonomy | None
) -> Mapping[str, tuple[PlacedPaper, ...]]:
    """All papers placed with weights that never saw their list: fitted on all others, and
    on the half of the lists to which theirs does not belong."""
    names, choices = choices_of([*cases, *own_entry_cases(cases)], taxonomy)
    lists = sorted({case.list_name for case in cases})
    halves = [lists[::2], lists[1::2]]
    return {
        title: tuple(
            placed
            for group in groups
            for weights in [fit(names, [each for each in choices if each.list_name not in group])]
            for case in cases
            if case.list_name in group
            for placed in place_papers(case, taxonomy, weights)
        )
        for title, groups in (
            ("fitted on all other lists", [[name] for name in lists]),
            ("fitted on one half of the lists, tried on the other", halves),
        )
    }


def main() -> None:
    """The command of this module."""
    parser = argparse.ArgumentParser(prog="python -m medvl_watch.training.section_weights")
    add_arguments(parser)
    parser.add_argument("--held-out", action="store_true")
    given = parser.parse_args()
    taxonomy = read_taxonomy(given.taxonomy)
    cases = read_cases(given.cases, given.root)
    if given.held_out:
        for title, placed in held_out(cases, taxonomy).items():
            sys.stdout.write(f"{title}\n{report(placed, by_list=False)}\n")
            sys.stdout.write(f"{report(placed, by_list=True)}\n\n")
    else:
        weights = fit(*choices_of([*cases, *own_entry_cases(cases)], taxonomy))
        sys.stdout.write(json.dumps(weights, indent=1) + "\n")


if __name__ == "__main__":
    main()
