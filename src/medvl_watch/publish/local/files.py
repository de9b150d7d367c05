"""Files that are there whole or not at all, written only when they change."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from medvl_watch.errors import ConfigError, ForgeError

_UNUSABLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR}
)


@contextlib.contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Tell a failure of the disk in one sentence."""
    try:
        yield
    except OSError as error:
        said = error.strerror or "it failed"
        if error.errno in _UNUSABLE:
            raise ConfigError(
                f"the folder for local pull requests cannot be used ({said.lower()})",
                where=str(folder),
                remedy="choose another folder, or make this one writable",
            ) from error
        raise ForgeError(f"writing failed ({said.lower()})", where=str(folder)) from error


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs on this machine out. The lock is on the folder itself and leaves no
    trace; it ends with the process, however that ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write(path: Path, text: str) -> bool:
    """Make the file read `text`; False, without touching it, if it does already."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


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
