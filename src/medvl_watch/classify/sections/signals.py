"""The signals by which a target of a list is chosen for a paper.

Each signal compares the words of the paper with the list: the titles of its entries, its
headings, and how many entries its sections have. No signal depends on a particular list.
`weights` has the weight of each signal.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from medvl_watch.classify.sections.kinds import Kind
from medvl_watch.classify.sections.profiles import (
    HeadingSubjects,
    SectionExample,
    TargetProfile,
    empty_profiles,
    kind_shares,
)
from medvl_watch.classify.sections.sites import site_of
from medvl_watch.classify.sections.targets import SectionTarget
from medvl_watch.classify.sections.titles import TermVector, TitleIndex
from medvl_watch.classify.sections.topics import Topics, points_cosine
from medvl_watch.classify.sections.word_vectors import (
    TextVector,
    WordVectors,
    cosine,
    subtract_mean,
)
from medvl_watch.classify.sections.words import LONGEST, name_parts, stems
from medvl_watch.records import Headings, Record

SignalRow = Mapping[str, float]
"""The signals of one target, by their names."""

_NEAREST = 10
_NO_VOTE = 0.3
"""The similarity that votes for no entry: if all neighbours are distant, few votes are given."""
_SMOOTHING = 30.0
_SITE_SMOOTHING = 4.0
_UNSEEN_SITE = 0.5
_FEW_ENTRIES = 10.0
_RECENT_YEARS = 1


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals of a paper.

    `rows` has one row per target, in the order of the targets. `neighbours` has the entries
    that share a term with the title, as (index, cosine), most similar first.
    """

    rows: tuple[SignalRow, ...]
    neighbours: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class _TextTerms:
    """A title or abstract as it is compared with a list.

    `vector` and `words` are compared with titles, `stems` and `text_vector` with headings.
    """

    vector: TermVector
    words: tuple[str, ...]
    stems: AbstractSet[str]
    text_vector: TextVector
    neighbours: list[tuple[int, float]]


class TargetComparison:
    """Compares papers with the targets of one list."""

    def __init__(
        self,
        examples: Sequence[SectionExample],
        targets: Sequence[SectionTarget],
        target_of: Mapping[Headings, Headings],
        topics: Topics,
        word_vectors: WordVectors | None = None,
    ) -> None:
        """`target_of` maps the path of a section to that of its target."""
        target_index = {target.path: index for index, target in enumerate(targets)}
        self._target_indices = [target_index[target_of[example.path]] for example in examples]
        self._topics = topics
        self._word_vectors = word_vectors
        self._mean_vector = (
            word_vectors.mean_vector([stems(example.title) for example in examples])
            if word_vectors
            else ()
        )
        self._title_vectors = [self._text_vector(stems(example.title)) for example in examples]
        words = [self._words(example.title) for example in examples]
        self._titles = TitleIndex([topics.terms(example.title) for example in examples])
        self.profiles = empty_profiles(targets, topics, word_vectors)
        newest = max((example.year or 0 for example in examples), default=0)
        for number, example in enumerate(examples):
            recent = example.year is not None and example.year >= newest - _RECENT_YEARS
            self.profiles[self._target_indices[number]].add_entry(
                example, words[number], self._titles.vectors[number], recent=recent
            )
        for profile in self.profiles:
            profile.finish()
        self._word_counts = sum((each.word_counts for each in self.profiles), Counter[str]())
        self._words_total = self._word_counts.total()
        self._site_counts = sum((each.site_counts for each in self.profiles), Counter[str]())
        self._usage_signals = self._count_usage()

    def compare(self, paper: Record) -> Signals:
        """The signals of every target for a paper; no text makes this fail."""
        title = self._title_terms(paper.title)
        abstract = self._abstract_terms(paper.abstract, title)
        kinds = kind_shares(paper.title, paper.abstract)
        title_topics = self._topics.points(paper.title)
        abstract_topics = self._topics.points(paper.abstract)
        votes, abstract_votes = self._votes(title.neighbours), self._votes(abstract.neighbours)
        vector_votes = self._votes(self._similar_by_vector(title.text_vector))
        site = site_of(paper)
        rows = []
        for number, profile in enumerate(self.profiles):
            heading_share = _heading_share(profile.heading, title.stems)
            row = {
                "votes": votes[number],
                "bayes": self._bayes(profile, title.words),
                "centroid": _centroid_cosine(profile, title.vector),
                "vector votes": vector_votes[number],
                "abstract votes": abstract_votes[number],
                "abstract bayes": self._bayes(profile, abstract.words),
                "abstract centroid": _centroid_cosine(profile, abstract.vector),
                "heading": max(heading_share, cosine(profile.vector, title.text_vector)),
                "heading of few": heading_share / (1.0 + profile.entries / _FEW_ENTRIES),
                "heading in abstract": max(
                    _heading_share(profile.heading, abstract.stems),
                    cosine(profile.vector, abstract.text_vector),
                ),
                "site": self._site_odds(profile, site),
                "topics": points_cosine(profile.topics, title_topics),
                "topics of abstract": points_cosine(profile.topics, abstract_topics),
            }
            rows.append(row | self._usage_signals[number] | _kind_signals(profile, kinds))
        return Signals(tuple(rows), tuple(title.neighbours))

    def target_index(self, example: int) -> int:
        """The index of the target to which the example with this index belongs."""
        return self._target_indices[example]

    def _words(self, title: str) -> list[str]:
        return [*stems(title), *name_parts(title), *self._topics.node_terms(title)]

    def _title_terms(self, title: str) -> _TextTerms:
        vector = self._titles.vector(self._topics.terms(title))
        words = tuple(sorted(set(self._words(title))))
        title_stems = stems(title)
        return _TextTerms(
            vector,
            words,
            frozenset(title_stems),
            self._text_vector(title_stems),
            self._titles.similar(vector),
        )

    def _abstract_terms(self, abstract: str, title: _TextTerms) -> _TextTerms:
        """The abstract, with only such words as occur in the list and not in the title."""
        terms = self._titles.shared_terms(abstract)
        vector = self._titles.vector(terms)
        words = tuple(term for term in terms if " " not in term and term not in title.words)
        abstract_stems = stems(abstract[:LONGEST])
        return _TextTerms(
            vector,
            words,
            frozenset(abstract_stems) - title.stems,
            self._text_vector(abstract_stems),
            self._titles.similar(vector),
        )

    def _text_vector(self, text_stems: Sequence[str]) -> TextVector:
        """The vector of a text, without what all titles of the list have in common."""
        if not self._word_vectors:
            return ()
        vector = self._word_vectors.text_vector(Counter(text_stems))
        return subtract_mean(vector, self._mean_vector)

    def _similar_by_vector(self, vector: TextVector) -> list[tuple[int, float]]:
        """The entries whose titles have a similar word vector, as (index, cosine), most similar
        first."""
        cosines = [cosine(each, vector) for each in self._title_vectors]
        nearest = heapq.nlargest(_NEAREST, enumerate(cosines), key=lambda each: each[1])
        return [each for each in nearest if each[1] > 0]

    def _site_odds(self, profile: TargetProfile, site: str) -> float:
        """The log-odds of the site in this target against the whole list; 0 if it is unknown."""
        if not site:
            return 0.0
        total = self._site_counts.total() + _SITE_SMOOTHING
        share = (self._site_counts[site] + _UNSEEN_SITE) / total
        own = profile.site_counts[site] + _SITE_SMOOTHING * share
        return math.log(own / (profile.site_counts.total() + _SITE_SMOOTHING) / share)

    def _votes(self, neighbours: Sequence[tuple[int, float]]) -> list[float]:
        """The votes of the nearest entries for their targets, weighted by similarity. The votes
        of all targets add up to less than one."""
        votes = [0.0] * len(self.profiles)
        nearest = neighbours[:_NEAREST]
        total = _NO_VOTE + sum(similarity for _, similarity in nearest)
        for number, similarity in nearest:
            votes[self._target_indices[number]] += similarity / total
        return votes

    def _bayes(self, profile: TargetProfile, words: Sequence[str]) -> float:
        """Multinomial naive Bayes: the log-odds of the words in this target against the whole
        list, divided by the square root of their number."""
        log_odds = 0.0
        for word in words:
            list_share = (self._word_counts[word] + _SMOOTHING * 0.001) / (
                self._words_total + _SMOOTHING
            )
            share = (profile.word_counts[word] + _SMOOTHING * list_share) / (
                profile.words_total + _SMOOTHING
            )
            log_odds += math.log(share / list_share)
        return log_odds / math.sqrt(len(words) + 1)

    def _count_usage(self) -> list[dict[str, float]]:
        """For each target: the logarithm of its share of all entries and of recent entries, and
        whether it is a container of other sections."""
        entries = sum(each.entries for each in self.profiles) + len(self.profiles)
        recent = sum(each.recent_entries for each in self.profiles) + len(self.profiles)
        return [
            {
                "entries": math.log((profile.entries + 1) / entries),
                "recent entries": math.log((profile.recent_entries + 1) / recent),
                "container": float(profile.target.is_container),
            }
            for profile in self.profiles
        ]


def _centroid_cosine(profile: TargetProfile, vector: TermVector) -> float:
    product = sum(weight * profile.term_sums.get(term, 0.0) for term, weight in vector.items())
    return product / profile.length


def _heading_share(subjects: HeadingSubjects, text_stems: AbstractSet[str]) -> float:
    """The share of a heading's words that occur in a text. If the heading names several
    subjects, the one with the largest share counts."""
    shares = [
        sum(weight for stem, weight in subject.items() if stem in text_stems)
        / max(1.0, sum(subject.values()))
        for subject in subjects
    ]
    return max(shares, default=0.0)


def _kind_signals(profile: TargetProfile, kinds: Mapping[Kind, float]) -> dict[str, float]:
    """Whether the paper is of the kind of papers that the section collects.

    There is a signal for a paper that is not a survey, but none for a paper that presents no
    data set: sections of data sets are full of papers whose titles do not say so.
    """
    signals = {
        f"{kind} paper": share * (profile.purity if profile.kind is kind else 0.0)
        for kind, share in kinds.items()
    }
    is_survey_section = profile.kind is Kind.SURVEY
    no_survey = (1.0 - kinds[Kind.SURVEY]) * profile.purity if is_survey_section else 0.0
    return signals | {"rest": float(profile.kind is Kind.REST), "no survey paper": no_survey}
