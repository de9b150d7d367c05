"""Finds the recorded data that may lie beside a checkout; tests that need it skip without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """The folder `name` of the data beside the project, or skip the test.

    `MEDVL_WATCH_BESIDE` names another place for the data.
    """
    base = Path(os.environ.get("MEDVL_WATCH_BESIDE", ROOT.parent / "shared"))
    path = base / name
    if not path.exists():
        pytest.skip(f"{name} does not lie beside the project")
    return path
