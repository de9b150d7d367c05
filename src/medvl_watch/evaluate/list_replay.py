"""Replays what maintainers added to their lists.

The papers of each case are inserted into the list as it was before. A separate scorer compares
the new text with what the maintainer did; this module never reads `truth` or `after_file` of a
case.
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
"""A function from the text of a list and a paper to a section of the list, or None if no section
fits."""


def parse_case(line: str, where: str) -> Mapping[str, Any]:
    """Read a case from a line of JSON. Raises ConfigError if the line is not a valid case."""
    case = parse_json(line, where, "write one case per line")
    required = ("id", "before_file", "papers")
    missing = [key for key in required if not isinstance(case, Mapping) or key not in case]
    if missing or not isinstance(case, Mapping):
        raise ConfigError(f"the case has no {', '.join(missing)}", where=where)
    return case


def replay(
    cases: Iterable[Mapping[str, Any]], read: Read, choose: Choose
) -> Iterator[dict[str, Any]]:
    """The result of each case, in order.

    A result has the `id` of the case, the new text (`after`), the papers that were `placed`,
    the reasons for those `not_placed`, and, if no paper was placed, why the case was `refused`.
    `lacking` has the papers whose records lack what the list's entries always state, with these
    fields; `drafts` has the lines that a person could complete.
    `read` returns the text of a `before_file`. A paper with a `section` goes there, even if the
    section has to be added; for the others `choose` chooses the section.
    """
    for case in cases:
        before = read(str(case["before_file"]))
        additions = []
        without_section = []
        for number, paper in enumerate(case["papers"], start=1):
            record = record_from_json(paper, f"{case['id']}, paper {number}")
            section = _stated_section(record) or choose(before, record)
            if section is None:
                without_section.append(record.id)
            else:
                additions.append(Addition(paper=record, section=section))
        edit = insert(before, additions, open_sections=True)
        yield _result(str(case["id"]), edit, without_section)


def _stated_section(record: Record) -> Headings | None:
    section = record.extra.get("section")
    return tuple(map(str, section)) if isinstance(section, (list, tuple)) and section else None


def _result(case_id: str, edit: Edit, without_section: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "id": case_id,
        "after": edit.after,
        "placed": [
            {
                "paper": placement.paper_id,
                "section": list(placement.section),
                "line": placement.line,
                "lines": list(placement.lines),
            }
            for placement in edit.placed
        ],
    }
    reasons = [f"{each.paper_id}: {each.reason}" for each in edit.refused]
    reasons += [
        f"{each.paper_id}: already listed at line {each.line}" for each in edit.already_listed
    ]
    reasons += [f"{paper_id}: no section fits" for paper_id in without_section]
    lacking = {each.paper_id: list(each.lacking) for each in edit.refused if each.lacking}
    if lacking:
        result["lacking"] = lacking
        result["drafts"] = {each.paper_id: each.draft for each in edit.refused if each.draft}
    if reasons:
        result["not_placed"] = reasons
    if not edit.placed:
        result["refused"] = "; ".join(reasons) or "there was nothing to place"
    return result
