"""A small taxonomy and the bundled one, for tests, with their `rules` classifiers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.classify.sections.word_vectors import WordVectors, load_word_vectors
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.classify.taxonomyfile import load_taxonomy
from medvl_watch.records import Paper, Record

SEEDS = Path(__file__).resolve().parents[2] / "seeds"

TEXT = """\
version: 1
nodes:
  - id: training
    title: Training
    definition: Learns a general model.
    lexicon:
      3: pre train*, contrastive learning
  - id: training/large
    title: Large models
    definition: A model for everything.
    lexicon:
      3: foundation model*
  - id: use
    title: Use
    definition: Uses a model for a task.
  - id: use/outlines
    title: Outlines
    definition: Draws the outline of something.
    lexicon:
      4: segment*
  - id: use/words
    title: Words
    definition: Writes or answers.
    lexicon:
      4: report generation, question answering
relevance:
  title_counts: 2
  facets:
    medicine:
      definition: Medicine.
      lexicon: {3: "medical, clinical*, chest x ray*"}
    image:
      definition: Images.
      lexicon: {3: "image*, vision, x ray*"}
    language:
      definition: Language.
      lexicon: {3: "language, text*, report*, question*"}
  together: {3: medical vision language}
  against: {6: autonomous driving}
  withdrawn: {1: "has been withdrawn, withdrawn by the author*"}
  thresholds: {propose: 0.9, refer: 0.4}
scopes:
  chest:
    definition: Chest radiographs.
    lexicon: {1: "chest x ray*"}
placing: {points_to_double: 2, at_least: 0.3, sure: 0.6}
lists:
  years:
    requires: [chest]
    sections:
      - {path: ["{year}"], nodes: [training]}
  tasks:
    sections:
      - {path: [Old], closed: true}
      - {path: [Papers, Training], nodes: [training]}
      - {path: [Papers, Outlines, "{year}"], nodes: [use/outlines]}
      - {path: [Papers, Words], nodes: [use/words]}
"""


@cache
def small_taxonomy() -> Taxonomy:
    return load_taxonomy(TEXT, "small.yaml")


@cache
def bundled_word_vectors() -> WordVectors:
    path = SEEDS / "models" / "word-vectors.json"
    return load_word_vectors(path.read_text(encoding="utf-8"), "seeds/models/word-vectors.json")


@cache
def bundled_taxonomy() -> Taxonomy:
    path = SEEDS / "taxonomy.yaml"
    taxonomy = load_taxonomy(path.read_text(encoding="utf-8"), "seeds/taxonomy.yaml")
    return replace(taxonomy, word_vectors=bundled_word_vectors())


@cache
def bundled_rules() -> RulesClassifier:
    return RulesClassifier(bundled_taxonomy())


@cache
def small_rules() -> RulesClassifier:
    return RulesClassifier(small_taxonomy())


def paper(title: str, abstract: str = "", *, withdrawn: bool = False, comment: str = "") -> Paper:
    facts = Record(id="arxiv:2501.00001", title=title, abstract=abstract, comment=comment or None)
    return Paper(id=facts.id, facts=facts, withdrawn=withdrawn)
