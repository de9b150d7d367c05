"""`medvl-watch link`: a file of records, and what a person corrects in the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from medvl_watch.errors import ExitCode
from medvl_watch.ledger.files import open_ledger
from medvl_watch.papers.blocking import blocks_of
from medvl_watch.papers.identifiers import keys_of
from medvl_watch.papers.link_decisions import LinkDecisions
from medvl_watch.papers.linking import LinkResult, link
from medvl_watch.records import Origin, Paper, Record, State
from tests.cli.conftest import Folder
from tests.fakes import NOW

ARXIV, PRINT, OTHER = "arxiv:2605.00001", "doi:10.1109/tmi.2026.1", "arxiv:2605.00002"
PREPRINT = Record(
    id=ARXIV,
    title="Seeing and Reading Chest Radiographs",
    authors=("Ana Cruz", "Bo Li"),
    arxiv_id="2605.00001",
    published="2026-05-01",
    venue="arXiv",
    origin=Origin(source="arxiv", fetched_at=NOW),
)
PRINTED = replace(
    PREPRINT, id=PRINT, arxiv_id=None, doi="10.1109/tmi.2026.1", venue="TMI 2026",
    authors=("Li, B.", "Cruz, A."), origin=Origin(source="tmi", fetched_at=NOW),
)  # fmt: skip
STRANGER = replace(
    PREPRINT, id=OTHER, arxiv_id="2605.00002", title="Counting Cells by Asking Twice",
    authors=("Dora Ek",),
)  # fmt: skip


def poll(folder: Folder, records: Sequence[Record]) -> LinkResult:
    """Link records as a run does, and save the papers."""
    folder.data.mkdir(exist_ok=True)
    with closing(open_ledger(folder.ledger, NOW).ledger) as ledger:
        known = ledger.paper_ids(key for each in records for key in keys_of(each))
        similar = ledger.similar_papers(
            block for each in records for block in blocks_of(each.title, each.abstract)
        )
        papers = ledger.papers({*known.values(), *similar})
        linked = link(records, known, papers, LinkDecisions(ledger.link_decisions()))
        ledger.save_papers(linked.papers, NOW)
        return linked


def papers_in(folder: Folder) -> dict[str, Paper]:
    with closing(open_ledger(folder.ledger, NOW).ledger) as ledger:
        return {each.id: each for each in ledger.papers()}


def records_of(folder: Folder) -> dict[str, list[str]]:
    return {key: [one.id for one in each.records] for key, each in papers_in(folder).items()}


def as_json(record: Record) -> dict[str, Any]:
    return {
        "id": record.id, "title": record.title, "authors": record.authors, "venue": record.venue,
        "arxiv_id": record.arxiv_id, "doi": record.doi, "published": record.published,
    }  # fmt: skip


def lines(folder: Folder, records: Sequence[Record]) -> list[dict[str, Any]]:
    text = "".join(json.dumps(as_json(each)) + "\n" for each in records)
    folder.write("records.jsonl", text)
    ran = folder.watch("link", "--input", "records.jsonl", "--output", "clusters.jsonl")
    assert ran.code == ExitCode.DONE
    return list(map(json.loads, (folder.path / "clusters.jsonl").read_text("utf-8").splitlines()))


def test_a_file_has_one_line_for_each_record(folder: Folder) -> None:
    first, second, third = lines(folder, [PREPRINT, STRANGER, PRINTED])
    assert [first["id"], second["id"], third["id"]] == [ARXIV, OTHER, PRINT]
    assert first["cluster"] == third["cluster"] == ARXIV
    assert first["ids"] == third["ids"] == [ARXIV, PRINT]
    assert third["evidence"][:3] == ["title+author+year", "same title", "2 of 2 authors agree"]
    assert first["evidence"]
    assert (second["cluster"], second["ids"], second["evidence"]) == (OTHER, [OTHER], [])


def test_one_id_may_stand_twice(folder: Folder) -> None:
    twice = lines(folder, [replace(PREPRINT, id="x"), replace(STRANGER, id="x")])
    assert [(each["id"], each["ids"]) for each in twice] == [("x", ["x"]), ("x", ["x"])]
    assert len({each["cluster"] for each in twice}) == 2


def test_an_invalid_line_is_reported_and_the_others_are_linked(folder: Folder) -> None:
    folder.write("records.jsonl", '{"title": "A"}\n{"id": 7\n')
    ran = folder.watch("link", "--input", "records.jsonl", "--output", "-")
    assert ran.code == ExitCode.PARTLY
    assert len(ran.out.splitlines()) == 1
    assert "records.jsonl:2" in ran.err


def test_input_and_output_have_to_be_named(folder: Folder) -> None:
    ran = folder.watch("link")
    assert ran.code == ExitCode.CONFIG
    assert "--input" in ran.err


def test_what_a_person_separates_stays_apart(folder: Folder) -> None:
    poll(folder, [PREPRINT, PRINTED])
    assert records_of(folder) == {ARXIV: [ARXIV, PRINT]}

    assert folder.watch("link", "split", "2605.00001", "10.1109/tmi.2026.1").code == ExitCode.DONE
    apart = {ARXIV: [ARXIV], PRINT: [PRINT]}
    assert records_of(folder) == apart
    assert papers_in(folder)[ARXIV].facts.doi is None
    for _ in range(2):
        poll(folder, [PREPRINT, PRINTED])
        assert records_of(folder) == apart
    explained = folder.watch("link", "explain", "2605.00001", "10.1109/tmi.2026.1")
    assert "a person separated them" in explained.out

    again = replace(PRINTED, id="y", origin=Origin(source="crossref", fetched_at=NOW))
    poll(folder, [again])
    assert records_of(folder) == {ARXIV: [ARXIV], PRINT: [PRINT, "y"]}


def test_what_a_person_joins_stays_together(folder: Folder) -> None:
    poll(folder, [PREPRINT, STRANGER])
    assert folder.watch("link", "join", "2605.00001", "2605.00002").code == ExitCode.DONE
    assert records_of(folder)[ARXIV] == [ARXIV, OTHER]
    shown = json.loads(folder.watch("link", "explain", ARXIV, OTHER, "--json").out)
    assert shown["linked"]
    assert shown["conclusion"] == "One paper: a person joined them."
    with closing(open_ledger(folder.ledger, NOW).ledger) as ledger:
        (latest,) = ledger.latest_outcomes(papers=[OTHER])
        assert latest.state is State.REJECTED
        assert [each.id for each in ledger.unjudged()] == [ARXIV]

    printed = replace(
        STRANGER, id="z", arxiv_id=None, doi="10.1000/z", venue="TMI 2026",
        origin=Origin(source="tmi", fetched_at=NOW),
    )  # fmt: skip
    linked = poll(folder, [STRANGER, printed])
    assert [each.id for each in linked.papers] == [ARXIV]

    assert folder.watch("link", "split", ARXIV, "2605.00002").code == ExitCode.DONE
    poll(folder, [PREPRINT, STRANGER])
    assert OTHER in records_of(folder)[OTHER]
    assert OTHER not in records_of(folder)[ARXIV]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param(("split", "2605.00001", "2605.00002"), "0 of its 2 records", id="a stranger"),
        pytest.param(("split", "2605.00009", "2605.00002"), "no such paper", id="no paper"),
        pytest.param(("join", "2605.00001", "10.1109/tmi.2026.1"), "one paper already", id="one"),
    ],
)
def test_corrections_that_cannot_be_made(
    folder: Folder, arguments: tuple[str, ...], why: str
) -> None:
    poll(folder, [PREPRINT, PRINTED])
    ran = folder.watch("link", *arguments)
    assert ran.code == ExitCode.CONFIG
    assert why in ran.err


def test_explain_reads_records_of_a_file(folder: Folder) -> None:
    lines(folder, [PREPRINT, STRANGER, PRINTED])
    ran = folder.watch("link", "explain", ARXIV, PRINT, "--input", "records.jsonl")
    assert "One paper: title+author+year." in ran.out
    ran = folder.watch("link", "explain", ARXIV, OTHER, "--input", "records.jsonl")
    assert "Two papers" in ran.out
