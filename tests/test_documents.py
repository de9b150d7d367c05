"""What the documents show is what happens; `make documents` writes it anew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from medvl_watch.cli.app import COMMANDS, app

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the demonstration prints, in a new folder, and one of its diffs."""
    folder = tmp_path_factory.mktemp("demonstration")

    def watch(*arguments: str) -> str:
        command = [sys.executable, "-m", "medvl_watch", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout

    run = watch("run") + watch("digest", "--week", "current")
    run = re.sub(r"\d{4}-W\d{2}", "2026-W47", run)
    diff = watch("prs", "diff", "chest-xray-vlp")
    hunks = diff[diff.index("@@") :]
    return {"make run": run, "diff": hunks}


def block(name: str, text: str) -> re.Match[str]:
    found = re.search(rf"<!-- shown: {name} -->\n```(\w+)\n(.*?)```\n", text, re.DOTALL)
    assert found, f"README.md has no block for {name!r}"
    return found


@pytest.mark.parametrize("name", ["make run", "diff"])
def test_the_readme_shows_what_the_demonstration_does(name: str, shown: dict[str, str]) -> None:
    text = README.read_text(encoding="utf-8")
    found = block(name, text)
    if os.environ.get("UPDATE_DOCUMENTS"):
        README.write_text(
            text[: found.start(2)] + shown[name] + text[found.end(2) :], encoding="utf-8"
        )
        return
    assert found[2] == shown[name], "run `make documents`"


def test_the_readme_names_every_command() -> None:
    text = README.read_text(encoding="utf-8")
    for command in COMMANDS:
        assert re.search(rf"^\| `{command}[ `]", text, re.MULTILINE), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_text_has_examples(command: str) -> None:
    told = CliRunner().invoke(app, [command, "--help"])
    assert told.exit_code == 0
    assert f"medvl-watch {command}" in told.output.split("Examples:")[1]


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md")),
                         ids=lambda path: path.name)  # fmt: skip
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    prose = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", prose):
        assert (path.parent / target).exists(), target


def test_every_situation_names_tests_that_exist() -> None:
    text = (ROOT / "docs/situations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]*) \|", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 66))
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    named = set(re.findall(r"`(test_\w+)`", text))
    assert sorted(name for name in named if f"def {name}(" not in sources) == []
    covered = sum("`" in names for _, names in rows)
    assert f"{covered} of {len(rows)} are held by tests" in text
