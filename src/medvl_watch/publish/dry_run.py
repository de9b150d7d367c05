"""A forge that says what another would do, and does nothing.

It is an implementation like any other, so no branch of the pipeline can forget to ask for
it; and it knows nothing of the other forge but its reading methods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from medvl_watch.changes import (
    Action,
    Change,
    Comment,
    FoundIssue,
    Issue,
    Published,
    PullRequest,
    PullState,
    Remark,
    Snapshot,
    Target,
)
from medvl_watch.publish import upsert
from medvl_watch.publish.issues import foreseen_issue


@runtime_checkable
class ForgeReader(Protocol):
    """What the dry run asks of a forge; none of it writes."""

    @property
    def name(self) -> str: ...

    def read(self, target: Target) -> Snapshot: ...

    def pull_requests(self, target: Target) -> Sequence[PullRequest]: ...

    def has_comment(self, target: Target, comment: Comment) -> bool: ...

    def issues(self, prefix: str) -> Sequence[FoundIssue]: ...

    def proposed_list(self, target: Target, pull: PullRequest) -> bytes | None: ...

    def find_issue(self, key: str) -> FoundIssue | None: ...


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """What the other forge would have to make, and what it would do."""

    wanted: Change | Comment | Issue | PullRequest
    outcome: Published


class DryRun:
    """`Forge` over another's reading methods. `planned` lists what would be written, in order."""

    def __init__(self, reader: ForgeReader) -> None:
        self._reader = reader
        self.name = f"dry run ({reader.name})"
        self.planned: list[PlannedWrite] = []

    def read(self, target: Target) -> Snapshot:
        return self._reader.read(target)

    def pull_requests(self, target: Target) -> Sequence[PullRequest]:
        return self._reader.pull_requests(target)

    def ensure_pull_request(self, change: Change) -> Published:
        pulls = self._reader.pull_requests(change.target)
        return self._plan(change, upsert.foreseen_pull(change, pulls))

    def close_pull_request(self, target: Target, pull: PullRequest, body: str) -> Published:  # noqa: ARG002 - the port's
        is_open = pull.state is PullState.OPEN
        outcome = Published(
            action=Action.WOULD_CLOSE if is_open else Action.NONE,
            number=pull.number,
            address=pull.address,
            head=pull.head,
        )
        return self._plan(pull, outcome)

    def proposed_list(self, target: Target, pull: PullRequest) -> bytes | None:
        return self._reader.proposed_list(target, pull)

    def delete_branch(self, target: Target, pull: PullRequest) -> None:
        """A dry run leaves branches where they are."""

    def ensure_comment(self, target: Target, comment: Comment) -> Published:
        has_it = self._reader.has_comment(target, comment)
        action = Action.NONE if has_it else Action.WOULD_CREATE
        return self._plan(comment, Published(action=action, number=comment.number, address=""))

    def acknowledge(self, target: Target, remark: Remark, *, is_understood: bool) -> None:
        """A dry run answers nobody."""

    def ensure_issue(self, issue: Issue) -> Published:
        found = self._reader.find_issue(issue.key)
        outcome = Published(
            action=foreseen_issue(issue, found),
            number=found.number if found else None,
            address=found.address if found else "",
        )
        return self._plan(issue, outcome)

    def issues(self, prefix: str) -> Sequence[FoundIssue]:
        return self._reader.issues(prefix)

    def _plan(
        self, wanted: Change | Comment | Issue | PullRequest, outcome: Published
    ) -> Published:
        if outcome.action is not Action.NONE:
            self.planned.append(PlannedWrite(wanted, outcome))
        return outcome
