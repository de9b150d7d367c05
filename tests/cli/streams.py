"""Streams of invented papers, and the figures of crystals that no list would want."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CONFIG = """\
state = "data"

[classifier]
name = "{name}"
{more}
[[lists]]
id = "clip-in-medical-imaging"
title = "A list"
repository = "a/list"
"""


def configured(folder: Path, name: str = "rules", more: str = "") -> Path:
    """A configuration in this folder, with the taxonomy that is shipped."""
    path = folder / "medvl-watch.toml"
    path.write_text(CONFIG.format(name=name, more=more), encoding="utf-8")
    return path


def paper(number: int, title: str, abstract: str) -> dict[str, Any]:
    return {
        "id": f"2501.{number:05}",
        "arxiv_id": f"2501.{number:05}",
        "title": title,
        "abstract": abstract,
        "published": f"2025-01-{number % 28 + 1:02}",
    }


def listed(number: int) -> dict[str, Any]:
    return paper(
        number,
        f"Agents {number} read chest X-ray images and write reports",
        "A medical vision-language model for radiology reports, with agents.",
    )


def hard(number: int) -> dict[str, Any]:
    return paper(
        number,
        f"Segmentation {number} of medical images without any text",
        "A convolutional network for the outlines of organs in clinical images.",
    )


def other(number: int) -> dict[str, Any]:
    return paper(number, f"Growth of crystals {number}", "It is slow, and so are we.")


LISTED = [listed(number) for number in range(100)]
HARD = [hard(number) for number in range(100, 200)]
STREAM = [*LISTED, *HARD, *(other(number) for number in range(200, 600))]


def write(path: Path, rows: Iterable[dict[str, Any] | str]) -> Path:
    """JSON lines; a row that is a text stands as it is."""
    text = "".join(
        (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n"
        for row in rows
    )
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path
