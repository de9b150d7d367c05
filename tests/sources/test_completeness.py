"""A small version of `make completeness`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.sources.arxiv_service import FAULTS
from tests.sources.completeness import made_up, replay


@pytest.mark.parametrize("seed", [2, 4])
def test_no_paper_is_lost_and_none_comes_twice(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    done = replay(made_up(60, 14, chance), tmp_path, chance, page_size=10)
    assert done.is_complete, (done.lost, done.twice)
    assert done.spoilt


def test_the_service_knows_every_reported_fault() -> None:
    assert len(FAULTS) == len(set(FAULTS)) >= 15
