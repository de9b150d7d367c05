"""Where the trained model is, and reading it."""

from __future__ import annotations

from pathlib import Path

from medvl_watch.classify.model import Model, load_model
from medvl_watch.cli.files import unreadable
from medvl_watch.cli.shipped import shipped
from medvl_watch.errors import ConfigError

LARGEST = 64 * 2**20
"""Bytes; ours has half a million. What is larger is no model of ours."""


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
