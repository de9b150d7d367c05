"""Which classifier judges, by configuration and by hand, and what it may touch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from medvl_watch.classify.register import CLASSIFIERS, LLM_CLASSIFIERS
from medvl_watch.cli.app import main
from medvl_watch.errors import ExitCode
from medvl_watch.storage.model_files import bundled_model
from tests.classify.llm.modelserver import (
    ModelRequest,
    Reply,
    answer_for,
    error_reply,
    good_reply,
    reply_with,
    run_server,
)
from tests.classify.taxonomies import TEXT
from tests.cli.conftest import Folder, Said
from tests.cli.streams import configured, write

pytestmark = pytest.mark.usefixtures("passed_exam")

PAPERS = [
    {"id": "sure", "title": "Medical vision language: reports of chest X-ray images"},
    {"id": "perhaps", "title": "Clinical images in text"},
    {"id": "car", "title": "A car in the snow", "abstract": "It does not start."},
]
CONFIG = """\
state = "data"
taxonomy = "small.yaml"

[classifier]
name = "{name}"
{more}

[[lists]]
id = "tasks"
title = "A list"
repository = "a/list"
"""
SERVED = '[classifier.llm]\nbase_url = "{}"\nmodel = "small"\nconcurrency = 1\nattempts = 1'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(TEXT, encoding="utf-8")
    write(tmp_path / "papers.jsonl", PAPERS)
    return tmp_path


def judge(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, more: str = "", *options: str
) -> Said:
    (folder / "medvl-watch.toml").write_text(CONFIG.format(name=name, more=more), "utf-8")
    return Folder(folder, capsys).watch("classify", "papers.jsonl", "--json", *options)


# --- a name in the configuration ---------------------------------------------------------


def test_all_four_are_there() -> None:
    assert set(CLASSIFIERS) >= {"rules", "local", "llm", "cascade"}
    assert set(CLASSIFIERS) >= LLM_CLASSIFIERS


@pytest.mark.parametrize("name", ["rules", "local"])
def test_without_a_key_papers_are_judged_by_what_is_named(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    said = judge(here, capsys, name)
    assert said.code == ExitCode.DONE
    assert [line["id"] for line in said.lines] == ["sure", "perhaps", "car"]
    assert {line["classifier"] for line in said.lines} == {name}
    assert not (here / "data").exists(), "nothing is kept of it"


def test_the_model_that_is_shipped_judges_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = configured(tmp_path)
    path.write_text(path.read_text().replace('[classifier]\nname = "rules"\n', ""))
    title = "A vision-language foundation model for chest X-ray report generation"
    said = Folder(tmp_path, capsys).watch("classify", "--json", str(_note(tmp_path, title)))
    assert said.json["classifier"] == "local"
    assert said.json["decision"] == "propose"


def _note(folder: Path, title: str) -> Path:
    path = folder / "note.txt"
    path.write_text(title, encoding="utf-8")
    return path


def test_another_model_is_named_in_the_configuration(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mine.json").write_bytes(bundled_model().read_bytes().replace(b'"bias"', b' "bias"'))
    bundled_taxonomy = judge(here, capsys, "local").lines[0]["version"]
    mine = judge(here, capsys, "local", 'model = "mine.json"').lines[0]["version"]
    assert mine.split("+")[0] != bundled_taxonomy.split("+")[0]
    assert mine.split("+")[1] == bundled_taxonomy.split("+")[1]


@pytest.mark.parametrize("name", ["local", "llm", "cascade"])
@pytest.mark.parametrize(
    ("model", "reason"),
    [
        pytest.param(None, "mine.json: cannot be read", id="no such file"),
        pytest.param("{", "mine.json: this version cannot read", id="damaged"),
        pytest.param('{"format": 7}', "mine.json: this version cannot read", id="another version"),
    ],
)
def test_a_model_that_cannot_be_used_is_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], name: str, model: str | None, reason: str
) -> None:
    if model is not None:
        (here / "mine.json").write_text(model, encoding="utf-8")
    said = judge(here, capsys, name, 'model = "mine.json"')
    assert said.code == ExitCode.CONFIG
    [problem] = said.problems
    assert reason in problem
    assert not (here / "data").exists()


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("colour = 1", "classifier.colour is not a known key"),
        ("[classifier.llm]\napi_key = 'sk-1'", "classifier.llm.api_key is not a known key"),
        ("[classifier.llm]\nbudget_usd = -1", "classifier.llm.budget_usd"),
        ("[classifier.cascade]\nabove = 1", "classifier.cascade.above is not a known key"),
        ("[classifier.llm]\nmay_move = 0.2", "the key may_move has no meaning any more"),
        ("[classifier.llm]\ntrust = 0.2", "remove the key and run `medvl-watch exam`"),
        ("[classifier.cascade]\nbelow_refer = 0.1", "the key below_refer has no meaning any more"),
    ],
)
def test_settings_that_nobody_knows_are_refused(
    here: Path, capsys: pytest.CaptureFixture[str], more: str, reason: str
) -> None:
    said = judge(here, capsys, "local", more)
    assert said.code == ExitCode.CONFIG
    assert reason in said.err


def test_an_unknown_classifier_is_refused_with_those_there_are(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = judge(here, capsys, "local", "", "--classifier", "oracle")
    assert said.code == ExitCode.CONFIG
    assert "use one of rules, local, llm, cascade" in said.err


# --- with a language model -----------------------------------------------------------------


def test_a_model_server_is_asked_about_every_paper(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openai")
    with run_server(good_reply) as server:
        said = judge(here, capsys, "llm", SERVED.format(server.address))
        assert len(server.requests) == 3
        again = judge(here, capsys, "llm", SERVED.format(server.address))
        assert len(server.requests) == 3, "the second run is answered from the cache"
    assert said.code == again.code == ExitCode.DONE
    assert {line["classifier"] for line in said.lines} == {"llm"}
    assert [line["id"] for line in said.lines] == ["sure", "perhaps", "car"]
    assert again.lines == said.lines
    assert (here / "data" / "answers.sqlite").exists()


def test_the_cascade_asks_only_about_what_is_not_clear(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openai")
    first = {line["id"]: line["decision"] for line in judge(here, capsys, "local").lines}
    clear = [name for name, decision in first.items() if decision == "reject"]
    with run_server(good_reply) as server:
        said = judge(here, capsys, "cascade", SERVED.format(server.address))
        request = [each.title for each in server.requests]
    assert clear == ["car"]  # the category of the others is in doubt
    assert request == [PAPERS[0]["title"], PAPERS[1]["title"]]
    told = {line["id"]: line["classifier"] for line in said.lines}
    assert told == {name: "local" if name in clear else "llm" for name in first}


def test_the_share_that_was_asked_about_is_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openai")
    with run_server(good_reply) as server:
        config = CONFIG.format(name="cascade", more=SERVED.format(server.address))
        (here / "medvl-watch.toml").write_text(config, encoding="utf-8")
        said = Folder(here, capsys).watch(
            "classify", "--input", "papers.jsonl", "--output", "verdicts.jsonl"
        )
    assert "2 of 3 papers (66.7%) went to the model" in said.out
    assert "3 papers judged by llm (2) and local (1): " in said.out


@pytest.mark.parametrize("papers", [1, 3, 8])
def test_who_judged_is_told_and_not_who_was_asked(
    here: Path, capsys: pytest.CaptureFixture[str], papers: int
) -> None:
    pytest.importorskip("openai")
    write(here / "papers.jsonl", [{"title": f"Clinical images {i}"} for i in range(papers)])
    with run_server(lambda _: reply_with("no")) as server:
        config = CONFIG.format(name="llm", more=SERVED.format(server.address))
        (here / "medvl-watch.toml").write_text(config, encoding="utf-8")
        told = Folder(here, capsys).watch(
            "classify", "--input", "papers.jsonl", "--output", "verdicts.jsonl"
        )
        by_hand = Folder(here, capsys).watch("classify", "papers.jsonl")
    assert f"{papers} paper{'s' * (papers > 1)} judged by local: " in told.out
    assert told.code == by_hand.code == ExitCode.PARTLY, "however many, and however given"
    for said in (told, by_hand):
        assert "no usable answer on" in said.problems[-1]
        assert "check that the server runs" not in said.err


def test_a_cascade_that_needs_no_model_needs_no_key(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "papers.jsonl", PAPERS[2:])
    said = judge(here, capsys, "cascade")
    assert (said.code, said.err) == (ExitCode.DONE, "")
    shown = Folder(here, capsys).watch("classify", "papers.jsonl")
    assert "none of 1 paper went to the model" in shown.out
    assert "tokens" not in shown.out


def test_a_quiet_run_says_nothing_of_a_model(folder: Folder) -> None:
    config = folder.path / "medvl-watch.toml"
    text = config.read_text(encoding="utf-8")
    for name in sorted(LLM_CLASSIFIERS):
        served = text.replace('name = "rules"', f'name = "{name}"')
        config.write_text(text, encoding="utf-8")
        folder.watch("run")
        config.write_text(served, encoding="utf-8")
        said = folder.watch("run")
        assert said.code == ExitCode.DONE
        assert "to the model" not in said.out
        assert "answered" not in said.out


@pytest.mark.parametrize("name", sorted(LLM_CLASSIFIERS))
def test_a_wrong_key_is_one_sentence_and_every_paper_is_judged(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    pytest.importorskip("openai")
    with run_server(lambda request: error_reply(401, "Incorrect API key")) as server:
        said = judge(here, capsys, name, SERVED.format(server.address))
    assert said.code == ExitCode.DENIED
    assert len(said.problems) == 1
    assert [line["id"] for line in said.lines] == ["sure", "perhaps", "car"]


@pytest.mark.parametrize("name", sorted(LLM_CLASSIFIERS))
def test_without_a_key_it_is_said_before_any_call(
    here: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    said = judge(here, capsys, name)
    assert said.code == ExitCode.DENIED
    assert "the environment variable OPENAI_API_KEY contains no key" in said.err
    assert len(said.lines) == 3
    check = Folder(here, capsys).watch("config", "check", "--offline")
    assert check.code == ExitCode.DENIED
    assert "OPENAI_API_KEY" in check.err


def test_a_dry_run_asks_no_model_and_writes_nothing(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_server(_unexpected) as server:
        config = folder.path / "medvl-watch.toml"
        text = config.read_text(encoding="utf-8")
        served = 'name = "llm"\n' + SERVED.format(server.address)
        config.write_text(text.replace('name = "rules"', served), encoding="utf-8")
        said = folder.watch("run", "--dry-run")
        assert server.requests == []
    assert said.code == ExitCode.DONE
    assert not folder.data.exists()


def _unexpected(request: ModelRequest) -> Reply:
    return error_reply(500, request.title)


_LOADED = """
import sys
from medvl_watch.cli.app import main
assert main(sys.argv[1:]) == 0
print(sorted({name.split(".")[0] for name in sys.modules} & {"openai", "httpx", "sklearn"}))
"""


@pytest.mark.parametrize("name", ["rules", "local"])
def test_what_asks_no_model_never_loads_the_library(here: Path, name: str) -> None:
    (here / "medvl-watch.toml").write_text(CONFIG.format(name=name, more=""), encoding="utf-8")
    command = [sys.executable, "-c", _LOADED, "classify", "papers.jsonl", "--json"]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# --- a file of papers ----------------------------------------------------------------------


ODD: list[dict[str, object] | str] = [
    {"arxiv_id": "2501.00001", "title": "Medical images and reports", "abstract": None},
    "{not json",
    {"id": "seven", "title": ""},
    "",
    {"id": "long", "title": "Clinical images in text", "abstract": "word " * 200_000},
    {"id": "deep", "title": "T", "published": "yesterday"},
    "[]",
    {"id": "twice", "title": "Bilder und Befunde", "abstract": "Über Röntgenbilder. " * 30},
    {"id": "twice", "title": "Bilder und Befunde"},
]


@pytest.mark.parametrize("name", ["papers.jsonl", "papers.jsonl.gz"])
@pytest.mark.parametrize("batch", [1, 2, 500])
def test_one_line_out_for_each_line_in_whatever_it_is(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    batch: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("medvl_watch.cli.classify_file.BATCH", batch)
    configured(tmp_path, "local")
    write(tmp_path / name, ODD)
    folder = Folder(tmp_path, capsys)
    said = folder.watch("classify", "--input", name, "--output", "verdicts.jsonl", "--json")
    text = (tmp_path / "verdicts.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]

    assert [line["id"] for line in lines] == [
        *("arxiv:2501.00001", "line:2", "seven", "long", "deep", "line:7", "twice", "twice")
    ]
    bad = [line for line in lines if "unreadable" in line["flags"]]
    assert [line["id"] for line in bad] == ["line:2", "seven", "deep", "line:7"]
    assert {line["decision"] for line in bad} == {"refer"}
    assert all(line["reason"] for line in bad)
    assert said.code == ExitCode.PARTLY
    assert (said.json["judged"], said.json["unreadable"]) == (4, 4)
    assert sum(said.json["decisions"].values()) == 4
    assert "1 more lines are not valid records" in said.err
    assert {"id", "arxiv_id", "relevance", "decision", "sections", "evidence", "classifier",
            "flags"} <= lines[0].keys()  # fmt: skip
    assert lines[0]["arxiv_id"] == "2501.00001"


def test_a_file_that_breaks_off_leaves_the_old_verdicts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    configured(tmp_path)
    whole = write(tmp_path / "papers.jsonl.gz", PAPERS * 500).read_bytes()
    (tmp_path / "papers.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "verdicts.jsonl").write_text("old")
    folder = Folder(tmp_path, capsys)
    said = folder.watch("classify", "--input", "papers.jsonl.gz", "--output", "verdicts.jsonl")
    assert said.code == ExitCode.CONFIG
    assert "papers.jsonl.gz: cannot be read" in said.err
    assert (tmp_path / "verdicts.jsonl").read_text() == "old"
    assert not list(tmp_path.glob(".verdicts*"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--input", "none.jsonl", "--output", "v.jsonl"], "none.jsonl: cannot be read"),
        (["--input", "papers.jsonl", "--output", "no/folder/v.jsonl"], "cannot be written"),
        (["--input", "papers.jsonl", "2501.00001"], "Give papers X..., or a file"),
        ([], "Give papers X..., or a file"),
        (["2501.00001", "--output", "v.jsonl"], "--output goes with --input"),
    ],
)
def test_what_cannot_be_read_or_written_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    (here / "medvl-watch.toml").write_text(CONFIG.format(name="rules", more=""), encoding="utf-8")
    assert main(["classify", *arguments]) == ExitCode.CONFIG
    assert reason in capsys.readouterr().err


def test_without_an_output_the_lines_are_printed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "medvl-watch.toml").write_text(CONFIG.format(name="rules", more=""), encoding="utf-8")
    said = Folder(here, capsys).watch("classify", "--input", "papers.jsonl")
    assert [line["id"] for line in said.lines] == ["sure", "perhaps", "car"]


def test_by_hand_the_model_is_asked_about_the_sections_of_a_list_and_shown(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openai")
    (here / "list.md").write_text(
        "# A list\n\n## Reports\n\n- [Writing reports](https://arxiv.org/abs/2301.00001)\n\n"
        "## Questions\n\n- [Asking questions](https://arxiv.org/abs/2301.00002)\n",
        encoding="utf-8",
    )
    (here / "paper.txt").write_text(f"{PAPERS[0]['title']}\n\nOn images.", encoding="utf-8")

    def choose(request: ModelRequest) -> Reply:
        summary = {"field": "summary", "text": "Reports for films.", "quote": "On images"}
        sections = [{"label": "A2", "score": 0.9}]
        return reply_with(answer_for(request, list_sections=sections, described=[summary]))

    with run_server(choose) as server:
        config = CONFIG.format(name="cascade", more=SERVED.format(server.address))
        (here / "medvl-watch.toml").write_text(config, encoding="utf-8")
        folder = Folder(here, capsys)
        said = folder.watch("classify", "paper.txt", "--list", "list.md")
        line = folder.watch("classify", "paper.txt", "--list", "list.md", "--json").json
        assert len(server.requests) == 1
    shown = " ".join(said.out.split())
    assert "model it belongs with a probability of" in shown
    assert "Questions (0.90)" in shown
    assert "summary: Reports for films." in shown
    assert "1 answered" in said.out
    assert line["described"] == {"summary": "Reports for films."}
    assert line["list_sections"][0]["section"][-1] == "Questions"
    assert line["sections"][0]["path"][-1] == "Questions"
