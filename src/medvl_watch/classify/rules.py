"""The keyword classifier: no dependency, no training, and words for every decision.

Points come from the lexicons of taxonomy.yaml (`reading`):

- a facet's strength is 1 - 2^-points, where `together` adds to every facet and `against`
  takes from every facet; relevance is the product of all strengths;
- among siblings of the tree, shares are proportional to 2^(points / `points_to_double`) - 1,
  with 1 kept for "none of these". A node's own score is what its children leave, so scores
  add up to at most one and a section's score is the sum over the nodes that it takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from medvl_watch.classify.lexicon_scoring import (
    AGAINST,
    NOT_ENGLISH,
    TOGETHER,
    LexiconScorer,
    Points,
    ScoredPaper,
)
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.injection.detection import RESTS_ON_ONE_SENTENCE
from medvl_watch.records import Decision, Evidence, Paper, SectionScore, Verdict

_FACETS_TO_LOOK = 2  # six papers in ten of a stream name fewer, and no listed one does
_SMALLEST_SHARE = 0.01
_MOST_POINTS = 40.0


class RulesClassifier:
    """Judges papers by the taxonomy's lexicons. Satisfies `ports.Classifier`."""

    name = "rules"

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.reader = LexiconScorer(taxonomy)
        self.version = self.reader.version
        self._relevance = taxonomy.relevance
        self._facets = tuple(facet.name for facet in taxonomy.relevance.facets)
        self._doubling = taxonomy.placing.points_to_double
        children = {
            label: tuple(node.id for node in taxonomy.children(label))
            for label in (None, *taxonomy.nodes)  # parents come before their children
        }
        self._families = tuple((label, each) for label, each in children.items() if each)
        self.nodes = frozenset(taxonomy.nodes)
        self._paths = {label: node.path for label, node in taxonomy.nodes.items()}
        upward = sorted(taxonomy.nodes, key=lambda label: -label.count("/"))
        self._upward = tuple((label, label.rpartition("/")[0]) for label in upward)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict a paper, in the order of the input; no text makes it fail."""
        return [self._judge(paper) for paper in papers]

    def _judge(self, paper: Paper) -> Verdict:
        return self.guarded(paper, self._verdict)

    def guarded(self, paper: Paper, judge: Callable[[Paper, ScoredPaper], Verdict]) -> Verdict:
        """The verdict that `judge` gives on the paper's reading, where it can be trusted.

        What is not rejected is read closely first; a proposal that rests on one sentence is
        referred instead, and so is what is rejected as nobody here can read it.
        """
        reading = self.reader.read(paper)
        verdict = judge(paper, reading)
        if verdict.decision is Decision.REJECT and not _cannot_be_read(reading):
            return verdict
        close = self.reader.read_closely(paper, reading)
        if close is not reading:
            verdict = judge(paper, close)
        if verdict.decision is Decision.REJECT and _cannot_be_read(close):
            return _for_a_person(verdict)
        if verdict.decision is not Decision.PROPOSE:
            return verdict
        rest = self.reader.without_its_prop(close, self.relevance)
        if judge(paper, rest).decision is not Decision.REJECT:
            return verdict
        return replace(
            verdict,
            decision=Decision.REFER,
            flags=(*verdict.flags, RESTS_ON_ONE_SENTENCE),
            reason="nothing but one sentence of it speaks for the subject",
        )

    def _verdict(self, paper: Paper, reading: ScoredPaper) -> Verdict:
        decision, reason = self.decide(reading)
        return Verdict(
            paper_id=paper.id,
            relevance=self.relevance(reading.points),
            decision=decision,
            sections=self.sections(reading.points),
            evidence=self.evidence(reading),
            classifier=self.name,
            version=self.version,
            flags=reading.flags,
            reason=reason,
        )

    def facet_points(self, points: Points) -> Points:
        """Each facet's points, with what counts for or against all of them."""
        shared = points.get(TOGETHER, 0.0) - points.get(AGAINST, 0.0)
        return {name: points.get(name, 0.0) + shared for name in self._facets}

    def relevance(self, points: Points) -> float:
        """From 0 to 1: the product of the facets' strengths."""
        return math.prod(strength(each) for each in self.facet_points(points).values())

    def far_off(self, points: Points) -> bool:
        """Whether the words name so few facets that no closer look is worth its time."""
        named = [name for name in self._facets if points.get(name, 0.0) > 0]
        return len(named) < _FACETS_TO_LOOK

    def off_subject(self, points: Points) -> bool:
        """Whether it is far off, or nothing in it speaks for the first facet, the field that
        all is about: so are six papers in seven of a stream, and one listed paper in 236."""
        shared = points.get(TOGETHER, 0.0) - points.get(AGAINST, 0.0)
        return points.get(self._facets[0], 0.0) + shared <= 0 or self.far_off(points)

    def sections(self, points: Points) -> tuple[SectionScore, ...]:
        """The nodes' own shares, best first; those under one per cent are left out."""
        if self.far_off(points):
            return ()
        odds = {
            label: _power(best / self._doubling) - 1
            for label, best in self._best(points).items()
            if best > 0
        }
        shares: dict[str | None, float] = {None: 1.0}
        for label, children in self._families:
            if label not in shares:
                continue
            among = [child for child in children if child in odds]
            if not among:
                continue
            whole, total = shares[label], 1.0 + sum(odds[child] for child in among)
            shares.update({child: whole * odds[child] / total for child in among})
            shares[label] = whole / total
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        return tuple(
            SectionScore(node=label, path=self._paths[label], score=share)
            for label, share in ranked
            if label is not None and share >= _SMALLEST_SHARE
        )

    def evidence(self, reading: ScoredPaper) -> tuple[Evidence, ...]:
        """The quotes that weighed most, none for a paper that is off the subject; and what was
        set aside, which a person should see."""
        weighed = () if self.off_subject(reading.points) else self.reader.evidence(reading)
        return (*weighed, *reading.set_aside)

    def _best(self, points: Points) -> Points:
        """For each node that words speak for: its own points and those of its best line of
        descendants."""
        best: dict[str, float] = {}
        below: dict[str, float] = {}
        for label, parent in self._upward:
            if label in points or label in below:
                best[label] = points.get(label, 0.0) + below.get(label, 0.0)
                below[parent] = max(below.get(parent, 0.0), best[label])
        return best

    def decide(self, reading: ScoredPaper) -> tuple[Decision, str]:
        """What the words alone decide, and why."""
        if reading.withdrawn:
            return Decision.REJECT, "the paper has been withdrawn"
        decision, reason = self._by_words(reading.points)
        if reading.points_as_given is None:
            return decision, reason
        at_most = self.relevance(reading.points_as_given)
        if decision is Decision.REJECT and at_most < self._relevance.refer:
            return decision, reason
        return Decision.REFER, "text in it speaks to a model and was set aside; a person decides"

    def _by_words(self, points: Points) -> tuple[Decision, str]:
        relevance = self.relevance(points)
        facets = self.facet_points(points)
        weakest = min(facets, key=lambda name: facets[name])
        subjects = _listed(self._facets)
        if relevance >= self._relevance.propose:
            return Decision.PROPOSE, f"its words speak for {subjects}"
        if relevance >= self._relevance.refer:
            return Decision.REFER, f"its words speak for {subjects}, but weakly for {weakest}"
        if points.get(weakest, 0.0) + points.get(TOGETHER, 0.0) <= 0:
            return Decision.REJECT, f"no word in it speaks for {weakest}"
        if points.get(AGAINST, 0.0) > 0:
            return Decision.REJECT, "its words speak for another subject"
        return Decision.REJECT, f"its words speak too weakly for {weakest}"


def _cannot_be_read(reading: ScoredPaper) -> bool:
    return NOT_ENGLISH in reading.flags and not reading.withdrawn


def _for_a_person(verdict: Verdict) -> Verdict:
    reason = "its abstract is not in English, so its words tell little"
    return replace(verdict, decision=Decision.REFER, reason=reason)


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _power(points: float) -> float:
    return float(2.0 ** max(-_MOST_POINTS, min(_MOST_POINTS, points)))


def strength(points: float) -> float:
    """How much of the doubt so many points take away: 0 to 1."""
    return 1.0 - _power(-points) if points > 0 else 0.0
