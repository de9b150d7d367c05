"""Where `train` writes its model, and the model that the new one must match."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from medvl_watch.classify.model import Model
from medvl_watch.errors import ConfigError
from medvl_watch.storage.model_files import begins_like_a_model, bundled_model, read_model
from medvl_watch.storage.user_files import check_writable, refuse_overwriting

_BUNDLED = "the model that comes with medvl-watch"


class CurrentModel(NamedTuple):
    """The model that the new one must match, None where there is none; `note` says why it is
    not the one at --output, where a broken one is there."""

    model: Model | None
    name: str
    note: ConfigError | None = None


def check_output(output: Path, read: Iterable[tuple[str, Path]]) -> None:
    """Raises ConfigError where a model cannot be written there, or would take the place of what
    it is made of: nobody should learn that after the training."""
    for option, path in read:
        refuse_overwriting(output, {option: path})
    check_writable(output)


def model_to_match(output: Path, *, anyway: bool) -> CurrentModel:
    """The model at `output`, or else the one that comes with the project.

    Raises ConfigError where `output` is a file of another kind, unless it may be replaced
    `anyway`. An empty file is none.
    """
    if not output.is_file() or not output.stat().st_size:
        return _bundled()
    try:
        return CurrentModel(read_model(output), f"the model in {output}")
    except ConfigError as error:
        if anyway:
            return _bundled()
        if not begins_like_a_model(output):
            raise ConfigError(
                "exists already and is not a model",
                where=str(output),
                remedy="give --output another name, or --replace to lose that file",
            ) from error
        what = f"{error.what}; the new one is compared with {_BUNDLED}"
        return _bundled()._replace(note=ConfigError(what, where=str(output)))


def _bundled() -> CurrentModel:
    path = bundled_model()
    return CurrentModel(read_model(path) if path.exists() else None, _BUNDLED)
