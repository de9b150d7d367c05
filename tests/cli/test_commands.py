"""Every command in a small folder: what it says, its JSON, its help, its exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest

from medvl_watch.cli import serve
from medvl_watch.cli.app import COMMANDS, app, main
from medvl_watch.cli.session import Session, session
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.errors import ExitCode, WatchError
from medvl_watch.scheduling.due_jobs import DueJob
from tests.cli.conftest import Folder, index
from tests.publish.examples import tree


def test_run_tells_what_came_and_where_to_look(folder: Folder) -> None:
    said = folder.watch("run")

    assert said.code == 0
    assert "arxiv: 3 of 3 records" in said.out
    assert "4 new papers; judged: 3 to propose, 1 to reject" in said.out
    assert "first: created pull request 1: 3 proposed" in said.out
    assert "data/forge/pulls/second/0001.md" in said.out
    assert said.problems == []


def files(folder: Folder) -> dict[str, tuple[int, bytes]]:
    """All that there is, without the time of the state folder: SQLite makes its log there and
    deletes it again, even where nothing is written to it."""
    return {name: found for name, found in tree(folder.path).items() if name != "data"}


def test_a_second_run_says_that_nothing_is_new_and_writes_nothing(folder: Folder) -> None:
    folder.watch("run")
    before = files(folder)
    said = folder.watch("run")

    assert said.code == 0
    assert "Nothing is new; nothing was written." in said.out
    assert files(folder) == before


def test_a_dry_run_writes_nothing(folder: Folder) -> None:
    before = tree(folder.path)
    said = folder.watch("run", "--dry-run")
    assert "first: would create pull request: 3 proposed" in said.out
    assert "This was a dry run: nothing was written." in said.out
    assert tree(folder.path) == before

    folder.watch("run")
    before = tree(folder.path)
    assert folder.watch("run", "--dry-run").code == 0
    assert "would be created" in folder.watch("digest", "--dry-run").out
    assert tree(folder.path) == before


def test_polling_and_publishing_can_run_apart(folder: Folder) -> None:
    polled = folder.watch("run", "--only", "poll")
    assert "first" not in polled.out
    assert not (folder.data / "forge").exists()

    published = folder.watch("run", "--only", "publish")
    assert "records" not in published.out
    assert "first: created pull request 1: 3 proposed" in published.out


def test_polling_needs_no_token(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDVL_WATCH_FORGE", "github")

    assert folder.watch("run", "--only", "poll").code == 0
    assert folder.watch("run").code == ExitCode.DENIED


def test_a_merge_is_told_as_acceptance(folder: Folder) -> None:
    folder.watch("run")
    folder.watch("prs", "merge", "first")
    said = folder.watch("run")

    assert "first: 3 accepted" in said.out
    assert "Nothing is new" not in said.out


@pytest.mark.parametrize("week", ["current", "last"])
def test_a_digest_is_made_once(folder: Folder, week: str) -> None:
    folder.watch("run")
    first, second = (folder.watch("digest", "--week", week) for _ in range(2))
    if week == "last":
        assert "No paper was fetched" in first.out
        assert not list((folder.data / "forge" / "issues").glob("digest-*"))
    else:
        assert "was created: data/forge/issues/digest-" in first.out
        before = files(folder)
        assert "is unchanged" in second.out
        assert "is unchanged" in folder.watch("digest").out
        assert files(folder) == before


@pytest.mark.parametrize("week", ["nonsense", "2026-W99", "2025-W53", "0000-W01", "9999-W52", ""])
def test_a_week_that_is_none_is_refused_before_anything_is_made(folder: Folder, week: str) -> None:
    before = tree(folder.path)
    said = folder.watch("digest", "--week", week)

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert "it is not a week" in said.problems[0]
    assert tree(folder.path) == before


def test_a_week_by_its_name(folder: Folder) -> None:
    said = folder.watch("digest", "--week", "2026-W47", "--json")
    assert (said.code, said.json["week"], said.json["action"]) == (0, "2026-W47", "none")


def test_the_digest_goes_on_without_a_list_that_is_no_longer_kept(folder: Folder) -> None:
    folder.watch("run")
    text = (folder.path / "medvl-watch.toml").read_text(encoding="utf-8")
    folder.write("medvl-watch.toml", text[: text.rindex("[[lists]]")])

    assert folder.watch("digest").code == 0
    assert folder.watch("run").code == 0


def test_explain_tells_the_whole_story(folder: Folder) -> None:
    folder.watch("run")
    folder.watch("prs", "close", "first")
    folder.watch("run")
    said = folder.watch("explain", "https://arxiv.org/abs/2602.00001v1")

    assert said.code == 0
    for words in ("arxiv:2602.00001", "Verdict of rules", "linked by first record",
                  "proposed   second: in pull request 1, under The second list > Reports",
                  "refused    first: pull request 1 was closed without a merge"):  # fmt: skip
        assert words in said.out
    told = folder.watch("explain", "2602.00001", "--json").json
    assert told["paper"]["id"] == told["verdict"]["paper_id"] == "arxiv:2602.00001"
    assert told["outcomes"][0]["reason"] == "fetched, waits for the classifier"


@pytest.mark.parametrize("identifier", ["9999.99999", "nonsense", "", "10.1000/none", "a" * 5000])
def test_explain_of_an_unknown_paper(folder: Folder, identifier: str) -> None:
    before = tree(folder.path)
    said = folder.watch("explain", identifier)

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert "the ledger has no such paper" in said.problems[0]
    assert tree(folder.path) == before


def test_config_check_and_init(folder: Folder) -> None:
    before = tree(folder.path)
    assert "is valid: 2 lists, classifier rules, forge local" in folder.watch("config", "check").out
    assert tree(folder.path) == before

    assert folder.watch("config", "init").code == ExitCode.CONFIG, "it must not overwrite"
    assert folder.watch("config", "init", "new.toml").code == 0
    assert 'name = "github"' in (folder.path / "new.toml").read_text(encoding="utf-8")
    said = folder.watch("config", "check", "-c", "new.toml", "--offline")
    assert said.code == 0
    assert "forge.digest_repository is not set" in said.err


def test_config_check_tells_every_fault_at_once(folder: Folder) -> None:
    folder.write("taxonomy.yaml", "version: 1\n")
    folder.write("sources.yaml", "version: 1\n")
    folder.write(
        "medvl-watch.toml",
        '[schedule]\npoll = "61 * * * *"\n'
        + (folder.path / "medvl-watch.toml").read_text().replace('state = "data"', "", 1),
    )
    text = (folder.path / "medvl-watch.toml").read_text(encoding="utf-8")
    head, schedule = text.split("taxonomy = ", 1)[1], '[schedule]\npoll = "61 * * * *"\n'
    lists = head.index("[[lists]]")
    folder.write("medvl-watch.toml", "taxonomy = " + head[:lists] + schedule + head[lists:])
    said = folder.watch("config", "check")

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 3
    for words in (
        "taxonomy.yaml",
        "sources.yaml",
        "schedule.poll: '61 * * * *' is not a valid timetable",
    ):
        assert words in said.err


# --- JSON ---------------------------------------------------------------------------------

JSON = [
    ("run",),
    ("run", "--dry-run"),
    ("run", "--only", "poll"),
    ("digest",),
    ("digest", "--dry-run"),
    ("prs",),
    ("prs", "show", "first"),
    ("prs", "diff", "first"),
    ("prs", "merge", "first"),
    ("prs", "close", "second"),
    ("explain", "2602.00001"),
    ("classify", "2602.00001"),
    ("config", "check"),
    ("config", "init", "new.toml"),
]


@pytest.mark.parametrize("arguments", JSON, ids=" ".join)
def test_json_is_one_value_and_all_that_is_printed(
    folder: Folder, arguments: tuple[str, ...]
) -> None:
    if arguments[0] != "run":
        folder.watch("run")
    said = folder.watch(*arguments, "--json")

    assert said.code == 0
    assert said.out.count("\n") == 1
    assert said.json is not None


def test_the_json_of_a_run(folder: Folder) -> None:
    told = folder.watch("run", "--json").json

    assert [one["received"] for one in told["sources"]] == [3, 1]
    assert (told["records"], told["new_papers"], told["exit_code"]) == (4, 4, 0)
    assert told["decisions"] == {"propose": 3, "refer": 0, "reject": 1}
    assert [one["list"] for one in told["lists"]] == ["first", "second"]
    assert {one["action"] for one in told["lists"]} == {"created"}


# --- help ---------------------------------------------------------------------------------


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize("path", commands(app), ids=" ".join)
def test_help_has_examples(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*path, "--help"]) == 0
    said = capsys.readouterr().out
    assert "Examples:\n" in said
    assert f"medvl-watch {' '.join(path)}" in said
    assert main([*path, "-h"]) == 0


@pytest.mark.parametrize("name", ["run", "serve", "classify", "digest", "prs", "explain", "config"])
def test_every_command_takes_json(name: str) -> None:
    context = click.Context(app)
    command = app.get_command(context, name)
    assert command is not None
    group = command if isinstance(command, click.Group) else None
    every = [command, *(group.commands.values() if group else ())]
    with_json = [one.name for one in every if "--json" in [o for p in one.params for o in p.opts]]
    assert len(with_json) >= len(every) - (name == "config"), with_json


def test_the_main_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert "Exit codes:" in said
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("medvl-watch ")


# --- exit codes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [(), ("nonsense",), ("run", "--nonsense"), ("run", "--only", "x"), ("classify",),
     ("prs", "show"), ("prs", "show", "first", "one"), ("prs", "show", "first", "0"),
     ("explain",), ("config", "nonsense"), ("run", "-c")],
    ids=" ".join,
)  # fmt: skip
def test_usage_that_is_wrong_is_2(folder: Folder, arguments: tuple[str, ...]) -> None:
    before = tree(folder.path)
    assert folder.watch(*arguments).code == ExitCode.CONFIG
    assert tree(folder.path) == before


def test_a_bug_is_1_and_says_so(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("medvl_watch.cli.run.poll", broken)
    assert main(["run"]) == ExitCode.INTERNAL_ERROR
    said = capsys.readouterr().err
    assert "internal error; please report it" in said
    assert "ZeroDivisionError: of ours" in said


def test_no_token_is_3(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDVL_WATCH_FORGE", "github")
    before = tree(folder.path)
    for command in (("run",), ("prs",), ("digest",), ("config", "check"), ("run", "--dry-run")):
        said = folder.watch(*command)
        assert said.code == ExitCode.DENIED
        assert len([line for line in said.problems if "digest_repository" not in line]) == 1
        assert "GITHUB_TOKEN: the token for GitHub is missing" in said.problems[0]
    assert tree(folder.path) == before


def test_a_source_that_fails_is_4_and_the_others_go_on(folder: Folder) -> None:
    folder.write("recorded/index.json", index(status=503))
    said = folder.watch("run")

    assert said.code == ExitCode.PARTLY
    assert len(said.problems) == 1
    assert "arxiv" in said.problems[0]
    assert "first: created pull request 1: 1 proposed" in said.out

    folder.write("recorded/index.json", index())
    said = folder.watch("run")
    assert said.code == 0
    assert "first: updated pull request 1: 2 proposed" in said.out


def test_a_limit_is_75(folder: Folder) -> None:
    folder.write("recorded/index.json", index(status=429))
    assert folder.watch("run").code == ExitCode.LATER


def test_a_second_run_at_once_is_75(folder: Folder) -> None:
    folder.watch("run")
    with session(None):
        said = folder.watch("run")
        assert folder.watch("explain", "2602.00001").code == 0, "looking needs no lock"

    assert said.code == ExitCode.LATER
    assert len(said.problems) == 1
    assert "another run is at work here" in said.problems[0]
    assert folder.watch("run").code == 0


def test_what_a_session_raises_is_not_taken_for_a_lock(folder: Folder) -> None:
    with pytest.raises(BlockingIOError), session(None):
        raise BlockingIOError("a pipe is full")


def test_a_job_that_breaks_is_told_in_its_line(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads the lines of `serve --json` sees that it came to nothing."""

    def broken(_: Session) -> Sequence[WatchError]:
        raise ZeroDivisionError

    monkeypatch.setattr(serve, "_poll", broken)
    serve.ServedJobs(read_settings(None), as_json=True).run(DueJob("poll"))
    said = json.loads(folder.capsys.readouterr().out)
    assert (said["job"], said["exit_code"]) == ("poll", ExitCode.PARTLY)
    assert said["problems"][0].startswith("poll: unexpected ZeroDivisionError, an internal error")


def test_an_interruption_is_130(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("medvl_watch.cli.run.poll", interrupted)
    said = folder.watch("run")
    assert said.code == ExitCode.INTERRUPTED
    assert len(said.problems) == 1
    assert "interrupted; what was recorded is kept" in said.problems[0]


# --- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["/dev/null/x", "/proc/x", "file", "file/x", "a" * 300])
@pytest.mark.parametrize("command", [("run",), ("digest",), ("prs", "merge", "first")])
def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, state: str, command: tuple[str, ...]
) -> None:
    folder.write("file", "")
    monkeypatch.setenv("MEDVL_WATCH_STATE", state)
    said = folder.watch(*command)

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1


@pytest.mark.parametrize("state", ["/dev/null/x", "a" * 300])
def test_looking_where_nothing_can_be_is_said_in_a_sentence(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setenv("MEDVL_WATCH_STATE", state)
    for command in (("explain", "2602.00001"), ("prs",), ("run", "--dry-run")):
        said = folder.watch(*command)
        assert said.code in {0, ExitCode.CONFIG, ExitCode.PARTLY}
        assert len(said.problems) <= 2


CUT = b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><entry><id>x"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<!DOCTYPE html><html><body>Log in</body></html>", id="a web page"),
        pytest.param(b"", id="empty"),
        pytest.param(CUT, id="cut off"),
        pytest.param(b"\xff\xfe\x00garbage", id="garbage"),
        pytest.param(None, id="gone"),
    ],
)
@pytest.mark.parametrize(("name", "left"), [("arxiv", 1), ("venue", 2)])
def test_a_feed_that_is_none_is_said_in_a_sentence(
    folder: Folder, body: bytes | None, name: str, left: int
) -> None:
    file = folder.path / "recorded" / f"{name}.xml"
    good = file.read_bytes()
    if body is None:
        file.unlink()
    else:
        file.write_bytes(body)
    said = folder.watch("run")

    assert said.code == ExitCode.PARTLY
    assert len(said.problems) == 1
    assert said.problems[0].startswith(f"medvl-watch: {name}")
    assert f"first: created pull request 1: {left} proposed" in said.out

    file.write_bytes(good)
    assert folder.watch("run").code == 0
    assert "Nothing is new" in folder.watch("run").out


def test_nothing_new_is_not_claimed_of_what_was_not_read(folder: Folder) -> None:
    folder.watch("run")
    folder.write("recorded/arxiv.xml", "")
    said = folder.watch("run")

    assert said.code == ExitCode.PARTLY
    assert "Nothing is new" not in said.out
    assert "not everything could be read" in said.out


@pytest.mark.parametrize("content", [None, b"# List\n\n- caf\xe9\n", b"# Other\n\n- [a](b)\n"])
def test_a_list_that_fails_is_said_in_a_sentence(folder: Folder, content: bytes | None) -> None:
    file = folder.path / "lists" / "first.md"
    good = file.read_bytes()
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert folder.watch("config", "check").code == ExitCode.CONFIG
    said = folder.watch("run")

    assert said.code == ExitCode.PARTLY
    assert len(said.problems) == 1
    assert "second: created pull request 1: 3 proposed" in said.out
    file.write_bytes(good)
    assert "first: created pull request 1: 3 proposed" in folder.watch("run").out


@pytest.mark.parametrize("content", [b"garbage " * 999, b"", None], ids=["garbage", "empty", "cut"])
def test_a_half_written_ledger_costs_nothing(folder: Folder, content: bytes | None) -> None:
    folder.watch("run")
    before = tree(folder.data / "forge")
    whole = folder.ledger.read_bytes()
    folder.ledger.write_bytes(whole[: len(whole) // 2] if content is None else content)
    said = folder.watch("run")

    assert len(said.problems) == (content != b"")
    assert all("was damaged" in one for one in said.problems)
    assert said.code in {0, ExitCode.PARTLY}
    assert tree(folder.data / "forge") == before
    assert "Nothing is new" in folder.watch("run").out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("medvl-watch.toml", b"colour = 1\n", id="unknown key in the settings"),
        pytest.param("medvl-watch.toml", b"\xff\xfe", id="settings that are no UTF-8"),
        pytest.param("medvl-watch.toml", b"", id="empty settings"),
        pytest.param("taxonomy.yaml", b"version: 1\ncolour: 1\n", id="unknown key in the taxonomy"),
        pytest.param("taxonomy.yaml", b"\xff", id="a taxonomy that is no UTF-8"),
        pytest.param("taxonomy.yaml", None, id="no taxonomy"),
        pytest.param("sources.yaml", b"version: 1\nsources: [\n", id="sources that are no YAML"),
        pytest.param("sources.yaml", None, id="no sources"),
        pytest.param("recorded/index.json", b"{", id="an index that is no JSON"),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("config", "check"), ("digest",)], ids=" ".join)
def test_a_wrong_edit_stops_everything_before_it_begins(
    folder: Folder, name: str, content: bytes | None, command: tuple[str, ...]
) -> None:
    path = folder.path / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    before = tree(folder.path)
    said = folder.watch(*command)

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert Path(name).name in said.problems[0] or "recorded" in said.problems[0]
    assert tree(folder.path) == before


@pytest.mark.parametrize("path", ["none.toml", "lists", "/proc/self/mem", "a" * 300])
def test_settings_that_cannot_be_read(folder: Folder, path: str) -> None:
    said = folder.watch("run", "-c", path)

    assert said.code == ExitCode.CONFIG
    assert said.out == ""


def test_an_unknown_forge_or_classifier(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("MEDVL_WATCH_FORGE", "MEDVL_WATCH_CLASSIFIER"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, "nonsense")
            said = folder.watch("run")
            assert said.code == ExitCode.CONFIG
            assert "'nonsense'" in said.problems[0]


def test_where_no_settings_are_the_demonstration_runs(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.path / "medvl-watch.toml").unlink()
    said = folder.watch("config", "check", "--offline", "--json")

    assert json.loads(said.out)["config"].endswith("seeds/demo/medvl-watch.toml")


def test_a_run_that_could_do_nothing_for_one_setting_is_a_fault_of_the_settings(
    folder: Folder,
) -> None:
    folder.watch("run", "--only", "poll")
    folder.write("data/forge", "a file where the folder of pull requests belongs")
    said = folder.watch("run", "--only", "publish")

    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 2
    assert all("cannot be used" in line for line in said.problems)
    assert folder.watch("run").code == ExitCode.PARTLY, "the sources were read"
