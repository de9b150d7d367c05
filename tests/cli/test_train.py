"""`medvl-watch train`: what is trained, and when a model is replaced."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from medvl_watch.cli.app import main
from medvl_watch.errors import ConfigError, ExitCode
from medvl_watch.storage.model_files import bundled_model, read_model
from medvl_watch.training.material import digests
from tests import beside
from tests.cli.streams import HARD, LISTED, STREAM, configured, hard, listed, other, write

ROOT = Path(__file__).resolve().parents[2]
LATER = [
    *(listed(number) for number in range(700, 720)),
    *(hard(number) for number in range(720, 760)),
    *(other(number) for number in range(760, 800)),
]
"""Another stream, its first twenty papers listed."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a stream of 600 papers, 100 of them listed."""
    monkeypatch.chdir(tmp_path)
    configured(tmp_path)
    write(tmp_path / "stream.jsonl.gz", STREAM)
    write(tmp_path / "labels.jsonl", LISTED)
    write(tmp_path / "negatives.jsonl", HARD)
    return tmp_path


def train(*more: str, labels: str = "labels.jsonl") -> int:
    return main(["train", "--papers", "stream.jsonl.gz", "--labels", labels,
                 "--negatives", "negatives.jsonl", "--output", "model.json", *more])  # fmt: skip


# --- with scikit-learn ------------------------------------------------------------------


@pytest.fixture
def library() -> None:
    pytest.importorskip("sklearn", reason="training is an extra")


@pytest.mark.usefixtures("library")
def test_a_model_is_written_with_its_card(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--json") == ExitCode.DONE
    said = json.loads(capsys.readouterr().out)
    model = read_model(here / "model.json")

    assert said["written"] == "model.json"
    assert said["figures"]["average_precision"] == 1.0
    assert 10 <= said["figures"]["positives"] < 40, "one in five is held back"
    assert model.card["figures"] == said["figures"]
    assert model.card["dates"] == "2025-01-01 to 2025-01-28"
    assert "--papers stream.jsonl.gz" in str(model.card["command"])
    assert model.card["files"] == digests(
        [here / name for name in ("stream.jsonl.gz", "labels.jsonl", "negatives.jsonl")]
    )
    assert model.whole.words["agents"][1] > 0


@pytest.mark.usefixtures("library")
def test_what_was_announced_later_is_left_out(here: Path) -> None:
    assert train("--until", "2025-01-14", "--replace") == ExitCode.DONE
    card = read_model(here / "model.json").card
    assert str(card["dates"]).endswith(" to 2025-01-14")
    assert "--until 2025-01-14" in str(card["command"])


@pytest.mark.usefixtures("library")
def test_the_same_papers_give_the_same_file(here: Path) -> None:
    assert train() == ExitCode.DONE
    first = (here / "model.json").read_bytes()
    (here / "model.json").unlink()
    write(here / "stream.jsonl.gz", STREAM)
    assert train() == ExitCode.DONE
    assert read_model(here / "model.json").whole.words == _words(first, here)


def _words(content: bytes, folder: Path) -> object:
    path = folder / "again.json"
    path.write_bytes(content)
    return read_model(path).whole.words


@pytest.mark.usefixtures("library")
def test_a_worse_model_does_not_replace_a_better_one(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train() == ExitCode.DONE
    good = (here / "model.json").read_bytes()
    write(here / "later.jsonl", LATER)
    write(here / "right.jsonl", LATER[:20])
    write(here / "wrong.jsonl", HARD)  # what is listed is told to be wrong
    write(here / "negatives.jsonl", LISTED)
    evaluate = ["--evaluate-on", "later.jsonl", "right.jsonl", "/dev/null", "/dev/null"]

    assert train(*evaluate, labels="wrong.jsonl") == ExitCode.PARTLY
    assert "Nothing is written: average precision " in capsys.readouterr().out
    assert (here / "model.json").read_bytes() == good

    assert train("--replace", *evaluate, labels="wrong.jsonl") == ExitCode.DONE
    assert (here / "model.json").read_bytes() != good


@pytest.mark.usefixtures("library")
def test_too_few_papers_to_compare_on_replace_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "labels.jsonl", LISTED[:20])
    assert train() == ExitCode.PARTLY
    assert "listed papers are there to compare on" in capsys.readouterr().out
    assert not (here / "model.json").exists()


@pytest.mark.usefixtures("library")
def test_a_line_that_is_no_record_is_told_and_the_others_count(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here / "stream.jsonl.gz", ["{not json", *STREAM])
    assert train() == ExitCode.PARTLY
    assert "stream.jsonl.gz:1: this is not JSON" in capsys.readouterr().err
    assert read_model(here / "model.json").card["counts"]["papers"] == 600  # type: ignore[index]


# --- without it -------------------------------------------------------------------------


def test_without_the_library_it_is_said_before_anything_is_read(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    assert train() == ExitCode.CONFIG
    said = capsys.readouterr()
    assert "needs scikit-learn, which is not installed; install the extra `train`" in said.err
    assert "reading" not in said.err
    assert not (here / "model.json").exists()


# --- the model that is shipped ----------------------------------------------------------


def test_the_bundled_model_is_the_one_that_the_documents_describe() -> None:
    document = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    model = read_model(bundled_model())
    card = model.card
    assert model.version in document, "docs/models.md names another version"
    assert isinstance(card["files"], dict)
    for name in card["files"]:
        assert name in document, "the command that rebuilds it reads these files"


def test_the_bundled_model_holds_words_and_numbers_only() -> None:
    """No file of others can be read out of it: no word of more than a word, no rare one."""
    words = read_model(bundled_model()).whole.words
    assert len(words) > 10_000
    assert all(re.fullmatch(r"[^\W_]{2,}", word) for word in words)
    assert bundled_model().stat().st_size < 2_000_000


@pytest.mark.recordings
def test_the_bundled_model_was_made_of_the_papers_beside() -> None:
    files = read_model(bundled_model()).card["files"]
    folder = beside.folder("data/papers")
    assert isinstance(files, dict)
    assert digests([folder / name for name in files]) == files


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "the file", id="empty"),
        pytest.param(b"\x80\x04pickle", "some other file", id="bytes that are no text"),
        pytest.param(b"[]", "this version cannot read the model", id="no object"),
        pytest.param(b'{"format": 1}', "format", id="another version"),
        pytest.param(b" " * (64 * 2**20 + 1), "larger than 64 MB", id="too large"),
    ],
)
def test_what_is_no_model_is_told_in_one_sentence(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_model(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    text = bundled_model().read_text(encoding="utf-8")
    broken = re.sub(r'"bias": [-\d.]+', '"bias": NaN', text)
    assert broken != text
    path = tmp_path / "model.json"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(ConfigError, match="bias"):
        read_model(path)
