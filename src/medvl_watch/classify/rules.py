"""The keyword classifier: no dependency, no training, and words for every decision.

Points are counted per facet and per node from the lexicons of taxonomy.yaml, each term once
a paper, in the field where it counts most. One point doubles the odds:

- a facet's strength is 1 - 2^-points, where `together` adds to every facet and `against`
  takes from every facet; relevance is the product of all strengths;
- among siblings of the tree, shares are proportional to 2^(points / `points_to_double`) - 1,
  with 1 kept for "none of these". A node's own score is what its children leave, so scores
  add up to at most one and a section's score is the sum over the nodes that it takes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from medvl_watch.classify import suspicion
from medvl_watch.classify.lexicon import Matcher, term_words
from medvl_watch.classify.taxonomy import Lexicon, Taxonomy
from medvl_watch.records import Decision, Evidence, Paper, Record, SectionScore, Verdict

LONGEST_TEXT = 20_000
"""Characters of a field that are read; arXiv's own limit for an abstract is 1,920."""

TOGETHER, AGAINST, WITHDRAWN = "together", "against", "withdrawn"
_FACETS_TO_PLACE = 2  # a paper that names fewer is too far off to be put into the tree
_SMALLEST_SHARE = 0.01
_MOST_POINTS = 40.0
_MOST_EVIDENCE = 12
_QUOTES_EACH = 3
_ENGLISH = (" the ", " of ", " and ", " to ", " in ", " is ", " we ", " for ", " with ")


class _Use(NamedTuple):
    target: str
    weight: float


class _Find(NamedTuple):
    """The best occurrence of a term: `counts` is 1, or more in a title."""

    counts: float
    field: str
    quote: str


_Finds = Mapping[int, _Find]
_Points = dict[str, float]


class RulesClassifier:
    """Judges papers by the taxonomy's lexicons. Satisfies `ports.Classifier`."""

    name = "rules"

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._relevance = taxonomy.relevance
        self._facets = tuple(facet.name for facet in taxonomy.relevance.facets)
        self._doubling = taxonomy.placing.points_to_double
        self._children = {
            label: frozenset(node.id for node in taxonomy.children(label))
            for label in (None, *taxonomy.nodes)
        }
        self._paths = {label: node.path for label, node in taxonomy.nodes.items()}
        self._upward = tuple(sorted(taxonomy.nodes, key=lambda label: -label.count("/")))
        uses = _uses(taxonomy)
        triggers = {term_words(term) for term in suspicion.TRIGGERS}
        uses |= {trigger: uses.get(trigger, ()) for trigger in sorted(triggers)}
        self._triggers = frozenset(number for number, term in enumerate(uses) if term in triggers)
        self._uses = tuple(uses.values())
        self._matcher = Matcher(tuple(uses))
        self.version = _version(taxonomy, uses)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict a paper, in the order of the input; no text makes it fail."""
        return [self._judge(paper) for paper in papers]

    def _judge(self, paper: Paper) -> Verdict:
        given = _fields(paper.facts)
        finds = self._find(given)
        clean = self._set_aside(given, finds)
        if clean != given:
            finds = self._find(clean)
        points = self._count(finds)
        relevance = self._weigh(points)
        flags = _flags(paper.facts)
        decision, reason = self._decide(relevance, points)
        if clean != given:
            flags = (*flags, suspicion.FLAG)
            at_most = self._weigh(self._count(self._find(given)))
            decision, reason = self._doubt(decision, reason, at_most)
        if paper.withdrawn or points.get(WITHDRAWN, 0) > 0:
            flags = (*flags, WITHDRAWN)
            decision, reason = Decision.REJECT, "the paper has been withdrawn"
        return Verdict(
            paper_id=paper.id,
            relevance=relevance,
            decision=decision,
            sections=self._sections(points),
            evidence=self._evidence(finds),
            classifier=self.name,
            version=self.version,
            flags=flags,
            reason=reason,
        )

    def _find(self, fields: Mapping[str, str]) -> _Finds:
        finds: dict[int, _Find] = {}
        for name, text in fields.items():
            counts = self._relevance.title_counts if name == "title" else 1.0
            for term, start, end in self._matcher.find(text):
                if term not in finds:
                    finds[term] = _Find(counts, name, text[start:end])
        return finds

    def _set_aside(self, fields: Mapping[str, str], finds: _Finds) -> Mapping[str, str]:
        """The fields without what speaks to a model."""
        if finds.keys().isdisjoint(self._triggers) and not any(
            suspicion.deserves_a_look(text) for text in fields.values()
        ):
            return fields
        return {
            name: suspicion.without(text, suspicion.suspicious_spans(text))
            for name, text in fields.items()
        }

    def _count(self, finds: _Finds) -> _Points:
        points: _Points = {}
        for term, find in finds.items():
            for target, weight in self._uses[term]:
                points[target] = points.get(target, 0.0) + weight * find.counts
        return points

    def _weigh(self, points: _Points) -> float:
        return math.prod(_strength(each) for each in self._facet_points(points).values())

    def _facet_points(self, points: _Points) -> _Points:
        shared = points.get(TOGETHER, 0.0) - points.get(AGAINST, 0.0)
        return {name: points.get(name, 0.0) + shared for name in self._facets}

    def _decide(self, relevance: float, points: _Points) -> tuple[Decision, str]:
        strength = self._facet_points(points)
        weakest = min(strength, key=lambda name: strength[name])
        subjects = ", ".join(self._facets[:-1]) + " and " + self._facets[-1]
        if relevance >= self._relevance.propose:
            return Decision.PROPOSE, f"its words speak for {subjects}"
        if relevance >= self._relevance.refer:
            return Decision.REFER, f"its words speak for {subjects}, but weakly for {weakest}"
        if points.get(weakest, 0.0) + points.get(TOGETHER, 0.0) <= 0:
            return Decision.REJECT, f"no word in it speaks for {weakest}"
        if points.get(AGAINST, 0.0) > 0:
            return Decision.REJECT, "its words speak for another subject"
        return Decision.REJECT, f"its words speak too weakly for {weakest}"

    def _doubt(self, decision: Decision, reason: str, at_most: float) -> tuple[Decision, str]:
        """With suspicious text a paper is referred at most, and never dropped because of it."""
        if decision is Decision.REJECT and at_most < self._relevance.refer:
            return decision, reason
        return Decision.REFER, "text in it speaks to a model and was set aside; a person decides"

    def _sections(self, points: _Points) -> tuple[SectionScore, ...]:
        """The nodes' own shares, best first; those under one per cent are left out."""
        if sum(points.get(name, 0.0) > 0 for name in self._facets) < _FACETS_TO_PLACE:
            return ()
        odds = {
            label: _odds(best / self._doubling) - 1
            for label, best in self._best(points).items()
            if best > 0
        }
        shares: dict[str | None, float] = {None: 1.0}
        for label, children in self._children.items():  # parents come before their children
            if label not in shares or not odds.keys() & children:
                continue
            among = [child for child in children if child in odds]
            whole, total = shares[label], 1.0 + sum(odds[child] for child in among)
            shares.update({child: whole * odds[child] / total for child in among})
            shares[label] = whole / total
        del shares[None]
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        return tuple(
            SectionScore(node=label, path=self._paths[label], score=share)
            for label, share in ranked
            if label is not None and share >= _SMALLEST_SHARE
        )

    def _best(self, points: _Points) -> _Points:
        """For each node: its own points and those of its best line of descendants."""
        best: _Points = {}
        below: _Points = {}
        for label in self._upward:
            best[label] = points.get(label, 0.0) + below.get(label, 0.0)
            parent = label.rpartition("/")[0]
            below[parent] = max(below.get(parent, 0.0), best[label])
        return best

    def _evidence(self, finds: _Finds) -> tuple[Evidence, ...]:
        by_target: dict[str, list[Evidence]] = {}
        for term, find in finds.items():
            for target, weight in self._uses[term]:
                by_target.setdefault(target, []).append(
                    Evidence(
                        quote=find.quote,
                        field=find.field,
                        speaks_for=target,
                        weight=weight * find.counts,
                    )
                )
        strongest = [
            each
            for pieces in by_target.values()
            for each in sorted(pieces, key=_heaviest_first)[:_QUOTES_EACH]
        ]
        return tuple(sorted(strongest, key=_heaviest_first)[:_MOST_EVIDENCE])


def _heaviest_first(piece: Evidence) -> float:
    return -abs(piece.weight)


def _odds(points: float) -> float:
    return float(2.0 ** max(-_MOST_POINTS, min(_MOST_POINTS, points)))


def _strength(points: float) -> float:
    return 1.0 - _odds(-points) if points > 0 else 0.0


def _fields(facts: Record) -> dict[str, str]:
    """The texts that are read, in the order in which they count, each cut to a length."""
    texts = {"title": facts.title, "abstract": facts.abstract, "comment": facts.comment or ""}
    return {name: text[:LONGEST_TEXT] for name, text in texts.items()}


def _flags(facts: Record) -> tuple[str, ...]:
    flags = []
    if not facts.abstract.strip():
        flags.append("no-abstract")
    elif len(facts.abstract) > 200 and not any(word in facts.abstract for word in _ENGLISH):
        flags.append("not-english")
    if len(facts.abstract) > LONGEST_TEXT or len(facts.title) > LONGEST_TEXT:
        flags.append("text-cut")
    return tuple(flags)


_Uses = dict[tuple[str, ...], tuple[_Use, ...]]


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
    uses: dict[tuple[str, ...], tuple[_Use, ...]] = {}
    for target, lexicon in lexicons:
        for term in lexicon:
            uses[term.words] = (*uses.get(term.words, ()), _Use(target, term.weight))
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
