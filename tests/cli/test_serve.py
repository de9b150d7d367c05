"""The jobs of `medvl-watch serve`, run in this process; test_processes.py has the real thing."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from medvl_watch.cli import serve
from medvl_watch.cli.settings_files import read_settings
from medvl_watch.errors import ExitCode
from medvl_watch.scheduling.work_record import RECORD_NAME
from tests.cli.conftest import Folder


def run(folder: Folder, *, as_json: bool = False) -> None:
    """Run every job as at a first start."""
    (folder.path / "data" / RECORD_NAME).unlink(missing_ok=True)
    jobs = serve.ServedJobs(read_settings(folder.path / "medvl-watch.toml"), as_json=as_json)
    assert jobs.finished.waiting_for() == {"poll", "publish", "digest"}
    jobs.runner.run_due(lambda: False)
    assert not jobs.finished.waiting_for()


def test_each_job_does_its_work_and_says_so(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    run(folder)
    said = [record.getMessage() for record in caplog.records]
    assert "4 records, 4 new papers" in said
    assert "first: create 3 proposed" in said
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    caplog.clear()
    run(folder)
    said = [record.getMessage() for record in caplog.records]
    assert "4 records, 0 new papers" in said
    assert not [words for words in said if ": create " in words]


def test_each_job_is_a_line_for_a_machine(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder, as_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["job"] for line in lines] == ["poll", "publish", "digest"]
    assert {line["exit_code"] for line in lines} == {ExitCode.DONE}
    assert all(line["began"] <= line["ended"] and line["problems"] == [] for line in lines)


def test_what_goes_wrong_in_one_job_does_not_stop_the_next(
    folder: Folder, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    folder.write("recorded/index.json", "{")
    run(folder, as_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["exit_code"] for line in lines] == [ExitCode.CONFIG] * 3, lines
    assert all("index.json" in line["problems"][0] for line in lines)
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 3


def test_a_start_after_the_work_was_done_is_ready_and_does_nothing(folder: Folder) -> None:
    run(folder)
    jobs = serve.ServedJobs(read_settings(folder.path / "medvl-watch.toml"))
    assert jobs.runner.due() == ()
    assert not jobs.finished.waiting_for()


def test_a_reload_uses_a_valid_configuration_and_refuses_a_faulty_one(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    config = folder.path / "medvl-watch.toml"
    text = config.read_text()
    jobs = serve.ServedJobs(read_settings(config))

    folder.write(
        "medvl-watch.toml", text.replace("[classifier]", "[serve]\npong = 1\n[classifier]")
    )
    jobs.reload(config)
    [record] = caplog.records
    assert "serve.pong" in record.getMessage()
    assert record.getMessage().endswith("; the configuration of before is still used")
    jobs.runner.run_due(lambda: False)
    assert not [each for each in caplog.records[1:] if each.levelno >= logging.ERROR]

    often = '[schedule]\npoll = "* * * * *"\n[classifier]'
    folder.write("medvl-watch.toml", text.replace("[classifier]", often))
    jobs.reload(config)
    assert jobs.runner.schedule.poll == "* * * * *"


def test_what_only_a_start_can_change_stays_and_is_said(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    config = folder.path / "medvl-watch.toml"
    jobs = serve.ServedJobs(read_settings(config))
    folder.write("medvl-watch.toml", config.read_text().replace('"data"', '"elsewhere"'))
    jobs.reload(config)
    assert "change with the next start only" in caplog.text
    jobs.runner.run_due(lambda: False)
    assert not (folder.path / "elsewhere").exists()


def test_a_configuration_that_is_wrong_is_said_at_once(tmp_path: Path, folder: Folder) -> None:
    folder.write("medvl-watch.toml", '[schedule]\npoll = "61 * * * *"\n')
    said = folder.watch("serve")
    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1


def test_health_and_metrics_are_served_while_the_jobs_run(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[tuple[int, str]] = []
    caplog.set_level(logging.INFO)

    def served_once(run_due: Callable[[Callable[[], bool]], None], _stop: threading.Event) -> bool:
        port = next(
            int(record.getMessage().rpartition(":")[2])
            for record in caplog.records
            if record.getMessage().startswith("health and metrics on")
        )
        for path in ("readyz", "metrics"):
            found = requests.get(f"http://127.0.0.1:{port}/{path}", timeout=5)
            answers.append((found.status_code, found.text))
            run_due(lambda: False)
        return True

    monkeypatch.setattr(serve, "serve", served_once)
    monkeypatch.setattr(serve, "handle_signals", lambda stop, at_once, reload: None)
    text = (folder.path / "medvl-watch.toml").read_text()
    listen = '[serve]\nlisten = "127.0.0.1:0"\nping = "http://127.0.0.1:9/mine"\n\n'
    folder.write("medvl-watch.toml", text.replace("[classifier]", f"{listen}[classifier]"))

    assert folder.watch("serve").code == ExitCode.DONE
    assert answers[0] == (503, "waiting for digest, poll, publish\n")
    assert 'medvl_watch_job_runs_total{exit_code="4",job="poll"} 1.0' in answers[1][1]
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "the ping was not answered" in said, "a poll that went well pings"
    assert "mine" not in said
