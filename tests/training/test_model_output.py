"""What stands where a new model is to be written, and what it has to match."""

from __future__ import annotations

from pathlib import Path

import pytest

from medvl_watch import bundled_files
from medvl_watch.errors import ConfigError
from medvl_watch.storage.model_files import bundled_model, read_model
from medvl_watch.training.model_output import check_output, model_to_match


@pytest.mark.parametrize(
    "content", [pytest.param(None, id="nothing"), pytest.param(b"", id="an empty file")]
)
def test_a_model_for_a_new_place_has_to_match_the_bundled_one(
    tmp_path: Path, content: bytes | None
) -> None:
    output = tmp_path / "model.json"
    if content is not None:
        output.write_bytes(content)
    found = model_to_match(output, anyway=False)
    assert found.model == read_model(bundled_model())
    assert found.name == "the model that comes with medvl-watch"
    assert found.note is None


def test_a_model_that_is_there_has_to_be_matched(tmp_path: Path) -> None:
    output = tmp_path / "model.json"
    output.write_bytes(bundled_model().read_bytes())
    assert model_to_match(output, anyway=False).name == f"the model in {output}"


def test_a_broken_model_is_named_and_the_bundled_one_taken(tmp_path: Path) -> None:
    output = tmp_path / "model.json"
    output.write_bytes(bundled_model().read_bytes()[:200])
    found = model_to_match(output, anyway=False)
    assert "is compared with the model that comes with medvl-watch" in str(found.note)
    assert model_to_match(output, anyway=True).note is None


def test_a_file_of_another_kind_is_not_lost(tmp_path: Path) -> None:
    output = tmp_path / "papers.jsonl"
    output.write_text('{"title": "A"}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="exists already and is not a model"):
        model_to_match(output, anyway=False)
    assert model_to_match(output, anyway=True).note is None


def test_without_a_bundled_model_there_is_nothing_to_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled_files, "PACKAGE", tmp_path / "src" / "medvl_watch")
    assert model_to_match(tmp_path / "model.json", anyway=False).model is None


def test_a_model_takes_the_place_of_nothing_that_it_is_made_of(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.touch()
    check_output(tmp_path / "model.json", [("--papers", papers)])
    with pytest.raises(ConfigError, match="is the file that --papers reads"):
        check_output(papers, [("--papers", papers)])
    with pytest.raises(ConfigError, match="cannot be written"):
        check_output(tmp_path / "absent" / "model.json", [("--papers", papers)])
