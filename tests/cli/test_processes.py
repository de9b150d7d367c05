"""The program as the shell sees it: signals, pipes, odd terminals, a service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import furnish
from tests.publish.examples import tree

WATCH = [sys.executable, "-m", "medvl_watch"]
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
"""
SLOW = """
import sys, time
from medvl_watch.cli.app import main
from medvl_watch.sources.recorded import RecordedFetcher
quick = RecordedFetcher.get
def slow(self, request):
    if request.source == "venue":
        print("waiting", file=sys.stderr, flush=True)
        time.sleep(30)
    return quick(self, request)
RecordedFetcher.get = slow
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    furnish(tmp_path)
    return tmp_path


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WATCH, *arguments], cwd=folder, capture_output=True, check=False, timeout=60,
        env={**os.environ, **environment}, encoding="utf-8", errors="replace",
    )  # fmt: skip


def begun(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command that hangs while it reads the second source."""
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE + SLOW, *arguments], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr
    for line in process.stderr:
        if "waiting" in line:
            return process
    raise AssertionError("it ended before it waited")


def test_ctrl_c_ends_in_a_sentence_and_the_next_run_completes(folder: Path) -> None:
    process = begun(folder, "run")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert out == ""
    assert " ".join(err.split()) == (
        "medvl-watch: interrupted; what was recorded is kept, "
        "and the next run continues from there."
    )
    after = run(folder, "run")
    assert after.returncode == 0
    assert "first: created pull request 1: 3 proposed" in after.stdout


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_is_completed_by_the_next(
    folder: Path, number: signal.Signals
) -> None:
    process = begun(folder, "run")
    process.send_signal(number)
    process.communicate(timeout=20)

    assert process.returncode == -number
    after = run(folder, "run")
    assert after.returncode == 0
    assert "first: created pull request 1: 3 proposed" in after.stdout


@pytest.mark.parametrize("arguments", [("--help",), ("classify", "2602.00001"), ("prs", "--json")])
def test_a_reader_that_leaves_is_not_complained_about(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    read, write = os.pipe()
    process = subprocess.Popen([*WATCH, *arguments], cwd=folder, stdout=write,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    os.close(read)
    os.close(write)
    _, err = process.communicate(timeout=30)

    assert err == ""
    assert process.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_the_letters_is_no_reason_to_fail(folder: Path, encoding: str) -> None:
    done = run(folder, "classify", "2602.00001", PYTHONIOENCODING=encoding)

    assert done.returncode == 0
    assert done.stderr == ""
    assert "relevance" in done.stdout


def test_two_processes_judge_alike(folder: Path) -> None:
    said = {run(folder, "classify", "2602.00001", "--json", PYTHONHASHSEED=seed).stdout
            for seed in ("1", "2", "3")}  # fmt: skip

    assert len(said) == 1


def test_the_version_answers_at_once(folder: Path) -> None:
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        assert run(folder, "--version").stdout.startswith("medvl-watch ")
        spent.append(time.perf_counter() - began)

    assert min(spent) < 1  # a quarter of a second on an idle machine


def test_serve_does_every_job_once_and_ends_well_on_sigterm(folder: Path) -> None:
    process = subprocess.Popen([*WATCH, "serve", "--json"], cwd=folder, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert process.stdout
    lines = [json.loads(process.stdout.readline()) for _ in range(3)]
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert [(line["job"], line["exit_code"]) for line in lines] == [
        ("poll", 0), ("publish", 0), ("digest", 0),
    ]  # fmt: skip
    assert "stopped" in err
    assert "Traceback" not in err
    before = tree(folder / "data")
    assert run(folder, "run").returncode == 0
    assert tree(folder / "data") == before, "serve does what run does"


def test_serve_reloads_and_does_not_repeat_what_is_done(folder: Path) -> None:
    config = folder / "medvl-watch.toml"
    text = config.read_text(encoding="utf-8")
    for turn in range(2):
        process = subprocess.Popen([*WATCH, "serve", "--json"], cwd=folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        assert process.stdout
        assert process.stderr
        if turn == 0:
            for _ in range(3):
                process.stdout.readline()
        else:
            for line in process.stderr:
                if "digest: post" in line:
                    break
            config.write_text(text + "\nnonsense = 1\n", encoding="utf-8")
            process.send_signal(signal.SIGHUP)
            assert "configuration of before is still used" in process.stderr.readline()
            config.write_text(text, encoding="utf-8")
            process.send_signal(signal.SIGHUP)
            assert "the configuration was read again" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert out == ""


def test_serve_finishes_what_it_is_at(folder: Path) -> None:
    slow = SLOW.replace("time.sleep(30)", "time.sleep(1)")
    process = subprocess.Popen(
        [sys.executable, "-c", slow, "serve", "--json"], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr
    for line in process.stderr:
        if "waiting" in line:
            break
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)

    assert process.returncode == 0
    assert [json.loads(line)["job"] for line in out.splitlines()] == ["poll"]
    assert "stopped" in err


@pytest.mark.parametrize(
    ("signals", "code"),
    [
        pytest.param(1, 0, id="one signal, after the grace"),
        pytest.param(2, 130, id="two signals, at once"),
    ],
)
def test_serve_leaves_a_job_that_waits_for_a_server(folder: Path, signals: int, code: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.replace("time.sleep(30)", "time.sleep(600)"), "serve"],
        cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr
    for line in process.stderr:
        if "waiting" in line:
            break
    for _ in range(signals):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
    _, err = process.communicate(timeout=60)

    assert process.returncode == code
    assert ("in the middle of a job" in err) == (signals == 1)
    after = run(folder, "run")
    assert after.returncode == 0
    assert "first: created pull request 1: 3 proposed" in after.stdout


def test_serve_refuses_wrong_settings_at_once(folder: Path) -> None:
    text = (folder / "medvl-watch.toml").read_text(encoding="utf-8")
    (folder / "medvl-watch.toml").write_text(
        text.replace("[[lists]]", '[schedule]\npoll = "0 0 31 feb *"\n[[lists]]', 1),
        encoding="utf-8",
    )
    done = run(folder, "serve")

    assert done.returncode == 2
    assert "'0 0 31 feb *' never comes" in done.stderr
    assert done.stderr.count("\n") == 1
