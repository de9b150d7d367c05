"""Figures of the classifier `rules` on recorded papers, which a change must not make worse."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.classify.routing import Router
from medvl_watch.records import Decision, Paper, Record, Verdict
from tests import beside
from tests.classify.taxonomies import bundled_rules, bundled_taxonomy

pytestmark = [pytest.mark.recordings, pytest.mark.replay]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    yield from (json.loads(line) for line in text.splitlines() if line)


def paper_of(row: dict[str, Any]) -> Paper:
    key = row.get("arxiv_id") or row["id"]
    facts = Record(id=key, title=row["title"], abstract=row.get("abstract") or "")
    return Paper(id=key, facts=facts)


@pytest.fixture(scope="module")
def stream() -> dict[str, Verdict]:
    folder = beside.folder("data/papers")
    papers = [paper_of(row) for row in rows(folder / "stream-dev.jsonl.gz")]
    return {verdict.paper_id: verdict for verdict in bundled_rules().judge(papers)}


def ids(name: str) -> set[str]:
    return {row["arxiv_id"] for row in rows(beside.folder("data/papers") / name)}


def share(stream: dict[str, Verdict], keys: set[str], *decisions: Decision) -> float:
    verdicts = [stream[key] for key in keys if key in stream]
    return sum(verdict.decision in decisions for verdict in verdicts) / len(verdicts)


def test_listed_papers_are_proposed_or_referred(stream: dict[str, Verdict]) -> None:
    listed = ids("labels-dev.jsonl")
    assert share(stream, listed, Decision.PROPOSE, Decision.REFER) >= 0.95
    assert share(stream, listed, Decision.PROPOSE) >= 0.80


def test_at_most_a_twentieth_is_proposed_or_referred(stream: dict[str, Verdict]) -> None:
    assert share(stream, set(stream), Decision.PROPOSE, Decision.REFER) <= 0.05
    assert share(stream, set(stream), Decision.PROPOSE) <= 0.015


def test_few_hard_negatives_are_proposed(stream: dict[str, Verdict]) -> None:
    hard = ids("negatives-dev.jsonl") - ids("labels-dev.jsonl")
    assert share(stream, hard, Decision.PROPOSE) <= 0.015


@pytest.mark.parametrize(
    ("prefix", "map_id", "least"),
    [("001", "clip-in-medical-imaging", 0.68), ("002", "vlm-in-mia", 0.84)],
)
def test_papers_of_the_bundled_lists_get_their_sections(
    prefix: str, map_id: str, least: float
) -> None:
    """A lower limit and not an estimate: these titles were known when the lexicons were written."""
    correct = count = 0
    for row in rows(beside.folder("data/papers") / "gold.jsonl"):
        headings = {
            each["section_path"][-1] for each in row["labels"] if prefix in each["list"][:3]
        }
        if not headings:
            continue
        paper = paper_of(row)
        [verdict] = bundled_rules().judge([paper])
        router = Router(bundled_taxonomy(), bundled_taxonomy().list_map(map_id))
        ranked = router.route(verdict, paper.facts).ranked
        correct += bool(ranked) and ranked[0].path[-1] in headings
        count += 1
    assert correct / count >= least
