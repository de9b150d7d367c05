"""`medvl-watch prs`: what a maintainer does by hand with the local forge."""

from __future__ import annotations

import pytest

from medvl_watch.errors import ExitCode
from tests.cli.conftest import Folder
from tests.fakes import LIST
from tests.publish.examples import tree
from tests.publish.github_fake import TOKEN, FakeGitHub


@pytest.fixture
def opened(folder: Folder) -> Folder:
    folder.watch("run")
    return folder


def test_before_the_first_run_there_is_nothing(folder: Folder) -> None:
    before = tree(folder.path)
    assert "There are no pull requests yet" in folder.watch("prs").out
    assert folder.watch("prs", "--json").json == []
    assert tree(folder.path) == before


def test_looking_writes_nothing(opened: Folder) -> None:
    before = tree(opened.path)
    assert "first 1  open    Add 3 papers to The first list" in opened.watch("prs").out
    shown = opened.watch("prs", "show", "first").out
    assert shown.startswith("# Add 3 papers to The first list\n")
    assert "- [x]" in shown
    added = opened.watch("prs", "diff", "first").out.splitlines()
    assert len([line for line in added if line.startswith("+- ")]) == 3
    assert not [line for line in added if line.startswith("-") and not line.startswith("---")]
    assert tree(opened.path) == before


def test_merge_and_close_by_number(opened: Folder) -> None:
    merged = opened.watch("prs", "merge", "first", "1")
    assert "first 1 is merged; the next run records its papers." in merged.out
    closed = opened.watch("prs", "close", "second", "1", "--json").json
    assert (closed["list"], closed["state"]) == ("second", "closed")
    assert [one["state"] for one in opened.watch("prs", "--json").json] == ["merged", "closed"]
    assert opened.watch("prs", "show", "first").code == 0, "the latest, if none is open"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("show", "none"), "there is no list 'none'; use one of first, second"),
        (("diff", "first", "7"), "first has no pull request 7"),
        (("merge", "first", "7"), "first has no open pull request 7"),
    ],
)
def test_what_is_not_there(opened: Folder, arguments: tuple[str, ...], reason: str) -> None:
    before = tree(opened.path)
    said = opened.watch("prs", *arguments)

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert reason in said.problems[0]
    assert tree(opened.path) == before


@pytest.mark.parametrize("as_json", [False, True])
def test_one_list_that_cannot_be_read_does_not_hide_the_others(
    opened: Folder, *, as_json: bool
) -> None:
    opened.write("data/forge/pulls/first/0001.json", "no longer ours")
    said = opened.watch("prs", *["--json"] * as_json)

    assert said.code == ExitCode.PARTLY
    assert [one["list"] for one in said.json] == ["second"] if as_json else "second 1" in said.out
    assert len(said.problems) == 1
    assert "0001.json: the file is not one that medvl-watch wrote" in said.problems[0]


@pytest.mark.parametrize("again", ["merge", "close"])
@pytest.mark.parametrize("first", ["merge", "close"])
def test_what_is_done_is_not_done_again(opened: Folder, first: str, again: str) -> None:
    opened.watch("prs", first, "first")
    before = tree(opened.path)
    said = opened.watch("prs", again, "first")

    assert said.code == ExitCode.CONFIG
    assert "first has no open pull request" in said.problems[0]
    assert tree(opened.path) == before


def test_options_may_stand_before_or_behind(
    opened: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = str(opened.path / "medvl-watch.toml")
    opened.write("else/where", "")
    monkeypatch.chdir(opened.path / "else")
    behind = opened.watch("prs", "show", "first", "-c", settings, "--json")
    before = opened.watch("prs", "-c", settings, "--json", "show", "first")

    assert behind.code == before.code == 0
    assert behind.json == before.json
    assert behind.json["body"]


def test_the_changes_of_an_open_pull_request_on_github(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    github = FakeGitHub(folder.path / "remote", LIST.format(id="first").encode())
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setattr("github.Requester.time.sleep", lambda _: None)  # GitHub's pacing
    text = (folder.path / "medvl-watch.toml").read_text().partition('[[lists]]\nid = "second"')[0]
    with github.served() as address:
        folder.write(
            "medvl-watch.toml",
            text.replace("a/first", github.name)
            + f'\n[forge]\nname = "github"\napi = "{address}"\n',
        )
        said = folder.watch("run")
        assert said.code == 0, said.err
        before = len(github.writes())
        shown = folder.watch("prs", "diff", "first")
        added = [line for line in shown.out.splitlines() if line.startswith("+- ")]
        assert len(added) == 3
        assert shown.out.startswith("--- a/README.md\n+++ b/README.md\n@@ ")
        assert len(github.writes()) == before, "looking writes nothing"
        github.close(1)
        ended = folder.watch("prs", "diff", "first")
        assert ended.code == ExitCode.CONFIG
        assert "shown only while it is open; look at " in ended.problems[0]
