"""The loopback GitHub with a calendar, and with what only a simulation of people needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from medvl_watch.errors import ForgeError
from medvl_watch.publish.git import Git
from tests.publish.github_fake import WHEN, FakeGitHub


class CalendarGitHub(FakeGitHub):
    """A `FakeGitHub` on which time passes. `path` is the list's file."""

    def __init__(self, folder: Path, content: bytes, now: datetime) -> None:
        super().__init__(folder, content)
        self.now = now
        self.path = "README.md"
        self.merge_bases: dict[int, str] = {}
        """The base as it was when a pull request was merged."""

    # --- looking ----------------------------------------------------------------------

    def text(self, branch: str) -> str:
        """The list on a branch or in a commit."""
        return (self.git.read(branch, self.path) or b"").decode()

    def text_of(self, pull: dict[str, Any]) -> str:
        """The list as a pull request has it."""
        return self.text(self.head_of(pull))

    def base_text(self) -> str:
        return self.text(f"refs/heads/{self.default}")

    def open_pulls(self) -> list[dict[str, Any]]:
        return [pull for pull in self.pulls if pull["state"] == "open"]

    def conflicts(self, pull: dict[str, Any]) -> bool:
        return self._merged_tree(pull) is None

    def _merged_tree(self, pull: dict[str, Any]) -> str | None:
        base = self.git.branch_head(pull["base"])
        try:
            return self.git._text("merge-tree", "--write-tree", base or "", self.head_of(pull))
        except ForgeError:
            return None

    def merged_text(self, pull: dict[str, Any]) -> str:
        """The list as it would be after a merge; empty where that is a conflict."""
        tree = (self._merged_tree(pull) or "").partition("\n")[0]
        if not tree:
            return ""
        listed = self.git._text("ls-tree", tree, self.path).split()
        return self.git._run("cat-file", "blob", listed[2]).decode() if listed else ""

    # --- ending a pull request --------------------------------------------------------

    def close(self, number: int, *, merge: bool = False) -> None:
        super().close(number, merge=merge)
        ended = self.now + timedelta(minutes=5)
        self.pulls[number - 1]["closed_at"] = f"{ended:%Y-%m-%dT%H:%M:%SZ}"

    def merge(self, pull: dict[str, Any], how: str) -> None:
        """Merge in one of GitHub's three ways: `merge`, `squash` or `rebase`."""
        if how == "merge":
            self.close(pull["number"], merge=True)
            return
        tree, base = self._merged_tree(pull), self.git.branch_head(pull["base"])
        assert tree
        assert base
        tree = tree.partition("\n")[0]
        said = self.git.message(self.head_of(pull)) if how == "rebase" else f"{pull['title']}\n"
        made = self.git._commit(tree, said, WHEN, [base])
        self.close(pull["number"])
        self.git.update_refs((f"refs/heads/{pull['base']}", made, base))
        pull["merged_at"] = pull["closed_at"]

    def can_reopen(self, pull: dict[str, Any]) -> bool:
        """As GitHub decides: the branch is as it was, or gone and to be restored, and no other
        open pull request is from it."""
        if pull["state"] != "closed" or pull["merged_at"]:
            return False
        if any(other["ref"] == pull["ref"] for other in self.open_pulls()):
            return False
        return self.git.branch_head(pull["ref"]) in {None, pull["final_head"]}

    def reopen(self, pull: dict[str, Any]) -> None:
        head = pull.pop("final_head")
        self.git.update_refs((f"refs/heads/{pull['ref']}", head, None))
        pull.update(state="open", closed_at=None)

    # --- branches ---------------------------------------------------------------------

    def push_text(self, branch: str, text: str) -> str:
        return self.push(branch, text.encode(), self.path)

    def amend(self, branch: str, content: bytes) -> str:
        old = self.git.facts(self.git.branch_head(branch) or "")
        made = self.git.commit_file(
            self.path, content, old.message, WHEN, parent=old.parents[0], parents=old.parents
        )
        self.git.update_refs((f"refs/heads/{branch}", made, None))
        return made

    def switch_default(self, name: str) -> None:
        head = self.git.branch_head(self.default)
        assert head
        self.git.update_refs((f"refs/heads/{name}", head, None))
        self.default = name

    def move_list(self, path: str) -> None:
        """`git mv` of the list's file on the default branch."""
        head = self.git.branch_head(self.default)
        assert head
        text = self.base_text().encode()
        made = self.git.commit_file(path, text, "Move\n", WHEN)
        tree = self.git.facts(made).tree
        moved = self.git._commit(tree, f"Move the list to {path}\n", WHEN, [head])
        self.git.update_refs((f"refs/heads/{self.default}", moved, head))
        self.path = path


def lines_lost(git: Git, pull: dict[str, Any], head: str, base: str, path: str) -> list[str]:
    """Lines of the list that a branch lacks and that stood where it left its base, in order."""
    start = git.merge_base(head, base)
    before = (git.read(start, path) or b"").decode().splitlines() if start else []
    rest = iter((git.read(head, path) or b"").decode().splitlines())
    return [line for line in before if not any(line == other for other in rest)][:1]
