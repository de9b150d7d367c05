"""A forge that is created when it is first used, so that polling needs no token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from medvl_watch.changes import (
    Change,
    Comment,
    FoundIssue,
    Issue,
    Published,
    PullRequest,
    Remark,
    Snapshot,
    Target,
)
from medvl_watch.ports import Forge


class LazyForge:
    """`Forge` by way of another that `make` gives; asking may raise what `make` raises."""

    def __init__(self, make: Callable[[], Forge]) -> None:
        self._make = make

    @cached_property
    def _forge(self) -> Forge:
        return self._make()

    @property
    def name(self) -> str:
        return self._forge.name

    def read(self, target: Target) -> Snapshot:
        return self._forge.read(target)

    def pull_requests(self, target: Target) -> Sequence[PullRequest]:
        return self._forge.pull_requests(target)

    def ensure_pull_request(self, change: Change) -> Published:
        return self._forge.ensure_pull_request(change)

    def close_pull_request(self, target: Target, pull: PullRequest, body: str) -> Published:
        return self._forge.close_pull_request(target, pull, body)

    def proposed_list(self, target: Target, pull: PullRequest) -> bytes | None:
        return self._forge.proposed_list(target, pull)

    def delete_branch(self, target: Target, pull: PullRequest) -> None:
        self._forge.delete_branch(target, pull)

    def ensure_comment(self, target: Target, comment: Comment) -> Published:
        return self._forge.ensure_comment(target, comment)

    def acknowledge(self, target: Target, remark: Remark, *, is_understood: bool) -> None:
        self._forge.acknowledge(target, remark, is_understood=is_understood)

    def ensure_issue(self, issue: Issue) -> Published:
        return self._forge.ensure_issue(issue)

    def issues(self, prefix: str) -> Sequence[FoundIssue]:
        return self._forge.issues(prefix)
