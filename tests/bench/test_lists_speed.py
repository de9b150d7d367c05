"""How long one insertion into a long list takes, in processor time; `make bench` runs it."""

import random
import time
import tracemalloc

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from medvl_watch.changes import Edit
from medvl_watch.lists.checking.register import check
from medvl_watch.lists.editing.inserting import insert
from medvl_watch.lists.fields.reading import read_fields
from medvl_watch.lists.parsing import entries
from tests.lists.samples import add, paper

WORDS = ["Vision", "Language", "Medical", "Chest", "Report", "Radiology", "Image", "Grounding"]
PATH = ("Big list", "Section 25")
SHAPES = {
    "bullet": (
        "- [**CVPR {y}**] **{t}** [[pdf]](https://arxiv.org/abs/2{d}01.{n:05d})"
        " [[code]](https://github.com/owner/repository{n}) with a remark on what it is\n"
    ),
    "block": (
        "[**CVPR {y}**] {t} \\\n_Ana Silva, Li Wei, Jo Park, Ben Stone_ \\\n"
        "[[paper](https://arxiv.org/abs/2{d}01.{n:05d})] [[code](https://github.com/o/r{n})]\n\n"
    ),
}


def long_list(count: int, shape: str) -> str:
    """A list of so many entries, sixty a section."""
    chance = random.Random(1)
    out = ["# Big list\n"]
    for n in range(count):
        if n % 60 == 0:
            out.append(f"\n## Section {n // 60}\n\n")
        title = " ".join(chance.choices(WORDS, k=9)) + f" {n}"
        out.append(SHAPES[shape].format(y=2019 + n % 6, t=title, d=n % 10, n=n))
    return "".join(out)


def insert_cold(text: str) -> Edit:
    """Parse, learn, insert and prove, with nothing remembered of another list."""
    for remembered in (
        entries.link_traits,
        entries.shown_words,
        entries.is_paragraph_entry,
        read_fields,
    ):
        remembered.cache_clear()
    return insert(text, [add(paper(), PATH)])


def seconds(text: str) -> float:
    start = time.process_time()
    assert insert_cold(text).placed
    return time.process_time() - start


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.benchmark(timer=time.process_time, min_rounds=5)
def test_one_paper_into_three_thousand_entries(benchmark: BenchmarkFixture, shape: str) -> None:
    text = long_list(3000, shape)
    edit = benchmark(insert_cold, text)
    assert edit.placed
    assert len(text) > 550_000
    benchmark.extra_info["target"] = "0.5 s"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.benchmark(timer=time.process_time)
def test_ten_times_the_list(benchmark: BenchmarkFixture, shape: str) -> None:
    short = min(seconds(long_list(3000, shape)) for _ in range(3))
    long = long_list(30_000, shape)
    benchmark.pedantic(insert_cold, (long,), rounds=1)  # type: ignore[no-untyped-call]
    ratio = seconds(long) / short
    benchmark.extra_info["ratio"] = round(ratio, 1)
    assert ratio <= 12


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.benchmark(timer=time.process_time)
def test_memory(benchmark: BenchmarkFixture, shape: str) -> None:
    text = long_list(3000, shape)

    def peak() -> float:
        tracemalloc.start()
        insert_cold(text)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found / len(text.encode())

    share = benchmark.pedantic(peak, rounds=1)  # type: ignore[no-untyped-call]
    benchmark.extra_info["peak over size of the file"] = round(share, 1)
    assert share < 20


@pytest.mark.benchmark(timer=time.process_time, min_rounds=3)
def test_check_many_titles_that_are_nearly_one(benchmark: BenchmarkFixture) -> None:
    works = [
        f"- T{n} of a Work on Things [[pdf](https://arxiv.org/abs/2301.{n:05})]" for n in range(800)
    ]
    found = benchmark(check, "# L\n\n" + "\n".join(works) + "\n")
    assert not [each for each in found if not each.note]
    benchmark.extra_info["target"] = "2 s"
