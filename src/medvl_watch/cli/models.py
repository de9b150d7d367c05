"""Where the trained model is, and reading it."""

from __future__ import annotations

import re
from pathlib import Path

from medvl_watch.classify.model import Model, load_model
from medvl_watch.cli.bundled_files import shipped
from medvl_watch.cli.files import unreadable
from medvl_watch.errors import ConfigError

LARGEST = 64 * 2**20
"""Bytes; ours has half a million. What is larger is no model of ours."""


_HEAD = re.compile(rb'\s*\{\s*"format"\s*:\s*\d+\s*,\s*"trained_on"\s*:')
"""How every model begins, whatever its format."""


def shipped_model() -> Path:
    """The model that comes with the project."""
    return shipped("seeds") / "models" / "relevance.json"


def read_model(path: Path) -> Model:
    """The model in a file. Raises ConfigError, in one sentence, whatever is wrong with it."""
    remedy = "name another as `classifier.model`, or make one with `medvl-watch train`"
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(path, error, remedy) from error
    if len(content) > LARGEST:
        raise ConfigError(
            f"is larger than {LARGEST >> 20} MB: no model", where=str(path), remedy=remedy
        )
    try:
        return load_model(content.decode(), str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(
            "this is no model but some other file", where=str(path), remedy=remedy
        ) from error


def begins_like_a_model(path: Path) -> bool:
    """Whether a file is a model of ours, though perhaps of another format or broken."""
    try:
        with path.open("rb") as file:
            return _HEAD.match(file.read(500)) is not None
    except OSError as error:
        raise unreadable(path, error) from error
