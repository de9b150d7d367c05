"""A backlog by batches from the command line, and what a large run says before it begins."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.classify.llm.answer_cache import AnswerCacheFile
from medvl_watch.classify.llm.protocols import SubmittedBatch
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.errors import ExitCode, LedgerError
from medvl_watch.state import locked_folder
from tests.classify.llm.modelserver import (
    ModelRequest,
    ModelServer,
    Reply,
    error_reply,
    good_reply,
    reply_with,
    run_server,
)
from tests.classify.taxonomies import TEXT
from tests.cli.conftest import Folder, Said
from tests.cli.streams import write
from tests.cli.test_classifiers import CONFIG, SERVED

pytestmark = pytest.mark.usefixtures("passed_exam")

pytest.importorskip("openai")
PAPERS = [
    {"id": f"2501.{number:05}", "arxiv_id": f"2501.{number:05}", "title": title}
    for number, title in enumerate(
        ("Medical reports of images", "Clinical images in text", "A car in the snow"), 1
    )
]
PRICED = "\nusd_per_million_input = 1.0\nusd_per_million_output = 10.0\nbudget_usd = {}"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with run_server(good_reply) as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ModelServer) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(TEXT, encoding="utf-8")
    write(tmp_path / "papers.jsonl", PAPERS)
    configure(tmp_path, server)
    return tmp_path


def configure(folder: Path, server: ModelServer, name: str = "llm", budget: float = 1.0) -> None:
    more = SERVED.format(server.address) + PRICED.format(budget)
    (folder / "medvl-watch.toml").write_text(CONFIG.format(name=name, more=more), "utf-8")


def classify(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Said:
    return Folder(folder, capsys).watch(
        "classify", "--input", "papers.jsonl", "--output", "verdicts.jsonl", *options
    )


def verdicts(folder: Path) -> list[Any]:
    return [json.loads(line) for line in (folder / "verdicts.jsonl").read_text().splitlines()]


def test_a_backlog_is_handed_in_waited_for_and_judged_without_a_call(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    server.batch_status = "in_progress"
    handed = classify(here, capsys, "--batch")
    assert handed.code == ExitCode.LATER
    assert "Batch batch-1 is submitted: 3 questions at no more than" in handed.out
    waits = classify(here, capsys, "--batch")
    assert waits.code == ExitCode.LATER
    assert "Batch batch-1 is in progress: 1 done, 0 failed so far" in waits.out
    assert not (here / "verdicts.jsonl").exists()
    server.batch_status = "completed"
    done = classify(here, capsys, "--batch")
    assert done.code == ExitCode.DONE
    assert "3 answers collected from a batch." in done.err
    assert [each["classifier"] for each in verdicts(here)] == ["llm"] * 3
    assert len(server.batches) == 1
    assert server.requests == []
    again = classify(here, capsys, "--batch")
    assert (again.code, len(server.batches), server.requests) == (ExitCode.DONE, 1, [])


def test_only_what_the_cascade_leaves_open_is_handed_in(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    configure(here, server, "cascade")
    classify(here, capsys, "--batch")
    asked = server.files["file-in"].decode()
    assert [each["title"] in asked for each in PAPERS] == [True, True, False]


def test_what_a_batch_did_not_answer_is_asked_singly_and_not_handed_in_again(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    def behave(request: ModelRequest) -> Reply:
        return reply_with("no") if request.paper_id.endswith("2") else good_reply(request)

    server.behave = behave
    classify(here, capsys, "--batch")
    server_was = len(server.batches)
    done = classify(here, capsys, "--batch")
    assert done.code == ExitCode.PARTLY
    assert "no usable answer on 1 paper" in done.err
    assert len(server.batches) == server_was
    assert {each.paper_id for each in server.requests} == {"2501.00002"}
    assert len(verdicts(here)) == 3


def test_a_run_that_died_while_handing_in_hands_nothing_in_twice(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    classify(here, capsys, "--batch")
    with closing(sqlite3.connect(here / "data" / "answers.sqlite")) as connection, connection:
        connection.execute("UPDATE batches SET id = ''")
    done = classify(here, capsys, "--batch")
    assert done.code == ExitCode.DONE
    assert len(server.batches) == 1
    assert server.requests == []


def test_a_run_that_died_while_collecting_books_nothing_twice(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(self: AnswerCacheFile, handed: SubmittedBatch) -> None:
        raise LedgerError(f"killed before {handed.tag} was over")

    classify(here, capsys, "--batch")
    with monkeypatch.context() as dying:
        dying.setattr(AnswerCacheFile, "save_batch", die)
        assert classify(here, capsys, "--batch").code == ExitCode.CONFIG
    assert classify(here, capsys, "--batch").code == ExitCode.DONE
    with closing(sqlite3.connect(here / "data" / "answers.sqlite")) as connection:
        [(payments,)] = connection.execute("SELECT count(*) FROM payments")
    assert payments == len(PAPERS)
    assert server.requests == []


def test_what_was_paid_for_is_collected_whatever_became_of_the_budget(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    classify(here, capsys, "--batch")
    configure(here, server, budget=0)
    done = classify(here, capsys, "--batch")
    assert done.code == ExitCode.DONE
    assert {each["classifier"] for each in verdicts(here)} == {"llm"}
    write(here / "papers.jsonl", [{"id": "x", "title": "Other medical images in text"}])
    assert "the budget is 0" in classify(here, capsys, "--batch").err


def test_answers_that_were_damaged_are_told_with_what_is_forgotten(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classify(here, capsys)
    (here / "data" / "answers.sqlite").write_bytes(b"this is no database, though long" * 200)
    told = classify(here, capsys)
    assert told.code == ExitCode.PARTLY
    [problem] = [each for each in told.problems if "Estimate" not in each]
    assert "payments are lost" in problem
    assert classify(here, capsys).code == ExitCode.DONE


def test_a_batch_that_never_reached_the_service_is_handed_in_again(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    classify(here, capsys, "--batch")
    server.batches.clear()
    with closing(sqlite3.connect(here / "data" / "answers.sqlite")) as connection, connection:
        connection.execute("UPDATE batches SET id = ''")
    assert classify(here, capsys, "--batch").code == ExitCode.LATER
    assert len(server.batches) == 1


def test_two_runs_at_once_hand_nothing_in_twice(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    with locked_folder(read_settings(None)[0].state):
        assert classify(here, capsys, "--batch").code == ExitCode.LATER
        assert not server.files
    assert classify(here, capsys, "--batch").code == ExitCode.LATER
    assert "file-in" in server.files


def test_the_answers_of_another_file_are_kept_for_it(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    classify(here, capsys, "--batch")
    write(here / "papers.jsonl", PAPERS[:1])
    assert classify(here, capsys, "--batch").code == ExitCode.DONE
    write(here / "papers.jsonl", PAPERS)
    assert classify(here, capsys, "--batch").code == ExitCode.DONE
    assert len(server.batches) == 1
    assert server.requests == []


def test_a_batch_holds_its_money_back_until_it_is_over(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    server.batch_status = "in_progress"
    configure(here, server, budget=0.015)
    classify(here, capsys, "--batch")
    write(here / "papers.jsonl", [{"id": "x", "title": "Other medical images in text"}])
    reply_with = classify(here, capsys)
    assert server.requests == [], "the budget is handed in"
    assert reply_with.code == ExitCode.PARTLY
    assert "does not suffice for another call" in reply_with.err


def test_a_batch_is_no_larger_than_the_budget(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    configure(here, server, budget=0.008)
    classify(here, capsys, "--batch")
    lines = server.files["file-in"].decode().strip().splitlines()
    assert 0 < len(lines) < 3


@pytest.mark.parametrize("option", [(), ("--batch",)], ids=["one by one", "by batch"])
def test_a_large_run_needs_a_word(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    option: tuple[str, ...],
) -> None:
    monkeypatch.setattr("medvl_watch.cli.llm_cost_check.LARGE", 3)
    refused = classify(here, capsys, *option)
    assert refused.code == ExitCode.CONFIG
    [problem] = refused.problems
    assert "give --yes" in problem
    assert "USD" in problem
    assert (server.requests, server.batches) == ([], [])
    assert not (here / "verdicts.jsonl").exists()
    wanted = classify(here, capsys, *option, "--yes")
    assert wanted.code == (ExitCode.LATER if option else ExitCode.DONE)


def test_a_small_run_says_what_it_takes(
    here: Path, capsys: pytest.CaptureFixture[str], server: ModelServer
) -> None:
    told = classify(here, capsys)
    assert "Estimate: 3 papers: 3 calls, at most" in told.err
    assert "about 1 min" in told.err
    assert len(server.requests) == 3
    assert "Estimate" not in classify(here, capsys).err, "all is in the cache"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--classifier", "local", "--batch"), "does not use a language model"),
        (("--input", "-", "--batch"), "standard input cannot be read again"),
    ],
)
def test_what_makes_no_sense_is_said(
    here: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], reason: str
) -> None:
    reply_with = classify(here, capsys, *options)
    assert reply_with.code == ExitCode.CONFIG
    assert reason in reply_with.err


@pytest.mark.parametrize(
    ("status", "code", "exit_code", "reason"),
    [
        (401, None, ExitCode.DENIED, "a call without a key was refused (HTTP 401)"),
        (404, "model_not_found", ExitCode.PARTLY, "the server has no model 'small'"),
        (500, None, ExitCode.PARTLY, "the request about a batch failed"),
    ],
    ids=["wrong key", "no such model", "down"],
)
def test_a_service_that_refuses_a_batch_costs_nothing(  # noqa: PLR0917  a column each
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: str | None,
    exit_code: ExitCode,
    reason: str,
) -> None:
    refusal = error_reply(status, "no", code)
    monkeypatch.setattr("tests.classify.llm.modelserver.batch_post", lambda *_: refusal)
    reply_with = classify(here, capsys, "--batch")
    assert reply_with.code == exit_code
    [problem] = reply_with.problems
    assert reason in problem
    assert not (here / "verdicts.jsonl").exists()
