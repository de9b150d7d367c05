"""The path of a list inside its repository: which paths are read and written, and which never.

The configuration and both forges ask here. A path that is refused in one place is refused in
all, whatever the case of its letters: GitHub and macOS do not tell `.GIT` from `.git`.
"""

from __future__ import annotations

import re
from pathlib import Path

from medvl_watch.errors import ConfigError, ListError

SYMBOLIC_LINK = "120000"
"""The mode of a symbolic link in a git tree."""
REMEDY = "give the path of a Markdown file from the root of the repository, as in docs/list.md"
_DRIVE = re.compile(r"[A-Za-z]:")
_SHORT_NAME = re.compile(r"git~\d+", re.IGNORECASE)
"""What Windows also calls a folder `.git`."""


def problem_of(path: str) -> str:
    """What is wrong with the path of a list, as the end of a sentence; empty if nothing is."""
    if not path.isprintable():
        return "has a character that cannot be printed"
    if "\\" in path:
        return "has a backslash"
    if path.startswith("/") or _DRIVE.match(path):
        return "is absolute"
    parts = path.split("/")
    if {"", ".", ".."} & set(parts):
        return "has an empty part, `.` or `..`"
    if any(each.lower().startswith(".git") or _SHORT_NAME.match(each) for each in parts):
        return "names a file of git or GitHub (`.git…`)"
    return ""


def check(path: str, where: str) -> None:
    """Raises ConfigError for a path that is neither read nor written; `where` is the list."""
    if problem := problem_of(path):
        raise ConfigError(
            f"the path {path!r} {problem}",
            where=where,
            remedy=REMEDY,
        )


def refuse_link(mode: str, path: str, where: str) -> None:
    """Raises ListError where the tree of a commit has a symbolic link at the path: its content
    is the name of another file, and to write a list there would make a link of that name."""
    if mode == SYMBOLIC_LINK:
        raise ListError(
            f"{path} is a symbolic link", where=where, remedy="name the file that it points to"
        )


def inside(folder: Path, name: str) -> Path | None:
    """The file of this name below the folder, every symbolic link followed; None where that
    leads out of the folder, or is the folder itself."""
    root = folder.resolve()
    path = (root / name).resolve()
    return path if path != root and path.is_relative_to(root) else None
