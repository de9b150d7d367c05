"""What speaks for a paper in one target of a list rather than in another.

Each signal compares the paper's words with what the list shows: titles of its entries, its
headings, its habits. None knows a particular list. How much each counts is in `weights`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from medvl_watch.classify.sections.kinds import Kind
from medvl_watch.classify.sections.profiles import (
    SectionExample,
    TargetProfile,
    Things,
    dataset_and_survey,
    shelves_of,
)
from medvl_watch.classify.sections.targets import SectionTarget
from medvl_watch.classify.sections.titles import Titles, Vector
from medvl_watch.classify.sections.topics import Topics, agreement
from medvl_watch.classify.sections.word_vectors import Sense, WordVectors, apart, likeness
from medvl_watch.classify.sections.words import LONGEST, pieces, stems
from medvl_watch.records import Headings, Record

Row = Mapping[str, float]
"""The signals of one target, by name."""

_NEAREST = 10
_DOUBT = 0.3
"""Likeness that speaks for no entry: where all neighbours are far, their votes are few."""
_SMOOTHING = 30.0
_FEW = 10.0
_YEARS_RECENT = 1


@dataclass(frozen=True, slots=True)
class Signals:
    """The rows, one a target in the order given, and the entries like the paper, most alike
    first."""

    rows: tuple[Row, ...]
    neighbours: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class _PaperWords:
    """A paper's words: what is compared with titles, and with headings."""

    vector: Vector
    words: tuple[str, ...]
    plain: AbstractSet[str]
    sense: Sense
    neighbours: list[tuple[int, float]]


class TargetComparison:
    """A list's targets with what is known of each, ready to be compared with papers."""

    def __init__(
        self,
        examples: Sequence[SectionExample],
        targets: Sequence[SectionTarget],
        target_of: Mapping[Headings, Headings],
        topics: Topics,
        senses: WordVectors | None = None,
    ) -> None:
        place = {target.path: number for number, target in enumerate(targets)}
        self._home = [place[target_of[example.path]] for example in examples]
        self._topics = topics
        self._senses = senses
        self._middle = (
            senses.middle([stems(example.title) for example in examples]) if senses else ()
        )
        words = [self._words(example.title) for example in examples]
        self._titles = Titles([topics.terms(example.title) for example in examples])
        self.shelves = shelves_of(targets, topics, senses)
        newest = max((example.year or 0 for example in examples), default=0)
        for number, example in enumerate(examples):
            recent = example.year is not None and example.year >= newest - _YEARS_RECENT
            self.shelves[self._home[number]].add(
                example.title, words[number], self._titles.vectors[number], recent=recent
            )
        for shelf in self.shelves:
            shelf.close()
        self._all = sum((shelf.words for shelf in self.shelves), Counter[str]())
        self._total = self._all.total()
        self._habits = self._used()

    def compare(self, paper: Record) -> Signals:
        """The signals of every target for a paper; no text makes it fail."""
        title = self._title(paper.title)
        abstract = self._abstract(paper.abstract, title)
        kinds = dataset_and_survey(paper.title, paper.abstract)
        topics = self._topics.points(paper.title), self._topics.points(paper.abstract)
        votes, abstract_votes = self._votes(title.neighbours), self._votes(abstract.neighbours)
        rows = []
        for number, shelf in enumerate(self.shelves):
            named = _match(shelf.heading, title.plain)
            row = {
                "votes": votes[number],
                "bayes": self._bayes(shelf, title.words),
                "centroid": _centroid(shelf, title.vector),
                "abstract votes": abstract_votes[number],
                "abstract bayes": self._bayes(shelf, abstract.words),
                "abstract centroid": _centroid(shelf, abstract.vector),
                "heading": max(named, likeness(shelf.sense, title.sense)),
                "heading of few": named / (1.0 + shelf.held / _FEW),
                "heading in abstract": max(
                    _match(shelf.heading, abstract.plain),
                    likeness(shelf.sense, abstract.sense),
                ),
                "topics": agreement(shelf.topics, topics[0]),
                "topics of abstract": agreement(shelf.topics, topics[1]),
            }
            rows.append(row | self._habits[number] | _kind(shelf, kinds))
        return Signals(tuple(rows), tuple(title.neighbours))

    def home(self, number: int) -> int:
        """The place of an example's target."""
        return self._home[number]

    def _words(self, title: str) -> list[str]:
        return [*stems(title), *pieces(title), *self._topics.marks(title)]

    def _title(self, title: str) -> _PaperWords:
        vector = self._titles.vector(self._topics.terms(title))
        words = tuple(sorted(set(self._words(title))))
        plain = stems(title)
        return _PaperWords(
            vector, words, frozenset(plain), self._sense(plain), self._titles.alike(vector)
        )

    def _abstract(self, abstract: str, title: _PaperWords) -> _PaperWords:
        """Only what the title does not say already, and what the list knows."""
        known = self._titles.known(abstract)
        vector = self._titles.vector(known)
        words = tuple(word for word in known if " " not in word and word not in title.words)
        read = stems(abstract[:LONGEST])
        plain = frozenset(read) - title.plain
        return _PaperWords(vector, words, plain, self._sense(read), self._titles.alike(vector))

    def _sense(self, words: Sequence[str]) -> Sense:
        """What a text means, beside what all titles of the list do."""
        return apart(self._senses.of(Counter(words)), self._middle) if self._senses else ()

    def _votes(self, neighbours: Sequence[tuple[int, float]]) -> list[float]:
        """The nearest entries' votes, each by its likeness: shares of one."""
        votes = [0.0] * len(self.shelves)
        nearest = neighbours[:_NEAREST]
        total = _DOUBT + sum(near for _, near in nearest)
        for number, near in nearest:
            votes[self._home[number]] += near / total
        return votes

    def _bayes(self, shelf: TargetProfile, words: Sequence[str]) -> float:
        """Multinomial naive Bayes: how much likelier the words are here than in the list."""
        odds = 0.0
        for word in words:
            everywhere = (self._all[word] + _SMOOTHING * 0.001) / (self._total + _SMOOTHING)
            here = (shelf.words[word] + _SMOOTHING * everywhere) / (shelf.total + _SMOOTHING)
            odds += math.log(here / everywhere)
        return odds / math.sqrt(len(words) + 1)

    def _used(self) -> list[dict[str, float]]:
        """How much the list uses each target, and how much of late."""
        held = sum(each.held for each in self.shelves) + len(self.shelves)
        recent = sum(each.recent for each in self.shelves) + len(self.shelves)
        return [
            {
                "held": math.log((shelf.held + 1) / held),
                "recent": math.log((shelf.recent + 1) / recent),
                "container": float(shelf.target.is_container),
            }
            for shelf in self.shelves
        ]


def _centroid(shelf: TargetProfile, vector: Vector) -> float:
    shared = sum(weight * shelf.sums.get(term, 0.0) for term, weight in vector.items())
    return shared / shelf.length


def _match(things: Things, words: AbstractSet[str]) -> float:
    """The share of a heading's words that are among these, for the thing it fits best."""
    shares = [
        sum(weight for word, weight in thing.items() if word in words)
        / max(1.0, sum(thing.values()))
        for thing in things
    ]
    return max(shares, default=0.0)


def _kind(shelf: TargetProfile, kinds: Mapping[Kind, float]) -> dict[str, float]:
    """Whether the paper is of the kind that the section is kept for. That it is no data set
    says nothing: their sections are full of papers that are called otherwise."""
    row = {
        f"{kind} paper": share * (shelf.purity if shelf.kind is kind else 0.0)
        for kind, share in kinds.items()
    }
    no_survey = (1.0 - kinds[Kind.SURVEY]) * shelf.purity if shelf.kind is Kind.SURVEY else 0.0
    return row | {"rest": float(shelf.kind is Kind.REST), "no survey paper": no_survey}
