"""The classifier `subject`: judges papers for one list, by the subject of its own entries.

Relevance is the probability that a paper found by the list's queries belongs on the list. The
treatment of withdrawn papers and of text that addresses a model is that of `rules`. The
sections of a verdict are empty: the list's own are learned apart (`sections.model`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence

from medvl_watch.classify.lexicon import Matcher
from medvl_watch.classify.lexicon_scoring import ScoredPaper
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.sections.words import LONGEST, stems
from medvl_watch.classify.subject.profile import SubjectProfile
from medvl_watch.classify.subject.weights import (
    FULL_WEIGHTS,
    PRIOR_LOG_ODDS,
    PROPOSE,
    REFER,
    TITLE_WEIGHTS,
)
from medvl_watch.classify.taxonomy import Facet, Scope, Taxonomy
from medvl_watch.injection.detection import sentence_spans
from medvl_watch.papers.identifiers import title_key
from medvl_watch.records import Decision, Evidence, Paper, Verdict

SUBJECT = "subject"
"""The target (`Evidence.speaks_for`) of a sentence that speaks for the list's subject."""
FOREIGN_SCOPE = "medicine"
"""The scope of a taxonomy with the words of the field that most lists on other subjects do not
share. Without it, the first facet has them."""
_LONGEST_QUOTE = 400
_FOREIGN_SHARE = 0.05
"""A field is foreign to a list if fewer of its entries are about it."""
_CLEAR_POINTS, _TITLE_FACTOR = 4.0, 2.0
_FORMAT = "1"  # part of the version: change it when verdicts change


class SubjectClassifier:
    """Judges papers by the profile of a list. Satisfies `ports.Classifier`.

    A paper that the list has is judged as if it were not on the list.
    """

    name = "subject"

    def __init__(self, taxonomy: Taxonomy, profile: SubjectProfile) -> None:
        self._rules = RulesClassifier(taxonomy)
        self.profile = profile
        field = taxonomy.scopes.get(FOREIGN_SCOPE, taxonomy.relevance.facets[0])
        self._field = _ForeignField(field, profile.titles)
        digest = hashlib.sha256("\n".join((_FORMAT, *profile.titles)).encode())
        self.version = f"{digest.hexdigest()[:12]}+{self._rules.version}"

    def judge(self, papers: Sequence[Paper]) -> Sequence[Verdict]:
        """One verdict per paper, in the order of the input; no text makes this fail."""
        return [self._judge(paper) for paper in papers]

    def _judge(self, paper: Paper) -> Verdict:
        def decide(scored: ScoredPaper) -> tuple[Decision, str]:
            fields = scored.fields
            return self._decide(self._relevance(fields["title"], fields["abstract"]), paper, scored)

        return self._rules.judge_with_safeguards(paper, self._verdict, decide)

    def _verdict(self, paper: Paper, scored: ScoredPaper) -> Verdict:
        title, abstract = scored.fields["title"], scored.fields["abstract"]
        relevance = self._relevance(title, abstract)
        decision, reason = self._decide(relevance, paper, scored)
        evidence: tuple[Evidence, ...] = scored.excluded_quotes
        if decision is not Decision.REJECT:
            evidence = (*self._evidence(abstract), *evidence)
        return Verdict(
            paper_id=paper.id,
            relevance=relevance,
            decision=decision,
            evidence=evidence,
            classifier=self.name,
            version=self.version,
            flags=scored.flags,
            reason=reason,
        )

    def _relevance(self, title: str, abstract: str) -> float:
        own = self.profile.index_of(title_key(title))
        signals = self.profile.signals(title, abstract, own)
        weights = FULL_WEIGHTS if abstract.strip() else TITLE_WEIGHTS
        return _probability(weights, signals)

    def _decide(self, relevance: float, paper: Paper, scored: ScoredPaper) -> tuple[Decision, str]:
        if scored.withdrawn:
            return self._rules.decide(scored)
        if scored.points_with_excluded is not None:
            whole = self._relevance(paper.facts.title, paper.facts.abstract)
            if max(relevance, whole) >= REFER:
                reason = "text in it addresses a language model; that text does not count"
                return Decision.REFER, reason
        if relevance < REFER:
            return Decision.REJECT, "it does not resemble the entries of the list"
        if self._field.is_foreign(paper):
            return Decision.REFER, f"it is about {self._field.name}, which the list is not"
        if relevance < PROPOSE:
            return Decision.REFER, "it resembles the entries of the list, but not clearly"
        return Decision.PROPOSE, "it resembles the entries of the list"

    def _evidence(self, abstract: str) -> tuple[Evidence, ...]:
        """The sentence of the abstract that speaks most for the subject."""
        best, weight = "", 0.0
        for span in sentence_spans(abstract):
            sentence = abstract[span.start : span.end].strip()
            total = sum(max(0.0, self.profile.weight(word)) for word in set(stems(sentence)))
            if total > weight and len(sentence) <= _LONGEST_QUOTE:
                best, weight = sentence, total
        if not best:
            return ()
        return (Evidence(quote=best, field="abstract", speaks_for=SUBJECT, weight=weight),)


class _ForeignField:
    """The field that the taxonomy is about, which few lists on other subjects share: a paper
    with its words is not proposed to them without a person's look."""

    def __init__(self, facet: Facet | Scope, titles: Sequence[str]) -> None:
        self.name = facet.name
        self._matcher = Matcher([term.words for term in facet.lexicon])
        self._weights = [term.weight for term in facet.lexicon]
        about = sum(self._is_about(title, "") for title in titles)
        self._is_shared = about >= _FOREIGN_SHARE * len(titles)

    def is_foreign(self, paper: Paper) -> bool:
        """Whether the paper is about the field, and the list is not."""
        return not self._is_shared and self._is_about(paper.facts.title, paper.facts.abstract)

    def _is_about(self, title: str, abstract: str) -> bool:
        title_points, points = self._points(title[:LONGEST]), self._points(abstract[:LONGEST])
        return _TITLE_FACTOR * title_points + points >= _CLEAR_POINTS

    def _points(self, text: str) -> float:
        return sum(self._weights[term] for term in self._matcher.term_numbers(text))


def _probability(weights: Mapping[str, float], signals: Mapping[str, float]) -> float:
    score = sum(weight * signals.get(name, 1.0) for name, weight in weights.items())
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, score + PRIOR_LOG_ODDS))))
