"""The classifier `rules`: it judges by keywords and needs no training.

Points come from the lexicons of taxonomy.yaml (see `lexicon_scoring`):

- The strength of a facet is 1 - 2^-points, where the points of `together` are added to every
  facet and those of `against` subtracted from every facet. Relevance is the product of the
  strengths of all facets.
- The score of a node of the tree is divided among its children in proportion to
  2^(points / `points_to_double`) - 1, with 1 for the node itself. So the scores of all nodes add
  up to at most one, and the score of a list's section is the sum over the nodes that it takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from medvl_watch.classify.lexicon_scoring import (
    AGAINST,
    TOGETHER,
    LexiconScorer,
    Points,
    ScoredPaper,
)
from medvl_watch.classify.paper_texts import NOT_ENGLISH
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.telling_sentences import telling_sentences
from medvl_watch.injection.detection import RESTS_ON_ONE_SENTENCE
from medvl_watch.records import Decision, Evidence, Paper, SectionScore, Verdict

_LEAST_FACETS = 2  # 60 % of a stream have terms of fewer facets, and no listed paper has
_SMALLEST_SCORE = 0.01
_ENOUGH = 0.9  # the strength from which a facet is not what a paper lacks
_MOST_POINTS = 40.0
_FAR = 0.02
"""A rejected paper below this relevance is not searched thoroughly, to save time: whatever its
text tries, it stays rejected."""


class RulesClassifier:
    """Judges papers by the lexicons of the taxonomy. Satisfies `ports.Classifier`."""

    name = "rules"

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.scorer = LexiconScorer(taxonomy)
        self.version = self.scorer.version
        self._relevance = taxonomy.relevance
        self._facets = tuple(facet.name for facet in taxonomy.relevance.facets)
        self._points_to_double = taxonomy.placing.points_to_double
        children = {
            node_id: tuple(node.id for node in taxonomy.children(node_id))
            for node_id in (None, *taxonomy.nodes)  # parents come before their children
        }
        self._families = tuple((node_id, each) for node_id, each in children.items() if each)
        self.nodes = frozenset(taxonomy.nodes)
        self.paths = {node_id: node.path for node_id, node in taxonomy.nodes.items()}
        bottom_up = sorted(taxonomy.nodes, key=lambda node_id: -node_id.count("/"))
        self._bottom_up = tuple((node_id, node_id.rpartition("/")[0]) for node_id in bottom_up)

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input; no text makes this fail."""
        return [self._judge(paper) for paper in papers]

    def _judge(self, paper: Paper) -> Verdict:
        return self.judge_with_safeguards(paper, self._verdict, self.decide)

    def judge_with_safeguards(
        self,
        paper: Paper,
        judge: Callable[[Paper, ScoredPaper], Verdict],
        decide: Callable[[ScoredPaper], tuple[Decision, str]],
    ) -> Verdict:
        """The verdict that `judge` reaches on the scored paper, where it can be trusted. `decide`
        reaches its decision alone, in much less time.

        A paper that is not far from the subject is first searched thoroughly for text that
        addresses a model. A paper that would be proposed because of a single sentence is referred
        instead, and so is a paper that would be rejected but has no abstract in English.
        """
        scored = self.scorer.score(paper)
        verdict = judge(paper, scored)
        is_far = verdict.decision is Decision.REJECT and verdict.relevance < _FAR
        if is_far and not _is_unreadable(scored):
            return verdict
        rescored = self.scorer.rescore_thoroughly(paper, scored)
        if rescored is not scored:
            verdict = judge(paper, rescored)
        if verdict.decision is Decision.REJECT and _is_unreadable(rescored):
            return _refer_unreadable(verdict)
        if verdict.decision is not Decision.PROPOSE:
            return verdict
        weakened = self.scorer.without_strongest_sentence(rescored, self.relevance)
        if decide(weakened)[0] is not Decision.REJECT:
            return verdict
        return replace(
            verdict,
            decision=Decision.REFER,
            flags=(*verdict.flags, RESTS_ON_ONE_SENTENCE),
            reason="only one sentence of it speaks for the subject",
        )

    def _verdict(self, paper: Paper, scored: ScoredPaper) -> Verdict:
        decision, reason = self.decide(scored)
        return Verdict(
            paper_id=paper.id,
            relevance=self.relevance(scored.points),
            decision=decision,
            sections=self.sections(scored.points),
            evidence=self.evidence(
                paper, scored, decision, lambda sentence: self.relevance(sentence.points)
            ),
            classifier=self.name,
            version=self.version,
            flags=scored.flags,
            reason=reason,
        )

    def facet_points(self, points: Points) -> Points:
        """Each facet's points, including those for or against all facets."""
        shared = points.get(TOGETHER, 0.0) - points.get(AGAINST, 0.0)
        return {name: points.get(name, 0.0) + shared for name in self._facets}

    def relevance(self, points: Points) -> float:
        """The product of the facets' strengths, from 0 to 1."""
        return math.prod(strength(each) for each in self.facet_points(points).values())

    def lacking(self, points: Points) -> str:
        """The facet for which a paper has few points; empty if it has enough for each."""
        facets = self.facet_points(points)
        weakest = min(facets, key=lambda name: facets[name])
        return weakest if strength(facets[weakest]) < _ENOUGH else ""

    @property
    def subjects(self) -> str:
        """The facets that every relevant paper has, as text."""
        return _join_names(self._facets)

    def has_too_few_facets(self, points: Points) -> bool:
        """Whether the paper has terms of so few facets that a closer look is not worth its time."""
        present = [name for name in self._facets if points.get(name, 0.0) > 0]
        return len(present) < _LEAST_FACETS

    def is_off_subject(self, points: Points) -> bool:
        """Whether the paper has too few facets, or no points for the first facet, which is the
        field as a whole. This holds for 86 % of a stream and for one listed paper of 236."""
        shared = points.get(TOGETHER, 0.0) - points.get(AGAINST, 0.0)
        return points.get(self._facets[0], 0.0) + shared <= 0 or self.has_too_few_facets(points)

    def sections(self, points: Points) -> tuple[SectionScore, ...]:
        """The nodes with their own scores, best first; scores below 0.01 are left out."""
        if self.has_too_few_facets(points):
            return ()
        odds = {
            node_id: _power_of_two(each / self._points_to_double) - 1
            for node_id, each in self._points_with_descendants(points).items()
            if each > 0
        }
        scores: dict[str | None, float] = {None: 1.0}
        for parent, children in self._families:
            if parent not in scores:
                continue
            present = [child for child in children if child in odds]
            if not present:
                continue
            whole, total = scores[parent], 1.0 + sum(odds[child] for child in present)
            scores.update({child: whole * odds[child] / total for child in present})
            scores[parent] = whole / total
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        return tuple(
            SectionScore(node=node_id, path=self.paths[node_id], score=score)
            for node_id, score in ranked
            if node_id is not None and score >= _SMALLEST_SCORE
        )

    def evidence(
        self,
        paper: Paper,
        scored: ScoredPaper,
        decision: Decision,
        strength: Callable[[ScoredPaper], float],
    ) -> tuple[Evidence, ...]:
        """The sentences of the abstract that tell most, unless the paper is rejected, and quotes
        of the excluded sentences, which a person should see. `strength` is the relevance of a
        sentence by itself."""
        if decision is Decision.REJECT:
            return scored.excluded_quotes
        telling = telling_sentences(
            scored.fields["abstract"], lambda text: strength(self.scorer.score_alone(text))
        )
        # What stood on both sides of an excluded sentence is not a sentence of the paper.
        quoted = tuple(each for each in telling if each.quote in paper.facts.abstract)
        return (*quoted, *scored.excluded_quotes)

    def _points_with_descendants(self, points: Points) -> Points:
        """For each node with points of its own or below it: its points, plus those of the line
        of descendants with the most points."""
        totals: dict[str, float] = {}
        below: dict[str, float] = {}
        for node_id, parent in self._bottom_up:
            if node_id in points or node_id in below:
                totals[node_id] = points.get(node_id, 0.0) + below.get(node_id, 0.0)
                below[parent] = max(below.get(parent, 0.0), totals[node_id])
        return totals

    def decide(self, scored: ScoredPaper) -> tuple[Decision, str]:
        """The decision by the words alone, and its reason."""
        if scored.withdrawn:
            return Decision.REJECT, "the paper has been withdrawn"
        decision, reason = self._decide_by_points(scored.points)
        if scored.points_with_excluded is None:
            return decision, reason
        at_most = self.relevance(scored.points_with_excluded)
        if decision is Decision.REJECT and at_most < self._relevance.refer:
            return decision, reason
        reason = "text in it addresses a language model; that text does not count"
        return Decision.REFER, reason

    def _decide_by_points(self, points: Points) -> tuple[Decision, str]:
        relevance = self.relevance(points)
        facets = self.facet_points(points)
        weakest = min(facets, key=lambda name: facets[name])
        subjects = self.subjects
        if relevance >= self._relevance.propose:
            return Decision.PROPOSE, f"its words speak for {subjects}"
        if relevance >= self._relevance.refer:
            return Decision.REFER, f"its words speak for {subjects}, but weakly for {weakest}"
        if points.get(weakest, 0.0) + points.get(TOGETHER, 0.0) <= 0:
            return Decision.REJECT, f"no word in it speaks for {weakest}"
        if points.get(AGAINST, 0.0) > 0:
            return Decision.REJECT, "its words speak for another subject"
        return Decision.REJECT, f"its words speak too weakly for {weakest}"


def _is_unreadable(scored: ScoredPaper) -> bool:
    return NOT_ENGLISH in scored.flags and not scored.withdrawn


def _refer_unreadable(verdict: Verdict) -> Verdict:
    reason = "its abstract is not in English, so the lexicons say little about it"
    return replace(verdict, decision=Decision.REFER, reason=reason)


def _join_names(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _power_of_two(points: float) -> float:
    return float(2.0 ** max(-_MOST_POINTS, min(_MOST_POINTS, points)))


def strength(points: float) -> float:
    """The strength of a facet with so many points, from 0 to 1."""
    return 1.0 - _power_of_two(-points) if points > 0 else 0.0
