"""What a model is trained on, gathered from files and decisions; training itself is an extra."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.offers.outcomes import SectionMove
from medvl_watch.papers.merging import paper_of
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.records import Paper
from medvl_watch.training.decisions import PaperDecisions
from medvl_watch.training.examples import is_held_back
from medvl_watch.training.material import TrainingInputs, TrainingSet, digests, gather
from tests.classify.taxonomies import small_taxonomy
from tests.cli.streams import HARD, LISTED, STREAM, write


def papers(rows: list[dict[str, Any]]) -> list[Paper]:
    return [paper_of(record_from_json(row, "here")) for row in rows]


def gathered(
    inputs: TrainingInputs, people: PaperDecisions | None = None
) -> tuple[TrainingSet, list[WatchError]]:
    problems: list[WatchError] = []
    return gather(inputs, people or PaperDecisions(), small_taxonomy(), problems), problems


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {
        "stream": write(tmp_path / "stream.jsonl", STREAM),
        "listed": write(tmp_path / "listed.jsonl", LISTED),
        "hard": write(tmp_path / "hard.jsonl", HARD[:50]),
        "silver": write(tmp_path / "silver.jsonl", HARD[50:60]),
    }


def test_a_stream_is_parted_by_what_its_labels_say(files: dict[str, Path]) -> None:
    found, problems = gathered(
        TrainingInputs(
            papers=(files["stream"],),
            labels=(files["listed"],),
            negatives=(files["hard"],),
            silver=(files["silver"],),
        )
    )
    assert not problems
    assert found.counts["papers"] == len(STREAM)
    assert [found.counts[name] for name in ("listed", "negatives", "silver")] == [100, 50, 10]
    assert found.dates == "2025-01-01 to 2025-01-28"
    assert found.bench.listed == sum(is_held_back(each["arxiv_id"]) for each in LISTED)
    trained_on = {example.paper.facts.arxiv_id: example for example in found.examples}
    assert not trained_on.keys() & found.bench.keys
    listed = trained_on.keys() & {row["arxiv_id"] for row in LISTED}
    assert {trained_on[arxiv_id].relevant for arxiv_id in listed} == {True}
    assert {example.relevant for example in found.examples} == {True, False, None}
    assert sum(e.stands_for == 4 for e in found.examples) < 200, "of the far ones one in four"
    assert found.summary.startswith("600 papers of 2025-01-01 to 2025-01-28, 100 of them listed")


def test_papers_that_somebody_judged_are_trained_on_whatever_lists_hold(
    files: dict[str, Path],
) -> None:
    listed, hard, other = LISTED[0], HARD[0], HARD[-1]
    judged = files["stream"].parent / "judged.tsv"
    grades = {listed["id"]: 0, hard["id"]: 3, other["id"]: 2}
    rows = [f"{number}\t{grade}\tuse/words" for number, grade in grades.items()]
    judged.write_text("\n".join(["id\tgrade\tleaf", *rows]), encoding="utf-8")
    inputs = TrainingInputs(papers=(files["stream"],), labels=(files["listed"],), judged=(judged,))
    found, _ = gathered(inputs)
    by_id = {example.paper.facts.arxiv_id: example for example in found.examples}
    kept = [number for number in grades if number in by_id]
    assert kept, "not all are held back"
    assert found.counts["judged"] == len(grades)
    for number in kept:
        assert by_id[number].belongs is (grades[number] > 1)
        assert by_id[number].relevant is (number == listed["id"])
        assert by_id[number].judged == found.labels.judged[number]
    assert "--judged judged.tsv" in inputs.command


def test_a_set_of_its_own_to_compare_on_is_never_trained_on(files: dict[str, Path]) -> None:
    on = (files["stream"], files["listed"], files["hard"], files["silver"])
    with pytest.raises(ConfigError, match="no papers beside those of --evaluate-on"):
        gathered(TrainingInputs(papers=(files["stream"],), evaluate_on=on))
    rest = write(files["stream"].parent / "rest.jsonl", [{"title": "Another paper of crystals"}])
    found, _ = gathered(TrainingInputs(papers=(files["stream"], rest), evaluate_on=on))
    assert found.counts["papers"] == 1
    assert len(found.bench.papers) == len(STREAM)
    assert found.bench.where == str(files["stream"])


def test_a_set_to_compare_on_without_listed_papers_is_refused(files: dict[str, Path]) -> None:
    on = (files["hard"], files["listed"], files["hard"], files["silver"])
    with pytest.raises(ConfigError, match="none of the papers is labelled as relevant"):
        gathered(TrainingInputs(papers=(files["stream"],), evaluate_on=on))


def test_what_was_announced_after_a_day_is_left_out(files: dict[str, Path]) -> None:
    inputs = TrainingInputs(
        papers=(files["stream"],), labels=(files["listed"],), until="2025-01-10"
    )
    found, _ = gathered(inputs)
    assert found.dates == "2025-01-01 to 2025-01-10"
    assert found.counts["papers"] == sum(row["published"] <= "2025-01-10" for row in STREAM)


def test_lines_that_are_not_records_are_problems(files: dict[str, Path]) -> None:
    bad = write(files["stream"].parent / "bad.jsonl", ["{", *STREAM])
    found, problems = gathered(TrainingInputs(papers=(bad,), labels=(files["listed"],)))
    assert [f"{bad}:1" in str(each) for each in problems] == [True]
    assert found.counts["papers"] == len(STREAM)


def test_what_people_decided_is_learned_from_what_the_bot_has_seen() -> None:
    seen = papers(STREAM)
    people = PaperDecisions(
        seen=seen,
        taken=seen[:10],
        refused=seen[10:15],
        waiting=seen[15:18],
        moved=[SectionMove(paper_id=seen[0].id, list_id="a-list", proposed=("A",), chosen=("B",))],
    )
    found, _ = gathered(TrainingInputs(decisions=True), people)
    assert [found.counts[name] for name in ("listed", "negatives", "silver")] == [10, 5, 3]
    assert found.counts["listed beside"] == 0
    assert found.counts["moved by hand"] == 1


def test_what_people_decided_counts_beside_another_stream(files: dict[str, Path]) -> None:
    old = papers(
        [{"id": f"doi:10.1000/{n}", "doi": f"10.1000/{n}", "title": f"An old paper of fundus {n}"}
         for n in range(6)]
    )  # fmt: skip
    people = PaperDecisions(seen=old, taken=old[:4], refused=old[4:])
    inputs = TrainingInputs(papers=(files["hard"],), decisions=True)
    found, _ = gathered(inputs, people)
    decided = {
        example.paper.facts.doi: example.relevant
        for example in found.examples
        if example.stands_for == 0
    }
    assert decided == {f"10.1000/{n}": n < 4 for n in range(6)}
    assert found.counts["listed beside"] == 0, "the bot has its record, not a list alone"


def test_entries_of_a_list_that_no_stream_has_are_learned_by_their_titles(
    files: dict[str, Path], tmp_path: Path
) -> None:
    entries = "".join(
        f"- Reports of fundus images, part {n}. [[pdf]](https://arxiv.org/abs/2401.{n:05})\n"
        for n in range(5)
    )
    (tmp_path / "list.md").write_text(f"# A list\n\n## Papers\n\n{entries}", encoding="utf-8")
    found, _ = gathered(TrainingInputs(papers=(files["stream"],), lists=(tmp_path / "list.md",)))
    assert found.counts["listed beside"] == 5
    assert [e.weight for e in found.examples if e.relevant] == [0.1] * 5


def test_without_a_stream_there_is_nothing_to_train_on() -> None:
    with pytest.raises(ConfigError, match="there is no stream of papers"):
        gathered(TrainingInputs())


def test_papers_without_a_date_have_unknown_dates(tmp_path: Path) -> None:
    stream = write(tmp_path / "stream.jsonl", [{"title": "Growth of crystals"}])
    assert gathered(TrainingInputs(papers=(stream,)))[0].dates == "unknown dates"


def test_the_command_names_files_without_their_folders(files: dict[str, Path]) -> None:
    inputs = TrainingInputs(
        papers=(files["stream"],),
        labels=(files["listed"],),
        decisions=True,
        until="2025-01-10",
        evaluate_on=(files["stream"], files["listed"], files["hard"], files["silver"]),
    )
    assert inputs.command == (
        "medvl-watch train --papers stream.jsonl --labels listed.jsonl --decisions "
        "--until 2025-01-10 --evaluate-on stream.jsonl listed.jsonl hard.jsonl silver.jsonl"
    )
    assert [path.name for path in inputs.files] == [
        *("stream.jsonl", "listed.jsonl"),
        *("stream.jsonl", "listed.jsonl", "hard.jsonl", "silver.jsonl"),
    ]


def test_digests_tell_files_apart_and_leave_pipes_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    os.mkfifo(tmp_path / "pipe")
    found = digests([one, two, tmp_path / "pipe", Path("-")])
    assert found["one"] == "6b86b273ff34fce1"
    assert found["two"] != found["one"]
    assert found["pipe"] == found["-"] == "no file"
    with pytest.raises(ConfigError, match="absent: cannot be read"):
        digests([tmp_path / "absent"])
