"""The matrix that a model is fitted on: a row for each text, columns for words and features."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Self

from medvl_watch.classify.features import lexicon_features
from medvl_watch.classify.model import word_counts
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.errors import ConfigError
from medvl_watch.records import Paper, SectionScore

LEXICON_SCALE = 0.3
"""The factor for lexicon features, so that regularisation treats them like words."""
_RAREST = 3  # the number of texts in which a word must occur


def library(name: str) -> Any:
    """A library that only training needs. Raises ConfigError if it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(
            "training needs scikit-learn, which is not installed",
            remedy="install the extra `train`",
        ) from error


def libraries() -> str:
    """What training is done with. Raises ConfigError where it is not installed."""
    library("sklearn.linear_model")
    library("scipy.sparse")
    return f"scikit-learn {library('sklearn').__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFeatures:
    """What a model sees of a text: how often each word occurs, its lexicon features, and the
    scores that the lexicons give the nodes of the taxonomy."""

    counts: Counter[str]
    lexicon: Mapping[str, float]
    sections: tuple[SectionScore, ...]

    @classmethod
    def of(cls, paper: Paper, rules: RulesClassifier) -> Self:
        scored = rules.scorer.score(paper)
        return cls(
            counts=word_counts(scored.words),
            lexicon=lexicon_features(scored, rules),
            sections=rules.sections(scored.points),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a matrix: the words with their idf, then the names of lexicon features."""

    idf: Mapping[str, float]
    lexicon: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[TextFeatures]) -> Self:
        """The words that are not too rare in these texts, and all of their features."""
        names = sorted({name for text in texts for name in text.lexicon})
        return cls(idf=_idf([text.counts for text in texts]), lexicon=tuple(names))

    def restricted_to(self, texts: Sequence[TextFeatures]) -> Columns:
        """The columns that are of use for these texts, with the idf unchanged."""
        own = Columns.of(texts)
        idf = {word: idf for word, idf in self.idf.items() if word in own.idf}
        return Columns(idf=idf, lexicon=own.lexicon)

    def matrix(self, texts: Iterable[TextFeatures]) -> Any:
        """One row for each text: its words, cosine-normalised, then its features, scaled."""
        column = {word: number for number, word in enumerate(self.idf)}
        place = {name: len(self.idf) + number for number, name in enumerate(self.lexicon)}
        ends, columns, values = [0], [], []
        for text in texts:
            known = {
                word: (1 + math.log(count)) * self.idf[word]
                for word, count in text.counts.items()
                if word in self.idf
            }
            length = math.sqrt(sum(value * value for value in known.values())) or 1.0
            columns += [column[word] for word in known]
            values += [value / length for value in known.values()]
            features = {name: each for name, each in text.lexicon.items() if name in place}
            columns += [place[name] for name in features]
            values += [each * LEXICON_SCALE for each in features.values()]
            ends.append(len(columns))
        shape = (len(ends) - 1, len(self.idf) + len(self.lexicon))
        return library("scipy.sparse").csr_matrix((values, columns, ends), shape=shape)


def _idf(counts: Sequence[Counter[str]]) -> dict[str, float]:
    texts = Counter(word for each in counts for word in each)
    return {
        word: math.log((1 + len(counts)) / (1 + number)) + 1
        for word, number in sorted(texts.items())
        if number >= _RAREST
    }
