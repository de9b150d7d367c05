"""One list's repository and its pull requests, in the folder of the local forge.

A pull request is a branch and three files: `0001.md`, its title and description, which a
person may edit; `0001.json`, whose existence makes it one; and `0001.diff`, to look at.
Its commits stay under `refs/pull/1/head` when the branch goes, as on GitHub.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from medvl_watch.changes import Change, PullRequest, PullState, Target
from medvl_watch.errors import ForgeError
from medvl_watch.publish.branches import BRANCH_PREFIX, is_branch_of
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.git import NO_COMMIT, Git
from medvl_watch.publish.local import files
from medvl_watch.publish.own_commits import CommitFacts, find_own_commit, sealed
from medvl_watch.publish.upsert import BranchRules, UnusableBranch

_NUMBERED = re.compile(r"(\d{4,})\.json")


class StoredPull(BaseModel):
    """What `0001.json` says. While `state` is open, the branch knows better than `head`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    list: str
    state: PullState
    branch: str
    base_branch: str
    base: str
    head: str
    closed_at: datetime | None = None


class LocalRepository:
    """The steps of `upsert.Repository` on a bare repository and a folder of files."""

    def __init__(self, git: Git, folder: Path, target: Target, now: datetime) -> None:
        self._git = git
        self._folder = folder
        self._target = target
        self._now = now

    @property
    def base_branch(self) -> str:
        return self._target.branch or self._git.default_branch()

    # --- looking ----------------------------------------------------------------------

    def pulls(self) -> Sequence[PullRequest]:
        return [self._with_own_commit(self._shown(stored)) for stored in self._stored()]

    def pull(self, number: int) -> PullRequest:
        """Raises ForgeError if there is none with this number."""
        return self._shown(self._file(number))

    def branches(self) -> Mapping[str, str]:
        found = self._git.branches(BRANCH_PREFIX)
        names = [each for each in found if is_branch_of(each, self._target.id)]
        return {each: found[each] for each in (*names, BRANCH_PREFIX) if each in found}

    def head(self, branch: str) -> str | None:
        return self._git.branch_head(branch)

    def content(self, commit: str) -> bytes | None:
        if self._git.resolve(commit) is None:
            raise ForgeError(
                f"commit {commit[:12]} is not in its repository, so the list was read elsewhere",
                where=self._target.id,
                remedy="run medvl-watch again",
            )
        return self._git.read(commit, self._target.path)

    def commit_facts(self, commit: str) -> CommitFacts:
        return self._git.facts(commit)

    def differs_in_list_alone(self, one: str, other: str) -> bool:
        return self._git.differing_files(one, other) <= {self._target.path}

    def is_in_base(self, commit: str) -> bool:
        return self._git.is_ancestor(commit, self._base_head())

    def rules(self, branch: str) -> BranchRules:  # noqa: ARG002  # a folder has none
        return BranchRules()

    def diff(self, number: int) -> str:
        stored = self._file(number)
        return self._git.diff(stored.base, self._shown(stored).head)

    def line_address(self, branch: str) -> str:  # noqa: ARG002  # a bare repository has no pages
        return "#L"

    # --- the steps of a pull request --------------------------------------------------

    def commit(self, change: Change, parents: Sequence[str]) -> str:
        return self._git.commit_file(
            self._target.path,
            change.content,
            change.message,
            self._now,
            parent=change.base,
            seal=lambda tree: sealed(change.message, self._target.id, tree, parents),
            parents=parents,
        )

    def create_branch(self, branch: str, commit: str) -> None:
        try:
            self._git.update_refs((f"refs/heads/{branch}", commit, NO_COMMIT))
        except ForgeError as error:
            raise UnusableBranch(error.what, where=error.where) from error

    def move_branch(self, branch: str, old: str, new: str) -> None:
        self._git.update_refs((f"refs/heads/{branch}", new, old))

    def open_pull(self, change: Change, branch: str, head: str, body: str) -> PullRequest:
        number = max((stored.number for stored in self._stored()), default=0) + 1
        stored = StoredPull(
            number=number,
            list=self._target.id,
            state=PullState.OPEN,
            branch=branch,
            base_branch=self.base_branch,
            base=change.base,
            head=head,
        )
        files.write(self._path(number, "md"), files.page(change.title, body))
        self._git.update_refs((_head_ref(number), head, None))
        files.write(self._path(number, "diff"), self._git.diff(change.base, head))
        self._save(stored)
        return self._shown(stored)

    def edit_pull(self, pull: PullRequest, title: str, body: str) -> PullRequest | None:
        stored = self._file(pull.number)
        now = self._shown(stored)
        if (now.title, now.body, now.state) != (pull.title, pull.body, pull.state):
            return now
        files.write(self._path(pull.number, "md"), files.page(title, body))
        if stored.base_branch != self.base_branch:
            self._save(stored.model_copy(update={"base_branch": self.base_branch}))
        return None

    def close_pull(self, pull: PullRequest, body: str) -> None:
        files.write(self._path(pull.number, "md"), files.page(pull.title, body))
        self.close(pull.number)

    # --- by hand ----------------------------------------------------------------------

    def merge(self, number: int) -> PullRequest:
        """Merge into the base with a merge commit, and drop the branch."""
        stored, pull = self._open(number)
        base = self._base_head()
        message = f"Merge {stored.branch}, pull request {number}\n"
        try:
            merged = self._git.commit_merge(base, pull.head, message, self._now)
        except ForgeError as error:
            raise ForgeError(
                f"pull request {number} cannot be merged as it is",
                where=self._target.id,
                remedy="run medvl-watch again, which makes it anew on the list as it is now",
            ) from error
        self._git.update_refs(
            (f"refs/heads/{stored.base_branch}", merged, base), *_branch_removal(stored, pull)
        )
        return self._finish(stored, pull, PullState.MERGED)

    def close(self, number: int) -> PullRequest:
        """Close without merging, and drop the branch."""
        stored, pull = self._open(number)
        self._git.update_refs(*_branch_removal(stored, pull))
        return self._finish(stored, pull, PullState.CLOSED)

    # --- the files --------------------------------------------------------------------

    def converge(self) -> None:
        """Make the files say what the repository says, also after a run that broke off."""
        for stored in self._stored():
            pull = self._shown(stored)
            base = stored.base
            if pull.state is PullState.OPEN:
                base = self._git.merge_base(self._base_head(), pull.head) or base
                if self._git.resolve(_head_ref(stored.number)) != pull.head:
                    self._git.update_refs((_head_ref(stored.number), pull.head, None))
            ended = None if pull.state is PullState.OPEN else stored.closed_at or self._now
            seen = stored.model_copy(
                update={"state": pull.state, "head": pull.head, "base": base, "closed_at": ended}
            )
            if seen != stored:
                # The patch first: once the .json tells of a head, its patch is there.
                files.write(self._path(stored.number, "diff"), self._git.diff(base, pull.head))
                self._save(seen)

    def _finish(self, stored: StoredPull, pull: PullRequest, state: PullState) -> PullRequest:
        ended = {"state": state, "head": pull.head, "closed_at": self._now}
        self._save(stored.model_copy(update=ended))
        return self.pull(stored.number)

    def _open(self, number: int) -> tuple[StoredPull, PullRequest]:
        stored = self._file(number)
        pull = self._shown(stored)
        if pull.state is not PullState.OPEN:
            raise ForgeError(f"pull request {number} is {pull.state} already", where=stored.list)
        return stored, pull

    def _with_own_commit(self, pull: PullRequest) -> PullRequest:
        recorded = own_pull(pull).heads
        if pull.state is not PullState.OPEN or pull.head in recorded:
            return pull
        own = find_own_commit(self, pull.head, recorded, self._target.id)
        return replace(pull, own_commit=own)

    def _shown(self, stored: StoredPull) -> PullRequest:
        path = self._path(stored.number, "md")
        title, body = files.read_page(path) if path.exists() else ("", "")
        state, head = self._state_and_head(stored)
        return PullRequest(
            number=stored.number,
            title=title,
            body=body,
            branch=stored.branch,
            base=stored.base_branch,
            state=state,
            head=head,
            address=str(path),
            closed_at=stored.closed_at,
        )

    def _state_and_head(self, stored: StoredPull) -> tuple[PullState, str]:
        """State and head. As on GitHub, a branch that has reached the base was merged, and
        one that is gone was closed."""
        if stored.state is not PullState.OPEN:
            return stored.state, stored.head
        branch = self._git.branch_head(stored.branch)
        head = branch or stored.head
        if self._git.is_ancestor(head, self._base_head()):
            return PullState.MERGED, head
        return (PullState.OPEN if branch else PullState.CLOSED), head

    def _base_head(self) -> str:
        head = self._git.branch_head(self.base_branch)
        if head is None:
            raise ForgeError(f"branch {self.base_branch} is gone", where=str(self._git.folder))
        return head

    def _stored(self) -> list[StoredPull]:
        if not self._folder.is_dir():
            return []
        numbers = [_NUMBERED.fullmatch(path.name) for path in self._folder.iterdir()]
        return [self._file(number) for number in sorted(int(m[1]) for m in numbers if m)]

    def _file(self, number: int) -> StoredPull:
        path = self._path(number, "json")
        try:
            return StoredPull.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise ForgeError(
                f"pull request {number} was not found", where=self._target.id
            ) from error
        except ValidationError as error:
            raise ForgeError(
                "the file is not one that medvl-watch wrote",
                where=str(path),
                remedy="restore it, or delete it with its .md and .diff",
            ) from error

    def _save(self, stored: StoredPull) -> None:
        text = json.dumps(stored.model_dump(mode="json"), indent=2) + "\n"
        files.write(self._path(stored.number, "json"), text)

    def _path(self, number: int, suffix: str) -> Path:
        return self._folder / f"{number:04}.{suffix}"


def _head_ref(number: int) -> str:
    return f"refs/pull/{number}/head"


def _branch_removal(
    stored: StoredPull, pull: PullRequest
) -> tuple[tuple[str, str | None, str | None], ...]:
    """The moves that keep a pull request's commits and drop its branch."""
    return (
        (_head_ref(stored.number), pull.head, None),
        (f"refs/heads/{stored.branch}", None, pull.head),
    )
