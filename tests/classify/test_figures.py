"""The keyword rules against recorded papers: figures that a change must not make worse."""

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
from tests.classify.small import shipped, shipped_rules

pytestmark = pytest.mark.recordings


def rows(path: Path) -> Iterator[dict[str, Any]]:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    yield from (json.loads(line) for line in text.splitlines() if line)


def as_paper(row: dict[str, Any]) -> Paper:
    key = row.get("arxiv_id") or row["id"]
    facts = Record(id=key, title=row["title"], abstract=row.get("abstract") or "")
    return Paper(id=key, facts=facts)


@pytest.fixture(scope="module")
def stream() -> dict[str, Verdict]:
    folder = beside.folder("data/papers")
    papers = [as_paper(row) for row in rows(folder / "stream-dev.jsonl.gz")]
    return {verdict.paper_id: verdict for verdict in shipped_rules().judge(papers)}


def ids(name: str) -> set[str]:
    return {row["arxiv_id"] for row in rows(beside.folder("data/papers") / name)}


def share(stream: dict[str, Verdict], keys: set[str], *decisions: Decision) -> float:
    there = [stream[key] for key in keys if key in stream]
    return sum(verdict.decision in decisions for verdict in there) / len(there)


def test_listed_papers_are_proposed_or_referred(stream: dict[str, Verdict]) -> None:
    listed = ids("labels-dev.jsonl")
    assert share(stream, listed, Decision.PROPOSE, Decision.REFER) >= 0.95
    assert share(stream, listed, Decision.PROPOSE) >= 0.80


def test_a_person_need_not_read_more_than_a_twentieth(stream: dict[str, Verdict]) -> None:
    assert share(stream, set(stream), Decision.PROPOSE, Decision.REFER) <= 0.05
    assert share(stream, set(stream), Decision.PROPOSE) <= 0.015


def test_hard_negatives_are_seldom_proposed(stream: dict[str, Verdict]) -> None:
    hard = ids("negatives-dev.jsonl") - ids("labels-dev.jsonl")
    assert share(stream, hard, Decision.PROPOSE) <= 0.015


@pytest.mark.parametrize(
    ("prefix", "map_id", "least"),
    [("001", "clip-in-medical-imaging", 0.68), ("002", "vlm-in-mia", 0.84)],
)
def test_the_lists_own_papers_find_their_own_section(
    prefix: str, map_id: str, least: float
) -> None:
    """The lexicon was written with these titles in sight: a floor, no estimate."""
    right = count = 0
    for row in rows(beside.folder("data/papers") / "gold.jsonl"):
        wanted = {each["section_path"][-1] for each in row["labels"] if prefix in each["list"][:3]}
        if not wanted:
            continue
        paper = as_paper(row)
        [verdict] = shipped_rules().judge([paper])
        found = Router(shipped(), shipped().list_map(map_id)).route(verdict, paper.facts).ranked
        right += bool(found) and found[0].path[-1] in wanted
        count += 1
    assert right / count >= least
