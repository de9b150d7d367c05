"""Entries that are seen, against entries counted by hand."""

import pytest

from medvl_watch.lists.parsing.document import parse
from tests import beside
from tests.lists.samples import seed

BY_HAND = {
    "medical-clip": 14,
    "clip-in-medical-imaging": 115,
    "vlm-in-mia": 126,
    "chest-xray-vlp": 27,
    "vl-learning-in-medical-domain": 19,
}
OTHERS = {
    "houjunlin__Awesome-Medical-Vision-Language-Learning__README.md": (40, 40),
    "acadTags__Awesome-medical-coding-NLP__README.md": (69, 71),
}
"""How many of how many entries are seen; none beside. What is missed are two data sets that
are nothing but a linked name."""


@pytest.mark.parametrize(("name", "count"), BY_HAND.items())
def test_every_entry_of_the_seeds_is_seen_and_nothing_else(name: str, count: int) -> None:
    assert len(parse(seed(name)).entries) == count


@pytest.mark.parametrize(("name", "counts"), OTHERS.items())
def test_entries_of_other_lists(name: str, counts: tuple[int, int]) -> None:
    text = (beside.folder("data/lists") / name).read_bytes().decode("utf-8")
    seen, there = counts
    assert seen <= len(parse(text).entries) <= there
