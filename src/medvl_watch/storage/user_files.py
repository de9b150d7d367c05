"""Files that a person names: messages for those that cannot be used, and writing one whole."""

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
    ListError if it is not a list that can be written safely."""
    return decode(read_bytes(path, "name a Markdown file"), str(path))


def write_text(path: Path, text: str) -> None:
    """Write the whole file or nothing; its permissions stay. Raises ConfigError."""
    with replacement_of(path) as part:
        part.write_bytes(encode(text))


@contextlib.contextmanager
def replacement_of(path: Path) -> Iterator[Path]:
    """A new file that replaces `path` when the block ends without an error, and is removed
    otherwise (see `whole_files.replacing`). A special file
    (`/dev/null`, a pipe) is written into instead. Raises ConfigError."""
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
    """Raises ConfigError if `replacement_of` would fail. Call it before long work."""
    if _is_special(path):
        return
    try:
        begin_beside(path.resolve()).unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def refuse_overwriting(output: Path, read: Mapping[str, Path | None]) -> None:
    """Raises ConfigError if the output would replace one of the input files, also through links.
    `read` maps the options to the files that they name."""
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
    """The error for a file that cannot be read."""
    return ConfigError(f"cannot be read ({os_reason(error)})", where=str(path), remedy=remedy)


def not_utf8_error(where: str, error: UnicodeDecodeError) -> ConfigError:
    """The error for a file that should be text."""
    return ConfigError(
        f"is not valid UTF-8 (byte {error.start})", where=where, remedy="save it as UTF-8"
    )


def _unwritable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"cannot be written ({os_reason(error)})", where=str(path), remedy="name another file"
    )
