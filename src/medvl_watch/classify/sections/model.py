"""Finds a paper's section in any list, learned from the list's own headings and entries.

No list is known beforehand, and few entries are enough: neighbours and word counts speak
where a section has entries, its heading where it has none, with the taxonomy's lexicons as
synonyms. Scores are probabilities: of the papers that get .7, seven in ten belong there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from medvl_watch.classify.sections.profiles import SectionExample, TargetProfile
from medvl_watch.classify.sections.section_shares import Lateness, filings, lateness_of
from medvl_watch.classify.sections.signals import Row, Signals, TargetComparison
from medvl_watch.classify.sections.targets import SectionTarget, targets_of
from medvl_watch.classify.sections.topics import Topics
from medvl_watch.classify.sections.weights import WEIGHTS
from medvl_watch.classify.sections.words import LONGEST, stems_with_words
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Headings, Record

__all__ = ["SectionExample", "SectionGuess", "SectionModel", "SimilarEntry", "chosen"]

_IN_SOME_SECTION = 0.97
"""One paper in thirty belongs under a heading that the list does not have yet."""
_MOST_NEIGHBOURS = 3
_LEAST_LIKENESS = 0.05
_SEVERAL_FROM, _SEVERAL_SHARE = 3, 0.05
_ALSO_AT_LEAST, _ALSO_BESIDE_BEST = 0.25, 0.5


@dataclass(frozen=True, slots=True)
class SimilarEntry:
    """An entry of the section that is like the paper: its 1-based `line`, and `likeness`, the
    cosine of the titles (0..1)."""

    title: str
    line: int
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionGuess:
    """A section of the list and how likely the paper belongs there (0..1).

    `neighbours` are its entries nearest to the paper, `words` those of its headings that the
    paper has. `opens` says that the list has no such year yet and it would be opened.
    """

    path: Headings
    score: float
    neighbours: tuple[SimilarEntry, ...] = ()
    words: tuple[str, ...] = ()
    opens: bool = False


@dataclass(frozen=True, slots=True)
class SectionModel:
    """What one list shows of its sections. `several` says that it puts papers into more
    than one."""

    several: bool
    _examples: tuple[SectionExample, ...]
    _targets: tuple[SectionTarget, ...]
    _shelving: TargetComparison
    _lateness: Lateness
    _weights: Mapping[str, float]

    @classmethod
    def learn(
        cls,
        examples: Iterable[SectionExample],
        headings: Sequence[Headings],
        taxonomy: Taxonomy | None = None,
        weights: Mapping[str, float] = WEIGHTS,
    ) -> SectionModel:
        """Learn a list. `headings` are the paths of its sections that may take entries, in the
        file's order, also those without any. Sections of tools, courses, related lists and
        the like are left out, with all below them, and so are headings that only group others.
        """
        examples = [example for example in examples if example.path]
        targets, target_of = targets_of(headings, [example.path for example in examples])
        kept = tuple(example for example in examples if example.path in target_of)
        places = tuple(each for each in targets.values() if each.held or not each.is_container)
        return cls(
            several=_is_several(kept, target_of),
            _examples=kept,
            _targets=places,
            _shelving=TargetComparison(
                kept, places, target_of, Topics(taxonomy), taxonomy.senses if taxonomy else None
            ),
            _lateness=lateness_of((example.path, example.year) for example in kept),
            _weights=weights,
        )

    def sections(self, paper: Record, year: int | None) -> tuple[SectionGuess, ...]:
        """Every section that may take the paper, best first; none where the list has none.

        `year` is the one to file it under (`filing.filing_year`). Scores add up to at most
        one, each section counted once. No text makes it fail; long ones are cut.
        """
        paper = replace(paper, title=paper.title[:LONGEST], abstract=paper.abstract[:LONGEST])
        signals = self._shelving.compare(paper)
        guesses: dict[Headings, SectionGuess] = {}
        shares = _probabilities(signals.rows, self._weights)
        neighbours = self._neighbours(signals)
        read = stems_with_words(f"{paper.abstract} {paper.title}")
        for number, shelf in enumerate(self._shelving.shelves):
            for filed in filings(shelf.target, paper, year, self._lateness):
                guess = SectionGuess(
                    path=filed.path,
                    score=shares[number] * filed.share * _IN_SOME_SECTION,
                    neighbours=neighbours[number],
                    words=_shared(shelf, read),
                    opens=filed.opens,
                )
                guesses[filed.path] = _joined(guesses.get(filed.path), guess)
        return tuple(sorted(guesses.values(), key=lambda guess: -guess.score))

    def signals(self, paper: Record) -> tuple[tuple[SectionTarget, Row], ...]:
        """What each target shows of a paper, to fit the weights on."""
        rows = self._shelving.compare(paper).rows
        return tuple(zip(self._targets, rows, strict=True))

    def _neighbours(self, signals: Signals) -> Mapping[int, tuple[SimilarEntry, ...]]:
        """The nearest entries of each target."""
        found: dict[int, list[SimilarEntry]] = defaultdict(list)
        for number, likeness in signals.neighbours:
            home = self._shelving.home(number)
            if likeness >= _LEAST_LIKENESS and len(found[home]) < _MOST_NEIGHBOURS:
                example = self._examples[number]
                found[home].append(SimilarEntry(example.title, example.line, min(1.0, likeness)))
        return defaultdict(tuple, {home: tuple(nearest) for home, nearest in found.items()})


def chosen(guesses: Sequence[SectionGuess], *, several: bool) -> tuple[SectionGuess, ...]:
    """The sections to propose of those given, best first: the best, and where the list uses
    `several` also those nearly as likely."""
    best = guesses[:1]
    if not several or not best:
        return tuple(best)
    least = max(_ALSO_AT_LEAST, _ALSO_BESIDE_BEST * best[0].score)
    return tuple(guess for guess in guesses if guess is best[0] or guess.score >= least)


def _probabilities(rows: Sequence[Row], weights: Mapping[str, float]) -> list[float]:
    totals = [sum(weight * row[name] for name, weight in weights.items()) for row in rows]
    best = max(totals, default=0.0)
    odds = [math.exp(total - best) for total in totals]
    whole = sum(odds)
    return [each / whole for each in odds]


def _joined(one: SectionGuess | None, other: SectionGuess) -> SectionGuess:
    """Two targets may name one section; that is rare, and then both speak for it."""
    if one is None:
        return other
    return replace(one, score=min(1.0, one.score + other.score))


def _shared(shelf: TargetProfile, read: Mapping[str, str]) -> tuple[str, ...]:
    """The headings' words that the paper has, but for those that every section has."""
    weights = {word: weight for thing in shelf.heading for word, weight in thing.items()}
    return tuple(
        word
        for stem, word in shelf.heading_words.items()
        if stem in read and weights.get(stem, 0.0) > 0
    )


def _is_several(examples: Sequence[SectionExample], target_of: Mapping[Headings, Headings]) -> bool:
    """Whether the same titles stand under several targets more often than by mistake."""
    places: dict[str, set[Headings]] = defaultdict(set)
    for example in examples:
        if key := title_key(example.title):
            places[key].add(target_of[example.path])
    twice = sum(len(targets) > 1 for targets in places.values())
    return twice >= _SEVERAL_FROM and twice >= _SEVERAL_SHARE * len(places)
