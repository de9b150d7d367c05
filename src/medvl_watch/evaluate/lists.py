"""Replay of what maintainers added to their lists: each case's papers go into the list as it
was before, and the new text is judged by a scorer that knows what the maintainer did.

This side never looks at a case's `truth` or `after_file`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from medvl_watch.changes import Addition, Edit
from medvl_watch.errors import ConfigError
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.papers.recordfile import parse_json, record_from_json
from medvl_watch.records import Headings, Record

Read = Callable[[str], str]
Choose = Callable[[str, Record], Headings | None]
"""From a list's text and a paper to a section of it, or None where none fits."""


def case_from_line(line: str, where: str) -> Mapping[str, Any]:
    """A case out of a JSON line. Raises ConfigError for a line that is none."""
    case = parse_json(line, where, "write one case on each line")
    needed = ("id", "before_file", "papers")
    missing = [key for key in needed if not isinstance(case, Mapping) or key not in case]
    if missing or not isinstance(case, Mapping):
        raise ConfigError(f"the case has no {', '.join(missing)}", where=where)
    return case


def replay(
    cases: Iterable[Mapping[str, Any]], read: Read, choose: Choose
) -> Iterator[dict[str, Any]]:
    """The result of each case, in order: its `id`, the new text (`after`), what was `placed`,
    and why it was `refused` where nothing was.

    `read` gives the text of a `before_file`. A paper with a `section` goes there, even if
    the section has to be opened; for the others `choose` is asked.
    """
    for case in cases:
        before = read(str(case["before_file"]))
        additions = []
        homeless = []
        for number, paper in enumerate(case["papers"], start=1):
            record = record_from_json(paper, f"{case['id']}, paper {number}")
            section = _given(record) or choose(before, record)
            if section is None:
                homeless.append(record.id)
            else:
                additions.append(Addition(paper=record, section=section))
        yield _result(str(case["id"]), insert(before, additions, open_sections=True), homeless)


def _given(record: Record) -> Headings | None:
    section = record.extra.get("section")
    return tuple(map(str, section)) if isinstance(section, (list, tuple)) and section else None


def _result(case_id: str, edit: Edit, homeless: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "id": case_id,
        "after": edit.after,
        "placed": [
            {
                "paper": p.paper_id,
                "section": list(p.section),
                "line": p.line,
                "lines": list(p.lines),
            }
            for p in edit.placed
        ],
    }
    reasons = [f"{r.paper_id}: {r.reason}" for r in edit.refused]
    reasons += [f"{h.paper_id}: listed already at line {h.line}" for h in edit.held]
    reasons += [f"{paper_id}: no section fits" for paper_id in homeless]
    if reasons:
        result["not_placed"] = reasons
    if not edit.placed:
        result["refused"] = "; ".join(reasons) or "there was nothing to place"
    return result
