"""What a language model is asked is a file: shipped, or a curator's own; a wrong one is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from medvl_watch.bundled_files import bundled_folder
from medvl_watch.errors import ExitCode
from tests.classify.llm.modelserver import good_reply, run_server
from tests.cli.conftest import Folder
from tests.cli.test_classifiers import SERVED
from tests.cli.test_explain import filed

pytestmark = pytest.mark.usefixtures("passed_exam")

pytest.importorskip("openai")
SHIPPED = (bundled_folder("prompts") / "classify.md").read_text("utf-8")
PAPER = "Reports of medical images"


def asking(folder: Folder, address: str) -> None:
    """The folder's own prompt is a model's question."""
    config = folder.path / "medvl-watch.toml"
    text = config.read_text("utf-8").replace('name = "rules"', f'name = "llm"\n{SERVED}')
    config.write_text('prompts = "words"\n' + text.format(address), encoding="utf-8")


def test_a_curators_own_prompt_is_what_is_asked(folder: Folder) -> None:
    folder.write("words/classify.md", SHIPPED.replace("You sort", "Dear model, you sort"))
    folder.write("words/README.md", "Our own words.")
    note = folder.write("note.txt", PAPER)
    with run_server(filed) as server:
        asking(folder, server.address)
        assert folder.watch("classify", str(note)).code == ExitCode.DONE
        assert folder.watch("config", "check").code == ExitCode.DONE
    request = server.requests[0]
    assert request.body["messages"][0]["content"].startswith("Dear model, you sort")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(None, "cannot be read (No such file or directory)", id="no file"),
        pytest.param(
            SHIPPED.replace("name: classify", "name: sort"),
            "the prompt's name is 'sort', not 'classify'",
            id="another name",
        ),
        pytest.param(
            "\n".join(line for line in SHIPPED.splitlines() if not line.startswith("  paper:"))
            .replace("{{paper}}", "it")
            + "\n",
            "the prompt does not use {{paper}}",
            id="no paper",
        ),
        pytest.param(SHIPPED.replace("# User", "User"), "has no part `# User`", id="no part"),
        pytest.param("Judge it.", "does not begin with front matter", id="no front matter"),
    ],
)  # fmt: skip
def test_a_prompt_that_cannot_be_asked_with_is_one_sentence(
    folder: Folder, text: str | None, sentence: str
) -> None:
    if text is not None:
        folder.write("words/classify.md", text)
    note = folder.write("note.txt", PAPER)
    with run_server(good_reply) as server:
        asking(folder, server.address)
        for command in (("classify", str(note)), ("run",), ("config", "check", "--offline")):
            said = folder.watch(*command)
            assert said.code == ExitCode.CONFIG, command
            [problem] = said.problems
            assert str(Path("words", "classify.md")) in problem
            assert sentence in problem
        assert server.requests == []
    assert not (folder.data / "ledger.sqlite").exists()


def test_the_key_is_shown(folder: Folder) -> None:
    folder.watch("config", "init", "new.toml")
    assert "\n# prompts = " in (folder.path / "new.toml").read_text("utf-8")
