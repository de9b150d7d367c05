"""The trained model of the classifier `local` as a JSON file: a vocabulary and weights.

The file contains no text of any paper and no executable code. The score of a paper is the sum
of (1 + ln count) x idf x weight over its words, divided by the length of the vector of
(1 + ln count) x idf, plus the weighted lexicon features, plus a bias. Words of the title count
twice.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medvl_watch.classify.lexicon import TextWords
from medvl_watch.errors import ConfigError
from medvl_watch.validation import first_fault

_TOKEN = re.compile(r"[^\W_]{2,}")
_DIGITS = 4
_TABLE_SIZE = 32
_COUNT_FACTORS = (0.0, *(1.0 + math.log(count) for count in range(1, _TABLE_SIZE)))

Card: TypeAlias = Mapping[str, str | int | float | Mapping[str, str | int | float]]
"""How the model was trained, on which data, and its figures. Documentation: no code reads it."""


class _ModelFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    format: Literal[2]
    trained_on: str
    card: dict[str, str | int | float | dict[str, str | int | float]] = {}
    bias: float
    slope: float = Field(gt=0)
    offset: float
    propose: float = Field(gt=0, lt=1)
    refer: float = Field(gt=0, lt=1)
    lexicon: dict[str, float]
    words: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The weights of a logistic regression, and how to turn its score into a decision.

    `words` maps each word to its idf and weight, `lexicon` each lexicon feature to its weight.
    `slope` and `offset` turn the score into a probability; `propose` and `refer` are the
    thresholds for it. `version` is a hash of the file.
    """

    trained_on: str
    bias: float
    slope: float
    offset: float
    propose: float
    refer: float
    lexicon: Mapping[str, float]
    words: Mapping[str, tuple[float, float]]
    card: Card = field(default_factory=dict, hash=False)
    version: str = ""
    _terms: Mapping[str, tuple[float, float]] = field(init=False, repr=False, compare=False)
    _lexicon: Mapping[str, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute idf x weight and idf squared of each word once, and not for every score."""
        terms = {word: (idf * weight, idf * idf) for word, (idf, weight) in self.words.items()}
        object.__setattr__(self, "_terms", terms)
        object.__setattr__(self, "_lexicon", dict(self.lexicon))  # faster than a mapping proxy

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

    def probability(self, score: float) -> float:
        """The calibrated probability for a score, from 0 to 1."""
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.slope * score + self.offset))))

    def weight(self, word: str) -> float:
        """The weight of a word times its idf; 0 for a word outside of the vocabulary."""
        weighted, _ = self._terms.get(word, (0.0, 0.0))
        return weighted


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


def load_model(text: str, where: str) -> Model:
    """Read a model from the text of its file; `where` is the file's name for messages.

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
        bias=file.bias,
        slope=file.slope,
        offset=file.offset,
        propose=file.propose,
        refer=file.refer,
        lexicon=MappingProxyType(file.lexicon),
        words=MappingProxyType(file.words),
        card=MappingProxyType(file.card),
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def dump_model(model: Model) -> str:
    """The text of the model's file: one word per line, so that two versions can be compared."""
    head = {
        "format": 2,
        "trained_on": model.trained_on,
        "card": dict(model.card),
        "bias": round(model.bias, _DIGITS),
        "slope": round(model.slope, _DIGITS),
        "offset": round(model.offset, _DIGITS),
        "propose": round(model.propose, _DIGITS + 2),
        "refer": round(model.refer, _DIGITS + 2),
        "lexicon": {name: round(each, _DIGITS) for name, each in model.lexicon.items()},
    }
    words = ",\n".join(
        f"{json.dumps(word)}:[{idf:.3f},{weight:.3f}]"
        for word, (idf, weight) in sorted(model.words.items())
    )
    return f'{json.dumps(head, indent=1)[:-2]},\n "words": {{\n{words}\n}}}}\n'
