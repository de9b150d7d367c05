from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.records import Record
from medvl_watch.storage import json_lines
from medvl_watch.storage.json_lines import UnreadableLine, lines_of, records_of, whole_file

GOOD = b'{"id": "a", "title": "A title"}\n'


@pytest.mark.parametrize(
    ("line", "name", "reason"),
    [
        pytest.param(b"{", "line:2", "is not JSON", id="broken"),
        pytest.param(b"[1]", "line:2", "a record is a JSON object", id="a list"),
        pytest.param(b'{"id": "b"}', "b", "title is missing", id="its own id"),
        pytest.param(b'{"arxiv_id": "2501.00001"}', "2501.00001", "title", id="its arXiv id"),
        pytest.param(b'{"id": 7, "arxiv_id": " "}', "line:2", "title", id="no id to speak of"),
        pytest.param(b"\xff", "line:2", "UTF-8", id="not text"),
        pytest.param(b'{"title": "' + b"x" * 99 + b'"}', "line:2", "longer than", id="too long"),
    ],
)
def test_a_line_that_is_not_a_record_keeps_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes, name: str, reason: str
) -> None:
    monkeypatch.setattr(json_lines, "LONGEST_LINE", 64)
    path = tmp_path / "papers.jsonl"
    path.write_bytes(GOOD + line + b"\n\n" + GOOD)
    first, bad, last = records_of(path)
    assert isinstance(first, Record)
    assert isinstance(last, Record)
    assert isinstance(bad, UnreadableLine)
    assert bad.id == name
    assert f"{path}:2" in str(bad.error)
    assert reason in str(bad.error)


def test_a_longest_line_at_the_end_of_the_file_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "LONGEST_LINE", 8)
    path = tmp_path / "papers.jsonl"
    path.write_bytes(b"x" * 100)
    [(number, line)] = lines_of(path)
    assert number == 1
    assert isinstance(line, WatchError)


def test_gzipped_lines_are_read_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + GOOD))
    assert list(lines_of(path)) == [(1, GOOD.decode().strip())]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="no file"),
        pytest.param(gzip.compress(GOOD * 100)[:-20], id="cut off"),
        pytest.param(gzip.compress(GOOD)[:12] + b"\xff" * 20, id="damaged"),
    ],
)
def test_a_file_that_cannot_be_read_to_its_end_is_an_error(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "papers.jsonl.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"papers.jsonl.gz: cannot be read \("):
        list(lines_of(path))


def test_a_hyphen_is_standard_input_and_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD)))
    assert [line for _, line in lines_of(Path("-"))] == [GOOD.decode().strip()]
    with whole_file(Path("-")) as file:
        file.write("written\n")
    assert capsys.readouterr().out == "written\n"


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    broken = whole_file(path)
    broken.__enter__().write("half")
    assert not broken.__exit__(RuntimeError, RuntimeError("no more"), None)
    assert list(tmp_path.iterdir()) == []
    with whole_file(path) as file:
        file.write("all\n")
    assert list(lines_of(path)) == [(1, "all")]
    assert path.read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")
