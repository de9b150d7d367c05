"""Papers that a person judged by reading: a table with tabs between its columns.

| column | content |
|---|---|
| `id` or `arxiv_id` | the id by which the stream has the paper |
| `grade` | 3 belongs clearly, 2 belongs at the edge, 1 nearly belongs, 0 does not belong |
| `leaf`, `second` | the node of the taxonomy under which it stands, and another possible one |
| `weight` | how many papers of the stream it stands for |

All but the first two may be absent; `-` or nothing means unknown; other columns are ignored. A
leaf is a node's id, or an abbreviation of it, with a dot or a slash between the levels: each part
has letters of the id's part in their order, beginning with its first (`app.cls`).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from medvl_watch.errors import ConfigError

_BELONGS, _CORE = 2, 3
_UNKNOWN = frozenset({"", "-"})
_GRADES = ("0", "1", "2", "3")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedPaper:
    """What a person found: a grade from 0 to 3, the ids of the leaf and of another in which the
    paper could stand (empty if unknown), and how many papers of the stream it stands for."""

    grade: int
    leaf: str = ""
    second: str = ""
    weight: float = 1.0

    @property
    def belongs(self) -> bool:
        return self.grade >= _BELONGS

    @property
    def is_core(self) -> bool:
        return self.grade == _CORE


def parse_judged(text: str, nodes: Iterable[str], where: str) -> dict[str, GradedPaper]:
    """The judged papers by their id. `nodes` are the ids of the taxonomy.

    Raises ConfigError, with the line, for a table that cannot be read.
    """
    table = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    names = set(table.fieldnames or ())
    key = next((name for name in ("id", "arxiv_id") if name in names), None)
    if key is None or "grade" not in names:
        raise ConfigError(
            "the first line does not name the columns `id` (or `arxiv_id`) and `grade`",
            where=where,
            remedy="separate the columns by tabs",
        )
    tree = tuple(nodes)
    found = {}
    for number, row in enumerate(table, 2):
        line = f"{where}:{number}"
        cells = {name: (value or "").strip() for name, value in row.items() if name in names}
        if cells[key] in _UNKNOWN:
            raise ConfigError("the line has no id", where=line)
        found[cells[key]] = _judged(cells, tree, line)
    return found


def _judged(cells: Mapping[str, str], tree: tuple[str, ...], line: str) -> GradedPaper:
    if cells["grade"] not in _GRADES:
        raise ConfigError(f"the grade {cells['grade']!r} is not 0, 1, 2 or 3", where=line)
    return GradedPaper(
        grade=int(cells["grade"]),
        leaf=_node(cells.get("leaf", ""), tree, line),
        second=_node(cells.get("second", ""), tree, line),
        weight=_weight(cells.get("weight", ""), line),
    )


def _weight(text: str, line: str) -> float:
    if text in _UNKNOWN:
        return 1.0
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise ConfigError(f"the weight {text!r} is not a positive number", where=line)
    return weight


def _node(name: str, tree: tuple[str, ...], line: str) -> str:
    """The only node of this id or abbreviation; empty if it is unknown."""
    if name in _UNKNOWN:
        return ""
    if name in tree:
        return name
    parts = name.replace(".", "/").split("/")
    matching = [node for node in tree if _abbreviates(parts, node.split("/"))]
    if len(matching) != 1:
        problem = f"stands for {' and '.join(matching)}" if matching else "is not in the taxonomy"
        raise ConfigError(f"the leaf {name!r} {problem}", where=line)
    return matching[0]


def _abbreviates(parts: list[str], levels: list[str]) -> bool:
    return len(parts) == len(levels) and all(
        part[:1] == level[:1] and _is_subsequence(part, level)
        for part, level in zip(parts, levels, strict=True)
    )


def _is_subsequence(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)
