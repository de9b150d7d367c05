"""How long record linkage takes; `make bench` runs it."""

from __future__ import annotations

import random

from pytest_benchmark.fixture import BenchmarkFixture

from medvl_watch.papers.linking import link
from medvl_watch.records import Record

WORDS = [
    first + second
    for first in ("radio", "patho", "dermato", "neuro", "cardio", "onco")
    for second in ("graphy", "logical", "genesis", "metrics", "scopic", "therapy")
]
NAMES = ["Zhang", "Li", "Cruz", "Novak", "Kim", "Tanaka", "Dubois", "Petrov", "Silva", "Ek"]


def records(count: int) -> list[Record]:
    """Papers of the same few words; every tenth comes a second time, as printed."""
    chance = random.Random(1)
    found = []
    for number in range(count):
        title = " ".join(chance.choices(WORDS, k=8))
        abstract = " ".join(chance.choices(WORDS, k=120))
        names = tuple(f"{chance.choice(NAMES)} {chance.choice(NAMES)}" for _ in range(4))
        found.append(
            Record(
                id=f"arxiv:26{number % 12 + 1:02}.{number:05}", title=title, abstract=abstract,
                authors=names, arxiv_id=f"26{number % 12 + 1:02}.{number:05}", published="2026",
            )
        )  # fmt: skip
        if number % 10 == 0:
            found.append(
                Record(
                    id=f"p{number}", title=title.upper(), abstract=abstract,
                    authors=names[::-1], doi=f"10.1109/tmi.2026.{number}", published="2026",
                )
            )  # fmt: skip
    return found


def test_records_in_one_batch(benchmark: BenchmarkFixture) -> None:
    """20,000 records; the aim for 200,000 is 30 s."""
    many = records(20_000)
    result = benchmark(link, many, {}, [])
    assert len(result.papers) == 20_000


def test_one_record_beside_those_of_its_blocks(benchmark: BenchmarkFixture) -> None:
    """One new record against the papers that the ledger gives for its blocks; the aim is 5 ms."""
    *others, last = records(60)
    papers = link(others, {}, []).papers
    benchmark(lambda: link([last], {}, papers))
