"""The trained models that come with the project."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.classify.model import Model, load_model
from medvl_watch.classify.sections.word_vectors import WordVectors, load_word_vectors
from medvl_watch.classify.subject.background import Background, load_background
from medvl_watch.errors import ConfigError
from medvl_watch.storage.user_files import read_text, unreadable_error

LARGEST_MODEL = 64 * 2**20
"""Bytes; ours has half a million. What is larger is not a model of ours."""
_HEAD = re.compile(rb'\s*\{\s*"format"\s*:\s*\d+\s*,\s*"trained_on"\s*:')
"""How every model begins, whatever its format."""


def bundled_model() -> Path:
    """The model of the classifier `local` that comes with the project."""
    return bundled_folder("seeds") / "models" / "relevance.json"


@cache
def bundled_word_vectors() -> WordVectors:
    """The word vectors that come with the project. Raises ConfigError if they are not valid."""
    path = bundled_folder("seeds") / "models" / "word-vectors.json"
    return load_word_vectors(read_text(path, "install the project again"), str(path))


@cache
def bundled_background() -> Background:
    """How often words occur in papers at large. Raises ConfigError if it is not valid."""
    path = bundled_folder("seeds") / "models" / "background.json"
    return load_background(read_text(path, "install the project again"), str(path))


def read_model(path: Path) -> Model:
    """The model in a file. Raises ConfigError, in one sentence, whatever is wrong with it."""
    remedy = "name another as `classifier.model`, or make one with `medvl-watch train`"
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_MODEL + 1)
    except OSError as error:
        raise unreadable_error(path, error, remedy) from error
    if len(content) > LARGEST_MODEL:
        raise ConfigError(
            f"is larger than {LARGEST_MODEL >> 20} MB: no model", where=str(path), remedy=remedy
        )
    try:
        return load_model(content.decode(), str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(
            "this is not a model but some other file", where=str(path), remedy=remedy
        ) from error


def begins_like_a_model(path: Path) -> bool:
    """Whether a file is a model of ours, though perhaps of another format or broken."""
    try:
        with path.open("rb") as file:
            return _HEAD.match(file.read(500)) is not None
    except OSError as error:
        raise unreadable_error(path, error) from error
