"""What one target of a list shows: the words of its entries and its headings, its habits."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from medvl_watch.classify.sections.kinds import (
    Kind,
    dataset_share,
    kind_of_path,
    survey_share,
    things_in,
)
from medvl_watch.classify.sections.targets import SectionTarget
from medvl_watch.classify.sections.titles import Vector
from medvl_watch.classify.sections.topics import Points, Topics
from medvl_watch.classify.sections.word_vectors import Sense, WordVectors
from medvl_watch.classify.sections.words import stems, stems_with_words
from medvl_watch.records import Headings

_BELIEF = 3.0
"""A heading's word for what its section collects counts as so many entries of that kind."""


@dataclass(frozen=True, slots=True)
class SectionExample:
    """An entry of the list: `path` is its section, `year` that of the paper itself where
    the entry tells, `line` 1-based."""

    title: str
    path: Headings
    year: int | None
    line: int


Things = tuple[Mapping[str, float], ...]
"""What a heading collects: one or several things, each with its words and what they weigh,
which for a word that no other target has is one."""


@dataclass(slots=True)
class TargetProfile:
    """A target with all that its entries have in common. `purity` tells how far they are of
    the kind that the heading names."""

    target: SectionTarget
    kind: Kind | None
    heading: Things
    heading_words: Mapping[str, str]
    topics: Points
    sense: Sense
    held: int = 0
    recent: int = 0
    of_kind: float = 0.0
    words: Counter[str] = field(default_factory=Counter)
    total: int = 0
    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    length: float = 1.0

    def add(self, title: str, words: Iterable[str], vector: Vector, *, recent: bool) -> None:
        """Take an entry up."""
        self.held += 1
        self.recent += recent
        self.of_kind += survey_share(title) if self.kind is Kind.SURVEY else 1.0
        self.words.update(set(words))
        for term, weight in vector.items():
            self.sums[term] += weight

    def close(self) -> None:
        """All entries are taken up."""
        self.total = sum(self.words.values())
        self.length = math.hypot(*self.sums.values()) or 1.0

    @property
    def purity(self) -> float:
        return (_BELIEF + self.of_kind) / (_BELIEF + self.held)


def shelves_of(
    targets: Sequence[SectionTarget], topics: Topics, senses: WordVectors | None = None
) -> list[TargetProfile]:
    """Empty shelves. A heading's word counts the more the fewer targets have it."""
    read = [stems_with_words(" ".join(target.subject)) for target in targets]
    having = Counter(word for words in read for word in words)
    rarest = math.log(len(targets) + 1)
    weights = {
        word: math.log((len(targets) + 1) / count) / rarest for word, count in having.items()
    }
    headings = [_things(target.subject[-1:], weights) for target in targets]
    return [
        TargetProfile(
            target=target,
            kind=kind_of_path(target.path),
            heading=heading,
            heading_words=words,
            topics=topics.points(" ; ".join(target.subject[-2:][::-1])),
            sense=senses.of({word: each[word] for each in heading for word in each})
            if senses
            else (),
        )
        for target, words, heading in zip(targets, read, headings, strict=True)
    ]


def _things(titles: Sequence[str], weights: Mapping[str, float]) -> Things:
    things = (stems(thing) for title in titles for thing in things_in(title))
    return tuple({word: weights[word] for word in thing if word in weights} for thing in things)


def dataset_and_survey(title: str, abstract: str) -> Mapping[Kind, float]:
    """How much the paper is of each kind: 0 to 1."""
    return {
        Kind.SURVEY: survey_share(title, abstract),
        Kind.DATASET: dataset_share(title, abstract),
    }
