"""Which paths of a list are read and written; asked by the configuration and by both forges."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.errors import ConfigError, ListError
from medvl_watch.repository_path import SYMBOLIC_LINK, check, inside, problem_of, refuse_link


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/papers/2024.md",
        "a b/Ünïcode list.md",
        "git/README.md",
        ".config/list.md",
        "...md",
        "docs/..hidden.md",
        "GIT.md",
    ],
)
def test_a_file_inside_the_repository(path: str) -> None:
    assert problem_of(path) == ""
    check(path, "list")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        pytest.param("", "empty part", id="empty"),
        pytest.param("/etc/passwd", "absolute", id="absolute"),
        pytest.param("C:/list.md", "absolute", id="absolute on Windows"),
        pytest.param("c:list.md", "absolute", id="on another drive"),
        pytest.param("../list.md", "`..`", id="above the repository"),
        pytest.param("docs/../../list.md", "`..`", id="above it in the end"),
        pytest.param("./list.md", "`.`", id="a point"),
        pytest.param("docs//list.md", "empty part", id="two slashes"),
        pytest.param("docs/", "empty part", id="a folder"),
        pytest.param("docs\\list.md", "backslash", id="a backslash"),
        pytest.param("..\\list.md", "backslash", id="above it with a backslash"),
        pytest.param(".git/config", "git", id="git's own folder"),
        pytest.param(".GIT/config", "git", id="git's own folder in capitals"),
        pytest.param("docs/.git/config", "git", id="a submodule's own folder"),
        pytest.param(".git /config", "git", id="git's own folder, as Windows reads it"),
        pytest.param(".git./config", "git", id="git's own folder with a point"),
        pytest.param("GIT~1/config", "git", id="git's own folder by its short name"),
        pytest.param(".gitmodules", "git", id="what git reads"),
        pytest.param(".github/workflows/x.yml", "git", id="what GitHub runs"),
        pytest.param(".GitHub/workflows/x.yml", "git", id="what GitHub runs, in capitals"),
        pytest.param("a\nb.md", "printed", id="a line break"),
        pytest.param("a\0b.md", "printed", id="a zero byte"),
        pytest.param(".g\u200cit/config", "printed", id="a character that macOS ignores"),
        pytest.param("a\u202eb.md", "printed", id="a character that turns the direction"),
    ],
)
def test_a_path_that_is_refused(path: str, problem: str) -> None:
    assert problem in problem_of(path)
    with pytest.raises(
        ConfigError, match=r"^list: the path .*; give the path of a Markdown file"
    ) as caught:
        check(path, "list")
    assert "\n" not in str(caught.value)


@given(st.lists(st.sampled_from(["..", ".", "a", "", ".git", "\\", "b.md"]), max_size=5))
def test_no_path_that_passes_leaves_the_folder(parts: list[str]) -> None:
    path = "/".join(parts)
    if not problem_of(path):
        assert Path("/root/x", path).is_relative_to("/root/x")
        assert ".." not in Path(path).parts


def test_a_symbolic_link_is_refused() -> None:
    refuse_link("100644", "README.md", "owner/name")
    refuse_link("100755", "README.md", "owner/name")
    with pytest.raises(ListError, match=r"owner/name: README\.md is a symbolic link"):
        refuse_link(SYMBOLIC_LINK, "README.md", "owner/name")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("page.xml", True, id="a file"),
        pytest.param("below/../page.xml", True, id="a way round"),
        pytest.param("link.xml", True, id="a link to a file of the folder"),
        pytest.param("missing.xml", True, id="a file that is not there"),
        pytest.param("../outside.xml", False, id="above the folder"),
        pytest.param("outside.xml", False, id="a link out of the folder"),
        pytest.param("door/outside.xml", False, id="a linked folder outside"),
        pytest.param("/etc/passwd", False, id="absolute"),
        pytest.param(".", False, id="the folder itself"),
    ],
)
def test_files_below_a_folder(tmp_path: Path, name: str, *, found: bool) -> None:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "page.xml").touch()
    (tmp_path / "outside.xml").touch()
    (folder / "link.xml").symlink_to(folder / "page.xml")
    (folder / "outside.xml").symlink_to(tmp_path / "outside.xml")
    (folder / "door").symlink_to(tmp_path)

    path = inside(folder, name)

    assert (path is not None) == found
    if path is not None:
        assert path.is_relative_to(folder.resolve())
