"""The corpus of injections (`injections.yaml`), read."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

_FILE = YAML(typ="safe").load((Path(__file__).parent / "injections.yaml").read_text("utf-8"))

FOUND: dict[str, str] = {
    f"{kind}: {name}": text
    for kind, texts in _FILE["found"].items()
    for name, text in texts.items()
}
"""Flagged by a close look."""
BEYOND: dict[str, str] = _FILE["beyond"]
STUFFING: dict[str, str] = _FILE["stuffing"]
QUOTED: dict[str, str] = _FILE["quoted"]
HARMLESS: dict[str, str] = _FILE["harmless"]

ALL: dict[str, str] = {
    **FOUND,
    **{f"beyond: {name}": text for name, text in BEYOND.items()},
    **{f"stuffing: {name}": text for name, text in STUFFING.items()},
}
