"""One list's repository on GitHub: reading it byte by byte, and the steps of a pull request.

Files are read and written through trees and blobs, since GitHub's contents call gives
nothing for files over 1 MB (https://docs.github.com/rest/repos/contents#get-repository-content;
a blob may have 100 MB, https://docs.github.com/rest/git/blobs#get-a-blob). Only the list's own
file and our own branch are ever written.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import github
from github.GitRef import GitRef
from github.GitTreeElement import GitTreeElement
from github.PullRequest import PullRequest as GithubPull
from github.Repository import Repository

from medvl_watch import repository_path
from medvl_watch.changes import Change, PullRequest, PullState, Snapshot, Target
from medvl_watch.errors import ForgeError, ListError
from medvl_watch.offers.maintainer_decisions import open_pull
from medvl_watch.publish import marker, upsert
from medvl_watch.publish.github.client import ForgeUncertain, GitHubErrors
from medvl_watch.publish.github.pull_requests import is_reviewed, shown

_READ, _WRITE, _PULLS = "contents: read", "contents: write", "pull_requests: write"
_Made = TypeVar("_Made")

logger = logging.getLogger(__name__)


def find_repository(client: github.Github, name: str, errors: GitHubErrors) -> Repository:
    """The repository under its present name. Raises ForgeError if nothing can be written.

    A repository that has moved answers a POST with a redirect that PyGithub takes for
    success (see `client`). What is found here knows its new address, and all that follows goes
    there.
    """
    with errors.translated(f"looking for {name}", _READ):
        found = client.get_repo(name)
        if not (found.full_name and found.default_branch):
            raise ValueError("an answer that describes no repository")
        if found.full_name.lower() != name.lower():
            logger.warning(
                "%s has moved to %s: please correct the configuration", name, found.full_name
            )
        closed = "archived" if found.archived else "disabled" if found.disabled else ""
    if closed:
        raise ForgeError(
            f"the repository is {closed}, so nothing can be proposed there",
            where=name,
            remedy="take the list out of the configuration",
        )
    return found


class GithubRepository:
    """The steps of `upsert.Repository` through GitHub's REST interface."""

    def __init__(self, repository: Repository, target: Target, errors: GitHubErrors) -> None:
        repository_path.check(target.path, target.id)
        self._repo = repository
        self._target = target
        self._errors = errors
        self._contents: dict[str, bytes | None] = {}

    @property
    def base_branch(self) -> str:
        return self._target.branch or self._repo.default_branch

    # --- looking ----------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        branch = self.base_branch
        revision = self.head(branch)
        content = self.content(revision) if revision else None
        if revision is None or content is None:
            raise ListError(
                f"{self._target.path} was not found on branch {branch}",
                where=self._target.repository,
                remedy="correct the list's path or branch in the configuration",
            )
        return Snapshot(content=content, revision=revision, branch=branch)

    def pulls(self) -> Sequence[PullRequest]:
        branch = upsert.branch_of(self._target.id)
        with self._errors.translated("listing our pull requests", "pull_requests: read"):
            listed = self._repo.get_pulls(
                state="all",
                head=f"{self._repo.owner.login}:{branch}",
                sort="created",
                direction="asc",
            )
            found = [pull for pull in listed if self._is_ours(pull, branch)]
            ours = [shown(pull) for pull in found]
        # A pull request's own head follows its branch with a delay:
        # https://github.com/palantir/policy-bot/pull/78
        head = self.head(branch) if open_pull(ours) else None
        return [
            replace(pull, head=head, reviewed=self._is_reviewed(found, pull.number, head))
            if head and pull.state is PullState.OPEN
            else pull
            for pull in sorted(ours, key=lambda pull: pull.number)
        ]

    def _is_reviewed(self, found: Sequence[GithubPull], number: int, head: str) -> bool:
        """Whether a person has reviewed the commit that the branch stands on."""
        pull = next(each for each in found if each.number == number)
        with self._errors.translated(f"reading the reviews of {number}", "pull_requests: read"):
            return is_reviewed(pull, head)

    def head(self, branch: str) -> str | None:
        ref = self._ref(branch)
        return ref.object.sha if ref else None

    def content(self, commit: str) -> bytes | None:
        if commit not in self._contents:
            with self._errors.translated(f"reading {self._target.path}", _READ):
                entry = self._entry(commit)
                self._contents[commit] = self._blob(entry.sha) if entry else None
        return self._contents[commit]

    def wrote(self, commit: str) -> bool:
        with self._errors.translated("reading a commit", _READ):
            message = self._repo.get_git_commit(commit).message
        return upsert.carries_trailer(message, self._target.id)

    # --- the steps of a pull request --------------------------------------------------

    def commit(self, change: Change) -> str:
        """A commit without named author: GitHub then signs it where the token is a bot's
        (https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots)."""
        encoded = base64.b64encode(change.content).decode()
        with self._errors.translated("writing a commit", _WRITE):
            parent = self._repo.get_git_commit(change.base)
            entry = self._entry(change.base)
            blob = self._repo.create_git_blob(encoded, "base64")
            element = github.InputGitTreeElement(
                self._target.path, entry.mode if entry else "100644", "blob", sha=blob.sha
            )
            tree = self._repo.create_git_tree([element], base_tree=parent.tree)
            made = self._repo.create_git_commit(change.message, tree, [parent])
            sha: str = made.sha
        self._contents[sha] = change.content
        return sha

    def create_branch(self, branch: str, commit: str) -> None:
        self._check_branch(branch)

        def create() -> bool:
            with self._errors.translated(f"creating branch {branch}", _WRITE):
                self._repo.create_git_ref(f"refs/heads/{branch}", commit)
                return True

        self._once(create, lambda: self.head(branch) == commit or None)

    def move_branch(self, branch: str, old: str, new: str) -> None:
        """The commit replaces the one before it, so this is no fast-forward. Only our own
        branch, and only from the head that we know."""
        self._check_branch(branch)

        def move() -> bool:
            ref = self._ref(branch)
            if ref is None or ref.object.sha != old:
                raise ForgeError(
                    f"branch {branch} moved while we looked at it",
                    where=self._target.repository,
                    remedy="run medvl-watch again",
                )
            with self._errors.translated(f"moving branch {branch}", _WRITE):
                ref.edit(new, force=True)
                return True

        self._once(move, lambda: self.head(branch) == new or None)

    def open_pull(self, change: Change, head: str, body: str) -> PullRequest:
        def create() -> PullRequest:
            with self._errors.translated("opening a pull request", _PULLS):
                made = self._repo.create_pull(
                    self.base_branch,
                    change.branch,
                    title=self._errors.redacted(change.title),
                    body=self._errors.redacted(body),
                )
                return shown(made)

        def find() -> PullRequest | None:
            return open_pull(self.pulls())

        try:
            return self._once(create, find)
        except ForgeError as error:
            # Another run was faster. Its pull request is ours, and the next run completes it.
            found = find() if "already exists" in error.what else None
            if found is None or found.head != head:
                raise
            return found

    def edit_pull(self, pull: PullRequest, title: str, body: str) -> None:
        with self._errors.translated(f"describing pull request {pull.number}", _PULLS):
            self._as_seen(pull).edit(
                title=self._errors.redacted(title), body=self._errors.redacted(body)
            )

    def close_pull(self, pull: PullRequest, body: str) -> None:
        with self._errors.translated(f"closing pull request {pull.number}", _PULLS):
            self._as_seen(pull).edit(body=self._errors.redacted(body), state="closed")

    def _as_seen(self, pull: PullRequest) -> GithubPull:
        """The pull request to write to, unless a person has edited it meanwhile."""
        now = self._repo.get_pull(pull.number)
        seen = shown(now)
        if (seen.title, seen.body, seen.state) != (pull.title, pull.body, pull.state):
            raise ForgeError(
                f"pull request {pull.number} was edited while we looked at it",
                where=self._target.repository,
                remedy="run medvl-watch again",
            )
        return now

    # --- pieces -----------------------------------------------------------------------

    def _once(self, make: Callable[[], _Made], look: Callable[[], _Made | None]) -> _Made:
        """Make something that must not be there twice: after an uncertain answer, look
        whether it is there, and only then try again, once."""
        try:
            return make()
        except ForgeUncertain:
            found = look()
            return make() if found is None else found

    def _ref(self, branch: str) -> GitRef | None:
        with self._errors.translated(f"reading branch {branch}", _READ):
            try:
                ref = self._repo.get_git_ref(f"heads/{branch}")
            except github.UnknownObjectException:
                return None
            # Where there is no exact one, the answer is 404; branches that begin so are another
            # call's (https://docs.github.com/rest/git/refs), once were this one's, and are not it.
            return ref if ref.ref == f"refs/heads/{branch}" else None

    def _entry(self, commit: str) -> GitTreeElement | None:
        """The list's file in a commit's tree, folder by folder."""
        tree_sha = self._repo.get_git_commit(commit).tree.sha
        *folders, name = self._target.path.split("/")
        for folder in folders:
            inner = self._child(tree_sha, folder)
            if inner is None or inner.type != "tree":
                return None
            tree_sha = inner.sha
        entry = self._child(tree_sha, name)
        if entry is None or entry.type != "blob":
            return None
        repository_path.refuse_link(entry.mode, self._target.path, self._target.repository)
        return entry

    def _child(self, tree_sha: str, name: str) -> GitTreeElement | None:
        entries = self._repo.get_git_tree(tree_sha).tree
        return next((entry for entry in entries if entry.path == name), None)

    def _blob(self, sha: str) -> bytes:
        blob = self._repo.get_git_blob(sha)
        content = base64.b64decode(blob.content)
        if blob.encoding != "base64" or marker.blob_id(content) != sha:
            raise ForgeError(
                f"{self._target.path} did not arrive as it is stored",
                where=self._target.repository,
                remedy="try again later",
            )
        return content

    def _is_ours(self, pull: GithubPull, branch: str) -> bool:
        """From our branch in the list's own repository; a fork's of that name is not ours."""
        home: Repository | None = pull.head.repo  # None once a fork is deleted
        if home is None or pull.head.ref != branch:
            return False
        return home.full_name.lower() == self._repo.full_name.lower()

    def _check_branch(self, branch: str) -> None:
        if branch != upsert.branch_of(self._target.id):
            raise ForgeError(f"{branch!r} is not our branch", where=self._target.id)
