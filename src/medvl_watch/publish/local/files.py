"""The pages of the local forge: written whole, and only when they change."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from medvl_watch.errors import ConfigError, ForgeError, os_reason
from medvl_watch.storage.whole_files import write_whole

_UNUSABLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
)


@contextlib.contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Tell a failure of the disk in one sentence."""
    try:
        yield
    except OSError as error:
        reason = os_reason(error)
        if error.errno in _UNUSABLE:
            raise ConfigError(
                f"the folder for local pull requests cannot be used ({reason.lower()})",
                where=str(folder),
                remedy="choose another folder, or make this one writable",
            ) from error
        raise ForgeError(f"writing failed ({reason.lower()})", where=str(folder)) from error


def write(path: Path, text: str) -> bool:
    """Make the file read `text`; False, without touching it, if it does already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, text.encode())


def read_page(path: Path) -> tuple[str, str]:
    """The title and the body of a page that `page` wrote and a person may have edited. The
    title is empty where the first line is none."""
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    first, _, rest = text.partition("\n")
    if not first.startswith("# "):
        first, rest = "", text
    return first.removeprefix("#").strip(), rest.strip("\n") + "\n"


def page(title: str, body: str) -> str:
    """A title and a body as one Markdown page."""
    return f"# {title}\n\n{body.strip(chr(10))}\n"
