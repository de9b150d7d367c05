"""The classifier `local`: a trained model on lexicon features and the words of the paper.

Relevance is the model's calibrated probability that the paper belongs to the subject of the
taxonomy. The treatment of withdrawn papers and of text that addresses a model is that of `rules`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medvl_watch.classify.features import lexicon_features
from medvl_watch.classify.leaf_model import (
    TITLE_SAY,
    WHOLE_SAY,
    LeafModel,
    distribute,
    with_title,
)
from medvl_watch.classify.lexicon_scoring import ScoredPaper
from medvl_watch.classify.model import Model, word_counts
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.records import Decision, Paper, SectionScore, Verdict

_REMOTE = 0.01  # relevance below which nobody asks for sections, so that they take no time


class LocalClassifier:
    """Judges papers by a trained model. Satisfies `ports.Classifier`; needs no library."""

    name = "local"

    def __init__(self, taxonomy: Taxonomy, model: Model) -> None:
        self._rules = RulesClassifier(taxonomy)
        self._model = model
        leaves = model.leaves
        self._leaves = leaves if leaves and self._rules.nodes.issuperset(leaves.nodes) else None
        self.version = f"{model.version}+{self._rules.version}"

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input; no text makes this fail."""
        return [self._judge(paper) for paper in papers]

    def _judge(self, paper: Paper) -> Verdict:
        return self._rules.judge_with_safeguards(paper, self._verdict, self._decision)

    def _verdict(self, paper: Paper, scored: ScoredPaper) -> Verdict:
        relevance = self._relevance(scored)
        decision, reason = self._decide(relevance, scored)
        return Verdict(
            paper_id=paper.id,
            relevance=relevance,
            decision=decision,
            sections=self._sections(scored) if relevance >= _REMOTE else (),
            evidence=self._rules.evidence(paper, scored, decision, self._strength),
            classifier=self.name,
            version=self.version,
            flags=scored.flags,
            reason=reason,
        )

    def _decision(self, scored: ScoredPaper) -> tuple[Decision, str]:
        return self._decide(self._relevance(scored), scored)

    def _relevance(self, scored: ScoredPaper) -> float:
        """The probability that the paper belongs.

        The words of a paper off the subject are not used, to save time, unless its lexicon
        features alone reach the threshold for referring.
        """
        features = lexicon_features(scored, self._rules)
        regression = self._model.whole if _has_abstract(scored) else self._model.title
        if self._rules.is_off_subject(scored.points):
            by_features = regression.probability({}, features)
            if by_features < self._model.refer:
                return by_features
        return regression.probability(word_counts(scored.words), features)

    def _sections(self, scored: ScoredPaper) -> tuple[SectionScore, ...]:
        """The nodes with their scores. If the taxonomy lacks the leaves that the model was trained
        on, the lexicons alone score them."""
        by_rules = self._rules.sections(scored.points)
        if self._leaves is None or self._rules.has_too_few_facets(scored.points):
            return by_rules
        title = self._rules.scorer.score_alone(scored.fields["title"], "title")
        leaves = self._leaf_probabilities(self._leaves, title, TITLE_SAY)
        if _has_abstract(scored):
            whole = self._leaf_probabilities(self._leaves, scored, WHOLE_SAY)
            leaves = with_title(whole, leaves)
        return distribute(leaves, by_rules, self._rules.paths)

    def _leaf_probabilities(
        self, leaves: LeafModel, scored: ScoredPaper, say: float
    ) -> Mapping[str, float]:
        return leaves.probabilities(
            word_counts(scored.words),
            self._model.rarity,
            lexicon_features(scored, self._rules),
            self._rules.sections(scored.points),
            say=say,
        )

    def _strength(self, sentence: ScoredPaper) -> float:
        """The relevance of a sentence by itself, as if it were a title."""
        features = lexicon_features(sentence, self._rules)
        return self._model.title.probability(word_counts(sentence.words), features)

    def _decide(self, relevance: float, scored: ScoredPaper) -> tuple[Decision, str]:
        if scored.points_with_excluded is not None or scored.withdrawn:
            return self._rules.decide(scored)
        if relevance >= self._model.propose:
            return Decision.PROPOSE, f"it fits the subject ({self._rules.subjects})"
        lacking = self._rules.lacking(scored.points)
        if relevance >= self._model.refer:
            doubt = f": it says little about {lacking}" if lacking else ""
            return Decision.REFER, f"it may fit the subject, but not clearly{doubt}"
        what = f"it says too little about {lacking}" if lacking else "too little of it does"
        return Decision.REJECT, f"it does not fit the subject: {what}"


def _has_abstract(scored: ScoredPaper) -> bool:
    return bool(scored.fields["abstract"].strip())
