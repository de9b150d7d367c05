"""`medvl-watch init` on lists that it has never seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medvl_watch.cli import init_look
from medvl_watch.errors import ExitCode, SourceError
from medvl_watch.ports import Request, Response
from medvl_watch.publish.git import NO_COMMIT
from tests.classify.test_subject import FILMS, SATELLITE_PAPER, SATELLITES
from tests.cli.conftest import Folder
from tests.fakes import NOW
from tests.pipeline.test_own_classifiers import list_of
from tests.publish.github_fake import TOKEN, FakeGitHub

CONFIG = "new/medvl-watch.toml"


def papers(folder: Folder) -> str:
    title, abstract = SATELLITE_PAPER
    record = {"id": "2611.00001", "arxiv_id": "2611.00001", "title": title, "abstract": abstract}
    facts = {"published": "2026-11-16", "url": "https://arxiv.org/abs/2611.00001"}
    return str(folder.write("papers.jsonl", json.dumps(record | facts) + "\n"))


def test_a_list_on_another_subject_gets_files_that_are_right(folder: Folder) -> None:
    folder.write("sky/README.md", list_of(SATELLITES))
    said = folder.watch("init", "sky", "--output", "new", "--papers", papers(folder))
    assert said.code == ExitCode.DONE, said.err
    assert "its own entries judge: images, remote" in said.out
    assert SATELLITE_PAPER[0] in said.out
    assert {path.name for path in (folder.path / "new").iterdir()} == {
        "medvl-watch.toml", "sources.yaml", "taxonomy.yaml"
    }  # fmt: skip
    checked = folder.watch("config", "check", "--config", CONFIG)
    assert checked.code == ExitCode.DONE, checked.err


def test_a_list_on_our_subject_needs_the_configuration_alone(folder: Folder) -> None:
    folder.write("films/list.md", list_of(FILMS))
    said = folder.watch("init", "films/list.md", "--output", "new", "--offline")
    assert "Its subject is ours" in said.out
    assert [path.name for path in (folder.path / "new").iterdir()] == ["medvl-watch.toml"]
    assert folder.watch("config", "check", "--config", CONFIG).code == ExitCode.DONE


def test_a_clone_of_a_repository_gets_a_workflow(folder: Folder) -> None:
    folder.write("sky/README.md", list_of(SATELLITES))
    folder.write("sky/.git/config", '[remote "origin"]\n\turl = git@github.com:acme/sky.git\n')
    said = folder.watch("init", "sky", "--output", "sky", "--offline", "--json")
    report = json.loads(said.out)
    assert (report["repository"], report["list"]) == ("acme/sky", "sky")
    workflow = folder.path / "sky" / ".github" / "workflows" / "medvl-watch.yml"
    assert "config: medvl-watch.toml" in workflow.read_text(encoding="utf-8")


def test_a_dry_run_writes_nothing(folder: Folder) -> None:
    folder.write("sky/README.md", list_of(SATELLITES))
    said = folder.watch("init", "sky", "--output", "new", "--offline", "--dry-run")
    assert "Would write" in said.out
    assert not (folder.path / "new").exists()


def test_files_that_exist_are_not_overwritten(folder: Folder) -> None:
    folder.write("sky/README.md", list_of(SATELLITES))
    folder.write("new/taxonomy.yaml", "mine")
    arguments = ("init", "sky", "--output", "new", "--offline")
    said = folder.watch(*arguments)
    assert said.code == ExitCode.CONFIG
    assert "taxonomy.yaml exists already, so nothing was written" in said.err
    assert not (folder.path / CONFIG).exists()
    assert folder.watch(*arguments, "--force").code == ExitCode.DONE
    assert (folder.path / "new" / "taxonomy.yaml").read_text(encoding="utf-8") != "mine"


class OneFileOnGitHub:
    """Answers for one file of one repository."""

    def __init__(self, text: str = "") -> None:
        self._text = text

    def get(self, request: Request) -> Response:
        if request.url != "https://raw.githubusercontent.com/acme/sky/HEAD/README.md":
            raise SourceError("the answer is HTTP 404", where=request.source)
        return Response(body=self._text.encode(), fetched_at=NOW)


def test_a_repository_on_github_is_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(init_look, "live_fetcher", lambda: OneFileOnGitHub(list_of(SATELLITES)))
    said = folder.watch("init", "acme/sky", "--output", "new", "--offline")
    assert said.code == ExitCode.DONE, said.err
    assert 'repository = "acme/sky"' in (folder.path / CONFIG).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param("empty", "this folder has no README.md", id="a folder without README"),
        pytest.param("large.md", "lists over 1 MB are not kept", id="a list over 1 MB"),
        pytest.param("absent.md", "there is no such file or folder", id="no such file"),
        pytest.param("acme/other", "no README.md could be read from GitHub", id="no repository"),
        pytest.param("prose.md", "no entries of papers were found", id="a text without entries"),
        pytest.param("bytes.md", "UTF-8", id="not a text"),
    ],
)
def test_what_is_no_list_is_one_sentence(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, source: str, words: str
) -> None:
    monkeypatch.setattr(init_look, "live_fetcher", OneFileOnGitHub)
    (folder.path / "empty").mkdir()
    folder.write("large.md", "- A paper. [[p](https://a.org)]\n" * 40_000)
    folder.write("prose.md", "Nothing to see here.\n")
    folder.write("bytes.md", b"# A list\n\n- \xff\xfe\n")
    said = folder.watch("init", source, "--output", "new", "--offline")
    assert said.code in {ExitCode.CONFIG, ExitCode.PARTLY}
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not (folder.path / "new").exists()


def test_a_list_of_three_entries_says_what_would_help(folder: Folder) -> None:
    folder.write("three.md", list_of(SATELLITES[:3]))
    said = folder.watch("init", "three.md", "--output", "new", "--offline")
    assert "cannot be learned yet from 3 entries" in said.err
    assert 'classifier = "subject"' in (folder.path / CONFIG).read_text(encoding="utf-8")


def test_headings_that_are_years_make_no_categories(folder: Folder) -> None:
    text = list_of(SATELLITES).replace("## Images", "## 2024").replace("## Words", "## 2025")
    folder.write("years.md", text)
    said = folder.watch("init", "years.md", "--output", "new", "--offline")
    assert said.code == ExitCode.DONE, said.err
    assert "2024" not in Path(folder.path / "new" / "taxonomy.yaml").read_text(encoding="utf-8")


def test_a_pull_request_brings_the_files(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    github = github_with(folder, monkeypatch)
    with github.served() as address:
        monkeypatch.setenv("GITHUB_API_URL", address)
        said = folder.watch("init", "sky", "--pull-request", "--papers", papers(folder))
        assert said.code == ExitCode.DONE, said.err
        (pull,) = github.pulls
        head = github.head_of(pull)
        added = github.git.differing_files(head, github.git.branch_head("trunk") or "")
        assert added == {
            "medvl-watch.toml", "sources.yaml", "taxonomy.yaml",
            ".github/workflows/medvl-watch.yml",
        }  # fmt: skip
        assert f"https://github.com/{github.name}/pull/1" in said.out
        assert SATELLITE_PAPER[0] in pull["body"]
        assert "4. " not in pull["body"]
        assert not (folder.path / "medvl-watch.toml").read_text().startswith("#:schema")
        written = len(github.writes())
        again = folder.watch("init", "sky", "--pull-request", "--offline", "--json").json
        assert again["pull_request"] == f"https://github.com/{github.name}/pull/1"
        assert len(github.writes()) == written, "one that is open is left as it is"


@pytest.mark.parametrize(
    ("branch", "reason"),
    [
        pytest.param("medvl-watch-setup", "there is a branch medvl-watch-setup", id="branch"),
        pytest.param("trunk", "medvl-watch.toml exists already", id="file"),
    ],
)
def test_a_pull_request_replaces_nothing(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, branch: str, reason: str
) -> None:
    github = github_with(folder, monkeypatch)
    first = github.git.branch_head("trunk") or ""
    if branch != "trunk":
        github.git.update_refs((f"refs/heads/{branch}", first, NO_COMMIT))
    else:
        github.push("trunk", b"# mine", "medvl-watch.toml")
    with github.served() as address:
        monkeypatch.setenv("GITHUB_API_URL", address)
        said = folder.watch("init", "sky", "--pull-request", "--offline")
    assert said.code == ExitCode.PARTLY
    assert reason in said.problems[0]
    assert not github.writes()


@pytest.mark.parametrize(
    ("token", "remote", "reason"),
    [
        pytest.param("", "git@github.com:acme/list.git", "token for GitHub is missing", id="token"),
        pytest.param("x" * 20, "", "the repository of this list on GitHub is not", id="place"),
    ],
)  # fmt: skip
def test_a_pull_request_needs_a_token_and_a_place(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, token: str, remote: str, reason: str
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    folder.write("sky/README.md", list_of(SATELLITES))
    folder.write("sky/.git/config", f'[remote "origin"]\n\turl = {remote}\n')
    said = folder.watch("init", "sky", "--pull-request", "--offline")
    assert reason in said.problems[0]


def github_with(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> FakeGitHub:
    """A list on GitHub, and a clone of it in the folder `sky`."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setattr("github.Requester.time.sleep", lambda _: None)  # GitHub's pacing
    folder.write("sky/README.md", list_of(SATELLITES))
    folder.write("sky/.git/config", '[remote "origin"]\n\turl = git@github.com:acme/list.git\n')
    return FakeGitHub(folder.path / "remote", list_of(SATELLITES).encode())
