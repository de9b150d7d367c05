"""A run takes the exam when it is due, and goes on without a model when it cannot."""

from __future__ import annotations

import pytest

from medvl_watch.errors import ExitCode
from tests.classify.llm.modelserver import ModelRequest, Reply, answer_for, reply_with, run_server
from tests.cli.conftest import Folder

pytest.importorskip("openai")

PAPERS = 12
EXAM = "version: 1\npapers:\n" + "".join(
    f"""\
  - id: "title:known-{number}"
    title: {"Known medical images" if number % 2 else "Known cars"} with words, number {number}
    belongs: {"true" if number % 2 else "false"}
"""
    for number in range(PAPERS)
)
CONFIG = """\
name = "llm"
exam = "exam.yaml"

[classifier.llm]
base_url = "{address}"
model = "small"
concurrency = 1
usd_per_million_input = 1.0
usd_per_million_output = 1.0
{more}

"""


def knowing(request: ModelRequest) -> Reply:
    relevance = 0.05 if request.title.startswith(("Known cars", "Driving")) else 0.95
    return reply_with(answer_for(request, relevance=relevance, sections=[]))


def configure(folder: Folder, address: str, more: str = "") -> None:
    folder.write("exam.yaml", EXAM)
    config = folder.path / "medvl-watch.toml"
    text = config.read_text(encoding="utf-8")
    old = text[text.index('name = "') : text.index("[[lists]]")]
    new = CONFIG.format(address=address, more=more)
    config.write_text(text.replace(old, new), encoding="utf-8")


def known(requests: list[ModelRequest]) -> int:
    return sum(each.title.startswith("Known") for each in requests)


def test_a_run_takes_the_exam_first_and_only_once_and_a_dry_run_none(folder: Folder) -> None:
    with run_server(knowing) as server:
        configure(folder, server.address)
        folder.watch("run", "--dry-run")
        assert server.requests == []
        said = folder.watch("run", "--only", "poll")
        assert "small takes the exam first" in said.err
        assert said.code == ExitCode.DONE
        first = known(server.requests)
        assert first == PAPERS + 2 + 4  # two are repeated, four asked among the papers
        assert len(server.requests) > first
        folder.watch("run", "--only", "poll")
        assert known(server.requests) == first


def test_an_exam_that_may_cost_too_much_is_not_taken(folder: Folder) -> None:
    with run_server(knowing) as server:
        configure(folder, server.address, "budget_usd = 0.001")
        said = folder.watch("run", "--only", "poll")
        assert server.requests == []
    assert said.code == ExitCode.PARTLY
    assert "may cost more than is left of the budget" in said.err
    assert "small is not asked: it has not taken the exam" in said.err
    assert "to propose" in said.out
