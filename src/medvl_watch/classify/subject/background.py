"""How often words occur in papers at large: the background against which a list stands out.

The file holds counts and one matrix, no text of any paper. `training.background` makes it.
"""

from __future__ import annotations

import base64
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from medvl_watch.classify.sections.words import name_parts, stems
from medvl_watch.errors import ConfigError

_UNSEEN = 0.5
"""How many of the background's papers are taken to have a word that none of them has."""


class _BackgroundFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    format: Literal[1]
    trained_on: str
    card: dict[str, str | int | float | dict[str, str]] = {}
    papers: int = Field(gt=0)
    vectors: str
    mean: str
    whitening: str
    words: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The number of `papers`, and for each word how many have it in their title and abstract.

    `mean` is the mean of the word vectors of their titles; `whitening` is the matrix after
    which these vectors vary equally in all directions. `vectors` is the digest of the word
    vectors that both were computed with.
    """

    papers: int
    words: Mapping[str, tuple[int, int]]
    mean: Sequence[float]
    whitening: Sequence[Sequence[float]]
    vectors: str = ""

    def share_in_titles(self, word: str) -> float:
        """The share of papers with this word in their title; never 0."""
        return (self.words.get(word, (0, 0))[0] + _UNSEEN) / self.papers

    def share_in_abstracts(self, word: str) -> float:
        """The share of papers with this word in their abstract; never 0."""
        return (self.words.get(word, (0, 0))[1] + _UNSEEN) / self.papers

    def whiten(self, vector: Sequence[float]) -> Sequence[float]:
        """The vector of a text, as it differs from that of a usual title; empty stays empty."""
        if not vector:
            return ()
        centred = [one - other for one, other in zip(vector, self.mean, strict=True)]
        return [sum(map(mul, row, centred)) for row in self.whitening]


def title_words(title: str) -> frozenset[str]:
    """The words of a title as they are counted: stems, and the parts of coined names."""
    return frozenset((*stems(title), *name_parts(title)))


def load_background(text: str, where: str) -> Background:
    """Read the background from the text of its file; `where` is the file's name for messages.

    Raises ConfigError for an unknown format and for content that is not valid.
    """
    try:
        file = _BackgroundFile.model_validate_json(text)
        mean = _numbers(file.mean)
        cells = _numbers(file.whitening)
    except ValueError as error:  # not valid JSON, a wrong key or type, or not valid base64
        raise _not_valid(where) from error
    size = len(mean)
    if not size or len(cells) != size * size:
        raise _not_valid(where)
    return Background(
        papers=file.papers,
        words=MappingProxyType(file.words),
        mean=mean,
        whitening=[cells[start : start + size] for start in range(0, len(cells), size)],
        vectors=file.vectors,
    )


def _numbers(encoded: str) -> Sequence[float]:
    """Four-byte floats in base64, the least significant byte first."""
    numbers = array("f", base64.b64decode(encoded, validate=True))
    return numbers.tolist()


def _not_valid(where: str) -> ConfigError:
    return ConfigError(
        "this version cannot read the background of words",
        where=where,
        remedy="install the project again, or make the file with "
        "`python -m medvl_watch.training.background`",
    )
