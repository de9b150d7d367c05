"""The trained classifier: what the lexicons say and the words that a model has learned.

Relevance is the model's probability that the paper would fit a curated list. Sections are
those of the rules; what is withdrawn or speaks to a model is treated as the rules treat it.
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
"""What a quote speaks for that the model, not a lexicon, found telling."""

_LEARNED_QUOTES = 4


class LocalClassifier:
    """Judges papers by a trained model. Satisfies `ports.Classifier`; needs no library."""

    name = "local"

    def __init__(self, taxonomy: Taxonomy, model: Model) -> None:
        self._rules = RulesClassifier(taxonomy)
        self._model = model
        self.version = f"{model.version}+{self._rules.version}"

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict a paper, in the order of the input; no text makes it fail."""
        return [self._judge(paper) for paper in papers]

    def _judge(self, paper: Paper) -> Verdict:
        return self._rules.guarded(paper, self._verdict)

    def _verdict(self, paper: Paper, reading: ScoredPaper) -> Verdict:
        counts, relevance = self._relevance(reading)
        decision, reason = self._decide(relevance, reading)
        evidence = self._rules.evidence(reading)
        if decision is not Decision.REJECT:
            evidence = (*evidence, *self._learned(counts, reading))
        return Verdict(
            paper_id=paper.id,
            relevance=relevance,
            decision=decision,
            sections=self._rules.sections(reading.points),
            evidence=evidence,
            classifier=self.name,
            version=self.version,
            flags=reading.flags,
            reason=reason,
        )

    def _relevance(self, reading: ScoredPaper) -> tuple[Counter[str], float]:
        """How relevant a paper is, and the words that were counted for it: none where it is off
        the subject, unless the lexicons alone would show it to a person."""
        features = lexicon_features(reading, self._rules)
        if self._rules.off_subject(reading.points):
            at_first = self._model.probability(self._model.score({}, features))
            if at_first < self._model.refer:
                return Counter(), at_first
        counts = word_counts(reading.words)
        return counts, self._model.probability(self._model.score(counts, features))

    def _decide(self, relevance: float, reading: ScoredPaper) -> tuple[Decision, str]:
        if reading.points_as_given is not None or reading.withdrawn:
            return self._rules.decide(reading)
        if relevance >= self._model.propose:
            return Decision.PROPOSE, "it resembles papers that lists hold"
        if relevance >= self._model.refer:
            return Decision.REFER, "it resembles papers that lists hold, but not enough to be sure"
        return Decision.REJECT, "it does not resemble papers that lists hold"

    def _learned(self, counts: Counter[str], reading: ScoredPaper) -> tuple[Evidence, ...]:
        """The paper's own words that the model holds for the most telling."""
        telling = sorted(counts, key=lambda word: (-self._model.weight(word), word))
        return tuple(
            Evidence(quote=quote, field=field, speaks_for=LEARNED, weight=self._model.weight(word))
            for word in telling[:_LEARNED_QUOTES]
            for field, quote in _first(word, reading.fields)
            if self._model.weight(word) > 0
        )


def _first(word: str, fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where a word stands first, in the letters of the text."""
    for name in ("title", "abstract"):
        at = fields[name].lower().find(word)
        quote = fields[name][at : at + len(word)]
        if at >= 0 and word in tokens(TextWords(quote)):
            return [(name, quote)]
    return []
