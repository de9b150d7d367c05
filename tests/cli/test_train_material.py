"""`medvl-watch train`: what lists, labels and decisions say of the papers of a stream."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.errors import ExitCode
from medvl_watch.ledger.files import open_ledger
from medvl_watch.papers.merging import paper_of
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.records import Outcome, State
from medvl_watch.storage.model_files import read_model
from medvl_watch.training.known_papers import KnownPapers
from tests.cli.conftest import Folder
from tests.cli.streams import HARD, LISTED, STREAM, write

UNKNOWN = [
    {"arxiv_id": f"2401.{number:05}", "title": f"Reports of chest X-ray images, part {number}"}
    for number in range(100)
]
"""Papers that no stream here has."""
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def here(training: Folder) -> Folder:
    """Nothing is said of the papers of the stream."""
    return training


def markdown(papers: Iterable[dict[str, Any]], *, linked: bool = True) -> str:
    entries = "".join(
        f"- {each['title']}. [[pdf]](https://arxiv.org/abs/{each['arxiv_id']})\n"
        if linked
        else f"- {each['title']}\n"
        for each in papers
    )
    return f"# A list\n\n## Papers\n\n{entries}"


def remember(folder: Path, papers: Iterable[dict[str, Any]], states: dict[str, State]) -> None:
    """A ledger that has seen some papers, of which some stand somewhere on a list."""
    (folder / "data").mkdir()
    ledger = open_ledger(folder / "data" / "ledger.sqlite", NOW).ledger
    found = [
        paper_of(record_from_json({k: v for k, v in each.items() if k != "id"}, "here"))
        for each in papers
    ]
    ledger.save_papers(found, NOW)
    ledger.record(
        Outcome(paper_id=each.id, list_id=list_id, state=state, reason="so", at=NOW)
        for each in found
        for list_id, state in _states(states, each.facts.arxiv_id or "")
    )
    ledger.close()


def _states(states: dict[str, State], arxiv_id: str) -> Iterable[tuple[str, State]]:
    for key, state in states.items():
        name, _, list_id = key.partition(" ")
        if name == arxiv_id:
            yield list_id or "clip-in-medical-imaging", state


def counts(folder: Folder, name: str = "model.json") -> dict[str, int]:
    found = read_model(folder.path / name).card["counts"]
    assert isinstance(found, dict)
    return {key: int(value) for key, value in found.items()}


@pytest.mark.parametrize("linked", [True, False], ids=["by their address", "by their title"])
def test_papers_of_the_stream_that_stand_in_a_list_belong(here: Folder, *, linked: bool) -> None:
    here.write("list.md", markdown(LISTED, linked=linked))
    said = here.watch("train", "--papers", "stream.jsonl.gz", "--list", "list.md",
                      "--output", "model.json", "--json")  # fmt: skip
    assert said.code == ExitCode.DONE, said.err
    assert said.json["figures"]["positives"] >= 10
    assert said.json["figures"]["average_precision"] == 1.0
    assert counts(here)["listed"] == 100
    assert counts(here)["listed beside"] == 0, "what is held back is not learned from the list"
    assert read_model(here.path / "model.json").whole.words["agents"][1] > 0


def test_labels_that_know_papers_by_title_are_found(here: Folder) -> None:
    write(here.path / "labels.jsonl", [{"title": each["title"]} for each in LISTED])
    said = here.watch("train", "--papers", "stream.jsonl.gz", "--labels", "labels.jsonl",
                      "--output", "model.json")  # fmt: skip
    assert said.code == ExitCode.DONE, said.err
    assert counts(here)["listed"] == 100


def test_a_paper_that_comes_twice_counts_once(here: Folder) -> None:
    write(here.path / "stream.jsonl.gz", [*STREAM, *LISTED])
    write(here.path / "labels.jsonl", [*LISTED, *LISTED])
    said = here.watch("train", "--papers", "stream.jsonl.gz", "--labels", "labels.jsonl",
                      "--output", "model.json", "--json")  # fmt: skip
    assert said.json["figures"]["average_precision"] == 1.0
    assert counts(here)["papers"] == 600


def test_nothing_is_trained_on_what_models_are_compared_on(here: Folder) -> None:
    write(here.path / "labels.jsonl", LISTED)
    write(here.path / "compare.jsonl", [*LISTED[:30], *HARD[:30]])
    here.write("list.md", markdown(LISTED))
    said_of = ("--labels", "labels.jsonl", "--list", "list.md", "--output", "model.json")
    compare = ("--evaluate-on", "compare.jsonl", "labels.jsonl", "/dev/null", "/dev/null")
    options = ("train", *said_of, *compare)
    assert here.watch(*options, "--papers", "stream.jsonl.gz").code == ExitCode.DONE
    assert counts(here)["papers"] == 540
    assert counts(here)["listed"] == 70
    assert counts(here)["listed beside"] == 0

    said = here.watch(*options, "--papers", "compare.jsonl")
    assert said.code == ExitCode.CONFIG
    assert "the stream holds no papers beside those of --evaluate-on" in said.err


def test_decisions_teach_with_what_the_bot_has_seen(here: Folder) -> None:
    taken = {each["arxiv_id"]: State.ACCEPTED for each in LISTED[:80]}
    held = {each["arxiv_id"]: State.DUPLICATE for each in LISTED[80:90]}
    waits = {each["arxiv_id"]: State.PROPOSED for each in LISTED[90:]}
    refused = {each["arxiv_id"]: State.REFUSED for each in HARD[:10]}
    elsewhere = {f"{HARD[0]['arxiv_id']} other-list": State.PROPOSED}
    remember(here.path, STREAM, {**taken, **held, **waits, **refused, **elsewhere})
    here.write("README.md", markdown(LISTED[:80]))
    said = here.watch("train", "--decisions", "--list", "README.md", "--output", "model.json")
    assert said.code == ExitCode.DONE, said.err
    found = counts(here)
    undecided = found["silver"]  # is not learned from
    assert (found["listed"], undecided, found["negatives"]) == (90, 11, 9)


def test_decisions_teach_beside_a_stream_of_other_papers(here: Folder) -> None:
    """What the bot saw is not in the stream; some of the stream is listed."""
    remember(here.path, LISTED[:40], {each["arxiv_id"]: State.ACCEPTED for each in LISTED[:40]})
    write(here.path / "stream.jsonl.gz", STREAM[40:])
    here.write("list.md", markdown(LISTED[40:]))
    options = ("train", "--papers", "stream.jsonl.gz", "--decisions", "--output", "model.json")
    said = here.watch(*options, "--list", "list.md", "--replace")
    assert said.code == ExitCode.DONE, said.err
    found = counts(here)
    assert (found["papers"], found["listed"]) == (560, 60)
    assert found["listed beside"] == 0

    said = here.watch(*options)
    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert "no paper of the stream is known to belong, so nothing tells how" in said.problems[0]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param(["--list", "list.md"], "there is no stream of papers, listed and others",
                     id="a list alone"),
        pytest.param(["--papers", "listed.jsonl", "--list", "list.md"],
                     "75 relevant and 0 other papers are too few", id="only listed papers"),
        pytest.param(["--papers", "stream.jsonl.gz", "--list", "other.md"],
                     "no paper of the stream is known to belong", id="another list"),
        pytest.param(["--papers", "stream.jsonl.gz"], "0 relevant and", id="no labels"),
        pytest.param(["--papers", "empty.jsonl", "--list", "list.md"],
                     "the stream holds no papers", id="an empty stream"),
        pytest.param(["--papers", "none.jsonl"], "none.jsonl: cannot be read", id="no stream"),
        pytest.param(["--decisions"], "the stream holds no papers", id="a bot that never ran"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_in_one_sentence(
    here: Folder, options: list[str], reason: str
) -> None:
    here.write("list.md", markdown(LISTED))
    here.write("other.md", markdown(UNKNOWN))
    write(here.path / "listed.jsonl", LISTED)
    here.write("empty.jsonl", "")
    said = here.watch("train", *options, "--output", "model.json")
    assert said.code == ExitCode.CONFIG
    assert len(said.problems) == 1
    assert reason in said.problems[0]
    assert "model.json" not in said.err
    assert not (here.path / "model.json").exists()


def test_a_list_gives_each_paper_once_and_none_that_was_met(tmp_path: Path) -> None:
    one, two, three = LISTED[:3]
    first = tmp_path / "first.md"
    first.write_text(markdown([one, two, three]), encoding="utf-8")
    second = tmp_path / "second.md"
    second.write_text(markdown([two, three], linked=False), encoding="utf-8")
    known = KnownPapers([record_from_json(three, "here")], [first, second])
    assert known.matches(record_from_json(one, "here"))
    assert not known.matches(record_from_json(HARD[0], "here"))
    assert [each.title for each in known.unmatched()] == [three["title"], two["title"]]
    assert known.keys == {one["arxiv_id"]}
