"""A configured list of which the taxonomy has no map: its own entries say where papers go."""

from __future__ import annotations

from pathlib import Path

from medvl_watch.changes import PullState
from medvl_watch.records import State
from tests.fakes import FakeSource, paper_id, record, world

ONE, TWO = paper_id(1), paper_id(2)
CLEAR = {"title": "Telling what a lung's scan says in a report", "abstract": "Report generation."}
UNSURE = {"title": "Of radiology images and language", "abstract": "On medical images and text."}


def test_papers_go_where_the_list_teaches_and_unsure_ones_to_a_person(tmp_path: Path) -> None:
    unmapped = world(tmp_path, ids=("unmapped",))
    unmapped.sources = [FakeSource([record(1, **CLEAR), record(2, **UNSURE)])]
    run = unmapped.run()

    assert not any(report.problem for report in run.lists)
    assert unmapped.latest_outcomes("unmapped") == {ONE: State.PROPOSED, TWO: State.REFERRED}
    assert unmapped.pulls("unmapped") == [(1, PullState.OPEN, (ONE,))]
    page = unmapped.page("unmapped").read_text(encoding="utf-8")
    assert "Reports" in page
    assert "its section is uncertain" in page
