"""The world in which the chain is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import World, world


@pytest.fixture
def three(tmp_path: Path) -> World:
    """Papers 1, 2 and 3 are announced; there is one list, and nothing has been run."""
    return world(tmp_path, 1, 2, 3, ids=("first",))


@pytest.fixture
def both(tmp_path: Path) -> World:
    """The same, with two lists."""
    return world(tmp_path, 1, 2, 3)
