"""What a check says: where, by which rule, what is wrong, what to do, and how a machine would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from medvl_watch.lists.checking.checked_list import CheckedList
from medvl_watch.lists.proving.changes import TextChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault. `line` is 1-based; `what` and `fix` are clauses without a full stop.

    `changes` are empty where only a person can know. A `note` is not a fault: something that
    may be meant so, or that the list alone does not prove.
    """

    line: int
    rule: str
    what: str
    fix: str
    changes: tuple[TextChange, ...] = ()
    note: bool = False

    @property
    def is_fixable(self) -> bool:
        return bool(self.changes)


def shortened(text: str, most: int = 60) -> str:
    """A text of other people as a finding quotes it, in so many characters at the most."""
    return text if len(text) <= most else f"{text[: most - 3].rstrip()}…"


class CheckRule(Protocol):
    """Looks at a list and says what it finds; changes nothing and never raises."""

    def __call__(self, subject: CheckedList, /) -> Iterator[Finding]: ...
