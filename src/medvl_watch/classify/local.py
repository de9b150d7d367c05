"""The classifier `local`: a trained model on lexicon features and the words of the paper.

Relevance is the model's probability that a curated list would hold the paper. Sections, and the
treatment of withdrawn papers and of text that addresses a model, are those of `rules`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from medvl_watch.classify.features import lexicon_features
from medvl_watch.classify.lexicon import TextWords
from medvl_watch.classify.lexicon_scoring import ScoredPaper
from medvl_watch.classify.model import Model, tokens, word_counts
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.records import Decision, Evidence, Paper, Verdict

LEARNED = "learned"
"""The target (`Evidence.speaks_for`) of a word that has its weight from the trained model and
not from a lexicon."""

_MOST_LEARNED_QUOTES = 4


class LocalClassifier:
    """Judges papers by a trained model. Satisfies `ports.Classifier`; needs no library."""

    name = "local"

    def __init__(self, taxonomy: Taxonomy, model: Model) -> None:
        self._rules = RulesClassifier(taxonomy)
        self._model = model
        self.version = f"{model.version}+{self._rules.version}"

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input; no text makes this fail."""
        return [self._judge(paper) for paper in papers]

    def _judge(self, paper: Paper) -> Verdict:
        return self._rules.judge_with_safeguards(paper, self._verdict)

    def _verdict(self, paper: Paper, scored: ScoredPaper) -> Verdict:
        counts, relevance = self._relevance(scored)
        decision, reason = self._decide(relevance, scored)
        evidence = self._rules.evidence(scored)
        if decision is not Decision.REJECT:
            evidence = (*evidence, *self._learned_evidence(counts, scored))
        return Verdict(
            paper_id=paper.id,
            relevance=relevance,
            decision=decision,
            sections=self._rules.sections(scored.points),
            evidence=evidence,
            classifier=self.name,
            version=self.version,
            flags=scored.flags,
            reason=reason,
        )

    def _relevance(self, scored: ScoredPaper) -> tuple[Counter[str], float]:
        """The counts of the words that were used, and the relevance.

        The words of a paper off the subject are not used, to save time, unless its lexicon
        features alone reach the threshold for referring.
        """
        features = lexicon_features(scored, self._rules)
        if self._rules.is_off_subject(scored.points):
            by_features = self._model.probability(self._model.score({}, features))
            if by_features < self._model.refer:
                return Counter(), by_features
        counts = word_counts(scored.words)
        return counts, self._model.probability(self._model.score(counts, features))

    def _decide(self, relevance: float, scored: ScoredPaper) -> tuple[Decision, str]:
        if scored.points_with_excluded is not None or scored.withdrawn:
            return self._rules.decide(scored)
        if relevance >= self._model.propose:
            return Decision.PROPOSE, "it resembles papers on curated lists"
        if relevance >= self._model.refer:
            return Decision.REFER, "it resembles papers on curated lists, but not clearly"
        return Decision.REJECT, "it does not resemble papers on curated lists"

    def _learned_evidence(self, counts: Counter[str], scored: ScoredPaper) -> tuple[Evidence, ...]:
        """Quotes of the words to which the model gives the greatest weight."""
        ranked = sorted(counts, key=lambda word: (-self._model.weight(word), word))
        return tuple(
            Evidence(quote=quote, field=field, speaks_for=LEARNED, weight=self._model.weight(word))
            for word in ranked[:_MOST_LEARNED_QUOTES]
            for field, quote in _first_occurrence(word, scored.fields)
            if self._model.weight(word) > 0
        )


def _first_occurrence(word: str, fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """The field with the first occurrence of a word, and the word as written there."""
    for name in ("title", "abstract"):
        start = fields[name].lower().find(word)
        quote = fields[name][start : start + len(word)]
        if start >= 0 and word in tokens(TextWords(quote)):
            return [(name, quote)]
    return []
