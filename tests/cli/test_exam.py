"""`medvl-watch exam` against a server on this machine."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest

from medvl_watch.errors import ExitCode
from tests.classify.exam.models import bundled_exam, chance
from tests.classify.llm.modelserver import (
    ModelRequest,
    Reply,
    answer_for,
    error_reply,
    reply_with,
    run_server,
)
from tests.classify.taxonomies import TEXT
from tests.cli.conftest import Folder

pytest.importorskip("openai")

PAPERS = 12
CONFIG = """\
state = "data"
taxonomy = "small.yaml"

[classifier]
name = "llm"
exam = "exam.yaml"
exam_result = "kept.json"

[classifier.llm]
base_url = "{address}"
model = "{model}"
concurrency = 1
attempts = 1
failures_in_a_row = 2
usd_per_million_input = 1.0
usd_per_million_output = 1.0

[[lists]]
id = "tasks"
title = "A list"
repository = "a/list"
"""
EXAM = "version: 1\npapers:\n" + "".join(
    f"""\
  - id: "title:paper-{number}"
    title: {"Medical images" if number % 2 else "Cars"} with words, number {number}
    abstract: Reports of clinical images are written by language models.
    belongs: {"true" if number % 2 else "false"}
    {"leaves: [use]" if number % 2 else ""}
"""
    for number in range(PAPERS)
)


@pytest.fixture
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Folder:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "exam.yaml").write_text(EXAM, encoding="utf-8")
    return Folder(tmp_path, capsys)


def configure(folder: Folder, address: str, model: str = "small") -> None:
    text = CONFIG.format(address=address, model=model)
    (folder.path / "medvl-watch.toml").write_text(text, encoding="utf-8")


def knowing(request: ModelRequest) -> Reply:
    relevance = 0.95 if request.title.startswith("Medical") else 0.05
    return reply_with(answer_for(request, relevance=relevance))


def guessing(request: ModelRequest) -> Reply:
    return reply_with(answer_for(request, relevance=chance(request.title)))


def lying(request: ModelRequest) -> Reply:
    relevance = 0.05 if request.title.startswith("Medical") else 0.95
    return reply_with(answer_for(request, relevance=relevance))


def test_the_result_is_shown_and_kept(folder: Folder) -> None:
    with run_server(knowing) as server:
        configure(folder, server.address)
        said = folder.watch("exam", "--output", "kept.json")
        calls = len(server.requests)
        kept = (folder.path / "data" / "exam.json").read_bytes()
        (folder.path / "data" / "exam.json").unlink()
        again = folder.watch("exam", "--json")
        assert len(server.requests) == calls
    assert said.code == ExitCode.DONE
    assert f"small: {PAPERS} of {PAPERS} papers answered" in said.out
    assert "relevance, AUC 1.000" in " ".join(said.out.split())
    assert "category" in said.out
    assert "same answer twice 1.00 (2 of 2)" in " ".join(said.out.split())
    assert f"{calls} calls, " in said.out
    assert again.json["is_new"] is False
    assert again.json["auc"] == 1.0
    assert (folder.path / "kept.json").read_bytes() == kept


def test_a_model_that_guesses_is_found_out(folder: Folder) -> None:
    with run_server(guessing) as server:
        configure(folder, server.address)
        said = folder.watch("exam")
        calls = len(server.requests)
        folder.write("paper.txt", "Medical images with words\n\nReports of images.")
        judged = folder.watch("classify", "paper.txt")
        assert len(server.requests) == calls
    sentence = "it tells papers that belong from others hardly better than chance"
    assert f"The model is not asked: {sentence}" in said.out
    assert sentence in judged.err


def test_an_exam_that_was_cut_off_goes_on(folder: Folder) -> None:
    numbers = count(1)

    def failing_later(request: ModelRequest) -> Reply:
        return knowing(request) if next(numbers) <= 8 else error_reply(401)

    with run_server(failing_later) as server:
        configure(folder, server.address)
        said = folder.watch("exam")
        assert said.code == ExitCode.DENIED
        assert not (folder.path / "data" / "exam.json").exists()
        server.behave = knowing
        asked = len(server.requests)
        said = folder.watch("exam")
        assert said.code == ExitCode.DONE
        assert len(server.requests) - asked == PAPERS + 2 - 8


def test_the_exam_is_taken_again_when_something_changes(folder: Folder) -> None:
    with run_server(knowing) as server:
        configure(folder, server.address)
        folder.watch("exam")
        configure(folder, server.address, "other")
        assert folder.watch("exam", "--json").json["is_new"] is True
        folder.write("small.yaml", TEXT.replace("Words", "Sentences", 1))
        folder.write("exam.yaml", EXAM + "# a remark\n")
        assert folder.watch("exam", "--json").json["is_new"] is True


def test_a_model_that_changed_takes_a_new_exam(folder: Folder) -> None:
    paper = folder.path / "papers.jsonl"
    record = {"id": "a", "title": "Medical images", "abstract": "Reports of clinical images."}
    paper.write_text(json.dumps(record), encoding="utf-8")
    with run_server(knowing) as server:
        configure(folder, server.address)
        folder.watch("exam")
        server.behave = lying
        said = folder.watch("classify", "--input", "papers.jsonl")
        assert "answers known papers differently from its exam" in said.err
        said = folder.watch("classify", "--input", "papers.jsonl")
        assert "is not asked: it answered known papers differently from its exam" in said.err
        asked = len(server.requests)
        said = folder.watch("exam", "--json")
        assert len(server.requests) - asked == PAPERS + 2
        assert said.json["auc"] == 0.0


def test_a_faulty_exam_is_refused(folder: Folder) -> None:
    (folder.path / "exam.yaml").write_text(EXAM.replace("paper-3", "paper-1"), encoding="utf-8")
    configure(folder, "http://127.0.0.1:9/v1")
    said = folder.watch("exam")
    assert said.code == ExitCode.CONFIG
    assert "papers[4].id: another paper has this id" in said.err


def test_the_bundled_exam_is_large_enough() -> None:
    exam = bundled_exam()
    belonging = sum(each.belongs for each in exam.papers)
    assert len(exam.papers) >= 100
    assert 40 <= belonging <= len(exam.papers) - 40
    assert sum(bool(each.section) for each in exam.papers) >= 30
    assert exam.leaves <= {
        "dataset-resource", "survey", "pre-training/multi-scale", "pre-training/data-efficient",
        "pre-training/knowledge-enhanced", "pre-training/others", "application/classification",
        "application/dense-prediction", "application/cross-modal",
    }  # fmt: skip
    assert {each.belongs for each in exam.repeated} == {True, False}
