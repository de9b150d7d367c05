"""A curator's own names of venues: `venues` in the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from medvl_watch.errors import ExitCode
from medvl_watch.papers.known_venues import use_venues
from tests.cli.conftest import Folder

OWN = """\
version: 1
conferences:
  Wordcraft:
journals:
  Words in Medicine:
    abbreviations: [WIM]
"""
LISTED = (
    "# List\n\n## Papers\n\n- **Words for scans.** Wordkraft 2024. [[paper](https://a.example/1)]\n"
)


@pytest.fixture(autouse=True)
def _bundled_venues_afterwards() -> Iterator[None]:
    yield
    use_venues(None)


def configured(folder: Folder, text: str) -> None:
    folder.write("venues.yaml", text)
    config = folder.path / "medvl-watch.toml"
    config.write_text(f'venues = "venues.yaml"\n{config.read_text("utf-8")}', "utf-8")


def test_own_venues_are_right(folder: Folder) -> None:
    configured(folder, OWN)
    assert folder.watch("config", "check").code == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(OWN.replace("[WIM]", "[Wordcraft]"),
                     "line 6: journals.Words in Medicine.abbreviations[1]: 'Wordcraft' is a "
                     "spelling of 'Wordcraft' already", id="twice"),
        pytest.param(OWN.replace("abbreviations", "short"),
                     "journals.Words in Medicine.short is not a known key", id="unknown key"),
        pytest.param(None, "venues.yaml", id="no file"),
    ],
)  # fmt: skip
def test_wrong_edit_is_one_sentence_and_stops_what_needs_the_names(
    folder: Folder, text: str | None, sentence: str
) -> None:
    configured(folder, text or "")
    if text is None:
        (folder.path / "venues.yaml").unlink()
    listed = folder.write("list.md", LISTED)
    commands = (("config", "check"), ("run",), ("classify", str(listed)),
                ("list", "check", str(listed)))  # fmt: skip
    for command in commands:
        said = folder.watch(*command)
        assert said.code == ExitCode.CONFIG, command
        [problem] = said.problems
        assert str(Path("venues.yaml")) in problem
        assert sentence in problem
    assert not (folder.data / "ledger.sqlite").exists()


def test_all_faults_are_told_at_once(folder: Folder) -> None:
    configured(folder, "version: 1\n")
    folder.write("taxonomy.yaml", "version: 1\n")
    said = folder.watch("config", "check")
    assert any("venues.yaml" in problem for problem in said.problems)
    assert any("taxonomy.yaml" in problem for problem in said.problems)


def test_list_check_knows_them_in_the_folder_of_the_configuration(folder: Folder) -> None:
    listed = str(folder.write("list.md", LISTED))
    assert "Wordcraft" not in folder.watch("list", "check", listed).out
    configured(folder, OWN)
    assert (
        "“Wordkraft” looks like “Wordcraft” misspelt" in folder.watch("list", "check", listed).out
    )


def test_the_key_is_shown(folder: Folder) -> None:
    folder.watch("config", "init", "new.toml")
    assert "\n# venues = " in (folder.path / "new.toml").read_text("utf-8")
