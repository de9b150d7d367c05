"""Simulated maintainers; `make maintainers` tries many of them for many weeks."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.team import live


@pytest.mark.parametrize("seed", [5, 12])
def test_what_a_maintainer_was_promised_is_kept_for_some_weeks(seed: int) -> None:
    story = live(seed, weeks=5)
    assert story.broken == []
    assert story.papers > 0


@pytest.mark.replay
def test_what_twenty_maintainers_were_promised_is_kept_for_thirty_weeks() -> None:
    stories = [live(seed, weeks=30) for seed in range(20)]
    assert [each for story in stories for each in story.broken] == []
    done = sum((story.done for story in stories), Counter[str]())
    assert len(done) >= 25, "some of what people do was never tried"
