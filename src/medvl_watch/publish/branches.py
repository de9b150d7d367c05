"""The names of our branches on a list's repository.

The first choice is `medvl-watch/<list>`. Where a branch `medvl-watch` exists, git allows no
branch below that name, so `medvl-watch-<list>` takes its place. `+2` and so on follow a name
whose branch a person has changed: such a branch is never written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

BRANCH_PREFIX = "medvl-watch"
MOST_NAMES = 9


def branch_names(list_id: str, existing: Iterable[str] = ()) -> Sequence[str]:
    """The names to use, in this order, on a repository with these branches."""
    separator = "-" if BRANCH_PREFIX in existing else "/"
    return _names(f"{BRANCH_PREFIX}{separator}{list_id}")


def is_branch_of(branch: str, list_id: str) -> bool:
    """Whether this is a branch of ours on the list."""
    return any(branch in _names(f"{BRANCH_PREFIX}{each}{list_id}") for each in "/-")


def _names(first: str) -> Sequence[str]:
    return (first, *(f"{first}+{number}" for number in range(2, MOST_NAMES + 1)))
