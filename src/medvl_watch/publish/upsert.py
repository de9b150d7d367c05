"""How a pull request is made to exist: the same steps for every forge, each safe to repeat.

The order matters. The commit is made first and nothing refers to it; then the body says
that the branch may stand on the old or on the new commit; only then the branch moves, once,
from a head that we know to the new one. Whatever step fails, the next run finds a state
that it recognises as its own and goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from medvl_watch.changes import Action, Change, Issue, Published, PullRequest, PullState, Target
from medvl_watch.errors import ForgeError
from medvl_watch.offers.maintainer_decisions import open_pull
from medvl_watch.publish import choices, marker
from medvl_watch.publish.descriptions import own_pull

BRANCH_PREFIX = "medvl-watch/"


def branch_of(list_id: str) -> str:
    """The branch of our pull requests on a list."""
    return f"{BRANCH_PREFIX}{list_id}"


class Repository(Protocol):
    """The single steps, on the repository of one list. Each raises ForgeError."""

    def pulls(self) -> Sequence[PullRequest]:
        """All pull requests from our branch, oldest first."""
        ...

    def head(self, branch: str) -> str | None:
        """The commit that a branch stands on, or None without such a branch."""
        ...

    def content(self, commit: str) -> bytes | None:
        """The list's file in a commit, or None if it is not there."""
        ...

    def wrote(self, commit: str) -> bool:
        """Whether a commit's message carries our trailer for this list."""
        ...

    def commit(self, change: Change) -> str:
        """Make a commit on the change's base that no branch knows yet."""
        ...

    def create_branch(self, branch: str, commit: str) -> None: ...

    def move_branch(self, branch: str, old: str, new: str) -> None:
        """Move our branch; refuses if it does not stand on `old`."""
        ...

    def open_pull(self, change: Change, head: str, body: str) -> PullRequest: ...

    def edit_pull(self, pull: PullRequest, title: str, body: str) -> None: ...

    def close_pull(self, pull: PullRequest, body: str) -> None:
        """Close it under this description; refuses if it is no longer what `pull` says."""
        ...


def trailer(list_id: str) -> str:
    """The line of a commit's message by which we know our own commits."""
    return f"Medvl-Watch-List: {list_id}"


def carries_trailer(message: str, list_id: str) -> bool:
    return trailer(list_id) in message.splitlines()


def ensure_pull_request(repository: Repository, change: Change) -> Published:
    """Make the change exist as our one open pull request; without a write if it does."""
    if repository.content(change.base) == change.content:
        raise ForgeError(
            "the change is empty, and a branch equal to its base closes a pull request",
            where=change.target.id,
        )
    pulls = repository.pulls()
    pull = open_pull(pulls)
    if pull is None:
        return _create(repository, change, pulls)
    return _update(repository, change, pull)


def close_pull_request(
    repository: Repository, target: Target, pull: PullRequest, body: str
) -> Published:
    """Close our pull request; without a write if it is closed."""
    now = next((each for each in repository.pulls() if each.number == pull.number), None)
    if now is None or (
        now.state is PullState.OPEN and (now.head, now.body) != (pull.head, pull.body)
    ):
        raise ForgeError(
            f"pull request {pull.number} changed while we looked at it",
            where=target.id,
            remedy="run medvl-watch again",
        )
    if now.state is not PullState.OPEN:
        return _published(Action.NONE, now, now.head)
    repository.close_pull(now, body)
    return _published(Action.CLOSED, now, now.head)


def _create(repository: Repository, change: Change, pulls: Sequence[PullRequest]) -> Published:
    head = _prepare_branch(repository, change, pulls)
    pull = repository.open_pull(change, head, revised_body(change, heads=(head,)))
    return Published(
        action=Action.CREATED, number=pull.number, address=pull.address, head=pull.head
    )


def _prepare_branch(repository: Repository, change: Change, pulls: Sequence[PullRequest]) -> str:
    """Our branch on a commit that makes the change; one of a run that broke off will do."""
    current = repository.head(change.branch)
    if current is None:
        new = repository.commit(change)
        repository.create_branch(change.branch, new)
        return new
    kept = {pull.head for pull in pulls if pull.state is not PullState.OPEN}
    if current not in kept and not repository.wrote(current):
        raise ForgeError(
            f"branch {change.branch} holds commits that are not ours and no open pull request",
            where=change.target.id,
            remedy="rename or delete that branch",
        )
    if repository.content(current) == change.content:
        return current
    new = repository.commit(change)
    repository.move_branch(change.branch, current, new)
    return new


def _update(repository: Repository, change: Change, pull: PullRequest) -> Published:
    touched = own_pull(pull).is_touched
    if touched or (touched is None and not repository.wrote(pull.head)):
        return _published(Action.NONE, pull, pull.head)
    fresh = repository.content(pull.head) == change.content
    head = pull.head if fresh else repository.commit(change)
    body = revised_body(change, heads=(head, pull.head), current=pull)
    title = revised_title(change, pull)
    if title != pull.title or not _same_body(pull.body, body, head):
        repository.edit_pull(pull, title, body)
    elif fresh:
        return _published(Action.NONE, pull, head)
    if not fresh:
        repository.move_branch(change.branch, pull.head, head)
    return _published(Action.UPDATED, pull, head)


def _published(action: Action, pull: PullRequest, head: str) -> Published:
    return Published(action=action, number=pull.number, address=pull.address, head=head)


def revised_body(change: Change, heads: Sequence[str], current: PullRequest | None = None) -> str:
    """The wanted body with what a person wrote into the current one, and the state of both.

    `heads` are the commits that the branch may stand on, the newest first.
    """
    wanted = marker.read(change.body)
    if wanted is None:
        raise ValueError("the body of a change carries no state")
    now = marker.read(current.body) if current else None
    refused = own_pull(current).refused if current else frozenset()
    own_title = current is None or revised_title(change, current) == change.title
    state = wanted.model_copy(
        update={
            "base": change.base,
            "after": marker.blob_id(change.content),
            "heads": tuple(dict.fromkeys(heads)),
            # a state that holds more cannot be read; the ledger knows them all
            "refused": tuple(sorted(refused.difference(wanted.papers)))[: marker.MOST_PAPERS],
            "title": marker.title_hash(change.title) if own_title else (now.title if now else ""),
        }
    )
    body = change.body
    if current is not None:
        body = choices.tick(marker.merge(current.body, body), current.body)
    return marker.restate(body, state)


def revised_title(change: Change, current: PullRequest) -> str:
    """The wanted title, unless a person gave the pull request another one than we did."""
    state = marker.read(current.body)
    ours = {"", marker.title_hash(current.title)}
    renamed = current.title != "" and state is not None and state.title not in ours
    return current.title if renamed else change.title


def _same_body(current: str, wanted: str, head: str) -> bool:
    now, then = marker.read(current), marker.read(wanted)
    if now is None or then is None or marker.body_hash(current) != marker.body_hash(wanted):
        return False
    # Which commit was made when does not matter as long as ours is recognised as ours.
    placeless = {"heads": (), "base": None}
    same = now.model_copy(update=placeless) == then.model_copy(update=placeless)
    return same and now.heads[:1] == (head,)


# --- issues ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundIssue:
    """An issue of ours as the forge shows it now; `number` is None where it has none."""

    number: int | None
    title: str
    body: str
    address: str


def revised_issue(issue: Issue, found: FoundIssue | None) -> tuple[str, str]:
    """Title and body as they should be: with the marker and what a person wrote around our
    text; exactly the present ones where a reader would see no difference."""
    if found is None:
        return issue.title, marker.with_issue_key(issue.body, issue.key)
    body = marker.with_issue_key(marker.merge(found.body, issue.body), issue.key)
    same = marker.body_hash(body) == marker.body_hash(found.body)
    return issue.title, found.body if same else body


# --- what would be done ---------------------------------------------------------------


def foreseen_pull(change: Change, pull: PullRequest | None) -> Action:
    """What `ensure_pull_request` would do, judged by the open pull request alone."""
    if pull is None:
        return Action.WOULD_CREATE
    if own_pull(pull).is_touched:
        return Action.NONE
    body = revised_body(change, heads=(pull.head,), current=pull)
    same = revised_title(change, pull) == pull.title and _same_body(pull.body, body, pull.head)
    return Action.NONE if same else Action.WOULD_UPDATE


def foreseen_issue(issue: Issue, found: FoundIssue | None) -> Action:
    if found is None:
        return Action.WOULD_CREATE
    same = revised_issue(issue, found) == (found.title, found.body)
    return Action.NONE if same else Action.WOULD_UPDATE
