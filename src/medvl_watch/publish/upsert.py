"""How a pull request is made to exist: the same steps for every forge, each safe to repeat.

The order matters. The commit is made first and nothing refers to it; then the branch moves,
once, from a head that we know to be ours; then the description follows. A rule of the repository
that forbids the move is so found out before anything is said of it. Whatever step fails, the
next run recognises the commits as ours by their seals (`own_commits`) and goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from medvl_watch.changes import Action, Change, Published, PullRequest, PullState, Target
from medvl_watch.errors import ForgeDenied, ForgeError
from medvl_watch.publish.branches import branch_names
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.own_commits import CommitReader, find_own_commit
from medvl_watch.publish.revisions import revised_body, revised_title, same_body, with_line_links

MOST_EDITS = 3
"""How often a description is written again because a person edited it at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRules:
    """What the repository's rules forbid on one branch."""

    creating: bool = False
    updating: bool = False
    replacing: bool = False
    """Moving it to a commit that does not follow its head (a force-push)."""


class UnusableBranch(ForgeError):
    """A branch of this name cannot be made, such as one below the name of another branch."""


class Repository(CommitReader, Protocol):
    """The single steps, on the repository of one list. Each raises ForgeError."""

    def pulls(self) -> Sequence[PullRequest]:
        """All pull requests from our branches, oldest first."""
        ...

    def pull(self, number: int) -> PullRequest:
        """One of our pull requests as it is now."""
        ...

    def branches(self) -> Mapping[str, str]:
        """The heads of our branches, and of a branch `medvl-watch`."""
        ...

    def head(self, branch: str) -> str | None:
        """The commit that a branch stands on, or None without such a branch."""
        ...

    def rules(self, branch: str) -> BranchRules: ...

    def line_address(self, branch: str) -> str:
        """The address of the list's file on a branch, to which a line's number is added."""
        ...

    def commit(self, change: Change, parents: Sequence[str]) -> str:
        """Make a sealed commit of the base's files with the list changed, that no branch has."""
        ...

    def create_branch(self, branch: str, commit: str) -> None:
        """Raises UnusableBranch where another name may do."""
        ...

    def move_branch(self, branch: str, old: str, new: str) -> None:
        """Move our branch; refuses if it does not stand on `old`."""
        ...

    def open_pull(self, change: Change, branch: str, head: str, body: str) -> PullRequest: ...

    def edit_pull(self, pull: PullRequest, title: str, body: str) -> PullRequest | None:
        """Write title and description, and retarget it to the list's branch. If it is no longer
        what `pull` says, nothing is written, and what it is now is returned."""
        ...

    def close_pull(self, pull: PullRequest, body: str) -> None:
        """Close it under this description; refuses if it is no longer what `pull` says."""
        ...


def ensure_pull_request(repository: Repository, change: Change) -> Published:
    """Make the change exist as an open pull request of ours; without a write if it does."""
    if repository.content(change.base) == change.content:
        raise ForgeError(
            "the change is empty, and a branch equal to its base closes a pull request",
            where=change.target.id,
        )
    pulls = repository.pulls()
    pull = writable_pull(pulls, change)
    if pull is not None:
        return _update(repository, change, pull)
    if change.number is not None:
        return _left_alone(pulls, change)
    return _create(repository, change, pulls)


def writable_pull(pulls: Sequence[PullRequest], change: Change) -> PullRequest | None:
    """The pull request that the change is for, if it is open and its branch is still ours."""
    return next(
        (
            pull
            for pull in pulls
            if own_pull(pull).is_writable
            and (pull.number == change.number or (change.number is None and not pull.reviewed))
        ),
        None,
    )


def _left_alone(pulls: Sequence[PullRequest], change: Change) -> Published:
    """A person was faster: they closed the pull request, or pushed to it."""
    pull = next((each for each in pulls if each.number == change.number), None)
    if pull is None or pull.state is not PullState.OPEN:
        raise changed_meanwhile(change.number, change.target)
    return _published(Action.NONE, pull, pull.head)


def changed_meanwhile(number: int | None, target: Target) -> ForgeError:
    return ForgeError(
        f"pull request {number} changed while we looked at it",
        where=target.id,
        remedy="run medvl-watch again",
    )


def _two_at_once(target: Target) -> ForgeError:
    return ForgeError(
        "another run is opening a pull request at the same moment",
        where=target.id,
        remedy="run medvl-watch again, one at a time",
    )


def close_pull_request(
    repository: Repository, target: Target, pull: PullRequest, body: str
) -> Published:
    """Close our pull request; without a write if it is closed."""
    now = next((each for each in repository.pulls() if each.number == pull.number), None)
    if now is None or (
        now.state is PullState.OPEN and (now.head, now.body) != (pull.head, pull.body)
    ):
        raise changed_meanwhile(pull.number, target)
    if now.state is not PullState.OPEN:
        return _published(Action.NONE, now, now.head)
    repository.close_pull(now, body)
    return _published(Action.CLOSED, now, now.head)


# --- a new one --------------------------------------------------------------------------


def _create(repository: Repository, change: Change, pulls: Sequence[PullRequest]) -> Published:
    branch, head = _prepare_branch(repository, change, pulls)
    body = with_line_links(revised_body(change, heads=(head,)), repository.line_address(branch))
    pull = repository.open_pull(change, branch, head, body)
    return Published(
        action=Action.CREATED, number=pull.number, address=pull.address, head=pull.head
    )


def _prepare_branch(
    repository: Repository, change: Change, pulls: Sequence[PullRequest]
) -> tuple[str, str]:
    """A branch of ours and its commit, which makes the change. One that a broken run or an ended
    pull request has left is used again, unless a person may have worked on it."""
    existing = repository.branches()
    in_use = {pull.branch for pull in pulls if pull.state is PullState.OPEN}
    commit = ""
    problem: ForgeError | None = None
    for branch in branch_names(change.target.id, existing):
        current = existing.get(branch)
        if branch in in_use or (current and not _is_ours(repository, change, pulls, current)):
            continue
        if current and repository.content(current) == change.content:
            return branch, current
        rules = repository.rules(branch)
        if rules.updating if current else rules.creating:
            problem = _forbidden(branch, change.target)
            continue
        if current:
            return branch, _replace(repository, change, branch, current, rules)
        commit = commit or repository.commit(change, (change.base,))
        try:
            repository.create_branch(branch, commit)
        except UnusableBranch as error:
            if repository.head(branch) is not None:  # another run made it just now
                raise _two_at_once(change.target) from error
            problem = error
            continue
        return branch, commit
    raise problem or ForgeError(
        "every branch name of ours is taken by a person's commits",
        where=change.target.id,
        remedy="delete branches that begin with medvl-watch and are no longer needed",
    )


def _is_ours(
    repository: Repository, change: Change, pulls: Sequence[PullRequest], head: str
) -> bool:
    recorded = {each for pull in pulls for each in own_pull(pull).heads}
    return bool(find_own_commit(repository, head, recorded, change.target.id))


def _forbidden(branch: str, target: Target) -> ForgeError:
    return ForgeDenied(
        f"a rule of the repository forbids to write the branch {branch}",
        where=target.id,
        remedy="exempt branches that begin with medvl-watch from it",
    )


# --- one that is open -------------------------------------------------------------------


def _update(repository: Repository, change: Change, pull: PullRequest) -> Published:
    fresh = repository.content(pull.head) == change.content
    head = pull.head
    if not fresh:
        rules = repository.rules(pull.branch)
        if rules.updating:
            raise _forbidden(pull.branch, change.target)
        head = _replace(repository, change, pull.branch, pull.head, rules)
    is_written = _describe(repository, change, pull, head)
    return _published(Action.NONE if fresh and not is_written else Action.UPDATED, pull, head)


def _replace(
    repository: Repository, change: Change, branch: str, old: str, rules: BranchRules
) -> str:
    """Move the branch to a new commit, whose id is returned: one on the base, or where that is
    forbidden, one that follows the old head as well."""
    parents = (old, change.base) if rules.replacing else (change.base,)
    new = repository.commit(change, parents)
    repository.move_branch(branch, old, new)
    return new


def _describe(repository: Repository, change: Change, pull: PullRequest, head: str) -> bool:
    """Give the pull request its title and description; whether that took a write.

    What a person wrote at the same moment is kept: we look before and after, and begin again
    with what they wrote.
    """
    is_written = False
    for _ in range(MOST_EDITS):
        heads = (head, *own_pull(pull).heads)
        body, title = revised_body(change, heads=heads, current=pull), revised_title(change, pull)
        body = with_line_links(body, repository.line_address(pull.branch))
        if title == pull.title and same_body(pull.body, body, head):
            return is_written
        changed = repository.edit_pull(pull, title, body)
        if changed is None:
            is_written = True
            changed = repository.pull(pull.number)
        if changed.state is not PullState.OPEN:
            raise changed_meanwhile(pull.number, change.target)
        pull = changed
    return is_written


def _published(action: Action, pull: PullRequest, head: str) -> Published:
    return Published(action=action, number=pull.number, address=pull.address, head=head)


# --- what would be done ---------------------------------------------------------------


def foreseen_pull(change: Change, pulls: Sequence[PullRequest]) -> Published:
    """What `ensure_pull_request` would do, judged by our pull requests alone."""
    pull = writable_pull(pulls, change)
    if pull is None and change.number is None:
        return Published(action=Action.WOULD_CREATE, number=None, address="")
    if pull is None:
        return _left_alone(pulls, change)
    body = revised_body(change, heads=(pull.head, *own_pull(pull).heads), current=pull)
    same = revised_title(change, pull) == pull.title and same_body(pull.body, body, pull.head)
    return _published(Action.NONE if same else Action.WOULD_UPDATE, pull, pull.head)
