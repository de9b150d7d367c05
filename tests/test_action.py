"""The steps of action.yml, run on this machine as GitHub would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.conftest import furnish

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / ".github" / "action.sh"


def action() -> Mapping[str, Any]:
    found: Mapping[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """How a step ended: its exit code, what it printed, its summary and its outputs."""

    code: int
    printed: str
    summary: str
    output: str


def run_step(folder: Path, task: str, config: str = "medvl-watch.toml") -> Step:
    summary, output = folder / "summary.md", folder / "output"
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "TASK": task,
        "CONFIG": config,
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(output),
    }
    done = subprocess.run(
        [SCRIPT], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return Step(
        done.returncode,
        done.stdout + done.stderr,
        summary.read_text() if summary.exists() else "",
        output.read_text() if output.exists() else "",
    )


def test_collect_and_publish_open_pull_requests(tmp_path: Path) -> None:
    furnish(tmp_path)
    assert run_step(tmp_path, "collect").code == 0
    done = run_step(tmp_path, "publish")
    assert done.code == 0
    assert "### medvl-watch: publish, exit code 0" in done.summary
    assert "| first | created " in done.summary
    assert "    first: created pull request 1: 3 proposed" in done.summary
    assert done.output.endswith("exit-code=0\n")


def test_one_list_that_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    furnish(tmp_path)
    (tmp_path / "lists" / "second.md").write_bytes(b"\xff\xfe\x00")
    assert run_step(tmp_path, "collect").code == 0
    done = run_step(tmp_path, "publish")
    assert done.code == 0
    assert "::warning::publish is partly done" in done.printed
    assert "exit code 4" in done.summary


@pytest.mark.parametrize(
    ("task", "config", "words"),
    [
        pytest.param("collect", "missing.toml", "missing.toml", id="without a configuration"),
        pytest.param("collect; ls", "medvl-watch.toml", "not one of", id="an unknown task"),
    ],
)
def test_what_cannot_run_fails_the_step(tmp_path: Path, task: str, config: str, words: str) -> None:
    furnish(tmp_path)
    done = run_step(tmp_path, task, config)
    assert done.code == 2
    assert words in done.printed
    assert not (tmp_path / "data").exists()


def test_inputs_reach_the_script_through_the_environment_alone() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input in a script could run as code"


def test_every_input_is_described() -> None:
    assert all(each["description"] for each in action()["inputs"].values())


@pytest.mark.parametrize("name", ["watch.yml", "digest.yml"])
def test_workflows_name_tasks_that_the_script_knows(name: str) -> None:
    workflow = YAML(typ="safe").load(ROOT / ".github" / "workflows" / name)
    tasks = [
        step["with"]["task"]
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if step.get("uses") == "./"
    ]
    assert tasks
    script = SCRIPT.read_text(encoding="utf-8")
    assert all(f"\n  {task}) " in script for task in tasks)


def test_the_hook_of_pre_commit_is_a_command_that_exists(tmp_path: Path) -> None:
    (hook,) = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    good, wrong = tmp_path / "good.md", tmp_path / "wrong.md"
    good.write_text("# List\n\n- [A paper on images](https://arxiv.org/abs/2403.17834)\n")
    wrong.write_text("# List\n\n- [A paper on images](htp://arxiv.org/abs/2403.17834)\n")
    program, *arguments = hook["entry"].split()
    for file, code in ((good, 0), (wrong, 4)):
        done = subprocess.run(
            [Path(sys.executable).parent / program, *arguments, file],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
