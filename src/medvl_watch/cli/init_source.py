"""The list that `init` looks at: a file, a clone, or a repository on GitHub."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from medvl_watch.errors import ConfigError, SourceError
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.ports import Fetcher, Request
from medvl_watch.storage.user_files import read_bytes

MOST_BYTES = 1_000_000
_NAMES = ("README.md", "readme.md", "Readme.md", "README.markdown", "README.MD")
_REPOSITORY = re.compile(r"(?:https://github\.com/)?([\w.-]+)/([\w.-]+?)(?:\.git)?/?")
_REMOTE = re.compile(
    r"^\s*url\s*=\s*\S*github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?\s*$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAtHand:
    """The text of a list and where it is. `repository` is `owner/name`, empty where unknown;
    `path` is that of the list in it. `file` is the file on this machine, None for a list that
    was read from GitHub."""

    text: str
    name: str
    repository: str
    path: str
    file: Path | None


def read_list_at_hand(source: str, make_fetcher: Callable[[], Fetcher]) -> ListAtHand:
    """The list that `source` names. The fetcher is used for a repository on GitHub only. Raises
    a WatchError, in one sentence, for what is not there or is not a list."""
    local = Path(source)
    if local.is_dir():
        return _in_folder(local)
    if local.exists():
        return _in_file(local, local.parent)
    found = _REPOSITORY.fullmatch(source)
    if found is None or source.lower().endswith(".md"):
        raise ConfigError(
            "there is no such file or folder",
            where=source,
            remedy="name a Markdown file, a clone, or owner/name on GitHub",
        )
    return _on_github(found[1], found[2], make_fetcher())


def _in_folder(folder: Path) -> ListAtHand:
    path = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    if path is None:
        raise ConfigError(
            "this folder has no README.md", where=str(folder), remedy="name the list's file"
        )
    return _in_file(path, folder)


def _in_file(path: Path, folder: Path) -> ListAtHand:
    data = read_bytes(path, "name another file")
    repository = _remote_of(folder)
    name = repository.partition("/")[2] or path.resolve().parent.name
    stem = path.stem if path.stem.lower() != "readme" else name
    return ListAtHand(
        text=_text(data, str(path)), name=stem, repository=repository, path=path.name, file=path
    )


def _remote_of(folder: Path) -> str:
    """The repository on GitHub that a clone in this folder has as a remote; empty if none."""
    config = folder / ".git" / "config"
    try:
        found = _REMOTE.search(config.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return f"{found[1]}/{found[2]}" if found else ""


def _on_github(owner: str, name: str, fetcher: Fetcher) -> ListAtHand:
    repository = f"{owner}/{name}"
    problem: SourceError | None = None
    for path in _NAMES[:2]:
        address = f"https://raw.githubusercontent.com/{repository}/HEAD/{path}"
        request = Request(source=repository, url=address, page=0, accept="text/plain")
        try:
            body = fetcher.get(request).body
        except SourceError as error:
            problem = problem or error
            continue
        text = _text(body, repository)
        return ListAtHand(text=text, name=name, repository=repository, path=path, file=None)
    reason = problem.what if problem else ""
    raise ConfigError(
        f"no README.md could be read from GitHub ({reason})",
        where=repository,
        remedy="name a file or a clone on this machine",
    )


def _text(data: bytes, where: str) -> str:
    if len(data) > MOST_BYTES:
        raise ConfigError(
            f"this list has {len(data) / 1e6:.1f} MB, and lists over 1 MB are not kept",
            where=where,
            remedy="divide it, or name another file",
        )
    return decode(data, where)
