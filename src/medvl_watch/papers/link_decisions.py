"""What people decided about linkage: records that are one paper, and records that are not.

A record is named by its strongest identifier (`arxiv:…`, `doi:…`, `title:…`), so that a decision
also holds for what other sources say of the work later.
"""

from __future__ import annotations

from collections.abc import Iterable

from medvl_watch.papers.identifiers import derived_id
from medvl_watch.records import LinkChoice, LinkDecision, Record


class LinkDecisions:
    """The latest decision about each pair of records."""

    def __init__(self, decisions: Iterable[LinkDecision] = ()) -> None:
        self._together: dict[str, list[str]] = {}
        self._apart: set[frozenset[str]] = set()
        latest = {frozenset((each.one, each.other)): each for each in decisions}
        for pair, each in latest.items():
            if each.choice is LinkChoice.APART:
                self._apart.add(pair)
            else:
                self._together.setdefault(each.one, []).append(each.other)
                self._together.setdefault(each.other, []).append(each.one)

    def __bool__(self) -> bool:
        return bool(self._apart or self._together)

    def are_apart(self, one: Record, other: Record) -> bool:
        """Whether a person decided that two records are of two papers."""
        return (
            bool(self._apart)
            and frozenset((name_of_record(one), name_of_record(other))) in self._apart
        )

    def partners(self, record: Record) -> tuple[str, ...]:
        """The names of the records that a person joined with this one."""
        return tuple(self._together.get(name_of_record(record), ())) if self._together else ()


def name_of_record(record: Record) -> str:
    """The name by which decisions know a record."""
    return derived_id(record)
