"""Files that are replaced whole: what a reader, a crash and a full disk find."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from medvl_watch.storage.whole_files import begin_beside, replacing, write_whole


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.md"
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file(tmp_path: Path) -> None:
    umask = os.umask(0o027)
    try:
        assert write_whole(tmp_path / "new.md", b"new")
    finally:
        os.umask(umask)
    assert (tmp_path / "new.md").read_bytes() == b"new"
    assert (tmp_path / "new.md").stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["new.md"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755])
def test_permissions_stay(file: Path, mode: int) -> None:
    file.chmod(mode)
    assert write_whole(file, b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", mode)


def test_the_same_content_touches_nothing(file: Path) -> None:
    before = file.stat()
    assert not write_whole(file, b"old")
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_stays_a_link(file: Path) -> None:
    link = file.with_name("link.md")
    link.symlink_to(file)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


def test_a_link_to_nothing_makes_what_it_points_to(file: Path) -> None:
    link = file.with_name("link.md")
    link.symlink_to(file.with_name("other.md"))
    write_whole(link, b"new")
    assert file.with_name("other.md").read_bytes() == b"new"


def test_a_reader_sees_the_old_file_until_the_end(file: Path) -> None:
    with replacing(file) as part:
        part.write_bytes(b"half")
        assert file.read_bytes() == b"old"
    assert file.read_bytes() == b"half"


@pytest.mark.parametrize("kind", [OSError, ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(
    file: Path, kind: type[BaseException]
) -> None:
    def write_half() -> None:
        with replacing(file) as part:
            part.write_bytes(b"half")
            raise kind

    with pytest.raises(kind):
        write_half()
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["list.md"]


def test_file_and_folder_are_synced_around_the_replacement(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        steps.append("sync folder" if path.is_dir() else f"sync {path.read_bytes().decode()}")
        sync(handle)

    def note_replace(part: Path, target: Path) -> Path:
        steps.append("replace")
        return replace(part, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    write_whole(file, b"new")
    assert steps == ["sync new", "replace", "sync folder"]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("missing/list.md", id="no such folder"),
        pytest.param("list.md/list.md", id="a file for a folder"),
        pytest.param(".", id="a folder"),
    ],
)
def test_what_cannot_be_written_raises(file: Path, path: str) -> None:
    with pytest.raises(OSError, match=r"No such|Not a|Is a"):
        write_whole(file.parent / path, b"new")
    assert names(file.parent) == ["list.md"]


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127])
def test_the_longest_name_will_do(tmp_path: Path, name: str) -> None:
    write_whole(tmp_path / name, b"new")
    assert names(tmp_path) == [name]


def test_two_writers_do_not_share_a_part(file: Path) -> None:
    assert begin_beside(file) != begin_beside(file)
