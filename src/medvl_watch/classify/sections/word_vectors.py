"""What words mean, told by the words that stand beside them in many papers.

A heading *Ophthalmology* shares no word with a paper on *fundus* images, yet both words keep
the same company. Each word has a short vector (`evaluate.word_senses` makes them), and two
texts are alike where their vectors point the same way. The file holds a vocabulary and
numbers, no text and nothing that runs.
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

Sense: TypeAlias = Sequence[float]
"""A direction: of length one, or empty where no word is known."""

_FULL = 255.0
_BELIEF = 5.0
"""A list's own middle is believed once it has more titles than this."""
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
    """The words, stemmed as `words.stems` does; for each a weight (a byte: the rarer the
    greater) and a vector of `size` signed bytes, one after the other in `vectors`."""

    words: tuple[str, ...]
    size: int
    weights: bytes
    vectors: bytes

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {word: place for place, word in enumerate(self.words)}

    @cached_property
    def _numbers(self) -> array[int]:
        return array("b", self.vectors)

    def of(self, words: Mapping[str, float]) -> Sense:
        """What some stems mean together, each counting as given and by its rarity."""
        total: list[float] = []
        for word, count in words.items():
            place = self._places.get(word)
            if place is None or not count:
                continue
            weight = count * self.weights[place] / _FULL
            vector = self._numbers[place * self.size : (place + 1) * self.size]
            total = (
                [sum_ + weight * each for sum_, each in zip(total, vector, strict=True)]
                if total
                else [weight * each for each in vector]
            )
        return _unit(total)

    def middle(self, titles: Sequence[Iterable[str]]) -> Sense:
        """What a list's titles, given by their stems, have in common; shorter than one, as
        few titles tell little. Of a long list evenly chosen titles are read."""
        read = titles[:: 1 + len(titles) // _MOST_TITLES]
        senses = [sense for title in read if (sense := self.of(dict.fromkeys(title, 1.0)))]
        return [sum(each) / (len(senses) + _BELIEF) for each in zip(*senses, strict=True)]


def apart(sense: Sense, middle: Sense) -> Sense:
    """What a text means beside what everything in the list does."""
    if not sense or not middle:
        return sense
    return _unit([one - other for one, other in zip(sense, middle, strict=True)])


def likeness(one: Sense, other: Sense) -> float:
    """The cosine of two senses, -1 to 1; none where one is not known."""
    return sum(map(float.__mul__, one, other)) if one and other else 0.0


def _unit(vector: Sense) -> Sense:
    length = math.hypot(*vector)
    return [each / length for each in vector] if length else ()


def load_senses(text: str, where: str) -> WordVectors:
    """The words in a file's text. Raises ConfigError for another format or broken content."""
    try:
        raw = _VectorsFile.model_validate_json(text)
        found = WordVectors(
            words=tuple(raw.words.split()),
            size=raw.size,
            weights=base64.b64decode(raw.weights, validate=True),
            vectors=base64.b64decode(raw.vectors, validate=True),
        )
    except ValueError as error:  # of JSON, of the shape, of the numbers
        raise _broken(where) from error
    count = len(found.words)
    if len(found.weights) != count or len(found.vectors) != count * found.size:
        raise _broken(where)
    return found


def _broken(where: str) -> ConfigError:
    return ConfigError(
        "these are no words' senses that this version reads",
        where=where,
        remedy="install the project again, or make the file with "
        "`python -m medvl_watch.training.word_vectors`",
    )
