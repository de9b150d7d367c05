"""Some weeks of `serve`; `make years` simulates three years in two time zones."""

from __future__ import annotations

from pathlib import Path

from medvl_watch.publish.weeks import Week
from tests.simulation.years import START, years_in


def test_each_week_has_its_digest_once_and_no_paper_is_missed(tmp_path: Path) -> None:
    years = years_in(tmp_path, "Australia/Sydney", weeks=3, seed=4)
    assert list(years.faults()) == []
    assert years.created[Week.of(START.date())] == 1
    years.created[Week.of(START.date())] += 1
    assert list(years.faults()) == ["2026-W23: 2 digests"]
