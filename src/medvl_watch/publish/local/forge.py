"""The embedded default: lists, pull requests and digests in a folder of this machine.

    <folder>/<list>.git                a bare repository, begun from the seed list
    <folder>/pulls/<list>/0001.md      a pull request's title and description (and .json, .diff)
    <folder>/issues/digest-2026-W47.md
    <folder>/.lock                     empty; locked while a run writes

Reading writes nothing: until the first pull request a list is its seed file. From then on
the repository is the list, and the seed is not looked at again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from medvl_watch import repository_path
from medvl_watch.changes import (
    Action,
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
from medvl_watch.errors import ForgeError, ListError, os_reason
from medvl_watch.publish import upsert
from medvl_watch.publish.git import NO_COMMIT, Git, first_commit_id
from medvl_watch.publish.issues import comment_body, revised_issue
from medvl_watch.publish.local import files
from medvl_watch.publish.local.pulls import LocalRepository
from medvl_watch.storage.locks import locked

_SEED_MESSAGE = "Begin with the list as it was\n"
_SEEDED_AT = datetime(2000, 1, 1, tzinfo=UTC)
"""Fixed, so that the same seed gives the same commit on every machine."""
_DEFAULT_BRANCH = "main"
_LONGEST_WAIT = 600.0
"""Seconds that another run may write here before we give up."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")


class LocalForge:
    """`Forge` and `Workbench` in a folder. `seeds` maps a list's id to its seed file; `now`
    dates the commits. Raises ConfigError where the folder cannot be used."""

    name = "local"

    def __init__(self, folder: Path, seeds: Mapping[str, Path], now: datetime) -> None:
        self._folder = folder
        self._seeds = seeds
        self._now = now

    # --- Forge ------------------------------------------------------------------------

    def read(self, target: Target) -> Snapshot:
        git = self._git(target)
        if not git.exists():
            return self._seed_snapshot(target)
        branch = target.branch or git.default_branch()
        revision = git.branch_head(branch)
        content = git.read(revision, target.path) if revision else None
        if revision is None or content is None:
            raise ListError(
                f"{target.path} was not found on branch {branch}",
                where=str(git.folder),
                remedy="correct the list's path or branch in the configuration",
            )
        return Snapshot(content=content, revision=revision, branch=branch)

    def pull_requests(self, target: Target) -> Sequence[PullRequest]:
        return self._repository(target).pulls() if self._git(target).exists() else []

    def ensure_pull_request(self, change: Change) -> Published:
        with self._writing():
            self._seed(change.target)
            repository = self._repository(change.target)
            repository.converge()
            published = upsert.ensure_pull_request(repository, change)
            repository.converge()
            return published

    def close_pull_request(self, target: Target, pull: PullRequest, body: str) -> Published:
        with self._writing():
            return upsert.close_pull_request(self._existing(target), target, pull, body)

    def proposed_list(self, target: Target, pull: PullRequest) -> bytes | None:
        return self._repository(target).content(pull.head)

    def delete_branch(self, target: Target, pull: PullRequest) -> None:
        """Branches go with their pull requests here (`LocalRepository.merge`)."""

    def ensure_comment(self, target: Target, comment: Comment) -> Published:
        path = self._comment_path(target, comment)
        had = path.exists()
        with self._writing():
            written = files.write(path, comment_body(comment))
        action = (Action.UPDATED if had else Action.CREATED) if written else Action.NONE
        return Published(action=action, number=comment.number, address=str(path))

    def has_comment(self, target: Target, comment: Comment) -> bool:
        return self._comment_path(target, comment).exists()

    def acknowledge(self, target: Target, remark: Remark, *, is_understood: bool) -> None:
        """There are no comments of people here."""

    def ensure_issue(self, issue: Issue) -> Published:
        path = self._issue_path(issue.key)
        with self._writing():
            found = self.find_issue(issue.key)
            written = files.write(path, files.page(*revised_issue(issue, found)))
        action = (Action.UPDATED if found else Action.CREATED) if written else Action.NONE
        return Published(action=action, number=None, address=str(path))

    def find_issue(self, key: str) -> FoundIssue | None:
        path = self._issue_path(key)
        if not path.is_file():
            return None
        title, body = files.read_page(path)
        return FoundIssue(None, title, body, str(path))

    def issues(self, prefix: str) -> Sequence[FoundIssue]:
        pages = sorted((self._folder / "issues").glob(f"{_named(prefix.replace('/', '-'))}*.md"))
        return [FoundIssue(None, *files.read_page(path), str(path)) for path in pages]

    # --- Workbench --------------------------------------------------------------------

    def diff(self, target: Target, number: int) -> str:
        return self._existing(target).diff(number)

    def merge(self, target: Target, number: int) -> PullRequest:
        with self._writing():
            return self._existing(target).merge(number)

    def close(self, target: Target, number: int) -> PullRequest:
        with self._writing():
            return self._existing(target).close(number)

    # --- the folder -------------------------------------------------------------------

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with files.translated(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            with locked(self._folder, wait=_LONGEST_WAIT):
                yield

    def _comment_path(self, target: Target, comment: Comment) -> Path:
        name = f"{comment.number:04}-{_named(comment.key)}.md"
        return self._folder / "pulls" / _named(target.id) / name

    def _issue_path(self, key: str) -> Path:
        return self._folder / "issues" / f"{_named(key.replace('/', '-'))}.md"

    def _git(self, target: Target) -> Git:
        repository_path.check(target.path, target.id)
        return Git(self._folder / f"{_named(target.id)}.git")

    def _repository(self, target: Target) -> LocalRepository:
        folder = self._folder / "pulls" / _named(target.id)
        return LocalRepository(self._git(target), folder, target, self._now)

    def _existing(self, target: Target) -> LocalRepository:
        if not self._git(target).exists():
            raise ForgeError("there are no pull requests yet", where=target.id)
        return self._repository(target)

    # --- the seed ---------------------------------------------------------------------

    def _seed_content(self, target: Target) -> bytes:
        path = self._seeds.get(target.id)
        if path is None:
            raise ListError(
                "the local forge knows no file to begin this list with",
                where=target.id,
                remedy="name its seed file in the configuration",
            )
        try:
            return path.read_bytes()
        except OSError as error:
            reason = os_reason(error).lower()
            raise ListError(f"the seed list cannot be read ({reason})", where=str(path)) from error

    def _seed_snapshot(self, target: Target) -> Snapshot:
        content = self._seed_content(target)
        revision = first_commit_id(target.path, content, _SEED_MESSAGE, _SEEDED_AT)
        branch = target.branch or _DEFAULT_BRANCH
        return Snapshot(content=content, revision=revision, branch=branch)

    def _seed(self, target: Target) -> None:
        """Begin the list's repository, whole or not at all."""
        git = self._git(target)
        if git.exists():
            return
        content = self._seed_content(target)
        prefix = f".{git.folder.name}-"
        for left_over in self._folder.glob(f"{prefix}*"):
            shutil.rmtree(left_over)
        scratch = Path(tempfile.mkdtemp(dir=self._folder, prefix=prefix))
        try:
            scratch.chmod(0o755)
            begun = Git(scratch)
            branch = target.branch or _DEFAULT_BRANCH
            begun.init(branch)
            commit = begun.commit_file(target.path, content, _SEED_MESSAGE, _SEEDED_AT)
            begun.update_refs((f"refs/heads/{branch}", commit, NO_COMMIT))
            os.rename(scratch, git.folder)  # noqa: PTH104  # never onto a repository that is there
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _named(name: str) -> str:
    """A name that is safe as a file's; anything else is a fault in the configuration."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise ForgeError(f"{name[:60]!r} cannot be the name of a file")
    return name
