"""Word vectors: words that occur near the same words have similar vectors.

The heading *Ophthalmology* shares no word with a paper on *fundus* images, yet both words
occur in the same contexts, so their vectors point in similar directions.
`training.word_vectors` computes the vectors. Their file contains a vocabulary and numbers, no
text of any paper and no executable code.
"""

from __future__ import annotations

import base64
import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from medvl_watch.errors import ConfigError

TextVector: TypeAlias = Sequence[float]
"""The vector of a text: of length one, or empty if the vocabulary has no word of the text."""

_LARGEST_WEIGHT = 255.0
_PRIOR_COUNT = 5.0
"""The mean of fewer titles than this says little about a list, so it is shortened."""
_MOST_TITLES = 300


class _VectorsFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    format: Literal[1]
    trained_on: str
    card: dict[str, str | int | float | dict[str, str]] = {}
    size: int = Field(gt=0, le=1_000)
    words: str
    weights: str
    vectors: str


@dataclass(frozen=True)
class WordVectors:
    """The vocabulary, with a weight and a vector for each word.

    `words` are stems as `words.stems` makes them. `weights` has one byte per word, 255 for the
    rarest words. `vectors` has `size` signed bytes per word, in the order of `words`.
    """

    words: tuple[str, ...]
    size: int
    weights: bytes
    vectors: bytes

    @cached_property
    def _indices(self) -> Mapping[str, int]:
        return {word: index for index, word in enumerate(self.words)}

    @cached_property
    def _numbers(self) -> array[int]:
        return array("b", self.vectors)

    def text_vector(self, counts: Mapping[str, float]) -> TextVector:
        """The vector of a text: the sum of its words' vectors, scaled to length one. `counts`
        has how often each stem counts; this is multiplied by the weight of the word."""
        total: list[float] = []
        for word, count in counts.items():
            index = self._indices.get(word)
            if index is None or not count:
                continue
            weight = count * self.weights[index] / _LARGEST_WEIGHT
            vector = self._numbers[index * self.size : (index + 1) * self.size]
            total = (
                [sum_ + weight * each for sum_, each in zip(total, vector, strict=True)]
                if total
                else [weight * each for each in vector]
            )
        return _normalize(total)

    def mean_vector(self, titles: Sequence[Iterable[str]]) -> TextVector:
        """The mean vector of a list's titles, each given by its stems.

        It is shorter than one: the fewer the titles, the shorter. In a long list only every
        n-th title is used, between 150 and 300 titles in all.
        """
        sample = titles[:: 1 + len(titles) // _MOST_TITLES]
        vectors = [
            vector for title in sample if (vector := self.text_vector(dict.fromkeys(title, 1.0)))
        ]
        return [sum(each) / (len(vectors) + _PRIOR_COUNT) for each in zip(*vectors, strict=True)]


def subtract_mean(vector: TextVector, mean: TextVector) -> TextVector:
    """The vector without what all titles of the list have in common, scaled to length one."""
    if not vector or not mean:
        return vector
    return _normalize([one - other for one, other in zip(vector, mean, strict=True)])


def cosine(one: TextVector, other: TextVector) -> float:
    """The cosine of two vectors, from -1 to 1; 0 if either is empty."""
    return sum(map(float.__mul__, one, other)) if one and other else 0.0


def _normalize(vector: TextVector) -> TextVector:
    length = math.hypot(*vector)
    return [each / length for each in vector] if length else ()


def load_word_vectors(text: str, where: str) -> WordVectors:
    """Read the vectors from the text of their file; `where` is the file's name for messages.

    Raises ConfigError for an unknown format and for content that is not valid.
    """
    try:
        file = _VectorsFile.model_validate_json(text)
        vectors = WordVectors(
            words=tuple(file.words.split()),
            size=file.size,
            weights=base64.b64decode(file.weights, validate=True),
            vectors=base64.b64decode(file.vectors, validate=True),
        )
    except ValueError as error:  # not valid JSON, a wrong key or type, or not valid base64
        raise _not_valid(where) from error
    count = len(vectors.words)
    if len(vectors.weights) != count or len(vectors.vectors) != count * vectors.size:
        raise _not_valid(where)
    return vectors


def _not_valid(where: str) -> ConfigError:
    return ConfigError(
        "this version cannot read the word vectors",
        where=where,
        remedy="install the project again, or make the file with "
        "`python -m medvl_watch.training.word_vectors`",
    )
