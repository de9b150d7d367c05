"""How long feeds take to be read; `make bench` runs it."""

from __future__ import annotations

import random

from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench.test_link_speed import NAMES, WORDS
from tests.sources.feed_examples import feed, item, items, read


def test_feed_of_a_publisher(benchmark: BenchmarkFixture) -> None:
    """1,650 entries with abstracts, 5 MB; the aim is 0.5 s."""
    chance = random.Random(1)
    parts = []
    for number in range(1_650):
        names = ", ".join(f"{chance.choice(NAMES)} {chance.choice(NAMES)}" for _ in range(6))
        abstract = " ".join(chance.choices(WORDS, k=220))
        parts.append(
            item(
                " ".join(chance.choices(WORDS, k=10)), f"https://j.example/{number}",
                f"<description>{abstract}</description><dc:creator>{names}</dc:creator>"
                "<pubDate>Mon, 30 Nov 2026 00:00:00 GMT</pubDate>",
            )
        )  # fmt: skip
    assert len(benchmark(read, feed(*parts)).records) == 1_650


def test_feed_of_tiny_items(benchmark: BenchmarkFixture) -> None:
    """60,000 items of a title and a link; the aim is 3 s."""
    assert len(benchmark(read, feed(*items(60_000))).records) == 60_000
