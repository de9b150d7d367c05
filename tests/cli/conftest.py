"""A folder to run commands in: two short lists, one arXiv page, one venue's feed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.classify.exam.result import ExamKey, ExamResult
from medvl_watch.classify.exam.scores import ExamAnswer
from medvl_watch.cli.app import main
from tests.cli.streams import STREAM, configured, write
from tests.fakes import LIST, TAXONOMY
from tests.sources.examples import entry, page

CONFIG = """\
state = "data"
taxonomy = "taxonomy.yaml"
sources = "sources.yaml"
recordings = "recorded"

[classifier]
name = "rules"

[[lists]]
id = "first"
title = "The first list"
repository = "a/first"
seed = "lists/first.md"

[[lists]]
id = "second"
title = "The second list"
repository = "a/second"
seed = "lists/second.md"
"""
SOURCES = """\
version: 1
contact: mailto:watch@example.org
sources:
  - {id: arxiv, kind: arxiv, query: "cat:cs.CV", page_size: 25}
  - {id: venue, kind: feed, url: "https://venue.example.org/rss", venue: MICCAI}
"""
FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Venue</title><link>https://venue.example.org</link>
<description>Papers</description>
<item><title>Amber question answering for radiology images</title>
<link>https://venue.example.org/papers/17</link>
<description>Question answering about clinical images with language models.</description>
<author>Mary Somerville</author><pubDate>Mon, 23 Feb 2026 08:00:00 GMT</pubDate></item>
</channel></rss>
"""
ENTRIES = (
    ("2602.00001v1", "Birch: report generation for radiology images", "Reports of medical images."),
    ("2602.00002v1", "Cedar and dune in medical language images",
     "Report generation and question answering with medical vision language models."),
    ("2602.00003v1", "Driving on a quarry road", "Autonomous driving with maps."),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def problems(self) -> list[str]:
        """The sentences on standard error, without what tells of the progress."""
        return [line for line in self.err.splitlines() if line and not line.startswith("… ")]


@dataclass(frozen=True)
class Folder:
    """Where the commands run."""

    path: Path
    capsys: pytest.CaptureFixture[str]

    def watch(self, *arguments: str) -> Said:
        """Run a command in this process; no traceback is ever right."""
        self.capsys.readouterr()
        code = main(arguments)
        printed = self.capsys.readouterr()
        assert "Traceback" not in printed.err, printed.err
        return Said(int(code), printed.out, printed.err)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.sqlite"


def arxiv_page() -> bytes:
    return page([entry(number, title, summary=summary) for number, title, summary in ENTRIES])


def index(**changes: Any) -> str:
    """The recordings' index; `changes` are for the arXiv page."""
    known = {"fetched_at": "2026-03-02T12:00:00Z", "page": 0, "url": "", "status": 200}
    arxiv = {"source": "arxiv", "file": "arxiv.xml", "content_type": "application/atom+xml"}
    venue = {"source": "venue", "file": "venue.xml", "content_type": "application/rss+xml"}
    return json.dumps({"version": 1, "pages": [known | arxiv | changes, known | venue]})


def furnish(path: Path) -> None:
    """Put everything that a run needs into a folder."""
    for name, content in {
        "medvl-watch.toml": CONFIG,
        "taxonomy.yaml": TAXONOMY,
        "sources.yaml": SOURCES,
        "lists/first.md": LIST.format(id="first"),
        "lists/second.md": LIST.format(id="second"),
        "recorded/index.json": index(),
        "recorded/arxiv.xml": arxiv_page().decode(),
        "recorded/venue.xml": FEED,
    }.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


@pytest.fixture
def folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Folder:
    """A furnished folder; the commands run in it."""
    furnish(tmp_path)
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path, capsys)


@pytest.fixture
def training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Folder:
    """A folder with a stream of 600 papers, where models can be trained."""
    pytest.importorskip("sklearn", reason="training is an extra")
    monkeypatch.chdir(tmp_path)
    configured(tmp_path)
    write(tmp_path / "stream.jsonl.gz", STREAM)
    return Folder(tmp_path, capsys)


@pytest.fixture
def passed_exam(monkeypatch: pytest.MonkeyPatch) -> None:
    """The language model has passed its exam, whatever its name and its prompt. No known papers
    are asked among the others."""

    def result_for(key: ExamKey, *_: object) -> ExamResult:
        answers = tuple(
            ExamAnswer(
                paper_id=f"elsewhere:{number}",
                belongs=bool(number % 2),
                relevance=0.9 if number % 2 else 0.1,
                local_relevance=0.5,
                leaf_right=True,
                local_leaf_right=False,
                section_right=True,
                local_section_right=False,
            )
            for number in range(100)
        )
        return ExamResult(key=key, taken_at="2026-03-01T00:00:00+00:00", answers=answers)

    monkeypatch.setattr("medvl_watch.classify.register.find_result", result_for)
    monkeypatch.setattr("medvl_watch.cli.exam_taking.find_result", result_for)
