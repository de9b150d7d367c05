"""How fast papers are judged, and in how much memory; `make bench`.

The stream's papers differ from each other as real ones do: few speak of the subject, and
each brings words that were not seen before.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.classify.local import LocalClassifier
from medvl_watch.classify.rules import RulesClassifier
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Record
from medvl_watch.storage.model_files import bundled_model, read_model
from tests.classify.taxonomies import bundled_taxonomy
from tests.cli.streams import configured, write

PAPERS = 2_000
_TOPICS = (
    "Vision-language models for chest X-ray report generation with large language models",
    "Segmentation of organs in medical images by a convolutional network",
    "Reasoning of large language models over long documents with agents",
    "Diffusion models for video generation from text prompts",
    "Stability of numerical schemes for the transport of heat in porous rock",
    "A data set of street scenes for autonomous driving at night",
    "Learning to grasp: policies of robots from a few demonstrations",
    "Federated learning with noisy labels and slow clients",
)


def paper(number: int) -> dict[str, Any]:
    topic = _TOPICS[number % len(_TOPICS)]
    rare = [f"{stem}{number * place % 9973}" for place, stem in enumerate(("alpha", "beta", "net"))]
    sentence = f"We propose {rare[0]}, which follows from {topic.lower()} and improves {rare[1]}. "
    return {
        "id": f"2501.{number:05}",
        "arxiv_id": f"2501.{number:05}",
        "title": f"{topic} {rare[2]}",
        "abstract": sentence * 8 + "Code is at https://example.org/code (under review).",
        "comment": f"{number % 30} pages: {number % 9} figures",
    }


ROWS = [paper(number) for number in range(PAPERS)]
STREAM = [
    Paper(id=row["id"], facts=Record(id=row["id"], title=row["title"], abstract=row["abstract"]))
    for row in ROWS
]


@pytest.mark.parametrize("name", ["rules", "local"])
def test_judging_papers(benchmark: Any, name: str) -> None:
    classifier: Classifier = RulesClassifier(bundled_taxonomy())
    if name == "local":
        classifier = LocalClassifier(bundled_taxonomy(), read_model(bundled_model()))
    verdicts = benchmark(classifier.judge, STREAM)
    assert len(verdicts) == PAPERS


_MEASURED = """
import resource, sys
from medvl_watch.cli.app import main
assert main(sys.argv[1:]) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.parametrize(("name", "megabytes"), [("rules", 150), ("local", 400)])
def test_judging_a_file(benchmark: Any, tmp_path: Path, name: str, megabytes: int) -> None:
    configured(tmp_path, name)
    write(tmp_path / "papers.jsonl.gz", ROWS)
    command = [sys.executable, "-c", _MEASURED, "classify", "--input", "papers.jsonl.gz",
               "--output", "verdicts.jsonl"]  # fmt: skip

    def run() -> int:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return int(done.stdout.split()[-1])

    assert benchmark.pedantic(run, rounds=3) < megabytes
    assert len((tmp_path / "verdicts.jsonl").read_text().splitlines()) == PAPERS


def test_one_paper_by_hand(benchmark: Any, tmp_path: Path) -> None:
    configured(tmp_path, "local")
    (tmp_path / "one.json").write_text(json.dumps(ROWS[0]), encoding="utf-8")
    command = [sys.executable, "-m", "medvl_watch", "classify", "one.json", "--json"]
    benchmark.pedantic(subprocess.run, (command,), {"cwd": tmp_path, "check": True,
                       "capture_output": True}, rounds=5)  # fmt: skip
    assert benchmark.stats.stats.median < 2.0, "a person waits for it"
