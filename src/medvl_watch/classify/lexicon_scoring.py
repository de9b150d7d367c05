"""Scores the words of a paper by the lexicons of the taxonomy.

Each term of the taxonomy counts once per paper, in the field where it counts most. Sentences
that address a model are excluded first, so they earn no points.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from medvl_watch.classify.lexicon import Matcher, TextWords, term_words
from medvl_watch.classify.paper_texts import fields_to_score, text_flags
from medvl_watch.classify.taxonomy import Lexicon, Taxonomy
from medvl_watch.injection import detection
from medvl_watch.records import Evidence, Paper

TOGETHER, AGAINST, WITHDRAWN = "together", "against", "withdrawn"


class _TermUse(NamedTuple):
    target: str
    weight: float


class _BestOccurrence(NamedTuple):
    """The occurrence of a term that counts most: `factor` is 1, or more in a title."""

    factor: float
    field: str


Points = Mapping[str, float]
"""Points by target: the name of a facet, the id of a node, `together`, `against` or
`withdrawn`."""
_Occurrences = Mapping[int, _BestOccurrence]
"""The best occurrence of each term, by the number of the term."""


class _MatchedTexts(NamedTuple):
    """The texts of a paper's fields, their words, and the terms that occur in them."""

    fields: Mapping[str, str]
    words: Mapping[str, TextWords]
    occurrences: _Occurrences


_TermUses = dict[tuple[str, ...], tuple[_TermUse, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPaper:
    """The points of a paper and the texts that earned them.

    `fields` are the texts without the excluded sentences, and `words` their words.
    `points_with_excluded` are the points including the excluded sentences, or None where none
    was excluded. `excluded_quotes` quotes these sentences.
    """

    fields: Mapping[str, str]
    words: Mapping[str, TextWords]
    occurrences: _Occurrences
    points: Points
    points_with_excluded: Points | None
    excluded_quotes: tuple[Evidence, ...]
    flags: tuple[str, ...]
    withdrawn: bool


class LexiconScorer:
    """Scores papers by the lexicons of a taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._title_factor = taxonomy.relevance.title_counts
        uses = _term_uses(taxonomy)
        triggers = {term_words(term) for term in detection.TRIGGERS}
        uses |= {trigger: uses.get(trigger, ()) for trigger in sorted(triggers)}
        self._triggers = frozenset(number for number, term in enumerate(uses) if term in triggers)
        self._uses = tuple(uses.values())
        self._matcher = Matcher(tuple(uses))
        self.version = _version(taxonomy, uses)

    def score(self, paper: Paper) -> ScoredPaper:
        """Score a paper after a quick search for sentences that address a model.

        No text makes this fail; each field is cut to `paper_texts.LONGEST_TEXT` characters.
        """
        original = self._match(fields_to_score(paper.facts))
        return self._score(paper, original, self._exclude_quickly(original))

    def rescore_thoroughly(self, paper: Paper, scored_paper: ScoredPaper) -> ScoredPaper:
        """Score a paper again after a thorough search for sentences that address a model.

        Returns `scored_paper` itself if the search excludes nothing else.
        """
        fields = fields_to_score(paper.facts)
        clean = _exclude_instructions(fields, thorough=True)
        if clean == scored_paper.fields:
            return scored_paper
        return self._score(paper, self._match(fields), clean)

    def _score(
        self, paper: Paper, original: _MatchedTexts, clean: Mapping[str, str]
    ) -> ScoredPaper:
        is_suspicious = clean != original.fields
        matched = self._match(clean) if is_suspicious else original
        points = self._points(matched.occurrences)
        withdrawn = paper.withdrawn or points.get(WITHDRAWN, 0.0) > 0
        conditions = ((detection.SUSPICIOUS_TEXT, is_suspicious), (WITHDRAWN, withdrawn))
        return ScoredPaper(
            fields=matched.fields,
            words=matched.words,
            occurrences=matched.occurrences,
            points=points,
            points_with_excluded=self._points(original.occurrences) if is_suspicious else None,
            excluded_quotes=(
                detection.quote_excluded(original.fields, clean) if is_suspicious else ()
            ),
            flags=(*text_flags(paper.facts), *(flag for flag, is_set in conditions if is_set)),
            withdrawn=withdrawn,
        )

    def without_strongest_sentence(
        self, scored_paper: ScoredPaper, relevance: Callable[[Points], float]
    ) -> ScoredPaper:
        """The score without the comment, and without the sentence of the abstract whose removal
        lowers relevance most."""
        spans = detection.sentence_spans(scored_paper.fields["abstract"])
        ranked = sorted(spans, key=self._relevance_without(scored_paper, spans, relevance))
        fields = {
            **scored_paper.fields,
            "abstract": detection.blank_out(scored_paper.fields["abstract"], tuple(ranked[:1])),
            "comment": "",
        }
        matched = self._match(fields)
        return replace(
            scored_paper,
            fields=fields,
            words=matched.words,
            occurrences=matched.occurrences,
            points=self._points(matched.occurrences),
        )

    def _relevance_without(
        self,
        scored_paper: ScoredPaper,
        spans: Sequence[detection.Span],
        relevance: Callable[[Points], float],
    ) -> Callable[[detection.Span], float]:
        """A function from a sentence of the abstract to the relevance without that sentence."""
        abstract = scored_paper.fields["abstract"]
        terms = {
            span: self._matcher.term_numbers(abstract[span.start : span.end]) for span in spans
        }
        sentence_counts = Counter(term for numbers in terms.values() for term in numbers)
        title_terms = self._matcher.term_numbers(scored_paper.fields["title"])
        without_comment = {
            term: occurrence
            for term, occurrence in scored_paper.occurrences.items()
            if occurrence.field != "comment"
        }

        def relevance_without(span: detection.Span) -> float:
            lost = {term for term in terms[span] - title_terms if sentence_counts[term] == 1}
            remaining = {
                term: occurrence for term, occurrence in without_comment.items() if term not in lost
            }
            return relevance(self._points(remaining))

        return relevance_without

    def score_alone(self, text: str, field: str = "abstract") -> ScoredPaper:
        """The score of a sentence of an abstract, or of a title, by itself. Instructions are not
        searched for."""
        matched = self._match({"title": "", "abstract": "", "comment": "", field: text})
        return ScoredPaper(
            fields=matched.fields,
            words=matched.words,
            occurrences=matched.occurrences,
            points=self._points(matched.occurrences),
            points_with_excluded=None,
            excluded_quotes=(),
            flags=(),
            withdrawn=False,
        )

    def title_points(self, scored_paper: ScoredPaper) -> Points:
        """The points of the title alone, where each term counts as in an abstract."""
        points: dict[str, float] = {}
        for term, occurrence in scored_paper.occurrences.items():
            if occurrence.field == "title":
                for target, weight in self._uses[term]:
                    points[target] = points.get(target, 0.0) + weight
        return points

    def _match(self, fields: Mapping[str, str]) -> _MatchedTexts:
        words = {name: TextWords(text) for name, text in fields.items()}
        occurrences: dict[int, _BestOccurrence] = {}
        seen: set[int] = set()
        for name, field_words in words.items():
            factor = self._title_factor if name == "title" else 1.0
            for term, _, _ in self._matcher.occurrences(field_words, seen):
                occurrences[term] = _BestOccurrence(factor, name)
        return _MatchedTexts(fields, words, occurrences)

    def _exclude_quickly(self, original: _MatchedTexts) -> Mapping[str, str]:
        """The fields without sentences that address a model. Fields without a trigger and
        without suspicious characters are not searched."""
        fields = original.fields
        if original.occurrences.keys().isdisjoint(
            self._triggers
        ) and not detection.has_suspicious_characters("\n".join(fields.values())):
            return fields
        return _exclude_instructions(fields, thorough=False)

    def _points(self, occurrences: _Occurrences) -> Points:
        points: dict[str, float] = {}
        for term, occurrence in occurrences.items():
            for target, weight in self._uses[term]:
                points[target] = points.get(target, 0.0) + weight * occurrence.factor
        return points


def _exclude_instructions(fields: Mapping[str, str], *, thorough: bool) -> Mapping[str, str]:
    return {
        name: detection.blank_out(text, detection.suspicious_spans(text, thorough=thorough))
        for name, text in fields.items()
    }


def _term_uses(taxonomy: Taxonomy) -> _TermUses:
    """Every term of the taxonomy, with the targets that it counts for and its weight for each."""
    relevance = taxonomy.relevance
    lexicons: Iterable[tuple[str, Lexicon]] = (
        *((facet.name, facet.lexicon) for facet in relevance.facets),
        (TOGETHER, relevance.together),
        (AGAINST, relevance.against),
        (WITHDRAWN, relevance.withdrawn),
        *((node.id, node.lexicon) for node in taxonomy.nodes.values()),
    )
    uses: _TermUses = {}
    for target, lexicon in lexicons:
        for term in lexicon:
            uses[term.words] = (*uses.get(term.words, ()), _TermUse(target, term.weight))
    return uses


def _version(taxonomy: Taxonomy, uses: _TermUses) -> str:
    """A hash of every word, weight, threshold and node id that can change a verdict.

    Plain tuples are hashed, since the representation of a named tuple contains the class's name.
    """
    relevance = taxonomy.relevance
    numbers = (
        relevance.title_counts,
        relevance.propose,
        relevance.refer,
        taxonomy.placing.points_to_double,
    )
    plain_uses = [(words, [tuple(use) for use in each]) for words, each in uses.items()]
    parts = (plain_uses, numbers, *taxonomy.nodes)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
