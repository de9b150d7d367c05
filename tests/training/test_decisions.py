from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from medvl_watch.ledger.files import open_ledger
from medvl_watch.papers.merging import paper_of
from medvl_watch.records import Outcome, State
from medvl_watch.training.decisions import PaperDecisions, decisions_in
from tests.fakes import NOW, paper_id, record

ONE = paper_id(1)


def decisions(folder: Path, *states: tuple[str, State]) -> PaperDecisions:
    """What a ledger says that has seen two papers, the first with these outcomes on lists."""
    with closing(open_ledger(folder / "ledger.sqlite", NOW).ledger) as ledger:
        ledger.save_papers([paper_of(record(1)), paper_of(record(2))], NOW)
        ledger.record(
            Outcome(paper_id=ONE, list_id=list_id, state=state, reason="so", at=NOW)
            for list_id, state in states
        )
        return decisions_in(ledger)


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        pytest.param([("a", State.ACCEPTED)], "taken", id="a list took it"),
        pytest.param([("a", State.DUPLICATE)], "taken", id="a list had it"),
        pytest.param([("a", State.REFUSED)], "refused", id="refused"),
        pytest.param([("a", State.PROPOSED)], "waiting", id="proposed"),
        pytest.param([("a", State.REFERRED)], "waiting", id="referred"),
        pytest.param([("a", State.DEFERRED)], "waiting", id="deferred on a list"),
        pytest.param([("", State.DEFERRED)], "", id="not judged yet"),
        pytest.param([("", State.REJECTED)], "", id="rejected by the bot alone"),
        pytest.param([("a", State.REFUSED), ("b", State.ACCEPTED)], "taken", id="one took it"),
        pytest.param([("a", State.REFUSED), ("b", State.PROPOSED)], "waiting", id="one may"),
        pytest.param([("a", State.PROPOSED), ("b", State.ACCEPTED)], "taken", id="took and may"),
        pytest.param([("a", State.REFUSED), ("b", State.REFUSED)], "refused", id="all refused"),
    ],
)
def test_what_people_did_with_a_paper(
    tmp_path: Path, states: list[tuple[str, State]], kind: str
) -> None:
    found = decisions(tmp_path, *states)
    kinds = {"taken": found.taken, "refused": found.refused, "waiting": found.waiting}
    assert {name for name, papers in kinds.items() if papers} == ({kind} if kind else set())
    assert [paper.id for papers in kinds.values() for paper in papers] == [ONE] * bool(kind)
    assert len(found.seen) == 2


def test_an_entry_that_a_person_moved_is_named(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path / "ledger.sqlite", NOW).ledger) as ledger:
        ledger.save_papers([paper_of(record(1))], NOW)
        for state, section in ((State.PROPOSED, ("A",)), (State.ACCEPTED, ("B",))):
            ledger.record([Outcome(paper_id=ONE, list_id="a", state=state, reason="so", at=NOW,
                                   section=section)])  # fmt: skip
        [move] = decisions_in(ledger).moved
    assert (move.paper_id, move.proposed, move.chosen) == (ONE, ("A",), ("B",))
