"""What is read of commits on GitHub, byte by byte.

Files are read through trees and blobs, since GitHub's contents call gives nothing for files over
1 MB (https://docs.github.com/rest/repos/contents#get-repository-content; a blob may have 100 MB,
https://docs.github.com/rest/git/blobs#get-a-blob).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from github.GitCommit import GitCommit
from github.GitTreeElement import GitTreeElement
from github.Repository import Repository

from medvl_watch import repository_path
from medvl_watch.changes import Target
from medvl_watch.errors import ForgeError
from medvl_watch.publish import marker
from medvl_watch.publish.github.client import GitHubErrors
from medvl_watch.publish.own_commits import CommitFacts

READ = "contents: read"


class GithubCommits:
    """The commits of one list's repository. What was read once is not asked for again."""

    def __init__(
        self,
        repository: Repository,
        target: Target,
        errors: GitHubErrors,
        fork: Repository | None = None,
    ) -> None:
        self._repo = repository
        self._home = fork or repository
        """Where our branches are: the list's own repository, or our fork of it."""
        self._target = target
        self._errors = errors
        self._contents: dict[str, bytes | None] = {}
        self._commits: dict[str, GitCommit] = {}
        self._trees: dict[str, Mapping[str, GitTreeElement]] = {}
        self._roots: dict[str, str] = {}

    @property
    def target(self) -> Target:
        return self._target

    def content(self, commit: str) -> bytes | None:
        """The list's file in a commit, or None if it is not there."""
        if commit not in self._contents:
            with self._errors.translated(f"reading {self._target.path}", READ):
                entry = self.entry(commit)
                self._contents[commit] = self._blob(entry.sha) if entry else None
        return self._contents[commit]

    def add(self, commit: GitCommit, content: bytes) -> None:
        """Keep what we have just written."""
        self._commits[commit.sha], self._contents[commit.sha] = commit, content

    def add_root(self, commit: str, tree: str) -> None:
        """Keep a commit's tree that came along with something else."""
        self._roots[commit] = tree

    def commit_facts(self, commit: str) -> CommitFacts:
        with self._errors.translated("reading a commit", READ):
            found = self.commit_at(commit)
            return CommitFacts(
                message=found.message,
                tree=found.tree.sha,
                parents=tuple(parent.sha for parent in found.parents or ()),
                author=found.author.email or "",
                committer=found.committer.email or "",
            )

    def differs_in_list_alone(self, one: str, other: str) -> bool:
        with self._errors.translated("comparing two commits", READ):
            first, second = self.commit_at(one).tree.sha, self.commit_at(other).tree.sha
            *folders, name = self._target.path.split("/")
            for folder in (*folders, name):
                here, there = self._tree(first), self._tree(second)
                if any(
                    _identity(here.get(key)) != _identity(there.get(key))
                    for key in here.keys() | there.keys()
                    if key != folder
                ):
                    return False
                if folder not in here or folder not in there:
                    return False
                first, second = here[folder].sha, there[folder].sha
        return True

    def is_behind(self, commit: str, base: str) -> bool:
        """Whether a commit is the base's head or one before it."""
        if commit == base:
            return True
        try:
            with self._errors.translated("comparing a commit with the base", READ):
                return self._repo.compare(base, commit).status in {"behind", "identical"}
        except ForgeError:
            return False  # in doubt it may be a person's

    def commit_at(self, sha: str) -> GitCommit:
        if sha not in self._commits:
            self._commits[sha] = self._repo.get_git_commit(sha)
        return self._commits[sha]

    def entry(self, commit: str) -> GitTreeElement | None:
        """The list's file in a commit's tree, folder by folder."""
        tree_sha = self._roots.get(commit) or self.commit_at(commit).tree.sha
        *folders, name = self._target.path.split("/")
        for folder in folders:
            inner = self._tree(tree_sha).get(folder)
            if inner is None or inner.type != "tree":
                return None
            tree_sha = inner.sha
        entry = self._tree(tree_sha).get(name)
        if entry is None or entry.type != "blob":
            return None
        repository_path.refuse_link(entry.mode, self._target.path, self._target.repository)
        return entry

    def _tree(self, sha: str) -> Mapping[str, GitTreeElement]:
        if sha not in self._trees:
            self._trees[sha] = {each.path: each for each in self._repo.get_git_tree(sha).tree}
        return self._trees[sha]

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


def _identity(entry: GitTreeElement | None) -> tuple[str, str] | None:
    return (entry.mode, entry.sha) if entry else None
