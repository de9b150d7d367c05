"""A sample of the runs that break off; `make interruptions` tries every combination."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.crashing_github import Tally
from tests.simulation.interruptions import Situation, interrupt, meet
from tests.simulation.team_of_two import SITUATIONS


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_run_that_breaks_off_anywhere_is_completed_by_the_next(
    situation: Situation, tmp_path: Path
) -> None:
    tally = Tally()
    interrupt(situation, tmp_path, tally, every=67)
    assert tally.failed == []
    assert sum(tally.tried.values()) >= 2


@pytest.mark.parametrize("situation", SITUATIONS)
def test_two_runners_at_the_same_moment_make_nothing_twice(
    situation: Situation, tmp_path: Path
) -> None:
    tally = Tally()
    meet(situation, 1, tmp_path, tally)
    assert tally.failed == []


@pytest.mark.replay
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_run_that_breaks_off_at_every_write_is_completed_by_the_next(
    situation: Situation, tmp_path: Path
) -> None:
    tally = Tally()
    interrupt(situation, tmp_path, tally)
    assert tally.failed == []
