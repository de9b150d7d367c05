"""`medvl-watch train --output`: nothing is lost there, and nobody trains for hours in vain."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path

import pytest

from medvl_watch.errors import ExitCode
from medvl_watch.storage.model_files import bundled_model, read_model
from medvl_watch.storage.user_files import replacement_of
from tests.cli.conftest import Folder
from tests.cli.streams import HARD, LISTED, STREAM, write

OPTIONS = ("--papers", "stream.jsonl.gz", "--labels", "labels.jsonl")


@pytest.fixture
def here(training: Folder) -> Folder:
    """100 papers of the stream are listed."""
    write(training.path / "labels.jsonl", LISTED)
    return training


@pytest.mark.parametrize("link", ["same", "symlink", "hard link"])
@pytest.mark.parametrize("name", ["stream.jsonl.gz", "labels.jsonl", "medvl-watch.toml"])
def test_what_is_trained_on_is_never_replaced(here: Folder, name: str, link: str) -> None:
    given = here.path / name
    before = given.read_bytes()
    output = given if link == "same" else here.path / "model.json"
    if link == "symlink":
        output.symlink_to(given)
    elif link == "hard link":
        output.hardlink_to(given)
    said = here.watch("train", *OPTIONS, "--output", str(output), "--replace")
    assert said.code == ExitCode.CONFIG
    assert re.search(r"is the file that \S+ reads; name another file", said.err)
    assert "reading" not in said.err
    assert given.read_bytes() == before
    assert not list(here.path.glob(".*"))


def test_a_file_of_another_kind_is_replaced_only_if_that_is_asked(here: Folder) -> None:
    other = write(here.path / "other.jsonl", HARD)
    before = other.read_bytes()
    said = here.watch("train", *OPTIONS, "--output", "other.jsonl")
    assert said.code == ExitCode.CONFIG
    assert "other.jsonl: exists already and is not a model; give --output another" in said.err
    assert "reading" not in said.err
    assert other.read_bytes() == before

    said = here.watch("train", *OPTIONS, "--output", "other.jsonl", "--replace")
    assert said.code == ExitCode.DONE
    assert read_model(other).whole.words["agents"][1] > 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(r'"format": 3', '"format": 2', id="another format"),
        pytest.param(r'"bias": [-\d.]+', '"bias": NaN', id="a number that is none"),
        pytest.param(r"(?s)^(.{5000}).*", r"\1", id="cut short"),
    ],
)
def test_a_broken_model_is_told_and_the_shipped_one_has_to_be_matched(
    here: Folder, old: str, new: str
) -> None:
    text = bundled_model().read_text(encoding="utf-8")
    broken = here.write("model.json", re.sub(old, new, text, count=1))
    write(here.path / "few.jsonl", LISTED[:20])
    few = ("--papers", "stream.jsonl.gz", "--labels", "few.jsonl", "--output", "model.json")
    before = broken.read_bytes()
    assert here.watch("train", *few).code == ExitCode.PARTLY, "it cannot be compared"
    assert broken.read_bytes() == before

    said = here.watch("train", *OPTIONS, "--output", "model.json", "--json")
    assert said.code == ExitCode.DONE
    assert len(said.problems) == 1
    assert "model.json: this version cannot read the model" in said.err
    assert "the new one is compared with the model that comes with medvl-watch" in said.err
    assert said.json["compared_with"] == "the model that comes with medvl-watch"
    assert said.json["figures_before"]["positives"] == said.json["figures"]["positives"]
    assert read_model(broken).whole.words["agents"][1] > 0


def test_an_empty_file_is_written_to(here: Folder) -> None:
    """As `mktemp` makes it: nothing is lost."""
    here.write("model.json", "")
    assert here.watch("train", *OPTIONS, "--output", "model.json").code == ExitCode.DONE


def test_that_nothing_can_be_written_is_told_before_the_training(here: Folder) -> None:
    said = here.watch("train", *OPTIONS, "--output", "nowhere/model.json")
    assert said.code == ExitCode.CONFIG
    assert "nowhere/model.json: cannot be written (No such file or directory)" in said.err
    assert "reading" not in said.err


def test_too_few_papers_to_compare_on_can_be_overruled(here: Folder) -> None:
    """None of those held back is listed, so there are no figures at all."""
    gathered = [each for each in STREAM if each not in LISTED]
    write(here.path / "stream.jsonl.gz", [*gathered, *LISTED[:8]])
    held = here.watch("train", *OPTIONS, "--output", "model.json", "--json")
    assert held.code == ExitCode.PARTLY
    assert re.match(r"only \d listed papers? (is|are) there to compare on", held.json["worse"][0])
    assert not (here.path / "model.json").exists()
    assert here.watch("train", *OPTIONS, "--output", "model.json", "--replace").code == 0
    assert read_model(here.path / "model.json").whole.words["agents"][1] > 0


def test_a_pipe_is_written_into_and_stays(tmp_path: Path) -> None:
    """So does `/dev/null`, which root could replace."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    with replacement_of(pipe) as part:
        part.write_text(json.dumps({}), encoding="utf-8")
    reader.join(timeout=10)
    assert read == ["{}"]
    assert pipe.is_fifo()
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]
