"""Which commits are ours: by what we recorded, and by what the commit itself shows.

A trailer alone proves nothing, since `git commit --amend` keeps it. So the message of our
commits carries a seal: a hash of the list, the tree and the parents that we committed. Whoever
amends, rebases or adds to our commit has another tree or other parents under the same seal.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

WEB_COMMITTER = "noreply@github.com"
"""Who commits on GitHub's own pages and for bots, whoever the author is."""
MOST_UPDATES = 5
"""How many times a branch may have been brought up to date in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFacts:
    """A commit: its message, tree, parents, and its author's and committer's mail addresses."""

    message: str
    tree: str
    parents: tuple[str, ...]
    author: str = ""
    committer: str = ""


class CommitReader(Protocol):
    """What is read of commits. Each raises ForgeError."""

    def commit_facts(self, commit: str) -> CommitFacts: ...

    def content(self, commit: str) -> bytes | None:
        """The list's file in a commit, or None if it is not there."""
        ...

    def differs_in_list_alone(self, one: str, other: str) -> bool:
        """Whether two commits have the same files but for the list's."""
        ...

    def is_in_base(self, commit: str) -> bool:
        """Whether the list's base branch has this commit."""
        ...


def trailer(list_id: str) -> str:
    """The line of a commit's message that names the list it was made for."""
    return f"Medvl-Watch-List: {list_id}"


def sealed(message: str, list_id: str, tree: str, parents: Collection[str]) -> str:
    """The message (which ends in our trailer) with the seal of what is committed under it."""
    return f"{message.rstrip()}\n{_seal(list_id, tree, parents)}\n"


def is_sealed(facts: CommitFacts, list_id: str) -> bool:
    """Whether the commit is as we made it."""
    lines = facts.message.splitlines()
    has_seal = trailer(list_id) in lines and _seal(list_id, facts.tree, facts.parents) in lines
    return has_seal and facts.committer in {facts.author, WEB_COMMITTER}


def find_own_commit(
    reader: CommitReader, head: str, recorded: Collection[str], list_id: str
) -> str:
    """The commit of ours that `head` is, or that it merges with the base and nothing else (the
    button “Update branch”); empty if `head` may hold a person's work. `recorded` are commits that
    we know to be ours."""
    for _ in range(MOST_UPDATES):
        if head in recorded:
            return head
        facts = reader.commit_facts(head)
        if is_sealed(facts, list_id):
            return head
        if not _only_updates(reader, head, facts):
            return ""
        head = facts.parents[0]
    return ""


def _only_updates(reader: CommitReader, merge: str, facts: CommitFacts) -> bool:
    """Whether a commit merges the base into its first parent without any change of its own: it
    has the base's files, and in the list exactly the lines that the first parent added."""
    if len(facts.parents) != 2:
        return False
    first, second = facts.parents
    if not (reader.is_in_base(second) and reader.differs_in_list_alone(second, merge)):
        return False
    before = reader.commit_facts(first).parents[-1:]
    if not before:
        return False
    ours = _line_changes(reader.content(before[0]), reader.content(first))
    theirs = _line_changes(reader.content(second), reader.content(merge))
    return ours is not None and ours == theirs


def _line_changes(old: bytes | None, new: bytes | None) -> tuple[Counter[bytes], ...] | None:
    """The lines that were added and removed; None where a file is missing."""
    if old is None or new is None:
        return None
    before, after = Counter(old.splitlines()), Counter(new.splitlines())
    return after - before, before - after


def _seal(list_id: str, tree: str, parents: Collection[str]) -> str:
    text = "\0".join((list_id, tree, *parents))
    return f"Medvl-Watch-Seal: {hashlib.sha256(text.encode()).hexdigest()[:20]}"
