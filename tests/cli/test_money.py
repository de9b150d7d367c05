"""No command spends money without saying so, and bad settings are one sentence each."""

from __future__ import annotations

from pathlib import Path

import pytest

from medvl_watch.errors import ExitCode
from tests.classify.llm.modelserver import error_reply, good_reply, run_server
from tests.cli.conftest import Folder
from tests.cli.streams import write
from tests.cli.test_classifiers import SERVED

pytestmark = pytest.mark.usefixtures("passed_exam")

pytest.importorskip("openai")


def served(folder: Folder, address: str, name: str = "llm", more: str = "") -> None:
    config = folder.path / "medvl-watch.toml"
    text = config.read_text(encoding="utf-8")
    now = text[text.index('name = "') : text.index("[[lists]]")]
    config.write_text(text.replace(now, f'name = "{name}"\n{SERVED.format(address)}{more}\n\n'))


@pytest.fixture
def papers(folder: Folder) -> Path:
    title = "Report generation for radiology images with language"
    return write(folder.path / "papers.jsonl", [{"title": title, "arxiv_id": "2602.00001"}])


@pytest.mark.parametrize("option", [(), ("--diff",), ("--in-place", "--dry-run")], ids=str)
def test_inserting_into_a_list_asks_no_model_where_nothing_is_written(
    folder: Folder, papers: Path, option: tuple[str, ...]
) -> None:
    with run_server(good_reply) as server:
        served(folder, server.address)
        said = folder.watch("list", "insert", "lists/first.md", "--papers", str(papers), *option)
        assert server.requests == []
    assert "no model was asked: local judged" in said.err
    assert not folder.data.exists()


def test_inserting_into_a_list_asks_the_model_where_the_list_is_written(
    folder: Folder, papers: Path
) -> None:
    with run_server(good_reply) as server:
        served(folder, server.address)
        said = folder.watch(
            "list", "insert", "lists/first.md", "--papers", str(papers), "--in-place"
        )
        assert server.requests
    assert "no model was asked" not in said.err


@pytest.mark.parametrize("name", ["llm", "cascade"])
@pytest.mark.parametrize(
    ("status", "code", "more", "exit_code", "sentence"),
    [
        pytest.param(401, None, "", ExitCode.DENIED, "was refused (HTTP 401)", id="wrong key"),
        pytest.param(
            *(404, "model_not_found", "", ExitCode.PARTLY, "the server has no model 'small'"),
            id="no such model",
        ),
        pytest.param(
            *(200, None, "\nbudget_usd = 0", ExitCode.PARTLY, "the budget is 0, so no model"),
            id="budget of zero",
        ),
    ],
)
def test_a_bad_setting_is_one_sentence_and_no_paper_is_lost(  # noqa: PLR0917  a column each
    folder: Folder,
    name: str,
    status: int,
    code: str | None,
    more: str,
    exit_code: ExitCode,
    sentence: str,
) -> None:
    with run_server(lambda request: error_reply(status, request.title, code)) as server:
        served(folder, server.address, name, more)
        said = folder.watch("run")
        assert len(server.requests) <= (0 if more else 1)
    assert said.code == exit_code
    [problem] = said.problems
    assert sentence in problem
    told = folder.watch("explain", "2602.00001", "--json").json
    assert told["verdict"]["classifier"] == "local"
    assert told["verdict"]["decision"] in {"propose", "refer"}
    assert folder.watch("prs", "--json").lines, "the pull requests are made all the same"


def test_nothing_is_judged_twice_over_runs(folder: Folder) -> None:
    with run_server(good_reply) as server:
        served(folder, server.address)
        folder.watch("run")
        request = len(server.requests)
        assert request
        folder.watch("run")
        folder.watch("prs", "merge", "first")
        folder.watch("run")
        assert len(server.requests) == request, "whatever the lists took in"
