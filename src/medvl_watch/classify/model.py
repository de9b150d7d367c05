"""The trained model of the classifier `local` as a JSON file: a vocabulary and weights.

The file contains no text of any paper and no executable code. The score of a paper is the sum
of (1 + ln count) x idf x weight over its words, divided by the length of the vector of
(1 + ln count) x idf, plus the weighted lexicon features, plus a bias. Words of the title count
twice. A paper without an abstract has weights of its own, since a title says the same in fewer
words.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medvl_watch.classify.leaf_model import LeafModel
from medvl_watch.classify.lexicon import TextWords
from medvl_watch.errors import ConfigError
from medvl_watch.validation import first_fault

_TOKEN = re.compile(r"[^\W_]{2,}")
_DIGITS = 4
_TABLE_SIZE = 32
_COUNT_FACTORS = (0.0, *(1.0 + math.log(count) for count in range(1, _TABLE_SIZE)))

Card: TypeAlias = Mapping[str, str | int | float | Mapping[str, str | int | float]]
"""How the model was trained, on which data, and its figures. Documentation: no code reads it."""


class _FilePart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _RegressionPart(_FilePart):
    bias: float
    slope: float = Field(gt=0)
    offset: float


class _LeavesPart(_FilePart):
    nodes: tuple[str, ...] = Field(min_length=2)
    bias: tuple[float, ...]
    lexicon: dict[str, tuple[float, ...]]
    shares: dict[str, tuple[float, ...]]
    words: dict[str, tuple[float, ...]]


class _ModelFile(_FilePart):
    format: Literal[3]
    trained_on: str
    card: dict[str, str | int | float | dict[str, str | int | float]] = {}
    whole: _RegressionPart
    title: _RegressionPart
    propose: float = Field(gt=0, lt=1)
    refer: float = Field(gt=0, lt=1)
    lexicon: dict[str, tuple[float, float]]
    words: dict[str, tuple[float, float, float]]
    leaves: _LeavesPart | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns the score of a regression into a probability."""

    slope: float
    offset: float

    def probability(self, score: float) -> float:
        """The calibrated probability for a score, from 0 to 1."""
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.slope * score + self.offset))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """The weights of a logistic regression.

    `words` maps each word to its idf and weight, `lexicon` each lexicon feature to its weight.
    """

    bias: float
    calibration: Calibration
    lexicon: Mapping[str, float]
    words: Mapping[str, tuple[float, float]]
    _terms: Mapping[str, tuple[float, float]] = field(init=False, repr=False, compare=False)
    _lexicon: Mapping[str, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute idf x weight and idf squared of each word once, and not for every score."""
        terms = {word: (idf * weight, idf * idf) for word, (idf, weight) in self.words.items()}
        object.__setattr__(self, "_terms", terms)
        object.__setattr__(self, "_lexicon", dict(self.lexicon))  # faster than a mapping proxy

    def probability(self, counts: Mapping[str, int], features: Mapping[str, float]) -> float:
        """The probability that a paper with these words and lexicon features belongs."""
        return self.calibration.probability(self.score(counts, features))

    def score(self, counts: Mapping[str, int], features: Mapping[str, float]) -> float:
        """The uncalibrated log-odds of a paper with these words and lexicon features."""
        weights = self._lexicon
        lexicon_score = sum([weights.get(name, 0.0) * value for name, value in features.items()])
        return self.bias + self._word_score(counts) + lexicon_score

    def _word_score(self, counts: Mapping[str, int]) -> float:
        total = squared_length = 0.0
        get_term = self._terms.get
        for word, count in counts.items():
            if term := get_term(word):
                weighted, squared = term
                if count > 1:
                    in_table = count < _TABLE_SIZE
                    factor = _COUNT_FACTORS[count] if in_table else 1.0 + math.log(count)
                    weighted, squared = weighted * factor, squared * factor * factor
                total += weighted
                squared_length += squared
        return total / math.sqrt(squared_length) if squared_length else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """How likely a paper belongs, and what follows from it.

    `whole` judges papers with an abstract, `title` those without. A paper is proposed from the
    probability `propose` on, and referred from `refer` on. `leaves` is None if too few papers
    with a known leaf were trained on. `version` is a hash of the file.
    """

    trained_on: str
    whole: Regression
    title: Regression
    propose: float
    refer: float
    leaves: LeafModel | None = None
    card: Card = field(default_factory=dict, hash=False)
    version: str = ""

    def rarity(self, word: str) -> float:
        """The idf of a word; 0 for a word outside of the vocabulary."""
        return self.whole.words.get(word, (0.0, 0.0))[0]


def tokens(words: TextWords) -> list[str]:
    """The words of a text as in the vocabulary: lower case, two letters or digits or more."""
    if words.text.isascii():
        return [word for word in words.normalized if len(word) > 1]
    return _TOKEN.findall(words.text.lower())


def word_counts(fields: Mapping[str, TextWords]) -> Counter[str]:
    """How often each word occurs in a paper; words of the title count twice, and the comment
    is ignored."""
    title = tokens(fields["title"])
    return Counter([*title, *title, *tokens(fields["abstract"])])


@lru_cache(maxsize=1)
def load_model(text: str, where: str) -> Model:
    """Read a model from the text of its file; `where` is the file's name for messages.

    The last one is kept, since a command opens a classifier for papers and one for lists.
    Raises ConfigError for an unknown format and for content that is not valid.
    """
    try:
        file = _ModelFile.model_validate_json(text)
    except ValidationError as error:
        raise ConfigError(
            f"this version cannot read the model: {first_fault(error, _ModelFile).clause}",
            where=where,
            remedy="train it again",
        ) from error
    if file.refer >= file.propose:
        raise ConfigError("refer must be smaller than propose", where=where)
    return Model(
        trained_on=file.trained_on,
        whole=_regression(file, file.whole, 0),
        title=_regression(file, file.title, 1),
        propose=file.propose,
        refer=file.refer,
        leaves=_leaf_model(file.leaves, where) if file.leaves else None,
        card=MappingProxyType(file.card),
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def _regression(file: _ModelFile, part: _RegressionPart, column: int) -> Regression:
    """The weights in one column of the file's tables."""
    return Regression(
        bias=part.bias,
        calibration=Calibration(part.slope, part.offset),
        lexicon=MappingProxyType({name: row[column] for name, row in file.lexicon.items()}),
        words=MappingProxyType(
            {word: (row[0], row[column + 1]) for word, row in file.words.items()}
        ),
    )


def _leaf_model(part: _LeavesPart, where: str) -> LeafModel:
    """Raises ConfigError unless there is one weight for each node."""
    rows = (part.bias, *part.lexicon.values(), *part.shares.values(), *part.words.values())
    if any(len(row) != len(part.nodes) for row in rows) or set(part.shares) != set(part.nodes):
        raise ConfigError("leaves must have one weight for each of its nodes", where=where)
    return LeafModel(
        nodes=part.nodes,
        bias=part.bias,
        lexicon=MappingProxyType(part.lexicon),
        shares=MappingProxyType(part.shares),
        words=MappingProxyType(part.words),
    )


def dump_model(model: Model) -> str:
    """The text of the model's file: one word per line, so that two versions can be compared."""
    head = {
        "format": 3,
        "trained_on": model.trained_on,
        "card": dict(model.card),
        "whole": _head_of(model.whole),
        "title": _head_of(model.title),
        "propose": round(model.propose, _DIGITS + 2),
        "refer": round(model.refer, _DIGITS + 2),
    }
    lexicon = {
        name: (each, model.title.lexicon[name]) for name, each in model.whole.lexicon.items()
    }
    words = {word: (*pair, model.title.words[word][1]) for word, pair in model.whole.words.items()}
    parts = [
        json.dumps(head, indent=1)[:-2],
        f'"lexicon": {{\n{_dump_rows(lexicon, _DIGITS)}\n}}',
        f'"words": {{\n{_dump_rows(words, 3)}\n}}',
        *([f'"leaves": {_dump_leaves(model.leaves)}'] if model.leaves else []),
    ]
    return ",\n ".join(parts) + "}\n"


def _head_of(regression: Regression) -> dict[str, float]:
    return {
        "bias": round(regression.bias, _DIGITS),
        "slope": round(regression.calibration.slope, _DIGITS),
        "offset": round(regression.calibration.offset, _DIGITS),
    }


def _dump_leaves(leaves: LeafModel) -> str:
    tables = {"lexicon": leaves.lexicon, "shares": leaves.shares, "words": leaves.words}
    parts = [
        f'"nodes": {json.dumps(leaves.nodes)}',
        f'"bias": {_dump_row(leaves.bias, 2)}',
        *(f'"{name}": {{\n{_dump_rows(rows, 2)}\n}}' for name, rows in tables.items()),
    ]
    return "{" + ",\n ".join(parts) + "}"


def _dump_rows(rows: Mapping[str, tuple[float, ...]], digits: int) -> str:
    return ",\n".join(
        f"{json.dumps(name)}:{_dump_row(row, digits)}" for name, row in sorted(rows.items())
    )


def _dump_row(row: tuple[float, ...], digits: int) -> str:
    return f"[{','.join(f'{each:.{digits}f}' for each in row)}]"
