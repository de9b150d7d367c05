"""Finds a paper's section in any list, learned from the list's headings and entries.

The model needs no list in advance, and few entries are enough. Where a section has entries,
neighbours and word counts decide; where it has none, its headings do, with the lexicons of the
taxonomy as synonyms. Scores are probabilities: of the papers with a score of .7, seven in ten
belong to that section.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.sections.profiles import SectionExample, TargetProfile
from medvl_watch.classify.sections.section_shares import (
    YearShifts,
    learn_year_shifts,
    sections_of_target,
)
from medvl_watch.classify.sections.signals import SignalRow, Signals, TargetComparison
from medvl_watch.classify.sections.targets import SectionTarget, group_by_target
from medvl_watch.classify.sections.topics import Topics
from medvl_watch.classify.sections.weights import WEIGHTS
from medvl_watch.classify.sections.words import LONGEST, stems_with_words
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Headings, Record

__all__ = ["SectionExample", "SectionGuess", "SectionModel", "SimilarEntry", "choose_sections"]

_HAS_SECTION = 0.97
"""One paper in thirty belongs under a heading that the list does not have yet."""
_MOST_NEIGHBOURS = 3
_LEAST_SIMILARITY = 0.05
_LEAST_REPEATED, _LEAST_REPEATED_SHARE = 3, 0.05
_LEAST_SECOND_SCORE, _LEAST_SHARE_OF_BEST = 0.25, 0.4


@dataclass(frozen=True, slots=True)
class SimilarEntry:
    """An entry of a section that is similar to the paper: its 1-based `line`, and `similarity`,
    the cosine of the titles, from 0 to 1."""

    title: str
    line: int
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionGuess:
    """A section of the list and the probability, from 0 to 1, that the paper belongs there.

    `neighbours` are its entries nearest to the paper, `words` are the words of its headings that
    occur in the paper. `opens` says that the list does not have this section yet and would get
    it: a new year next to existing ones. `target` is the path of its target (`sections.targets`).
    """

    path: Headings
    score: float
    neighbours: tuple[SimilarEntry, ...] = ()
    words: tuple[str, ...] = ()
    opens: bool = False
    target: Headings = ()


@dataclass(frozen=True, slots=True)
class SectionModel:
    """The model of one list. `several` says that the list puts papers into several sections."""

    several: bool
    _examples: tuple[SectionExample, ...]
    _targets: tuple[SectionTarget, ...]
    _comparison: TargetComparison
    _year_shifts: YearShifts
    _weights: Mapping[str, float]

    @classmethod
    def learn(
        cls,
        examples: Iterable[SectionExample],
        headings: Sequence[Headings],
        taxonomy: Taxonomy | None = None,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> SectionModel:
        """Learn the sections of a list.

        `headings` are the paths of all sections that may take entries, in the order of the
        file, including empty ones. Sections of tools, courses, related lists and the like are
        ignored with all sections below them, and so are headings that only group others.
        """
        examples = [example for example in examples if example.path]
        targets, target_of = group_by_target(headings, [example.path for example in examples])
        used_examples = tuple(example for example in examples if example.path in target_of)
        used_targets = tuple(
            each for each in targets.values() if each.entries or not each.is_container
        )
        return cls(
            several=_repeats_titles(used_examples, target_of),
            _examples=used_examples,
            _targets=used_targets,
            _comparison=TargetComparison(
                used_examples,
                used_targets,
                target_of,
                Topics(taxonomy),
                taxonomy.word_vectors if taxonomy else None,
            ),
            _year_shifts=learn_year_shifts(
                (example.path, example.year) for example in used_examples
            ),
            _weights=weights,
        )

    def rank_sections(self, paper: Record, year: int | None) -> tuple[SectionGuess, ...]:
        """Every section that may take the paper, best first; empty if the list has no sections.

        `year` is the year to file the paper under (`section_shares.filing_year`). The scores
        add up to at most one. No text makes this fail; title and abstract are cut to `LONGEST`
        characters each.
        """
        paper = replace(paper, title=paper.title[:LONGEST], abstract=paper.abstract[:LONGEST])
        signals = self._comparison.compare(paper)
        guesses: dict[Headings, SectionGuess] = {}
        probabilities = _probabilities(signals.rows, self._weights)
        neighbours = self._neighbours_by_target(signals)
        paper_words = stems_with_words(f"{paper.abstract} {paper.title}")
        for index, profile in enumerate(self._comparison.profiles):
            for each in sections_of_target(profile.target, paper, year, self._year_shifts):
                guess = SectionGuess(
                    path=each.path,
                    score=probabilities[index] * each.share * _HAS_SECTION,
                    neighbours=neighbours[index],
                    words=_shared_words(profile, paper_words),
                    opens=each.opens,
                    target=profile.target.path,
                )
                guesses[each.path] = _add_scores(guesses.get(each.path), guess)
        return tuple(sorted(guesses.values(), key=lambda guess: -guess.score))

    @property
    def target_paths(self) -> tuple[Headings, ...]:
        """The paths of the targets, in the order of the file."""
        return tuple(each.path for each in self._targets)

    def examples_of_target(self, path: Headings, count: int) -> tuple[str, ...]:
        """The titles of the last entries of a target, the newest sections first."""
        sections = next((each.sections for each in self._targets if each.path == path), ())
        titles = [each.title for each in self._examples if each.path in set(sections)]
        return tuple(titles[-count:])

    def signals(self, paper: Record) -> tuple[tuple[SectionTarget, SignalRow], ...]:
        """The signals of each target for a paper, to fit the weights on."""
        rows = self._comparison.compare(paper).rows
        return tuple(zip(self._targets, rows, strict=True))

    def _neighbours_by_target(self, signals: Signals) -> Mapping[int, tuple[SimilarEntry, ...]]:
        """The nearest entries of each target, by the target's index."""
        by_target: dict[int, list[SimilarEntry]] = defaultdict(list)
        for number, similarity in signals.neighbours:
            entries = by_target[self._comparison.target_index(number)]
            if similarity >= _LEAST_SIMILARITY and len(entries) < _MOST_NEIGHBOURS:
                example = self._examples[number]
                entries.append(SimilarEntry(example.title, example.line, min(1.0, similarity)))
        return defaultdict(tuple, {index: tuple(each) for index, each in by_target.items()})


def choose_sections(guesses: Sequence[SectionGuess], *, several: bool) -> tuple[SectionGuess, ...]:
    """The sections to propose of the guesses, which come best first.

    This is the best one. If the list puts papers into `several` sections, those with a score of
    at least .25 and half of the best score are added.
    """
    best = guesses[:1]
    if not several or not best:
        return tuple(best)
    least = max(_LEAST_SECOND_SCORE, _LEAST_SHARE_OF_BEST * best[0].score)
    return tuple(guess for guess in guesses if guess is best[0] or guess.score >= least)


def _probabilities(rows: Sequence[SignalRow], weights: Mapping[str, float]) -> list[float]:
    totals = [sum(weight * row[name] for name, weight in weights.items()) for row in rows]
    best = max(totals, default=0.0)
    odds = [math.exp(total - best) for total in totals]
    whole = sum(odds)
    return [each / whole for each in odds]


def _add_scores(one: SectionGuess | None, other: SectionGuess) -> SectionGuess:
    """Add up the scores in the rare case that two targets stand for the same section."""
    if one is None:
        return other
    return replace(one, score=min(1.0, one.score + other.score))


def _shared_words(profile: TargetProfile, paper_words: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the headings that occur in the paper, without those of all sections."""
    weights = {stem: weight for subject in profile.heading for stem, weight in subject.items()}
    return tuple(
        word
        for stem, word in profile.heading_words.items()
        if stem in paper_words and weights.get(stem, 0.0) > 0
    )


def _repeats_titles(
    examples: Sequence[SectionExample], target_of: Mapping[Headings, Headings]
) -> bool:
    """Whether titles stand under several targets, more of them than by mistake."""
    targets_by_title: dict[str, set[Headings]] = defaultdict(set)
    for example in examples:
        if key := title_key(example.title):
            targets_by_title[key].add(target_of[example.path])
    repeated = sum(len(targets) > 1 for targets in targets_by_title.values())
    return repeated >= _LEAST_REPEATED and repeated >= _LEAST_REPEATED_SHARE * len(targets_by_title)
