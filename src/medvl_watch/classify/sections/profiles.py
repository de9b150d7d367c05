"""The profile of a section target: the words of its entries and headings, and its entry counts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from medvl_watch.classify.sections.kinds import (
    Kind,
    dataset_share,
    kind_of_path,
    split_heading,
    survey_share,
)
from medvl_watch.classify.sections.targets import SectionTarget
from medvl_watch.classify.sections.titles import TermVector
from medvl_watch.classify.sections.topics import Points, Topics
from medvl_watch.classify.sections.word_vectors import TextVector, WordVectors
from medvl_watch.classify.sections.words import stems, stems_with_words
from medvl_watch.records import Headings

_PRIOR_COUNT = 3.0
"""The kind that a heading names counts as much as this number of entries of that kind."""


@dataclass(frozen=True, slots=True)
class SectionExample:
    """An entry of the list: `path` is its section, `line` its 1-based line, `year` the year of
    the paper itself, where the entry states it, and `site` that of its first address
    (`sections.sites`)."""

    title: str
    path: Headings
    year: int | None
    line: int
    site: str = ""


HeadingSubjects = tuple[Mapping[str, float], ...]
"""The subjects that a heading names, one or several: the stems of each with their weights. A
stem that occurs in the headings of no other target has the weight one."""


@dataclass(slots=True)
class TargetProfile:
    """A target and what its entries have in common.

    `heading_words` maps each stem of the headings to its word, `topics` has the points of the
    headings, `vector` their word vector. `recent_entries` counts entries of the last two years,
    `entries_of_kind` those that look like the kind of papers that the heading names.
    `word_counts` counts the entries with a word, and `words_total` sums these counts;
    `site_counts` counts the entries by their site.
    `term_sums` is the sum of the entries' title vectors, and `length` its length.
    """

    target: SectionTarget
    kind: Kind | None
    heading: HeadingSubjects
    heading_words: Mapping[str, str]
    topics: Points
    vector: TextVector
    entries: int = 0
    recent_entries: int = 0
    entries_of_kind: float = 0.0
    word_counts: Counter[str] = field(default_factory=Counter)
    words_total: int = 0
    site_counts: Counter[str] = field(default_factory=Counter)
    term_sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    length: float = 1.0

    def add_entry(
        self, entry: SectionExample, words: Iterable[str], vector: TermVector, *, recent: bool
    ) -> None:
        """Add an entry to the counts and sums."""
        self.entries += 1
        self.recent_entries += recent
        self.entries_of_kind += survey_share(entry.title) if self.kind is Kind.SURVEY else 1.0
        if entry.site:
            self.site_counts[entry.site] += 1
        self.word_counts.update(set(words))
        for term, weight in vector.items():
            self.term_sums[term] += weight

    def finish(self) -> None:
        """Compute the totals; call this after the last entry."""
        self.words_total = sum(self.word_counts.values())
        self.length = math.hypot(*self.term_sums.values()) or 1.0

    @property
    def purity(self) -> float:
        """The share of the entries that are of the kind that the heading names, from 0 to 1."""
        return (_PRIOR_COUNT + self.entries_of_kind) / (_PRIOR_COUNT + self.entries)


def empty_profiles(
    targets: Sequence[SectionTarget], topics: Topics, word_vectors: WordVectors | None = None
) -> list[TargetProfile]:
    """A profile without entries for each target. A stem of a heading has the greater weight, the
    fewer targets have it in their headings."""
    heading_words = [stems_with_words(" ".join(target.subject)) for target in targets]
    target_counts = Counter(stem for words in heading_words for stem in words)
    largest = math.log(len(targets) + 1)
    weights = {
        stem: math.log((len(targets) + 1) / count) / largest
        for stem, count in target_counts.items()
    }
    headings = [_heading_subjects(target.subject[-1:], weights) for target in targets]
    return [
        TargetProfile(
            target=target,
            kind=kind_of_path(target.path),
            heading=heading,
            heading_words=words,
            topics=topics.points(" ; ".join(target.subject[-2:][::-1])),
            vector=word_vectors.text_vector(
                {stem: subject[stem] for subject in heading for stem in subject}
            )
            if word_vectors
            else (),
        )
        for target, words, heading in zip(targets, heading_words, headings, strict=True)
    ]


def _heading_subjects(titles: Sequence[str], weights: Mapping[str, float]) -> HeadingSubjects:
    subjects = (stems(subject) for title in titles for subject in split_heading(title))
    return tuple(
        {stem: weights[stem] for stem in subject if stem in weights} for subject in subjects
    )


def kind_shares(title: str, abstract: str) -> Mapping[Kind, float]:
    """How likely the paper is a survey, and how likely it presents a data set: 0 to 1 each."""
    return {
        Kind.SURVEY: survey_share(title, abstract),
        Kind.DATASET: dataset_share(title, abstract),
    }
