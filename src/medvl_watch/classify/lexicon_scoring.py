"""What the words of one paper amount to: points, and the quotes that earned them.

Each term of the taxonomy counts once a paper, in the field where it counts most. Sentences
that speak to a model are set aside first, so they earn nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from medvl_watch.classify.lexicon import Matcher, TextWords, term_words
from medvl_watch.classify.taxonomy import Lexicon, Taxonomy
from medvl_watch.injection import detection
from medvl_watch.records import Evidence, Paper, Record

LONGEST_TEXT = 20_000
"""Characters of a field that are read; arXiv's own limit for an abstract is 1,920."""

TOGETHER, AGAINST, WITHDRAWN = "together", "against", "withdrawn"
_MOST_EVIDENCE = 12
_MOST_QUOTES_PER_FIELD = 3
NOT_ENGLISH = "not-english"
"""The flag of a paper whose abstract the lexicons cannot read."""
_SHORTEST_ABSTRACT = 40
_ENGLISH = re.compile(
    r"\b(?:the|of|and|to|for|with|that|this|are|by|from|on|an|as)\b", re.IGNORECASE
)
"""Words without which no English abstract does: each of 78,694 of arXiv has two or more."""


class _TermUse(NamedTuple):
    target: str
    weight: float


class _BestOccurrence(NamedTuple):
    """The best occurrence of a term: `counts` is 1, or more in a title."""

    counts: float
    field: str
    words: TextWords
    first: int
    length: int

    @property
    def quote(self) -> str:
        """It as the text has it: looked up when asked, as most papers are never quoted."""
        start, end = self.words.span(self.first, self.length)
        return self.words.text[start:end]


Points = Mapping[str, float]
"""By what the words speak for: a facet, a node's id, `together`, `against` or `withdrawn`."""
_Finds = Mapping[int, _BestOccurrence]


class _Occurrences(NamedTuple):
    """What is found in some texts."""

    fields: Mapping[str, str]
    words: Mapping[str, TextWords]
    finds: _Finds


_Uses = dict[tuple[str, ...], tuple[_TermUse, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPaper:
    """A paper as its words have it.

    `fields` are the texts without what was set aside, and `words` theirs; `points_as_given`
    are the points with it, and None where nothing was. `set_aside` quotes it.
    """

    fields: Mapping[str, str]
    words: Mapping[str, TextWords]
    finds: _Finds
    points: Points
    points_as_given: Points | None
    set_aside: tuple[Evidence, ...]
    flags: tuple[str, ...]
    withdrawn: bool


class LexiconScorer:
    """Reads papers with the lexicons of a taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._title_counts = taxonomy.relevance.title_counts
        self._facets = frozenset(facet.name for facet in taxonomy.relevance.facets)
        uses = _uses(taxonomy)
        triggers = {term_words(term) for term in detection.TRIGGERS}
        uses |= {trigger: uses.get(trigger, ()) for trigger in sorted(triggers)}
        self._triggers = frozenset(number for number, term in enumerate(uses) if term in triggers)
        self._uses = tuple(uses.values())
        self._matcher = Matcher(tuple(uses))
        self.version = _version(taxonomy, uses)

    def read(self, paper: Paper) -> ScoredPaper:
        """The reading of a paper; no text makes it fail, and long ones are cut."""
        given = self._find(_fields(paper.facts))
        return self._reading(paper, given, self._set_aside(given))

    def read_closely(self, paper: Paper, reading: ScoredPaper) -> ScoredPaper:
        """The paper read again for text that speaks to a model in forms that have no trigger;
        the same reading if there is none."""
        given = _fields(paper.facts)
        clean = _without_orders(given)
        if clean == reading.fields:
            return reading
        return self._reading(paper, self._find(given), clean)

    def _reading(self, paper: Paper, given: _Occurrences, clean: Mapping[str, str]) -> ScoredPaper:
        odd = clean != given.fields
        left = self._find(clean) if odd else given
        points = self._count(left.finds)
        withdrawn = paper.withdrawn or points.get(WITHDRAWN, 0.0) > 0
        marks = ((detection.SUSPICIOUS_TEXT, odd), (WITHDRAWN, withdrawn))
        return ScoredPaper(
            fields=left.fields,
            words=left.words,
            finds=left.finds,
            points=points,
            points_as_given=self._count(given.finds) if odd else None,
            set_aside=detection.quote_excluded(given.fields, clean) if odd else (),
            flags=(*_flags(paper.facts), *(flag for flag, is_set in marks if is_set)),
            withdrawn=withdrawn,
        )

    def without_its_prop(
        self, reading: ScoredPaper, relevance: Callable[[Points], float]
    ) -> ScoredPaper:
        """The reading without the comment and the one sentence of the abstract without which
        relevance is lowest."""
        spans = detection.sentence_spans(reading.fields["abstract"])
        ranked = sorted(spans, key=self._relevance_without(reading, spans, relevance))
        fields = {
            **reading.fields,
            "abstract": detection.blank_out(reading.fields["abstract"], tuple(ranked[:1])),
            "comment": "",
        }
        left = self._find(fields)
        return replace(
            reading,
            fields=fields,
            words=left.words,
            finds=left.finds,
            points=self._count(left.finds),
        )

    def _relevance_without(
        self,
        reading: ScoredPaper,
        spans: Sequence[detection.Span],
        relevance: Callable[[Points], float],
    ) -> Callable[[detection.Span], float]:
        abstract = reading.fields["abstract"]
        terms = {span: self._matcher.terms(abstract[span.start : span.end]) for span in spans}
        counts = Counter(term for found in terms.values() for term in found)
        title = self._matcher.terms(reading.fields["title"])
        elsewhere = {term: find for term, find in reading.finds.items() if find.field != "comment"}

        def without(span: detection.Span) -> float:
            lost = {term for term in terms[span] - title if counts[term] == 1}
            return relevance(self._count({t: f for t, f in elsewhere.items() if t not in lost}))

        return without

    def evidence(self, reading: ScoredPaper) -> tuple[Evidence, ...]:
        """The quotes that weighed most: first the best for each thing that they speak for,
        facets before nodes, then the second best."""
        by_target: dict[str, list[tuple[float, _BestOccurrence]]] = {}
        for term, find in reading.finds.items():
            for target, weight in self._uses[term]:
                by_target.setdefault(target, []).append((weight * find.counts, find))
        ranked = [
            (place, target not in self._facets, -abs(weight), target, weight, find)
            for target, finds in by_target.items()
            for place, (weight, find) in enumerate(
                sorted(finds, key=_heaviest_first)[:_MOST_QUOTES_PER_FIELD]
            )
        ]
        ranked.sort(key=lambda each: each[:3])
        return tuple(
            Evidence(quote=find.quote, field=find.field, speaks_for=target, weight=weight)
            for *_, target, weight, find in ranked[:_MOST_EVIDENCE]
        )

    def title_points(self, reading: ScoredPaper) -> Points:
        """The points of the title alone, each term counted as in an abstract."""
        points: dict[str, float] = {}
        for term, find in reading.finds.items():
            if find.field == "title":
                for target, weight in self._uses[term]:
                    points[target] = points.get(target, 0.0) + weight
        return points

    def _find(self, fields: Mapping[str, str]) -> _Occurrences:
        words = {name: TextWords(text) for name, text in fields.items()}
        finds: dict[int, _BestOccurrence] = {}
        known: set[int] = set()
        for name, each in words.items():
            counts = self._title_counts if name == "title" else 1.0
            for term, first, count in self._matcher.found(each, known):
                finds[term] = _BestOccurrence(counts, name, each, first, count)
        return _Occurrences(fields, words, finds)

    def _set_aside(self, given: _Occurrences) -> Mapping[str, str]:
        """The fields without what speaks to a model."""
        fields = given.fields
        if given.finds.keys().isdisjoint(
            self._triggers
        ) and not detection.has_suspicious_characters("\n".join(fields.values())):
            return fields
        return _without_orders(fields, thorough=False)

    def _count(self, finds: _Finds) -> Points:
        points: dict[str, float] = {}
        for term, find in finds.items():
            for target, weight in self._uses[term]:
                points[target] = points.get(target, 0.0) + weight * find.counts
        return points


def _without_orders(fields: Mapping[str, str], *, thorough: bool = True) -> Mapping[str, str]:
    return {
        name: detection.blank_out(text, detection.suspicious_spans(text, thorough=thorough))
        for name, text in fields.items()
    }


def _heaviest_first(found: tuple[float, _BestOccurrence]) -> float:
    return -abs(found[0])


def _fields(facts: Record) -> dict[str, str]:
    """The texts that are read, in the order in which they count, each cut to a length."""
    texts = {"title": facts.title, "abstract": facts.abstract, "comment": facts.comment or ""}
    return {name: text[:LONGEST_TEXT] for name, text in texts.items()}


def _flags(facts: Record) -> tuple[str, ...]:
    flags = []
    if not facts.abstract.strip():
        flags.append("no-abstract")
    elif not _is_english(facts.abstract[:LONGEST_TEXT]):
        flags.append(NOT_ENGLISH)
    if len(facts.abstract) > LONGEST_TEXT or len(facts.title) > LONGEST_TEXT:
        flags.append("text-cut")
    return tuple(flags)


def _is_english(abstract: str) -> bool:
    if " the " in abstract or (len(abstract) < _SHORTEST_ABSTRACT and abstract.isascii()):
        return True
    return len({word.lower() for word in _ENGLISH.findall(abstract)}) > 1


def _uses(taxonomy: Taxonomy) -> _Uses:
    """Every term of the taxonomy, and what it speaks for with which weight."""
    relevance = taxonomy.relevance
    lexicons: Iterable[tuple[str, Lexicon]] = (
        *((facet.name, facet.lexicon) for facet in relevance.facets),
        (TOGETHER, relevance.together),
        (AGAINST, relevance.against),
        (WITHDRAWN, relevance.withdrawn),
        *((node.id, node.lexicon) for node in taxonomy.nodes.values()),
    )
    uses: _Uses = {}
    for target, lexicon in lexicons:
        for term in lexicon:
            uses[term.words] = (*uses.get(term.words, ()), _TermUse(target, term.weight))
    return uses


def _version(taxonomy: Taxonomy, uses: _Uses) -> str:
    """Changes with every word, weight, threshold or node that can change a verdict."""
    relevance = taxonomy.relevance
    numbers = (
        relevance.title_counts,
        relevance.propose,
        relevance.refer,
        taxonomy.placing.points_to_double,
    )
    parts = (uses, numbers, *taxonomy.nodes)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
