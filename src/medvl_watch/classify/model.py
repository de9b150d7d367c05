"""A trained model as a file: vocabulary and weights in JSON, no text and nothing that runs.

The score of a text is the cosine-normalised sum of (1 + ln count) x idf x weight over its
words, plus the weights of the lexicon features, plus a bias; the title is read twice.
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
_SELDOM = 32
_OFTEN = (0.0, *(1.0 + math.log(count) for count in range(1, _SELDOM)))

Card: TypeAlias = Mapping[str, str | int | float | Mapping[str, str | int | float]]
"""What a model was made of, how, and what it reached: for people, read by no code."""


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
    """Weights, and how to read the score: `slope` and `offset` make it a probability, which
    `propose` and `refer` cut. `words` holds idf and weight of each, `lexicon` the weight of
    each feature that the lexicons give; `version` is a hash of the file."""

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
        """Works out once what every score would: idf x weight, and the square of idf."""
        terms = {word: (idf * weight, idf * idf) for word, (idf, weight) in self.words.items()}
        object.__setattr__(self, "_terms", terms)
        object.__setattr__(self, "_lexicon", dict(self.lexicon))  # read faster than a view

    def score(self, counts: Mapping[str, int], features: Mapping[str, float]) -> float:
        """The uncalibrated log-odds of a paper with these words and lexicon features."""
        weights = self._lexicon
        said = sum([weights.get(name, 0.0) * value for name, value in features.items()])
        return self.bias + self._text(counts) + said

    def _text(self, counts: Mapping[str, int]) -> float:
        total = square = 0.0
        known = self._terms.get
        for word, count in counts.items():
            if found := known(word):
                weighed, squared = found
                if count > 1:
                    often = _OFTEN[count] if count < _SELDOM else 1.0 + math.log(count)
                    weighed, squared = weighed * often, squared * often * often
                total += weighed
                square += squared
        return total / math.sqrt(square) if square else 0.0

    def probability(self, score: float) -> float:
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, self.slope * score + self.offset))))

    def weight(self, word: str) -> float:
        """How much a word speaks for a paper: its weight times its rarity; 0 if unknown."""
        weighed, _ = self._terms.get(word, (0.0, 0.0))
        return weighed


def tokens(words: TextWords) -> list[str]:
    """The words of a text as the model knows them: lower case, two letters or more."""
    if words.text.isascii():
        return [word for word in words.plain if len(word) > 1]
    return _TOKEN.findall(words.text.lower())


def word_counts(fields: Mapping[str, TextWords]) -> Counter[str]:
    """How often each word stands in a paper, its title read twice; the comment is not read."""
    title = tokens(fields["title"])
    return Counter([*title, *title, *tokens(fields["abstract"])])


def load_model(text: str, where: str) -> Model:
    """The model in a file's text. Raises ConfigError for another format or broken content."""
    try:
        raw = _ModelFile.model_validate_json(text)
    except ValidationError as error:
        raise ConfigError(
            f"this version cannot read the model: {first_fault(error, _ModelFile).clause}",
            where=where,
            remedy="train it again",
        ) from error
    if raw.refer >= raw.propose:
        raise ConfigError("refer must be smaller than propose", where=where)
    return Model(
        trained_on=raw.trained_on,
        bias=raw.bias,
        slope=raw.slope,
        offset=raw.offset,
        propose=raw.propose,
        refer=raw.refer,
        lexicon=MappingProxyType(raw.lexicon),
        words=MappingProxyType(raw.words),
        card=MappingProxyType(raw.card),
        version=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def dump_model(model: Model) -> str:
    """The model as a file's text: one word a line, so that two versions can be compared."""
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
