"""One list's repository on GitHub: the steps of a pull request.

Only the list's own file and our own branches are ever written.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

import github
import requests
from github.GithubObject import NotSet
from github.Issue import Issue as GithubIssue
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest as GithubPull

from medvl_watch.changes import (
    Action,
    Change,
    Comment,
    Published,
    PullRequest,
    PullState,
    Remark,
)
from medvl_watch.errors import ForgeError
from medvl_watch.publish import upsert
from medvl_watch.publish.branches import is_branch_of
from medvl_watch.publish.github.client import ForgeUncertain, message_of
from medvl_watch.publish.github.forks import bring_up_to_date
from medvl_watch.publish.github.pull_reading import GithubPulls
from medvl_watch.publish.github.pull_requests import shown
from medvl_watch.publish.issues import comment_body, has_comment_key
from medvl_watch.publish.own_commits import sealed
from medvl_watch.publish.upsert import UnusableBranch

log = logging.getLogger(__name__)

_WRITE, _PULLS = "contents: write", "pull_requests: write"
_Made = TypeVar("_Made")


class GithubRepository(GithubPulls):
    """The steps of `upsert.Repository` through GitHub's REST interface."""

    def line_address(self, branch: str) -> str:
        path = f"{quote(branch, safe='/')}/{quote(self._target.path, safe='/')}"
        return f"{self._home.html_url}/blob/{path}?plain=1#L"

    # --- the steps of a pull request --------------------------------------------------

    def commit(self, change: Change, parents: Sequence[str]) -> str:
        """A commit without named author: GitHub then signs it where the token is a bot's
        (https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots)."""
        encoded = base64.b64encode(change.content).decode()
        with self._errors.translated("writing a commit", _WRITE):
            if self._home is not self._repo:
                bring_up_to_date(self._home, self.base_branch, change.base)
            base = self.commit_at(change.base)
            entry = self.entry(change.base)
            before = [self.commit_at(parent) for parent in parents]
            blob = self._home.create_git_blob(encoded, "base64")
            element = github.InputGitTreeElement(
                self._target.path, entry.mode if entry else "100644", "blob", sha=blob.sha
            )
            tree = self._home.create_git_tree([element], base_tree=base.tree)
            message = sealed(change.message, self._target.id, tree.sha, parents)
            made = self._home.create_git_commit(message, tree, before)
            self.add(made, change.content)
            sha: str = made.sha
        return sha

    def create_branch(self, branch: str, commit: str) -> None:
        self._check_branch(branch)

        def create() -> bool:
            with self._errors.translated(f"creating branch {branch}", _WRITE):
                try:
                    self._home.create_git_ref(f"refs/heads/{branch}", commit)
                except github.GithubException as error:
                    if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                        raise
                    raise self._unusable(branch, error) from error
                return True

        self._once(create, lambda: self.head(branch) == commit or None)

    def move_branch(self, branch: str, old: str, new: str) -> None:
        """The commit may replace the one before it, so this can be no fast-forward. Only our own
        branch, and only from the head that we know: REST has no compare-and-swap, so between
        the look and the move a push can still come in; it is some milliseconds."""
        self._check_branch(branch)
        is_forward = old in self.commit_facts(new).parents

        def move() -> bool:
            with self._errors.translated(f"moving branch {branch}", _WRITE):
                ref = self._ref(branch)
                if ref is None or ref.object.sha != old:
                    raise ForgeError(
                        f"branch {branch} moved while we looked at it",
                        where=self._target.repository,
                        remedy="run medvl-watch again",
                    )
                ref.edit(new, force=not is_forward)
                return True

        self._once(move, lambda: self.head(branch) == new or None)

    def open_pull(self, change: Change, branch: str, head: str, body: str) -> PullRequest:
        def create() -> PullRequest:
            with self._errors.translated("opening a pull request", _PULLS):
                is_own = self._home is self._repo
                made = self._repo.create_pull(
                    self.base_branch,
                    branch if is_own else f"{self._home.owner.login}:{branch}",
                    title=self._errors.redacted(change.title),
                    body=self._errors.redacted(body),
                    draft=self._target.draft,
                )
                return shown(made)

        def find() -> PullRequest | None:
            found = (each for each in self.pulls() if each.branch == branch)
            return next((each for each in found if each.state is PullState.OPEN), None)

        try:
            made = self._once(create, find)
            self._address(made.number)
        except ForgeError as error:
            # Another run was faster. Its pull request is ours, and the next run completes it.
            existing = find() if "already exists" in error.what else None
            if existing is None or existing.head != head:
                raise
            return existing
        return made

    def _address(self, number: int) -> None:
        """Labels, reviewers and assignees as configured. None of them is worth a failed run."""
        target, pull = self._target, self._thread(number)
        try:
            if target.labels:
                pull.add_to_labels(*target.labels)
            if target.assignees:
                pull.add_to_assignees(*target.assignees)
            if target.reviewers:
                self._repo.get_pull(number).create_review_request(reviewers=list(target.reviewers))
        except (github.GithubException, requests.exceptions.RequestException) as error:
            log.warning(
                "%s: labels, assignees or reviewers of pull request %d could not be set (%s)",
                target.id, number, self._errors.redacted(type(error).__name__),
            )  # fmt: skip

    def delete_branch(self, branch: str, head: str) -> None:
        self._check_branch(branch)
        with self._errors.translated(f"deleting branch {branch}", _WRITE):
            ref = self._ref(branch)
            if ref is not None and ref.object.sha == head:
                ref.delete()

    def edit_pull(self, pull: PullRequest, title: str, body: str) -> PullRequest | None:
        with self._errors.translated(f"describing pull request {pull.number}", _PULLS):
            now = self._repo.get_pull(pull.number)
            if not _is_as_seen(now, pull):
                return replace(shown(now), head=pull.head, own_commit=pull.own_commit)
            moved = pull.base not in {"", self.base_branch}
            now.edit(
                title=self._errors.redacted(title),
                body=self._errors.redacted(body),
                base=self.base_branch if moved else NotSet,
            )
        return None

    def close_pull(self, pull: PullRequest, body: str) -> None:
        with self._errors.translated(f"closing pull request {pull.number}", _PULLS):
            now = self._repo.get_pull(pull.number)
            if not _is_as_seen(now, pull):
                raise upsert.changed_meanwhile(pull.number, self._target)
            now.edit(body=self._errors.redacted(body), state="closed")

    # --- comments ---------------------------------------------------------------------

    def ensure_comment(self, comment: Comment) -> Published:
        """Make the comment exist once; one of a person with our marker in it is not ours."""
        body = self._errors.redacted(comment_body(comment))

        def find() -> IssueComment | None:
            with self._errors.translated("listing comments", "pull_requests: read"):
                return self.find_comment(comment.number, comment.key)

        def create() -> IssueComment:
            with self._errors.translated(f"commenting on {comment.number}", _PULLS):
                return self._thread(comment.number).create_comment(body)

        found, action = find(), Action.NONE
        if found is None:
            found, action = self._once(create, find), Action.CREATED
        elif found.body.replace("\r\n", "\n").rstrip() != body.rstrip():
            with self._errors.translated(f"editing a comment on {comment.number}", _PULLS):
                found.edit(body)
            action = Action.UPDATED
        return Published(action=action, number=comment.number, address=found.html_url)

    def find_comment(self, number: int, key: str) -> IssueComment | None:
        ours = {self._pull_authors.get(number)}
        for each in self._thread(number).get_comments():
            is_ours = each.user.type == "Bot" or each.user.login in ours
            if is_ours and has_comment_key(each.body or "", key):
                return each
        return None

    def acknowledge(self, remark: Remark, *, is_understood: bool) -> None:
        """A reaction that is there already is no second one
        (https://docs.github.com/rest/reactions/reactions)."""
        address = f"{self._repo.url}/issues/comments/{remark.id}"
        comment = IssueComment(self._repo.requester, {}, {"url": address, "id": remark.id})
        with self._errors.translated("answering a comment", _PULLS):
            comment.create_reaction("+1" if is_understood else "confused")

    def _thread(self, number: int) -> GithubIssue:
        address = f"{self._repo.url}/issues/{number}"
        return GithubIssue(self._repo.requester, {}, {"url": address, "number": number})

    # --- pieces -----------------------------------------------------------------------

    def _once(self, make: Callable[[], _Made], look: Callable[[], _Made | None]) -> _Made:
        """Make something that must not be there twice: after an uncertain answer, look
        whether it is there, and only then try again, once."""
        try:
            return make()
        except ForgeUncertain:
            found = look()
            return make() if found is None else found

    def _unusable(self, branch: str, error: github.GithubException) -> UnusableBranch:
        return UnusableBranch(
            f"branch {branch} cannot be made: {message_of(error)}",
            where=self._target.repository,
            remedy="exempt branches that begin with medvl-watch from the rules of the repository",
        )

    def _check_branch(self, branch: str) -> None:
        if not is_branch_of(branch, self._target.id):
            raise ForgeError(f"{branch!r} is not our branch", where=self._target.id)


def _is_as_seen(now: GithubPull, pull: PullRequest) -> bool:
    found = shown(now)
    return (found.title, found.body, found.state) == (pull.title, pull.body, pull.state)
