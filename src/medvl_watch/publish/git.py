"""Git's plumbing on one bare repository: no shell, no user's configuration, no clock.

Every identity and date is an argument, so the same change gives the same commit id. Needs
git 2.25; merging two lines of work needs 2.38.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from medvl_watch.errors import ConfigError, ForgeError, os_reason
from medvl_watch.publish.git_ids import object_id
from medvl_watch.publish.own_commits import CommitFacts
from medvl_watch.repository_path import refuse_link

BOT_NAME = "medvl-watch[bot]"
BOT_EMAIL = "medvl-watch[bot]@users.noreply.github.com"
NO_COMMIT = "0" * 40
"""The old value of a reference that must not exist yet."""

_FILE_MODE = "100644"
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file in a commit's tree."""

    mode: str
    blob: str


class Git:
    """One bare repository. Raises ForgeError where git refuses, ConfigError without git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exists(self) -> bool:
        try:
            return (self.folder / "HEAD").is_file()
        except OSError as error:
            raise ConfigError(
                f"the folder cannot be looked into ({os_reason(error)})", where=str(self.folder)
            ) from error

    def init(self, branch: str) -> None:
        """Make the folder a bare repository whose default branch is `branch`."""
        self._run("init", "--quiet", "--bare", "--template=")
        self._run("symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def default_branch(self) -> str:
        return self._text("symbolic-ref", "--short", "HEAD")

    def resolve(self, reference: str) -> str | None:
        """The commit behind a reference or an id, or None if there is none."""
        done = self._run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}",
            check=False,
        )  # fmt: skip
        return done.decode().strip() or None

    def branch_head(self, branch: str) -> str | None:
        return self.resolve(f"refs/heads/{branch}")

    def entry(self, commit: str, path: str) -> TreeEntry | None:
        """A file of a commit; None if there is none. Raises ListError for a symbolic link."""
        listed = self._run("ls-tree", "-z", "--full-tree", commit, "--", path).decode()
        for line in filter(None, listed.split("\0")):
            described, name = line.split("\t", 1)
            mode, kind, blob = described.split(" ")
            if name == path and kind == "blob":
                refuse_link(mode, path, str(self.folder))
                return TreeEntry(mode, blob)
        return None

    def read(self, commit: str, path: str) -> bytes | None:
        """The bytes of a file in a commit, or None if the commit has no such file."""
        entry = self.entry(commit, path)
        return self._run("cat-file", "blob", entry.blob) if entry else None

    def facts(self, commit: str) -> CommitFacts:
        """What a commit says of itself."""
        headers, _, message = (
            self._run("cat-file", "commit", commit).decode("utf-8", "replace").partition("\n\n")
        )
        lines = [line.split(" ", 1) for line in headers.splitlines() if " " in line]

        def mail(kind: str) -> str:
            named = next((rest for key, rest in lines if key == kind), "")
            return named.partition("<")[2].partition(">")[0]

        return CommitFacts(
            message=message,
            tree=next(rest for key, rest in lines if key == "tree"),
            parents=tuple(rest for key, rest in lines if key == "parent"),
            author=mail("author"),
            committer=mail("committer"),
        )

    def differing_files(self, one: str, other: str) -> frozenset[str]:
        """The paths of the files that are not the same in two commits."""
        listed = self._run("diff-tree", "-r", "-z", "--name-only", one, other).decode()
        return frozenset(filter(None, listed.split("\0")))

    def branches(self, prefix: str, space: str = "refs/heads") -> dict[str, str]:
        """The branches whose names begin so, and their heads; `space` is where branches are."""
        listed = self._text("for-each-ref", "--format=%(objectname) %(refname)", space)
        pairs = (line.split(" ", 1) for line in listed.splitlines())
        named = {name.removeprefix(f"{space}/"): commit for commit, name in pairs}
        return {name: commit for name, commit in named.items() if name.startswith(prefix)}

    def message(self, commit: str) -> str:
        text = self._run("cat-file", "commit", commit).decode("utf-8", "replace")
        return text.partition("\n\n")[2]

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self.merge_base(older, newer) == older

    def merge_base(self, one: str, other: str) -> str | None:
        return self._run("merge-base", one, other, check=False).decode().strip() or None

    def diff(self, base: str, head: str) -> str:
        """What `head` changes since it left `base`, as a patch."""
        start = self.merge_base(base, head) or base
        patch = self._run(
            "diff-tree", "-p", "-r", "--no-color", "--no-ext-diff", "--no-textconv", "--full-index",
            start, head,
        )  # fmt: skip
        return patch.decode("utf-8", "replace")

    def commit_file(  # noqa: PLR0913  # what a commit consists of
        self,
        path: str,
        content: bytes,
        message: str,
        when: datetime,
        *,
        parent: str | None = None,
        seal: Callable[[str], str] | None = None,
        parents: Sequence[str] = (),
    ) -> str:
        """Make a commit of the files of `parent` with this one replaced. No reference moves.

        `seal` gives the message for the tree's id; `parents` are others than `parent` alone.
        """
        blob = self._run("hash-object", "-w", "--stdin", data=content)
        known = self.entry(parent, path) if parent else None
        tree = self._tree_with(parent, path, blob.decode().strip(), known)
        message = seal(tree) if seal else message
        return self._commit(tree, message, when, list(parents) or ([parent] if parent else []))

    def commit_merge(self, base: str, head: str, message: str, when: datetime) -> str:
        """Make a merge commit of `head` into `base`. Raises ForgeError on a conflict."""
        if self.merge_base(base, head) == base:
            tree = self._text("rev-parse", f"{head}^{{tree}}")
        else:
            tree = self._text("merge-tree", "--write-tree", base, head).partition("\n")[0]
        return self._commit(tree, message, when, [base, head])

    def update_refs(self, *moves: tuple[str, str | None, str | None]) -> None:
        """Move references together, each `(name, new, old)`, or none of them.

        `new` None deletes; `old` None means whatever it is; NO_COMMIT means not yet there.
        """
        lines = []
        for name, new, old in moves:
            if new is None:
                lines.append(f"delete {name}" + (f" {old}" if old else ""))
            else:
                lines.append(f"update {name} {new}" + (f" {old}" if old else ""))
        text = "".join(f"{line}\n" for line in lines)
        self._run("update-ref", "--stdin", "--no-deref", data=text.encode())

    def _tree_with(self, parent: str | None, path: str, blob: str, known: TreeEntry | None) -> str:
        with tempfile.TemporaryDirectory(prefix="medvl-watch-") as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            if parent:
                self._run("read-tree", parent, extra=index)
            mode = known.mode if known else _FILE_MODE
            self._run("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}", extra=index)
            return self._run("write-tree", extra=index).decode().strip()

    def _commit(self, tree: str, message: str, when: datetime, parents: list[str]) -> str:
        described = ["commit-tree", tree]
        for parent in parents:
            described += ["-p", parent]
        made = self._run(*described, "-F", "-", data=message.encode(), extra=_identity(when))
        return made.decode().strip()

    def _text(self, *arguments: str) -> str:
        return self._run(*arguments).decode().strip()

    def _run(
        self,
        *arguments: str,
        data: bytes = b"",
        extra: dict[str, str] | None = None,
        check: bool = True,
    ) -> bytes:
        environment = _clean_environment(self.folder) | (extra or {})
        try:
            done = subprocess.run(  # noqa: S603  # no shell; names and ids are checked by git
                ["git", *arguments],  # noqa: S607  # git is where the user's PATH has it
                input=data,
                env=environment,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except FileNotFoundError as error:
            raise ConfigError("git is not installed", remedy="install git 2.25 or later") from error
        except subprocess.TimeoutExpired as error:
            raise ForgeError(
                f"git {arguments[0]} did not end in {_SECONDS} s", where=str(self.folder)
            ) from error
        if check and done.returncode != 0:
            message = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            raise ForgeError(f"git {arguments[0]} failed: {message[:300]}", where=str(self.folder))
        return done.stdout


def first_commit_id(path: str, content: bytes, message: str, when: datetime) -> str:
    """The id that `commit_file` gives a first commit, computed without a repository."""
    *folders, name = path.split("/")
    tree = object_id("blob", content)
    mode = _FILE_MODE.encode()
    for part in (name, *reversed(folders)):
        tree = object_id("tree", mode + b" " + part.encode() + b"\0" + tree)
        mode = b"40000"
    who = f"{BOT_NAME} <{BOT_EMAIL}> {int(when.timestamp())} +0000"
    text = f"tree {tree.hex()}\nauthor {who}\ncommitter {who}\n\n{message}"
    return object_id("commit", text.encode()).hex()


def _identity(when: datetime) -> dict[str, str]:
    date = f"{int(when.timestamp())} +0000"
    return {
        "GIT_AUTHOR_NAME": BOT_NAME,
        "GIT_AUTHOR_EMAIL": BOT_EMAIL,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": BOT_NAME,
        "GIT_COMMITTER_EMAIL": BOT_EMAIL,
        "GIT_COMMITTER_DATE": date,
    }


def _clean_environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's settings, hooks or language; git itself is found by PATH."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "GIT_DIR": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_DEFAULT_HASH": "sha1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
    }
