"""Loads the corpus of prompt injections, `corpus.yaml`. Each constant maps a name to a text."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

_FILE = YAML(typ="safe").load((Path(__file__).parent / "corpus.yaml").read_text("utf-8"))

DETECTED: dict[str, str] = {
    f"{kind}: {name}": text
    for kind, texts in _FILE["detected"].items()
    for name, text in texts.items()
}
"""Flagged by a thorough search."""
UNDETECTED: dict[str, str] = _FILE["undetected"]
KEYWORD_STUFFING: dict[str, str] = _FILE["keyword stuffing"]
QUOTATIONS: dict[str, str] = _FILE["quotations"]
HARMLESS: dict[str, str] = _FILE["harmless"]

ALL: dict[str, str] = {
    **DETECTED,
    **{f"undetected: {name}": text for name, text in UNDETECTED.items()},
    **{f"keyword stuffing: {name}": text for name, text in KEYWORD_STUFFING.items()},
}
