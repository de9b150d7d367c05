"""The folder that a run writes to: created if missing, and locked by one run at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from medvl_watch.errors import ConfigError, os_reason
from medvl_watch.storage.locks import locked

LEDGER_NAME = "ledger.sqlite"
"""The ledger's file in this folder."""


def make(folder: Path) -> None:
    """Create the folder if it is missing. Raises ConfigError if that fails."""
    with _in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Lock the folder, created if missing: two runs at once would write the same files.

    Raises ConfigError for a folder that cannot be used, Busy while another run has locked it.
    """
    make(folder)
    with ExitStack() as stack:
        with _in_words(folder):
            stack.enter_context(locked(folder))
        yield


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"the folder cannot be used ({os_reason(error)})",
            where=str(folder),
            remedy="set `state` to a folder that can be written",
        ) from error
