"""Files that a person names: what is said when they cannot be used, and writing one whole."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from medvl_watch.errors import ConfigError, os_reason
from medvl_watch.lists.parsing.decoding import decode, encode
from medvl_watch.storage.whole_files import begin_beside, replacing


def read_bytes(path: Path, remedy: str) -> bytes:
    """A file as it is. Raises ConfigError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable_error(path, error, remedy) from error


def read_text(path: Path, remedy: str) -> str:
    """A file that a person edits. Raises ConfigError where it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise unreadable_error(path, error, remedy) from error
    except UnicodeDecodeError as error:
        raise not_utf8_error(str(path), error) from error


def read_list(path: Path) -> str:
    """A list's text, exact to the byte. Raises ConfigError where the file cannot be read, and
    ListError where it is no list that could be written safely."""
    return decode(read_bytes(path, "name a Markdown file"), str(path))


def write_text(path: Path, text: str) -> None:
    """Write the whole file or nothing; its permissions stay. Raises ConfigError."""
    with replacement_of(path) as part:
        part.write_bytes(encode(text))


@contextlib.contextmanager
def replacement_of(path: Path) -> Iterator[Path]:
    """A new file that takes the place of `path` when the block has ended well, and else leaves
    no trace (see `whole_files.replacing`). What is no regular file (`/dev/null`, a pipe) is
    written into instead. Raises ConfigError."""
    try:
        if not _is_special(path):
            with replacing(path) as part:
                yield part
            return
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / "content"
            yield part
            with part.open("rb") as written, path.open("wb") as file:
                shutil.copyfileobj(written, file)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_writable(path: Path) -> None:
    """Raises ConfigError where `replacement_of` could not begin: to be called before long work."""
    if _is_special(path):
        return
    try:
        begin_beside(path.resolve()).unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def refuse_overwriting(output: Path, read: Mapping[str, Path | None]) -> None:
    """Raises ConfigError where what is written would take the place of what is read, through
    links of any kind. `read` has the files under the options that name them."""
    for option, path in read.items():
        if path is not None and output.is_file() and path.exists() and output.samefile(path):
            raise ConfigError(
                f"is the file that {option} reads",
                where=str(output),
                remedy="name another file with --output",
            )


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def unreadable_error(path: Path, error: OSError, remedy: str = "") -> ConfigError:
    """What is said of a file that cannot be read."""
    return ConfigError(f"cannot be read ({os_reason(error)})", where=str(path), remedy=remedy)


def not_utf8_error(where: str, error: UnicodeDecodeError) -> ConfigError:
    """What is said of a file that should be text."""
    return ConfigError(
        f"is not valid UTF-8 (byte {error.start})", where=where, remedy="save it as UTF-8"
    )


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"cannot be written ({os_reason(error)})", where=str(path), remedy="name another file"
    )
